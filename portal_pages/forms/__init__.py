"""Forms of services: immutable definitions, one function that makes a page's form, one that judges conditions."""
