"""Many sessions of one series at once: what is asked, what it would do, and doing it. Uses the engine of `edits`."""
