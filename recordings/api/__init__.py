"""The archive as JSON, to read only: list, search, an item with its editions. Same doors as the archive's pages."""
