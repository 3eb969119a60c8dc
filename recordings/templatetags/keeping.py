"""What pages say of a recording's place in the archive."""

from django import template

from recordings.catalogue.models import Recording
from recordings.publishing.tombstones import Tombstone, tombstone_of

register = template.Library()


@register.simple_tag
def tombstone(recording: Recording) -> Tombstone | None:
    """Return what is said of a recording that was withdrawn; None for one that stands."""
    return tombstone_of(recording)
