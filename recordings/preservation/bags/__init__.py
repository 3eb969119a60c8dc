"""BagIt 1.0 (RFC 8493): the archive, or a part of it, with its files, its rows and its offline edition.

Writes as a ZIP that streams or as a folder that can be finished later, and verifies what it wrote. Never more than a
few megabytes in memory, however large the bag.
"""
