"""A bag of ours comes back: checked to its last byte first, then its files, then its rows, all or none of them."""
