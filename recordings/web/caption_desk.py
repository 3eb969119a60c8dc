"""Where captions are corrected: one set of pages, entered by an organiser's door and by a speaker's secret link.

Everything works by buttons and a text field; with its script the page is an editor that saves a moment after each word.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from recordings.assets import store
from recordings.catalogue.models import Original, OriginalKind
from recordings.publishing import correcting
from recordings.publishing.editions import shelf_of
from recordings.transcripts import drafting, editing
from recordings.transcripts.checking import WORDS, faults
from recordings.transcripts.editing import CannotEdit, Changes, Line
from recordings.transcripts.models import CaptionAside, CaptionDraft
from recordings.transcripts.sheets import changes_in, sheet_of
from recordings.transcripts.vtt import CaptionError, plain
from recordings.web.caption_words import beside_of, changes_of, number, row_of, script_words
from seminars.changes.refusing import UserError
from seminars.followups.reports.writing import Author
from seminars.sessions.models import Session
from seminars.sessions.revising import Stale

A_PAGE = 50
"""Lines."""


@dataclass(frozen=True)
class Desk:
    """Who corrects which captions, and by which door. key: what the door's addresses take before the file's uuid.

    back: the address of the page they came from. publishes: whether they also decide what comes out.
    """

    session: Session
    original: Original
    author: Author
    door: str
    key: str
    back: str
    publishes: bool

    def at(self, deed: str = "", *, original: Original | None = None) -> str:
        """The address of a deed, by the names in `DEEDS`."""
        uuid = (original or self.original).uuid
        return reverse(f"{self.door}_{deed}" if deed else self.door, args=[self.key, uuid])


View = Callable[[HttpRequest, Desk], HttpResponse]


def captions_or_404(session: Session, uuid: object) -> Original:
    """Return a caption file of a session, current or not; raises Http404."""
    rows = Original.objects.filter(kind=OriginalKind.CAPTIONS, recording__session=session)
    return get_object_or_404(rows.select_related("asset", "recording"), uuid=uuid)


def desk_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the lines, or save those of the text field."""
    if request.method == "POST":
        return _save_sheet(request, desk)
    if desk.original.superseded_at and drafting.draft_of(desk.original) is None:
        newer = drafting.newer_than(desk.original)
        return redirect(desk.at(original=newer) if newer else desk.back)
    return page(request, desk)


