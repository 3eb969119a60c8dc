"""Files on their way in, piece by piece: a row each, and bytes that are on disk before anybody is told so.

Uses assets and catalogue. Knows how a file arrives, not how a browser asks for it (`web.tus` does).
"""
