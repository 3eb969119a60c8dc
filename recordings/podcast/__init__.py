"""The archive as podcasts: what can be heard first, every edition beside it. Uses preservation."""
