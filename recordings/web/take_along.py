"""Take the archive along: a bag of a community, series, session or of all, and a stick, sent while they are made.

There is no public bag: each file of a public recording has its own address already, and a bag of gigabytes for anybody
would be a lever to stop the line with.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recordings.preservation.bags.choosing import ALL, COMMUNITY, SERIES, SESSION, Chosen, Nothing, Scope
from recordings.preservation.bags.contents import label_of, missing, pieces_of, size_of
from recordings.preservation.bags.freezing import Frozen
from recordings.preservation.bags.noting import taken
from recordings.preservation.bags.streaming import Label, plain_zip_of, zip_of
from recordings.preservation.sticks import making
from recordings.preservation.sticks.choosing import EDITIONS, Order
from recordings.preservation.sticks.fitting import TooSmall, room_on
from seminars.access import organised_community_or_404, organised_series_or_404, organised_session_or_404
from seminars.people.models import Community
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.models import Series
from seminars.templatetags.meridian import language_name
from seminars.templatetags.meridian import size as said_size
from seminars.web.organise.gate import for_administrators, for_organisers
from seminars.web.visitors import visitor_of
from seminars.words import say

AT_ONCE = 2
"""Bags and sticks that are sent at the same time: each keeps a thread as long as the line is slow."""
SIZES = (4, 8, 16, 32, 64, 128)
GB = 10**9
log = logging.getLogger(__name__)
_places = threading.BoundedSemaphore(AT_ONCE)


class StickForm(forms.Form):
    """What goes onto a stick."""

    series = forms.MultipleChoiceField(
        label=gettext_lazy("Series"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick none to take all."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Languages"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick none to take all."),
    )
    editions = forms.MultipleChoiceField(
        label=gettext_lazy("What"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("voice", gettext_lazy("Voice only")),
            ("slides", gettext_lazy("Slides")),
            ("slides-voice", gettext_lazy("Slides and voice")),
            ("video-360", gettext_lazy("Video, small")),
            ("original", gettext_lazy("Recordings as they came")),
        ],
        help_text=gettext_lazy("Captions, reports and papers always go along."),
    )
    size = forms.ChoiceField(
        label=gettext_lazy("Size of the stick"),
        required=False,
        choices=[("", gettext_lazy("Any"))] + [(str(each), f"{each} GB") for each in SIZES],
        help_text=gettext_lazy("Large videos stay out first, then small ones; never voice, slides and text."),
    )
    members = forms.BooleanField(
        label=gettext_lazy("Also what is for members only"),
        required=False,
        help_text=gettext_lazy("Then pass it on to members only."),
    )

    def __init__(self, data: Any, community: Community | None) -> None:
        super().__init__(data)
        rows = Series.objects.published().order_by("slug")
        rows = rows.filter(community=community) if community else rows
        tag = get_language() or "en"
        given: Any = self.fields
        given["series"].choices = [(each.slug, say(each.title, tag)) for each in rows]
        tags = sorted(set(rows.order_by().values_list("language", flat=True)))
        given["languages"].choices = [(each, language_name(each)) for each in tags]


class Sent:
    """The blocks of a ZIP; closing it, at the end or when the reader leaves, frees the place it takes."""

    def __init__(self, blocks: Iterator[bytes]) -> None:
        self._blocks, self._open = blocks, True

    def __iter__(self) -> Iterator[bytes]:
        return self._blocks

    def close(self) -> None:
        """Stop, and free the place, once."""
        if self._open:
            self._open = False
            getattr(self._blocks, "close", lambda: None)()
            _places.release()


def send(request: HttpRequest, blocks: Iterator[bytes], name: str) -> HttpResponseBase:
    """Return the ZIP as it is made; 503 while too many others are being sent."""
    if not _places.acquire(blocking=False):
        words = _("Others are being sent just now. Try again in some minutes.")
        return HttpResponse(
            words, status=503, content_type="text/plain; charset=utf-8", headers={"Retry-After": "120"}
        )
    request.META["HTTP_ACCEPT_ENCODING"] = "identity"  # it is packed already
    answer = StreamingHttpResponse(Sent(blocks), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def send_bag(request: HttpRequest, scope: Scope, back: str) -> HttpResponseBase:
    """Return a bag; back to the page where nothing is over and out, 503 in words where the store has lost a file."""
    chosen = Chosen(scope, timezone.now(), reader=visitor_of(request))
    try:
        chosen.check()
    except Nothing:
        messages.info(request, _("Nothing of it is over and out yet, so there is nothing to pack."))
        return redirect(back, *([scope.slug] if scope.slug else []))
    if gone := missing(chosen):
        log.error("No bag of %s: %s", scope, gone[0])
        return HttpResponse("\n".join(gone[:20]), status=503, content_type="text/plain; charset=utf-8")
    label = label_of(scope, chosen.now)
    blocks = packed(chosen, label, language=get_language() or "en", actor_id=request.user.pk)
    return send(request, blocks, label.name)


def packed(chosen: Chosen, label: Label, *, language: str, actor_id: int | None) -> Iterator[bytes]:
    """Yield the blocks of a bag; after the last of them its recordings' histories say that it was taken."""
    with Frozen(chosen) as frozen:
        yield from zip_of(pieces_of(frozen, language=language), label, now=chosen.now)
        taken(frozen, now=timezone.now(), actor_id=actor_id)


