"""Import a calendar or a table: give it, look at what would happen, apply it; and take everything out again."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from seminars import clock
from seminars.access import organised_community_or_404
from seminars.calendars.importing import following, waiting
from seminars.calendars.importing.applying import ImportStale, Target, apply_import, decide
from seminars.calendars.importing.exporting import export
from seminars.calendars.importing.fetching import PAGE_SECONDS, fetch, web_address
from seminars.calendars.importing.incoming import MOST_BYTES, Reading, Unreadable
from seminars.calendars.importing.matching import source_of
from seminars.calendars.importing.models import WaitingImport
from seminars.calendars.importing.planning import Fate, Plan
from seminars.calendars.importing.reading import read
from seminars.changes.refusing import UserError
from seminars.elsewhere.asking import Interrupted, Refused
from seminars.people.models import Community
from seminars.series.models import Series
from seminars.web.forms.importing import COLUMNS, NEW, CalendarForm, ChoicesForm
from seminars.web.organise.gate import actor, for_organisers, say_refusal
from seminars.web.organise.imported import shown
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of


def community_of(request: HttpRequest, slug: str) -> Community:
    """Return the community for which this visitor plans; else 404."""
    return organised_community_or_404(slug, visitor_of(request))


@for_organisers
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a file or an address; below, the calendars that are followed."""
    community = community_of(request, slug)
    form = CalendarForm(request.POST, request.FILES) if request.method == "POST" else CalendarForm()
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("show_import", slug, _keep(request, community, form.cleaned_data).uuid)
        except (Unreadable, Refused, Interrupted) as wrong:
            form.add_error("file" if form.cleaned_data.get("file") else "address", str(wrong))
    followed = following.of_community(community)
    left = waiting.left_in(community)
    context = {"community": community, "form": form, "followed": followed, "left": left}
    return render(request, "seminars/organise/import.html", context, status=400 if form.errors else 200)


