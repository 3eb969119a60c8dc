"""What was said, kept for good. Uses seminars; seminars never uses this."""
