"""Listening sites: groups that come together in one place and take part in a session through one line."""
