"""The form that holds a session at a second hour: a twin, or a relay with its host."""

from datetime import time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from seminars import clock
from seminars.sessions.models import Echo, Session
from seminars.web.forms.inputs import Short, WebAddress
from seminars.web.forms.sessions import WhenForm
from seminars.web.forms.zones import ZoneChoice


class EchoForm(WhenForm):
    """When and where by the clock a topic is held again, and who is there."""

    echo = forms.ChoiceField(
        label=gettext_lazy("How it is held again"),
        choices=[
            (Echo.TWIN.value, gettext_lazy("A twin: the same topic again, live, with its speakers")),
            (Echo.RELAY.value, gettext_lazy("A relay: the recording, with a host who answers questions")),
        ],
        initial=Echo.TWIN.value,
        widget=forms.RadioSelect,
    )
    zone = ZoneChoice(label=gettext_lazy("Whose clock counts"))
    host = Short(
        label=gettext_lazy("Host"),
        longest=200,
        required=False,
        widget=forms.TextInput(attrs={"list": "known-people", "autocomplete": "off"}),
        help_text=gettext_lazy("Who is present while the recording is shown."),
    )
    email = forms.EmailField(
        label=gettext_lazy("Their e-mail address"),
        required=False,
        help_text=gettext_lazy("Never shown. It finds the same person next time."),
    )
    join_url = WebAddress(
        label=gettext_lazy("Join link"),
        required=False,
        help_text=gettext_lazy("Empty: that of the session itself."),
    )
    field_order = ("echo", "zone", "date", "time", "minutes", "host", "email", "join_url")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields.pop("days", None)

    def clean(self) -> dict[str, Any]:
        """A relay needs its host."""
        data = super().clean()
        if data.get("echo") == Echo.RELAY and not data.get("host") and "host" not in self.errors:
            self.add_error("host", _("Say who will be present: that is what makes it more than a recording."))
        return data

    def asked(self) -> dict[str, Any]:
        """Return the keyword arguments that `echoes.add_twin` and `add_relay` share."""
        data, when = self.cleaned_data, self.arguments()
        del when["days"]
        return when | {"zone": data["zone"], "join_url": data["join_url"] or None}


def prefilled(session: Session, asked: dict[str, str]) -> dict[str, Any]:
    """Return what the form begins with. asked: `echo`, `zone` and `time` of the planner's suggestion, where known.

    The date is the session's own; of a relay, the first on which the hour is after the session's end.
    """
    zone = asked.get("zone", "")
    zone = clock.canonical(zone) if clock.is_zone(zone) else session.zone
    echo = asked.get("echo", "")
    found: dict[str, Any] = {"echo": echo if echo in Echo.values else Echo.TWIN.value, "zone": zone}
    found["minutes"] = session.minutes
    try:
        at = time.fromisoformat(asked.get("time", "")).replace(tzinfo=None)  # a wall's, whatever was typed
    except ValueError:
        at = None
    if session.starts_at is None or session.ends_at is None:
        return found
    from_ = session.ends_at if echo == Echo.RELAY else session.starts_at
    there = clock.to_wall(from_, zone)
    day = there.date()
    if at and echo == Echo.RELAY and at < there.time():
        day += timedelta(days=1)
    return found | {"date": day, "time": at}
