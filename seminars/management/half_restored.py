"""Whether a backup is only half brought back."""

from django.core.management.base import CommandError

from seminars.notifications import restored


def refuse() -> None:
    """Raise CommandError while a backup is only half brought back: its mails would go out a second time."""
    if restored.note().exists():
        raise CommandError(
            "A restore was broken off. Run the same manage.py restore again first: it goes on."
        )