def page(
    request: HttpRequest, desk: Desk, *, typed: str | None = None, wrong: str = "", status: int = 200
) -> HttpResponse:
    """Return the page. typed: the text field as it was sent. wrong: what is wrong with it."""
    draft = drafting.draft_of(desk.original)
    try:
        lines = drafting.written_in(desk.original, draft)
    except (CaptionError, OSError) as broken:
        messages.error(
            request,
            str(broken) if isinstance(broken, CaptionError) else _("The file cannot be read just now."),
        )
        return redirect(desk.back)
    rows, asked = list(lines.items()), number(request.POST.get("page") or request.GET.get("page")) or 1
    pages = max(1, -(-len(rows) // A_PAGE))
    now = min(asked, pages)
    shown, first = rows[(now - 1) * A_PAGE : now * A_PAGE], (now - 1) * A_PAGE + 1
    found, shelf = faults(rows), shelf_of(desk.original.recording)
    newer = drafting.newer_than(desk.original)
    context = {
        "desk": desk,
        "newer": newer,
        "newer_page": desk.at(original=newer) if newer else "",
        "session": desk.session,
        "draft": draft,
        "sheet": sheet_of(shown, first) if typed is None else typed,
        "typed": typed is not None,  # then no script comes in between
        "was": request.POST.get("was")
        if typed is not None
        else json.dumps([[k, *row_of(each)] for k, each in shown]),
        "seen": number(request.POST.get("seen")) if typed is not None else (draft.revision if draft else 0),
        "draft_uuid": draft.uuid if draft else "",
        "hand": secrets.token_hex(6),
        "wrong": wrong,
        "page": now,
        "pages": pages,
        "first": first,
        "total": len(rows),
        "faults": [
            (place, [WORDS[fault] for fault in found[key]])
            for place, (key, _line) in enumerate(shown, first)
            if key in found
        ],
        "faulty": len(found),
        "asides": [(each, lines.get(each.key)) for each in drafting.asides_of(draft)],
        "media": [each for each in (shelf.small or shelf.video, *shelf.voices, shelf.voice) if each][:1],
        "words": script_words(),
        "urls": {deed: desk.at(deed) for deed in DEEDS if desk.publishes or deed not in OF_PUBLISHERS},
    }
    return render(request, "recordings/caption_desk.html", context, status=status)


@require_safe
def give_lines(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give all lines as JSON, for the script of the page."""
    draft = drafting.draft_of(desk.original)
    try:
        lines = drafting.written_in(desk.original, draft)
    except (CaptionError, OSError):
        return JsonResponse({"wrong": _("The file cannot be read just now.")}, status=503)
    return _told(desk, draft, {"lines": [[key, *row_of(each)] for key, each in lines.items()]})


@require_POST
def autosave(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save the lines that were changed, and tell what others wrote; JSON in and out."""
    changes = changes_of(request.POST.get("changes", ""))
    seen, uuid = number(request.POST.get("seen")), _draft_said(request)
    draft = drafting.draft_of(desk.original)
    if changes is None:
        return JsonResponse({"wrong": _("These lines cannot be read. Load the page again.")}, status=400)
    if not changes:
        closed = drafting.closed_of(desk.original, uuid)
        if closed:
            return JsonResponse({"moved": desk.at(original=closed.outcome)})
        return _told(desk, draft, {"changed": _since(draft, seen)})
    try:
        done = _save(request, desk, changes, seen)
    except UserError as refused:
        return JsonResponse({"wrong": str(refused)}, status=400)
    except (CaptionError, OSError):
        return JsonResponse({"wrong": _("The file cannot be read just now.")}, status=503)
    if done.moved:
        return JsonResponse({"moved": desk.at(original=done.draft.original)})
    return _told(desk, done.draft, {"changed": _since(done.draft, seen), "aside": done.beside})


@require_POST
def decide(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Choose between two texts of a line."""
    rows = CaptionAside.objects.filter(draft__original=desk.original)
    aside = get_object_or_404(rows, pk=number(request.POST.get("aside")))
    seen = number(request.POST.get("seen"))
    draft: CaptionDraft | None = None
    try:
        draft = drafting.choose(aside=aside, take=request.POST.get("take") == "1", now=timezone.now())
    except UserError as refused:
        if not _by_script(request):
            messages.error(request, str(refused))
    if _by_script(request):
        draft = draft or drafting.draft_of(desk.original)
        return _told(desk, draft, {"changed": _since(draft, seen)})
    return redirect(desk.at())


@require_POST
def change(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Do something to all lines, or to one, without a script: the names are those of `editing`."""
    draft = drafting.draft_of(desk.original)
    try:
        lines = drafting.written_in(desk.original, draft)
        changes = _changes_asked(request, lines)
        done = _save(request, desk, changes, draft.revision if draft else 0)
    except (CannotEdit, UserError, CaptionError) as refused:
        return page(request, desk, wrong=str(refused), status=422)
    except OSError:
        return page(request, desk)
    count = len(done.taken)
    messages.success(request, _("Lines that are different now: %(n)d. Nothing is out yet.") % {"n": count})
    return redirect(f"{desk.at()}?page={number(request.POST.get('page')) or 1}")


@require_POST
def put_out(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Publish: the draft becomes the captions that everybody sees."""
    draft = drafting.draft_of(desk.original)
    if draft is None:
        messages.info(request, _("Nothing was changed yet."))
        return redirect(desk.at())
    try:
        original = correcting.publish(
            draft=draft,
            now=timezone.now(),
            actor_id=desk.author.user_id,
            instead_of=_uuid(request, "instead"),
        )
    except UserError as refused:
        return page(request, desk, wrong=str(refused), status=409)
    except Stale:
        return page(
            request, desk, wrong=_("Somebody else changed this session just now. Try again."), status=409
        )
    except store.DiskFull as full:
        return page(request, desk, wrong=str(full), status=507)
    messages.success(request, _("The corrected captions are out. The earlier ones stay at their address."))
    return redirect(desk.at(original=original))


def discard(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask whether to go without the draft, and do so."""
    if request.method != "POST":
        draft = drafting.draft_of(desk.original)
        context = {"desk": desk, "session": desk.session, "draft": draft, "action": desk.at("discard")}
        return render(request, "recordings/caption_discard.html", context)
    if drafting.discard(original=desk.original, now=timezone.now()):
        messages.success(request, _("The draft is discarded. The captions are as they were."))
    return redirect(desk.at())


DEEDS: dict[str, tuple[str, View]] = {
    "lines": ("lines/", give_lines),
    "save": ("save/", autosave),
    "choose": ("choose/", decide),
    "change": ("change/", change),
    "publish": ("publish/", put_out),
    "discard": ("discard/", discard),
}
OF_PUBLISHERS = ("publish", "discard")


def doors(
    before: str,
    door: str,
    guard: Callable[[View], Callable[..., HttpResponse]],
    without: tuple[str, ...] = (),
) -> list[URLPattern]:
    """Return the addresses of all deeds below `before`, named after `door`. guard: makes the desk, or turns away."""
    found = [path(before, guard(desk_page), name=door)]
    return found + [
        path(before + route, guard(view), name=f"{door}_{deed}")
        for deed, (route, view) in DEEDS.items()
        if deed not in without
    ]


# Below: how it is done.


def _told(desk: Desk, draft: CaptionDraft | None, more: dict[str, Any]) -> JsonResponse:
    """What the script needs to know after each step."""
    told = {
        "draft": str(draft.uuid) if draft else "",
        "revision": draft.revision if draft else 0,
        "beside": [beside_of(each) for each in drafting.asides_of(draft)],
    }
    return JsonResponse(told | more, headers={"Cache-Control": "no-store"})


def _since(draft: CaptionDraft | None, seen: int) -> dict[str, list[object] | None]:
    if draft is None:
        return {}
    return {key: row_of(each) if each else None for key, each in drafting.since(draft, seen).items()}


def _save(request: HttpRequest, desk: Desk, changes: Changes, seen: int) -> drafting.Saved:
    return drafting.save(
        original=desk.original,
        draft_uuid=_draft_said(request),
        seen=seen,
        changes=changes,
        hand=plain(request.POST.get("hand", ""))[:40],
        now=timezone.now(),
        author=desk.author,
    )


def _draft_said(request: HttpRequest) -> str:
    return str(_uuid(request, "draft") or "")


def _uuid(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _save_sheet(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Save one page of lines from its text field; what is wrong is named by its line, with the text still there."""
    typed = plain(request.POST.get("sheet", ""))
    was = changes_of(request.POST.get("was", ""), as_rows=True)
    if was is None:
        return page(request, desk, wrong=_("These lines cannot be read. Load the page again."), status=400)
    rows = [(key, each) for key, each in was.items() if each is not None]
    try:
        changes = changes_in(typed, rows, lambda: f"n{secrets.token_hex(4)}")
        done = _save(request, desk, changes, number(request.POST.get("seen")))
    except (CaptionError, UserError) as refused:
        return page(request, desk, typed=typed, wrong=str(refused), status=422)
    except OSError:
        return page(request, desk)
    if done.beside:
        messages.warning(
            request, _("Somebody else wrote some of these lines meanwhile. Both texts are kept: choose.")
        )
    else:
        messages.success(request, _("Saved. It is not out yet."))
    return redirect(f"{desk.at(original=done.draft.original)}?page={number(request.POST.get('page')) or 1}")


def _changes_asked(request: HttpRequest, lines: dict[str, Line]) -> Changes:
    """What a button asks for. Raises CannotEdit."""
    given, what = request.POST, request.POST.get("what", "")
    if what == "shift":
        return editing.shift(lines, _milliseconds(given.get("by", "")))
    if what == "replace":
        find, put = plain(given.get("find", "")), plain(given.get("put", ""))
        return editing.replace_all(lines, find, put, match_case=bool(given.get("case")))
    keys, place = list(lines), number(given.get("line"))
    if not 1 <= place <= len(keys):
        raise CannotEdit(_("Give the number of a line."))
    key, new_key = keys[place - 1], f"n{secrets.token_hex(4)}"
    if what == "split":
        return editing.split(lines, key, _middle(lines[key].text), new_key)
    if what == "insert":
        return editing.insert(lines, key, new_key)
    return editing.merge(lines, key) if what == "merge" else editing.delete(lines, key)


def _middle(text: str) -> int:
    """The place between two words that is nearest to the middle."""
    gaps = [place for place, letter in enumerate(text) if letter.isspace()]
    return min(gaps, key=lambda place: abs(place - len(text) / 2), default=0)


def _milliseconds(said: str) -> int:
    try:
        seconds = float(said.strip().replace(",", "."))
    except ValueError:
        seconds = float("nan")
    if not abs(seconds) < editing.LATEST:  # also what is no number
        raise CannotEdit(_("Give seconds, such as 1.5 or -0.25."))
    return round(seconds * 1000)
