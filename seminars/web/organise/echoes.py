"""Hold a session at a second hour: one form for a twin and for a relay, prefilled by the planner's suggestion."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from seminars.changes.refusing import UserError
from seminars.people.models import Person
from seminars.sessions import echoes
from seminars.sessions.asking import TimeQuestion
from seminars.sessions.models import Echo, Session
from seminars.web.forms.echoes import EchoForm, prefilled
from seminars.web.organise.gate import actor, for_organisers, show_refusal
from seminars.web.organise.sessions import known_to, person_for, session_of


@for_organisers
def second_hour(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a twin or a relay; `?echo=`, `?zone=` and `?time=` fill the form in."""
    session = session_of(request, slug)
    if request.method != "POST":
        return _page(request, session, EchoForm(initial=prefilled(session, request.GET.dict())))
    form = EchoForm(request.POST)
    if not form.is_valid():
        return _page(request, session, form)
    try:
        made = _add(request, session, form)
    except UserError as refused:
        show_refusal(form, refused, {"wall": "time"})
        return _page(
            request, session, form, ask_fold=isinstance(refused, TimeQuestion) and refused.first is not None
        )
    messages.success(
        request, _("Added. Both hours stand on one page, and each has its own entry in calendars.")
    )
    return redirect("organise_session", made.slug)


def _add(request: HttpRequest, session: Session, form: EchoForm) -> Session:
    data, asked = form.cleaned_data, form.asked() | {"now": timezone.now(), "actor_id": actor(request)}
    if data["echo"] == Echo.TWIN:
        return echoes.add_twin(session=session, **asked)
    with transaction.atomic():  # nobody is noted as a person for a relay that is refused
        host = person_for(session, data["host"], data["email"])
        return echoes.add_relay(session=session, host=host, **asked)


def _page(request: HttpRequest, session: Session, form: EchoForm, *, ask_fold: bool = False) -> HttpResponse:
    refused = ""
    try:
        echoes.refuse_lead(session)
    except UserError as reason:
        refused = " ".join(reason.fields.values())
    context = {
        "session": session,
        "series": session.series,
        "community": session.series.community,
        "form": form,
        "refused": refused,
        "ask_fold": ask_fold or bool(form.data.get("fold")),
        "known": Person.objects.filter(known_to(session)).distinct().order_by("name")[:200],
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "seminars/organise/second_hour.html", context, status=status)


urlpatterns = [path("organise/sessions/<slug:slug>/second-hour/", second_hour, name="second_hour")]
