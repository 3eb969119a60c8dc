"""The editor's desk of a newsletter: when it goes, the draft of the next issue, its preview, and what went."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seminars.access import organised_community_or_404
from seminars.changes.refusing import UserError
from seminars.notifications.letters import MOST_BYTES, Written, write
from seminars.notifications.models import Message, MessageState
from seminars.notifications.newsletter import editing, saying
from seminars.notifications.newsletter.gathering import gather
from seminars.notifications.newsletter.going import KIND
from seminars.notifications.newsletter.items import Choices, Item, arranged
from seminars.notifications.newsletter.models import Issue
from seminars.notifications.readers.models import Subscription, scope_of
from seminars.people.joining import person_of
from seminars.people.models import Community, Membership, User
from seminars.web.forms.newsletters import IssueForm, PlanForm
from seminars.web.organise.gate import actor, for_organisers, say_refusal, show_refusal
from seminars.web.visitors import visitor_of
from seminars.web.zones import reader_of

PAST = 30
SENT_STATES = {
    "sent": [MessageState.SENT, MessageState.UNCERTAIN],
    "waiting": [*MessageState.unsent(), MessageState.SENDING],
    "stopped": [MessageState.GIVEN_UP, MessageState.DROPPED],
}
Desk = Callable[..., HttpResponse]


def at_desk(view: Desk) -> Desk:
    """Hand the view the community (None: the site), for whose letter the visitor may write."""

    @for_organisers
    @wraps(view)
    def guarded(request: HttpRequest, slug: str = "") -> HttpResponse:
        visitor = visitor_of(request)
        if slug:
            return view(request, organised_community_or_404(slug, visitor))
        if not visitor.is_admin:
            raise Http404
        return view(request, None)

    return guarded


def address(name: str, community: Community | None) -> str:
    """Return the path of a page of the desk."""
    return reverse(name, args=[community.slug]) if community else reverse(f"site_{name}")


@at_desk
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, community: Community | None) -> HttpResponse:
    """When the letter goes, the next one, and those of before with how they fared."""
    plan = editing.plan_of(community)
    names = ("every", "weekday", "day", "hour", "zone")
    initial = {name: getattr(plan, name) for name in names}
    form = PlanForm(
        request.POST if request.method == "POST" else None, site=community is None, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            editing.set_plan(
                community=community, now=timezone.now(), actor_id=actor(request), **form.cleaned_data
            )
        except UserError as refused:
            show_refusal(form, refused)
        else:
            messages.success(request, _("Saved."))
            return redirect(address("newsletter_desk", community))
    past = Issue.objects.filter(scope=scope_of(community)).exclude(state="draft").defer("items")
    context = _around(community) | {
        "form": form,
        "plan": plan,
        "draft": editing.draft_of(community),
        "past": _fared(list(past.order_by("-pk")[:PAST])),
        "readers": _readers(community),
    }
    return render(request, "seminars/organise/newsletters.html", context, status=422 if form.errors else 200)


@at_desk
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, community: Community | None) -> HttpResponse:
    """Write the introduction, choose, pin and order what is told; then look, try, send."""
    issue, now = _draft(community), timezone.now()
    shown = _all_items(issue)
    languages = [community.language, *community.languages] if community else []
    form = IssueForm(request.POST if request.method == "POST" else None, issue=issue, languages=languages)
    if request.method == "POST" and form.is_valid():
        do = request.POST.get("do", "")
        try:
            editing.keep(issue=issue, **form.kept(shown, do))
            return _done(request, community, issue, do)
        except UserError as refused:
            show_refusal(form, refused)
            if isinstance(refused, editing.Changed):  # saved once more, what was typed here stands
                issue.refresh_from_db()
                data = request.POST.copy()
                data["version"] = str(issue.version)
                form.data = data
    choices = Choices(**issue.choices)
    context = _around(community) | {
        "issue": issue,
        "form": form,
        "rows": [(each, each.ref not in choices.out, each.ref in choices.pinned) for each in shown],
        "readers": _readers(community),
        "plan": editing.plan_of(community),
        "worth": editing.worth(issue, editing.items_of(issue, now=now)),
        "now": now,
    }
    return render(
        request, "seminars/organise/newsletter_draft.html", context, status=422 if form.errors else 200
    )


@at_desk
@require_POST
def begin(request: HttpRequest, community: Community | None) -> HttpResponse:
    """Begin the next issue; it goes at its date, or by hand."""
    plan, now = editing.plan_of(community), timezone.now()
    editing.begin(community=community, due_at=plan.next_at, now=now)
    return redirect(address("newsletter_draft", community))


@at_desk
@require_POST
def end(request: HttpRequest, community: Community | None) -> HttpResponse:
    """Hold the draft back, let it go at its hour after all, or leave this issue out."""
    issue, do = _draft(community), request.POST.get("do", "")
    try:
        if do == "hold":
            editing.hold(issue=issue)
            messages.success(request, _("Held back. It goes when you send it."))
        elif do == "release":
            editing.release(issue=issue, now=timezone.now())
            messages.success(request, _("It goes at its hour."))
        elif do == "leave-out":
            editing.leave_out(issue=issue, now=timezone.now())
            messages.success(request, _("Left out. The next issue tells what this one would have told."))
            return redirect(address("newsletter_desk", community))
    except UserError as refused:
        say_refusal(request, refused)
    return redirect(address("newsletter_draft", community))


@csp_update({"frame-src": ["'self'"]})
@at_desk
@require_safe
def preview(request: HttpRequest, community: Community | None) -> HttpResponse:
    """The draft as its page and as its mail, in one language."""
    issue = _draft(community)
    written, language = _written(request, issue)
    with translation.override(language):
        items = saying.unwithdrawn(editing.items_of(issue, now=timezone.now()))
        letter = saying.shown(issue, items, inside=True)
    context = _around(community) | {
        "issue": issue,
        "letter": letter,
        "chosen": language,
        "languages": settings.LANGUAGES,
        "written": written,
        "kilobytes": f"{written.size / 1024:.1f}",
        "most": MOST_BYTES // 1024,
        "frame": address("newsletter_mail", community),
    }
    return render(request, "seminars/organise/newsletter_preview.html", context)


@csp_update({"style-src": ["'unsafe-inline'"]})
@csp_replace({"frame-ancestors": ["'self'"]})
@xframe_options_sameorigin
@at_desk
@require_safe
def mail(request: HttpRequest, community: Community | None) -> HttpResponse:
    """The HTML part of the mail alone, for the frames."""
    written, _language = _written(request, _draft(community))
    return HttpResponse(written.html)


def _around(community: Community | None) -> dict[str, Any]:
    names = ("desk", "draft", "begin", "end", "preview")
    return {"community": community, "to": {name: address(f"newsletter_{name}", community) for name in names}}


def _draft(community: Community | None) -> Issue:
    found = editing.draft_of(community)
    if found is None:
        raise Http404
    return found


def _all_items(issue: Issue) -> list[Item]:
    """What there is to tell, in the editor's order, with what is left out."""
    choices = Choices(**issue.choices)
    found = gather(issue.community, since=issue.since, now=timezone.now(), added=choices.added)
    return arranged(found, Choices((), choices.pinned, choices.order))


