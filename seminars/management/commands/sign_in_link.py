"""`manage.py sign_in_link ADDRESS`: sign in on a remote machine whose mailbox page is not shown."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.urls import reverse

from seminars.people.models import User
from seminars.people.sign_in_links import make


class Command(BaseCommand):
    """Print a link that signs one account in, once, within 15 minutes."""

    requires_system_checks = []
    help = "Print a link that signs ADDRESS in: once, within 15 minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", metavar="ADDRESS", help="the e-mail address of an account")

    def handle(self, *, address: str, **options: Any) -> None:
        try:
            user = User.objects.filter(email=address.strip().lower()).first()
        except Error as wrong:
            raise CommandError(f"The database says “{wrong}”. Start Meridian first: manage.py up") from wrong
        if user is None:
            raise CommandError(f"Nobody has an account with the address “{address}”.")
        if not user.is_active:
            raise CommandError(f"The account “{address}” has been closed.")
        self.stdout.write(settings.MERIDIAN_URL + reverse("sign_in_link", args=[make(user)]))
