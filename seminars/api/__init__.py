"""The same nouns as the pages, as JSON, to read only. Owns shapes, addresses below /api/ and problem documents.

Enters by access.py and `visible_to(visitor)` like the pages beside it; config/api.py joins it with that of recordings.
"""
