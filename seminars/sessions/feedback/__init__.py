"""What people say after a session: the questions of a series, answers without names, and their counts."""
