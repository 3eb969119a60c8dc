"""`manage.py demo`: fill an empty Meridian with five organisations, past, present and future."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from recordings.demo.loading import add_media
from seminars.demo.loading import load, sign_in_addresses
from seminars.people.models import Community, User


class Command(BaseCommand):
    """Load the demo once; never touch a Meridian that is in use."""

    help = "Load the demo into an empty Meridian, or say who can sign in to it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--addresses", action="store_true", help="only list the demo's sign-in addresses")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["addresses"]:
            if User.objects.exists() or Community.objects.exists():
                raise CommandError("This Meridian is in use: the demo is loaded into an empty one only.")
            now = timezone.now()
            add_media(load(now=now), now=now)
        for address, role in sign_in_addresses():
            self.stdout.write(f"  {address:32} {role}")
