"""Harvesting (OAI-PMH 2.0): libraries take over what the archive has, and learn for ever what went out of it."""