def _done(request: HttpRequest, community: Community | None, issue: Issue, do: str) -> HttpResponse:
    """What the button asks for, after the words are kept. Raises UserError."""
    if do == "look":
        return redirect(address("newsletter_preview", community))
    if do == "try":
        _try(request, issue)
    elif do == "send":
        editing.send(issue=issue, now=timezone.now(), actor_id=actor(request))
        messages.success(request, _("It goes out in ten minutes. Until then you can hold it back."))
    elif not do.startswith(("up:", "down:")):
        messages.success(request, _("Saved."))
    return redirect(address("newsletter_draft", community) + ("#items" if ":" in do else ""))


def _try(request: HttpRequest, issue: Issue) -> None:
    assert isinstance(request.user, User)  # `for_organisers` saw to it
    with transaction.atomic():
        if saying.try_out(issue=issue, person=person_of(request.user), now=timezone.now()):
            messages.success(request, _("A trial is on its way to you, and to nobody else."))
        else:
            messages.error(request, _("Your address gets no mails now. See your profile."))


def _written(request: HttpRequest, issue: Issue) -> tuple[Written, str]:
    """The mail as a member in the visitor's zone would get it, and its language."""
    now, zone = timezone.now(), reader_of(request).zone
    asked = request.GET.get("language", "")
    language = (
        asked if asked in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
    )
    with translation.override(language):
        context = saying.draft_context(issue, now=now)
    return write(KIND, context, language=language, zone=zone, now=now), language


def _readers(community: Community | None) -> int:
    """About how many get it: members who want it, and addresses that asked for it."""
    asked = Subscription.objects.wanting("newsletter").filter(scope=scope_of(community))
    members = Membership.objects.filter(editing.audience_of(community))
    return asked.exclude(reader__person__in=members.values("person_id")).count() + members.count()


def _fared(issues: list[Issue]) -> list[tuple[Issue, dict[str, int]]]:
    """Each issue with how many of its mails are sent, wait or were not sent; one query."""
    subjects = {f"newsletter:{each.uuid}": each.pk for each in issues}
    rows = Message.objects.filter(kind=KIND, subject__in=subjects).values_list("subject", "state")
    counts: dict[int, dict[str, int]] = {each.pk: dict.fromkeys(SENT_STATES, 0) for each in issues}
    for subject, state, number in rows.annotate(n=Count("pk")).order_by():
        name = next(name for name, states in SENT_STATES.items() if state in states)
        counts[subjects[subject]][name] += number
    return [(each, counts[each.pk]) for each in issues]


_NAMES = {
    "desk": ("", desk),
    "draft": ("draft/", draft),
    "begin": ("begin/", begin),
    "end": ("end/", end),
    "preview": ("draft/preview/", preview),
    "mail": ("draft/mail/", mail),
}
urlpatterns = [
    path(f"{base}{where}", view, name=f"{prefix}newsletter_{name}")
    for base, prefix in (
        ("organise/newsletter/", "site_"),
        ("organise/communities/<slug:slug>/newsletter/", ""),
    )
    for name, (where, view) in _NAMES.items()
]
