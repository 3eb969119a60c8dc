"""Date polls: hours are proposed, people answer in their own time without an account, one becomes the session."""
