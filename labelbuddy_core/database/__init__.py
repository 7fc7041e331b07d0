"""Tables, engine, sessions and migrations."""
