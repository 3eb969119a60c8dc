"""What pages say of coming to a session, and of what follows: the ticket, the certificate, the form after it."""

from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from seminars.sessions.attendance.doors import code_of
from seminars.sessions.attendance.models import Attendance
from seminars.sessions.certificates import certifying
from seminars.sessions.feedback import asking
from seminars.sessions.models import Session
from seminars.sessions.registration.models import Registration
from seminars.templatetags.meridian import now_in
from seminars.web.following import qr_of

register = template.Library()


@register.inclusion_tag("seminars/_ticket.html", takes_context=True)
def attending(context: Context, registration: Registration) -> dict[str, Any]:
    """Show a registered person their ticket before and at the session, and what follows after it.

    Three queries after the session, none before.
    """
    session, now = registration.session, now_in(context)
    over = certifying.is_over(session, now)
    found: dict[str, Any] = {"registration": registration, "session": session, "over": over}
    if not over:
        found["ticket"] = session.form != "virtual" and bool(session.starts_at) and not session.cancelled_at
        if found["ticket"]:
            code = code_of(registration)
            address = settings.MERIDIAN_URL + reverse("door_ticket", args=[session.slug, code])
            found |= {"code": f"{code[:3]} {code[3:]}", "qr": qr_of(address)}
        return found
    rule = certifying.rule_of(session.series)
    row = Attendance.objects.came().filter(registration=registration).select_related("session").first()
    found["certificate"] = bool(row and certifying.earned(row, rule))
    found["certifies"] = rule.on
    found["feedback"] = asking.is_open(session, asking.form_of(session.series), now)
    return found


@register.simple_tag(takes_context=True)
def feedback_link(context: Context, session: Session) -> SafeString | str:
    """Return the address of the form after a session while it is open; "" else.

    Load `feedback_form` with its series.
    """
    now = now_in(context)
    ended = session.closed_at or session.ends_at
    if ended is None or not ended <= now < ended + asking.OPEN_FOR:
        return ""
    if not asking.is_open(session, asking.form_of(session.series), now):
        return ""
    return format_html("{}", reverse("feedback", args=[session.slug]))


@register.filter
def spaced(code: str) -> str:
    """Return a certificate's code as people read it out."""
    return certifying.spaced(code)
