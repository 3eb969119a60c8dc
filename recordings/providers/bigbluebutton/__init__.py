"""BigBlueButton: recordings of a server, by its shared secret."""
