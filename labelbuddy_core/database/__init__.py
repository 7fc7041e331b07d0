"""Tables, engine, sessions and migrations."""

from labelbuddy_core.database.engine import Database, get_database
from labelbuddy_core.database.migration import migrate

__all__ = ["Database", "get_database", "migrate"]
