"""What specifications allow, written down by hand from their texts, so that our documents can be held against them."""
