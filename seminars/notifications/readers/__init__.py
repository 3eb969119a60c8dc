"""Readers: addresses that follow the site, a community, a series or one session, with an account or without one.

Owns `Reader` and `Subscription`. Asked by anybody, counted once the address has proved itself (double opt-in). What is
told to them is written by the kinds of mail (`moves`, `ready`, a newsletter), which ask `told` who wants it.
"""
