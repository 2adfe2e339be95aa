"""The store of sessions: a SQLite database, written by one thread, whose every commit is on the disk."""
