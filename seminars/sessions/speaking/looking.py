"""Who appeared looks through the session's page afterwards: all right, or what is wrong, before it stays as it is."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.sessions.questions.opening import is_over
from seminars.sessions.speaking.answering import LONGEST
from seminars.sessions.speaking.asking import tell
from seminars.sessions.speaking.models import Engagement


def check(*, engagement: Engagement, remark: str, now: datetime) -> Engagement:
    """Return the engagement with what they found: a remark to the organisers, "" where all is right.

    now: aware UTC. The same again writes nothing. Raises UserError before the end of the session, or by field.
    """
    remark = remark.replace("\x00", "").replace("\r\n", "\n").strip()
    if not is_over(engagement.session, now):
        raise UserError({"": _("The page can be checked after the session.")})
    if len(remark) > LONGEST:
        raise UserError({"remark": _("Use at most %(most)d characters.") % {"most": LONGEST}})
    if engagement.checked_at and engagement.remark == remark:
        return engagement
    engagement.checked_at, engagement.remark = now, remark
    with transaction.atomic():
        engagement.save(update_fields=["checked_at", "remark"])
        tell(
            "speaker-remarked" if remark else "speaker-checked",
            engagement,
            now=now,
            actor_id=None,
            note=remark,
        )
    return engagement
