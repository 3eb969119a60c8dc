"""On which terms others may use a recording: what its organisers set, else the strictest that its speakers chose."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recordings.catalogue.models import Recording
from seminars.sessions.speaking.models import Engagement, Licence

STRICTEST_FIRST = (Licence.ALL_RIGHTS, Licence.BY_NC, Licence.BY)
ADDRESSES = {
    Licence.BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.BY_NC: "https://creativecommons.org/licenses/by-nc/4.0/",
}
NAMES = {Licence.BY: "CC BY 4.0", Licence.BY_NC: "CC BY-NC 4.0"}


@dataclass(frozen=True)
class Terms:
    """A licence in words. name: short, "CC BY 4.0". href: of its text; "" for all rights reserved."""

    licence: Licence
    name: str
    words: str
    href: str = ""


def licence_of(recording: Recording) -> Licence | None:
    """Return the licence of a recording; None where nobody has said anything. At most one query.

    Of several speakers' answers the strictest counts; one who does not want to be published keeps all rights.
    """
    if recording.licence:
        return Licence(recording.licence)
    if recording.session_id is None:
        return None
    said = Engagement.objects.filter(session=recording.session_id, consented_at__isnull=False)
    chosen = {licence or Licence.ALL_RIGHTS for licence in said.values_list("licence", flat=True)}
    return next((each for each in STRICTEST_FIRST if each in chosen), None)


def terms_of(recording: Recording) -> Terms | None:
    """Return the same in words of the page's language; None where nobody has said anything."""
    licence = licence_of(recording)
    if licence is None:
        return None
    name = NAMES.get(licence) or _("All rights reserved")
    return Terms(licence, name, str(licence.label), ADDRESSES.get(licence, ""))
