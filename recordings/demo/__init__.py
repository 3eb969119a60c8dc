"""Past sessions of the demo: small example recordings, decks and captions, shipped in ``media/``."""
