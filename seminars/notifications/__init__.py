"""Telling people. For now: the mails of signing in, and reading the mail folder of the embedded default.

Uses people; later every Change that somebody should hear of.
"""
