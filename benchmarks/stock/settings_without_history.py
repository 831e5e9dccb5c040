"""For making the tables as they are now, without going through every migration."""

from benchmarks.stock.settings import *  # noqa: F403


class NoMigrations(dict[str, None]):
    """No app has any."""

    def __contains__(self, label: object) -> bool:
        return True

    def __getitem__(self, label: str) -> None:
        return None


MIGRATION_MODULES = NoMigrations()
