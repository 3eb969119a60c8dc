"""What the hour of a series means for its community, said in public: one sentence, of counts that name nobody."""

from django.utils.translation import gettext as _

from seminars.people.joining import zones_of
from seminars.people.models import Form
from seminars.series.fairness import LONGEST_MINUTES, Heads, heads
from seminars.series.models import Series
from seminars.sessions.models import Session

FEWEST_MEMBERS = 10  # with fewer, a share says too much of each
FEWEST = 3  # fewer members than this are never counted in public, nor to be found by subtracting


def equity_words(series: Series, session: Session | None) -> str:
    """Return how many members are awake at `session`; "" where nobody takes part by clock, or too few said theirs.

    Only members who are there count, not those who are expected.
    """
    by_clock = series.form != Form.IN_PERSON and not series.external
    if session is None or session.starts_at is None or session.local_time is None or not by_clock:
        return ""
    counts = zones_of(series.community)
    if sum(counts.values()) < FEWEST_MEMBERS:
        return ""
    found = heads(counts, session.starts_at, minutes=min(session.minutes, LONGEST_MINUTES))
    said = {
        "hour": f"{session.starts_at:%H:%M}",
        "awake": found.awake,
        "office": found.office,
        "n": found.members,
    }
    return _sentence(found) % said


def _sentence(found: Heads) -> str:
    asleep, off_hours = found.members - found.awake, found.awake - found.office
    if 0 < asleep < FEWEST:
        return _("At %(hour)s UTC, nearly all of the %(n)d members whose time zone is known are awake.")
    if found.awake < FEWEST:
        return _("At %(hour)s UTC, hardly any of the %(n)d members whose time zone is known are awake.")
    if found.office < FEWEST or 0 < off_hours < FEWEST:
        return _("At %(hour)s UTC, %(awake)d of the %(n)d members whose time zone is known are awake.")
    return _(
        "At %(hour)s UTC, %(awake)d of the %(n)d members whose time zone is known are awake, and for %(office)d it is"
        " within office hours."
    )
