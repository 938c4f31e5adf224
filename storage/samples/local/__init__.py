"""The local store: journal, buffer and embedded database of readings in one SQLite file."""
