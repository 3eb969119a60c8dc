"""Backups of everything that cannot be made again: the database, and the store's files, each kept once."""