@for_organisers
def show(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """What it would bring, line by line. POST: with other choices, which are kept."""
    community = community_of(request, slug)
    kept = _waiting(request, community, uuid)
    try:
        reading = _read(kept, kept.choices)
        form = _form(kept, reading, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            waiting.choose(kept, _chosen(form, request.POST.getlist("follow")))
            return redirect("show_import", slug, uuid)
    except Unreadable as wrong:  # a newer Meridian reads it otherwise than the one that took it
        messages.error(request, str(wrong))
        return redirect("import_calendar", slug)
    return _page(request, kept, reading, form)


@for_organisers
@require_POST
def apply(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Do what was shown: bound to its seal."""
    community, now = community_of(request, slug), timezone.now()
    kept = _waiting(request, community, uuid)
    reading = _read(kept, kept.choices)
    try:
        with transaction.atomic():
            if not waiting.claim(kept, now=now):
                raise UserError({"": _("This was imported already.")})
            series, plan = apply_import(
                target=_target(kept, reading),
                seal=request.POST.get("seal", "-"),
                now=now,
                actor_id=actor(request),
                **_options(kept, reading),
            )
            if series and kept.address and kept.choices.get("keep_following"):
                zone = kept.choices["zone"]
                following.follow(
                    series=series, address=kept.address, zone=zone, now=now, actor_id=actor(request)
                )
    except ImportStale as stale:
        said = _("Something changed since this was shown. This is what would happen now.")
        messages.warning(request, said)
        return _page(request, kept, reading, _form(kept, reading, None), stale.plan, status=409)
    except UserError as refused:
        say_refusal(request, refused)
        return redirect("show_import", slug, uuid)
    messages.success(request, _told(plan))
    return redirect("organise_series", series.slug) if series else redirect("organise_community", slug)


@for_organisers
@require_safe
def export_all(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything that is published, as one file."""
    content, _count = export(community_of(request, slug))
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@for_organisers
@require_POST
def look(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Look at a followed calendar now; with a seal, also let go what waits for a yes."""
    followed = following.one_of(community_of(request, slug), uuid)
    if followed is not None:
        try:
            following.refresh(
                followed=followed,
                now=timezone.now(),
                withdraw=request.POST.get("seal", ""),
                actor_id=actor(request),
                within=PAGE_SECONDS,
            )
        except Interrupted as wrong:
            messages.error(request, str(wrong))
        else:
            messages.success(request, _("Looked at now."))
    return redirect("import_calendar", slug)


@for_organisers
@require_POST
def stop(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Follow a calendar no more; its sessions stay."""
    if followed := following.one_of(community_of(request, slug), uuid):
        following.unfollow(followed=followed)
        messages.success(request, _("Not followed any more. Its sessions stay."))
    return redirect("import_calendar", slug)


# Below: how it is done.


def _keep(request: HttpRequest, community: Community, data: Mapping[str, Any]) -> WaitingImport:
    """Read it once before it is kept, so that what cannot be read is said at once."""
    file, address = data.get("file"), web_address(data.get("address") or "")
    content = file.read(MOST_BYTES + 1) if file else _fetched(address)
    zone, today = community.home_zone, _today(community.home_zone, timezone.now())
    reading = read(content, zone=zone, language=community.language, today=today)
    columns = dict(reading.columns) if reading.headers else None
    title = reading.name or PurePath(file.name if file else "").stem
    choices = {
        "into": NEW,
        "zone": zone,
        "title": title[:200],
        "external": bool(address),
        "columns": columns,
    }
    return waiting.keep(
        community=community,
        content=content,
        name=file.name if file else "",
        address="" if file else address,
        choices=choices,
        now=timezone.now(),
        actor_id=actor(request),
    )


def _fetched(address: str) -> bytes:
    """The calendar at the address, soon: somebody waits for it, and no transaction is open."""
    return fetch(address=address, within=PAGE_SECONDS).content or b""


def _today(zone: str, now: datetime) -> Any:
    return clock.to_wall(now, zone).date()


def _waiting(request: HttpRequest, community: Community, uuid: UUID) -> WaitingImport:
    return get_object_or_404(WaitingImport, community=community, uuid=uuid, applied_at=None)


def _read(kept: WaitingImport, choices: Mapping[str, Any]) -> Reading:
    order = {"day": True, "month": False}.get(choices.get("day_first", ""))
    return read(
        waiting.content_of(kept),
        zone=choices["zone"],
        language=kept.community.language,
        today=_today(choices["zone"], kept.made_at),
        columns=choices.get("columns"),
        day_first=order,
    )


def _form(kept: WaitingImport, reading: Reading, data: Any) -> ChoicesForm:
    columns = kept.choices.get("columns") or reading.columns
    initial = dict(kept.choices) | {f"column_{name}": str(at) for name, at in columns.items()}
    return ChoicesForm(
        data, initial=initial, community=kept.community, address=kept.address, headers=reading.headers
    )


def _chosen(form: ChoicesForm, follow: list[str]) -> dict[str, Any]:
    data = dict(form.cleaned_data)
    columns = {name: int(data[f"column_{name}"]) for name in COLUMNS if data.get(f"column_{name}")}
    plain = {name: value for name, value in data.items() if not name.startswith("column_")}
    return plain | {"columns": columns if form.columns else None, "follow": follow[:2000]}


def _target(kept: WaitingImport, reading: Reading) -> Target:
    chosen = kept.choices
    series = None
    if chosen.get("into", NEW) != NEW:
        series = get_object_or_404(Series, community=kept.community, slug=chosen["into"])
    title = chosen.get("title") or reading.name or kept.name.rpartition(".")[0] or kept.name
    return Target(
        community=kept.community,
        series=series,
        title=title,
        external=bool(chosen.get("external")),
        published=bool(chosen.get("published")),
        source_url=kept.address,
        key=f"import:{kept.uuid.hex}",
    )


def _options(kept: WaitingImport, reading: Reading) -> dict[str, Any]:
    """What `decide` and `apply_import` are asked alike."""
    return {
        "reading": reading,
        "source": source_of(address=kept.address, name=reading.name),
        "withdraw": bool(kept.choices.get("withdraw")),
        "follow": frozenset(kept.choices.get("follow", ())),
    }


def _page(
    request: HttpRequest,
    kept: WaitingImport,
    reading: Reading,
    form: ChoicesForm,
    plan: Plan | None = None,
    status: int = 200,
) -> HttpResponse:
    plan = plan or decide(target=_target(kept, reading), now=timezone.now(), **_options(kept, reading))
    only = request.GET.get("show", "")
    context = {
        "community": kept.community,
        "kept": kept,
        "reading": reading,
        "form": form,
        "plan": plan,
        "shown": shown(
            plan, only=only, locale=reader_of(request).locale, follow=kept.choices.get("follow", ())
        ),
    }
    if form.is_bound and form.errors:
        status = 400
    return render(request, "seminars/organise/import_preview.html", context, status=status)


def _told(plan: Plan) -> str:
    added, changed, gone = (len(plan.of(fate)) for fate in (Fate.ADD, Fate.CHANGE, Fate.WITHDRAW))
    said = [
        (added, ngettext("%(n)d session added", "%(n)d sessions added", added)),
        (changed, ngettext("%(n)d changed", "%(n)d changed", changed)),
        (gone, ngettext("%(n)d cancelled", "%(n)d cancelled", gone)),
    ]
    words = ", ".join(text % {"n": number} for number, text in said if number)
    return _("Imported: %(what)s.") % {"what": words or _("nothing was new")}


urlpatterns = [
    path("organise/communities/<slug:slug>/import/", start, name="import_calendar"),
    path("organise/communities/<slug:slug>/import/<uuid:uuid>/", show, name="show_import"),
    path("organise/communities/<slug:slug>/import/<uuid:uuid>/apply/", apply, name="apply_import"),
    path("organise/communities/<slug:slug>/export.ics", export_all, name="export_calendar"),
    path("organise/communities/<slug:slug>/calendars/<uuid:uuid>/look/", look, name="look_at_calendar"),
    path("organise/communities/<slug:slug>/calendars/<uuid:uuid>/stop/", stop, name="stop_following"),
]
