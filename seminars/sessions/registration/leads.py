"""When one registered person wants to be reminded of one session."""

from collections.abc import Iterable

from seminars.series.leads import ordered
from seminars.sessions.registration.models import Registration


def choose_leads(*, registration: Registration, wanted: Iterable[str] | None) -> Registration:
    """Return the registration with its own times of reminders: names of `series.leads`; none means no reminders.

    None: as the person has it in general, or else the series. Names that are none are left out.
    """
    leads = None if wanted is None else ordered(wanted)
    reminders = leads is None or bool(leads)
    Registration.objects.filter(pk=registration.pk).update(leads=leads, reminders=reminders)
    registration.leads, registration.reminders = leads, reminders
    return registration