def page(request: HttpRequest, community: Community | None) -> HttpResponse:
    """Return the page: the bag with its size, and the stick, whose size follows from what is chosen."""
    scope, now = Scope(COMMUNITY, community.slug) if community else Scope(ALL), timezone.now()
    form = StickForm(request.GET if "stick" in request.GET else {"editions": list(EDITIONS)}, community)
    files, total = size_of(Chosen(scope, now))
    context: dict[str, Any] = {
        "community": community,
        "form": form,
        "files": files,
        "total": total,
        "bag_url": reverse("community_bag", args=[community.slug]) if community else reverse("archive_bag"),
        "stick_url": reverse("community_stick", args=[community.slug])
        if community
        else reverse("archive_stick"),
        "command": f"manage.py bag {'community ' + community.slug if community else 'all'} TARGET",
    }
    if "stick" in request.GET and form.is_valid():
        context |= told(request, form, community)
    return render(request, "recordings/take_along.html", context)


def told(request: HttpRequest, form: StickForm, community: Community | None) -> dict[str, Any]:
    """Return what the page says of a stick: how large it gets, what stays out, and the command that makes it."""
    order = order_of(request, form, community)
    try:
        plan = making.plan_of(order, now=timezone.now())
    except TooSmall as wrong:
        words = _("Even without any video it takes %(size)s. Choose a larger stick, or fewer series.")
        form.add_error("size", words % {"size": said_size(wrong.needed)})
        return {}
    return {"plan": plan, "stick_command": command_of(form, community)}


def order_of(request: HttpRequest, form: StickForm, community: Community | None) -> Order:
    """Return what the form asks for. What is for members only goes along only where it was asked for."""
    given = form.cleaned_data
    return Order(
        visitor=visitor_of(request) if given["members"] else NOBODY,
        for_members=given["members"],
        communities=(community.slug,) if community else (),
        series=tuple(given["series"]),
        languages=tuple(given["languages"]),
        editions=frozenset(given["editions"]),
        limit=room_on(int(given["size"]) * GB) if given["size"] else None,
        language=get_language() or "en",
    )


def command_of(form: StickForm, community: Community | None) -> str:
    """Return the command that writes the same stick on the server itself."""
    given = form.cleaned_data
    words = ["manage.py stick TARGET", *(["--community", community.slug] if community else [])]
    words += [part for each in given["series"] for part in ("--series", each)]
    words += [part for each in given["languages"] for part in ("--language", each)]
    words += (
        ["--editions", ",".join(given["editions"]) or "none"]
        if set(given["editions"]) != set(EDITIONS)
        else []
    )
    words += [f"--size {given['size']}GB"] if given["size"] else []
    return " ".join([*words, *(["--members"] if given["members"] else [])])


def send_stick(request: HttpRequest, community: Community | None) -> HttpResponseBase:
    """Return the stick; the page again where it cannot be."""
    form = StickForm(request.POST, community)
    if not form.is_valid():
        raise Http404
    try:
        plan = making.plan_of(order_of(request, form, community), now=timezone.now())
    except TooSmall as wrong:
        raise Http404 from wrong  # the page has said so before
    if not plan.items:
        raise Http404
    if gone := making.missing(plan):
        return HttpResponse("\n".join(gone[:20]), status=503, content_type="text/plain; charset=utf-8")
    name = f"{community.slug if community else 'archive'}-{plan.now.date().isoformat()}"
    return send(request, plain_zip_of(making.pieces_of(plan), name, now=plan.now), name)


@for_organisers
@require_safe
def take_community(request: HttpRequest, slug: str) -> HttpResponse:
    """Bag and stick of a community."""
    return page(request, organised_community_or_404(slug, visitor_of(request)))


DOORS: dict[str, tuple[Callable[[str, Visitor], Any], str]] = {
    COMMUNITY: (organised_community_or_404, "take_community"),
    SERIES: (organised_series_or_404, "organise_series"),
    SESSION: (organised_session_or_404, "session_files"),
}
"""Of what there are bags: who may have one, and the page that has its button."""


@for_organisers
@require_POST
def bag(request: HttpRequest, slug: str, kind: str) -> Any:
    """The bag of a community, series or session."""
    door, back = DOORS[kind]
    door(slug, visitor_of(request))
    return send_bag(request, Scope(kind, slug), back)


@for_organisers
@require_POST
def community_stick(request: HttpRequest, slug: str) -> Any:
    """A stick of a community."""
    return send_stick(request, organised_community_or_404(slug, visitor_of(request)))


@for_administrators
@require_safe
def take_archive(request: HttpRequest) -> HttpResponse:
    """Bag and stick of all."""
    return page(request, None)


@for_administrators
@require_POST
def archive_bag(request: HttpRequest) -> Any:
    """The bag of all."""
    return send_bag(request, Scope(ALL), "take_archive")


@for_administrators
@require_POST
def archive_stick(request: HttpRequest) -> Any:
    """A stick of all."""
    return send_stick(request, None)


urlpatterns = [
    path("organise/archive/take-along/", take_archive, name="take_archive"),
    path("organise/archive/take-along/bag/", archive_bag, name="archive_bag"),
    path("organise/archive/take-along/stick/", archive_stick, name="archive_stick"),
    path("organise/communities/<slug:slug>/take-along/", take_community, name="take_community"),
    path("organise/communities/<slug:slug>/take-along/bag/", bag, {"kind": COMMUNITY}, name="community_bag"),
    path("organise/communities/<slug:slug>/take-along/stick/", community_stick, name="community_stick"),
    path("organise/series/<slug:slug>/bag/", bag, {"kind": SERIES}, name="series_bag"),
    path("organise/sessions/<slug:slug>/bag/", bag, {"kind": SESSION}, name="session_bag"),
]
