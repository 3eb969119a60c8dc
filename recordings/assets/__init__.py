"""The files: content-addressed storage, taking in by upload or address, checking that they are what they say.

The lowest room of recordings: knows bytes, hashes and types, not what a recording is.
"""
