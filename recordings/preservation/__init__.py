"""Keeps what is kept: files read again and repaired, what happened to them, and copies for elsewhere.

Above publishing, because it tells of whole recordings; nothing below may need it.
"""
