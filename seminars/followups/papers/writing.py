"""Write a paper: begin it from sessions and their reports, keep what is typed, of two hands lose nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from seminars.changes.recording import record
from seminars.changes.refusing import UserError, raise_if
from seminars.followups.papers.models import TEXT, Paper, PaperDraft, PaperSession, PaperState
from seminars.followups.papers.outline import Headings, Source, outline
from seminars.people.models import Community
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.models import Licence

LONGEST = {"title": 200, "authors": 4000, "summary": 4000, "body": 400_000, "doi": 200}
"""Characters of each field."""
MOST_SESSIONS = 40


class PaperStale(Exception):
    """Somebody else changed the paper since the form was opened; `current` is what is there now."""

    def __init__(self, current: Paper) -> None:
        super().__init__(f"The paper is at revision {current.revision}")
        self.current = current


def subject_of(paper: Paper) -> str:
    """Return the name under which a paper's history is kept."""
    return f"paper:{paper.uuid}"


def scope_of(paper: Paper) -> list[str]:
    """Return the scopes that a change of the paper touches."""
    return [f"community:{paper.community_id}"]


def begin(
    *,
    community: Community,
    sessions: Sequence[Session],
    sources: Sequence[Source],
    title: str,
    language: str,
    words: Headings,
    now: datetime,
    actor_id: int | None,
) -> Paper:
    """Return a new draft that draws on `sessions`, made of what their reports say.

    sources: the same sessions as `outline` takes them. words: headings, in `language`. now: aware UTC. Raises
    UserError by field.
    """
    raise_if(_wrong_sessions(community, sessions) | _wrong({"title": title.strip()}))
    with transaction.atomic():
        paper = Paper.objects.create(
            community=community,
            title=title.strip(),
            language=language,
            authors="\n".join(_speakers(sessions)),
            body=outline(sources, words),
            made_by_id=actor_id,
            made_at=now,
            changed_at=now,
        )
        PaperSession.objects.bulk_create(PaperSession(paper=paper, session=each) for each in sessions)
        _keep_draft(paper, now, actor_id)
        _tell(paper, "paper-begun", now, actor_id)
    return paper


def keep(*, paper: Paper, seen: int, fields: Mapping[str, str], now: datetime, actor_id: int | None) -> Paper:
    """Return the paper with the text as it was typed. The same again writes nothing.

    seen: the revision the person looked at. fields: by the names of `models.TEXT`. A published or approved paper turns
    into a draft again (or goes on in review): what is out stays as it is. Raises UserError by field, PaperStale.
    """
    given = {name: _clean(name, text) for name, text in fields.items()}
    if unknown := given.keys() - set(TEXT):
        raise TypeError(f"A paper has no field {', '.join(sorted(unknown))}")
    refuse_closed(paper)
    raise_if(_wrong(given))
    with transaction.atomic():
        current = Paper.objects.select_for_update().get(pk=paper.pk)
        refuse_closed(current)
        if all(getattr(current, name) == text for name, text in given.items()):
            return current
        if current.revision != seen:
            raise PaperStale(current)
        for name, text in given.items():
            setattr(current, name, text)
        current.revision += 1
        current.changed_at = now
        current.state = _goes_on(current)
        current.save(update_fields=[*given, "revision", "changed_at", "state"])
        _keep_draft(current, now, actor_id)
    return current


def draw_on(
    *,
    paper: Paper,
    sessions: Sequence[Session],
    added: str,
    seen: int,
    now: datetime,
    actor_id: int | None,
) -> Paper:
    """Return the paper, which draws on these sessions from now on; `added` is what is put at the end of its text.

    seen: the revision the person looked at. What is out says its sessions for good. Raises UserError, PaperStale.
    """
    raise_if(_wrong_sessions(paper.community, sessions))
    with transaction.atomic():
        current = Paper.objects.select_for_update().get(pk=paper.pk)
        refuse_closed(current)
        if current.published_at is not None:
            raise UserError({"sessions": _("The paper is out: the sessions that it draws on stay.")})
        if current.revision != seen:
            raise PaperStale(current)
        body = f"{current.body}\n\n{added.strip()}".strip() if added.strip() else current.body
        raise_if(_wrong({"body": body}))
        PaperSession.objects.filter(paper=current).exclude(session__in=sessions).delete()
        there = set(PaperSession.objects.filter(paper=current).values_list("session_id", flat=True))
        PaperSession.objects.bulk_create(
            PaperSession(paper=current, session=each) for each in sessions if each.pk not in there
        )
        if body != current.body:
            current.body, current.revision, current.changed_at = body, current.revision + 1, now
            current.state = _goes_on(current)
            current.save(update_fields=["body", "revision", "changed_at", "state"])
            _keep_draft(current, now, actor_id)
    return current


def refuse_closed(paper: Paper) -> None:
    """Raise UserError for a paper on which no more work is done."""
    if paper.is_closed:
        raise UserError({"": _("This paper is closed: it stays as it is.")})


def _goes_on(paper: Paper) -> PaperState:
    if paper.state in {PaperState.DRAFT, PaperState.REVIEW}:
        return PaperState(paper.state)
    asked = paper.reviews.filter(revoked_at=None, answered_at=None).exists()
    return PaperState.REVIEW if asked else PaperState.DRAFT


def _keep_draft(paper: Paper, now: datetime, actor_id: int | None) -> None:
    text = {name: getattr(paper, name) for name in TEXT}
    PaperDraft.objects.create(paper=paper, revision=paper.revision, by_id=actor_id, at=now, **text)


def _tell(paper: Paper, kind: str, now: datetime, actor_id: int | None) -> None:
    record(kind=kind, subject=subject_of(paper), scopes=scope_of(paper), now=now, actor_id=actor_id)


def _clean(name: str, text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if name == "authors":
        return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
    return " ".join(text.split()) if name in {"title", "doi"} else text


def _wrong(given: Mapping[str, str]) -> dict[str, str]:
    wrong = {
        name: _("Use at most %(most)d characters.") % {"most": LONGEST[name]}
        for name, text in given.items()
        if name in LONGEST and len(text) > LONGEST[name]
    }
    if "title" in given and not given["title"]:
        wrong["title"] = _("Give a title.")
    if given.get("doi") and not given["doi"].startswith("10."):
        wrong["doi"] = _("A DOI begins with “10.”, such as 10.5281/zenodo.123.")
    if "licence" in given and given["licence"] not in Licence.values:
        wrong["licence"] = _("Choose on which terms others may use it.")
    return wrong


def _wrong_sessions(community: Community, sessions: Sequence[Session]) -> dict[str, str]:
    if not sessions:
        return {"sessions": _("Choose at least one session.")}
    if len(sessions) > MOST_SESSIONS:
        return {"sessions": _("Choose at most %(most)d sessions.") % {"most": MOST_SESSIONS}}
    if any(each.series.community_id != community.pk for each in sessions):
        raise ValueError("A paper draws on sessions of its own community.")
    return {}


def _speakers(sessions: Sequence[Session]) -> list[str]:
    rows = (
        Speaker.objects.filter(session__in=sessions)
        .select_related("person")
        .order_by("session__starts_at", "pk")
    )
    return list(
        dict.fromkeys(
            ", ".join(filter(None, (each.person.name, each.affiliation or each.person.affiliation)))
            for each in rows
        )
    )
