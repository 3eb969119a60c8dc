"""What happened to a recording, written down for good in the transaction where it happened; and where it once was."""
