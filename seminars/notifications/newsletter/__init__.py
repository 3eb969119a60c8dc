"""The letter of a community, or of the site: made from the calendar and the archive, with an editor's words and picks.

Owns `LetterPlan` and `Issue`. What an issue says is frozen when it goes; its mails are written down some at a time.
"""
