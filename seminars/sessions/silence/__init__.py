"""Who was not seen for a while, and whether the hour may be why."""
