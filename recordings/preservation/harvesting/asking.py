"""What a harvester asks (OAI-PMH 2.0 §3): verbs and their arguments, checked as the protocol says. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.core import signing

PREFIX = "oai_dc"
VERBS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
    "ListRecords": (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set"})),
}
"""Of each verb the arguments that must be there, and those that may."""
TOKEN = "resumptionToken"  # noqa: S105  # the name of an argument
LONGEST = 2000
_SIGNER = signing.Signer(salt="harvesting")
_DAY, _SECOND = re.compile(r"\d{4}-\d\d-\d\d"), re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_PART = r"[A-Za-z0-9\-_.!~*'()]+"
FORMS = {
    "metadataPrefix": re.compile(_PART),
    "set": re.compile(rf"{_PART}(:{_PART})*"),
    "identifier": re.compile(r"[!-~]+"),
}
"""What an argument can look like (§2.4, §2.6, §3.4); what cannot is not said back either."""


class Refused(Exception):
    """The question cannot be answered. code: one of the protocol's (§3.6); the message: why, for a person."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code


@dataclass(frozen=True)
class Question:
    """A verb with its arguments. since, until: aware UTC, both included. after: datestamp and key that came last."""

    verb: str
    arguments: dict[str, str] = field(default_factory=dict)
    since: datetime | None = None
    until: datetime | None = None
    set_spec: str = ""
    after: tuple[datetime, int] | None = None
    cursor: int = 0


def question_of(pairs: Iterable[tuple[str, str]]) -> Question:
    """Return the question that arguments ask. Raises Refused (badVerb, badArgument, badResumptionToken, …)."""
    pairs = list(pairs)
    said = dict(pairs)
    verb = said.pop("verb", "")
    if verb not in VERBS or sum(name == "verb" for name, _value in pairs) > 1:
        raise Refused("badVerb", f"Ask one verb: {', '.join(VERBS)}.")
    if len(pairs) != len(said) + 1:
        raise Refused("badArgument", "An argument is there more than once.")
    needed, allowed = VERBS[verb]
    if TOKEN in said and verb in {"ListIdentifiers", "ListRecords", "ListSets"}:
        if len(said) > 1:
            raise Refused("badArgument", f"With {TOKEN} there is no other argument.")
        return resumed(verb, said)
    if missing := sorted(needed - said.keys()):
        raise Refused("badArgument", f"Missing: {', '.join(missing)}.")
    if unknown := sorted(said.keys() - needed - allowed):
        raise Refused("badArgument", f"{verb} does not know: {', '.join(unknown)[:200]}.")
    for name, form in FORMS.items():
        if name in said and not form.fullmatch(said[name]):
            raise Refused("badArgument", f"No {name} can look like that.")
    if said.get("metadataPrefix", PREFIX) != PREFIX:
        raise Refused("cannotDisseminateFormat", f"There is {PREFIX} only.")
    since, until = _interval(said)
    return Question(verb, said, since, until, said.get("set", ""))


def _interval(said: dict[str, str]) -> tuple[datetime | None, datetime | None]:
    """Return the first and the last second asked for. Raises Refused."""
    first, last = said.get("from"), said.get("until")
    if first is not None and last is not None and len(first) != len(last):
        raise Refused("badArgument", "from and until have different granularities.")
    since = None if first is None else _moment(first)
    until = None if last is None else _moment(last)
    if last is not None and until is not None and _DAY.fullmatch(last):
        until += timedelta(days=1, seconds=-1)
    if since and until and since > until:
        raise Refused("badArgument", "from is later than until.")
    return since, until


def _moment(text: str) -> datetime:
    wrong = Refused("badArgument", "Give dates as YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    if not text.isascii() or not (_DAY.fullmatch(text) or _SECOND.fullmatch(text)):
        raise wrong
    try:
        return min(datetime.fromisoformat(text[:19]), datetime(9998, 1, 1)).replace(tzinfo=UTC)  # noqa: DTZ001
    except ValueError:
        raise wrong from None


def token_of(question: Question, *, after: tuple[datetime, int], cursor: int) -> str:
    """Return the token with which the list goes on after `after`. It says all that is needed, signed; none is kept."""
    facts = [
        question.verb,
        _unix(question.since),
        _unix(question.until),
        question.set_spec,
        _unix(after[0]),
        after[1],
        cursor,
    ]
    return _SIGNER.sign_object(facts)


def resumed(verb: str, said: dict[str, str]) -> Question:
    """Return the question that a token continues. Raises Refused for any that we did not give for this verb."""
    wrong = Refused("badResumptionToken", "This token was not given here. Begin the list again.")
    if verb == "ListSets" or len(said[TOKEN]) > LONGEST:
        raise wrong
    try:
        facts = _SIGNER.unsign_object(said[TOKEN])
    except signing.BadSignature:
        raise wrong from None
    if facts[0] != verb:
        raise wrong
    _verb, since, until, set_spec, stamp, key, cursor = facts
    after = datetime.fromtimestamp(stamp, UTC), key
    return Question(verb, said, _from_unix(since), _from_unix(until), set_spec, after, cursor)


def _unix(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())


def _from_unix(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
