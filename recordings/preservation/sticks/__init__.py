"""The offline edition: a static site of the archive with its files, that opens from a folder or a USB stick.

Uses what the archive shows; knows nothing of bags, which carry it along.
"""
