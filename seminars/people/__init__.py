"""Who takes part: accounts, persons (an account is optional), communities, membership, and what a visitor may see.

Uses changes, fields, words. Knows nothing of series and sessions.
"""
