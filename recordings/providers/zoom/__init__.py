"""Zoom: cloud recordings of an account, by a server-to-server OAuth app."""
