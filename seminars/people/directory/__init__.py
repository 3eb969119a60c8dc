"""The directory of a community: who of its members wants to be found by the others, and by what."""
