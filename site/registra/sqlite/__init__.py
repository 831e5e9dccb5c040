"""Django's SQLite, with a queue before each writing transaction. Named by `registra.environment`."""
