"""Pages of the archive: search, an item, its files."""
