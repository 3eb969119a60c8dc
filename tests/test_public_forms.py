"""Every form that needs no account, found by walking the site's addresses: a new one is tested on its first day."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import partial
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

import pytest
import time_machine
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import get_resolver

from seminars.notifications.composing import compose
from seminars.notifications.models import Message
from seminars.notifications.press import Press
from seminars.web import limits
from tests.factories import NOW
from tests.links import Site, make_site
from tests.world import addresses

pytestmark = [
    pytest.mark.long,
    pytest.mark.django_db,
    pytest.mark.usefixtures("stopped"),
]
CHROME = ("/language/", "/zone/")  # these stand on every page, and are asked by themselves
EVIL = "evil@example.org"
# Names as people write them: from the right, with marks on letters, of pictures, without spaces.
NAMES = ("نور الهدى", "Zoë Ångström", "นิรันดร์", "👩🏽‍🌾 Amina", "山田太郎", "Ọlá́")
TYPED = {"text", "email", "textarea", "url", "tel", "search"}


@dataclass
class Form:
    """One form of a page. fields: (kind, value) by name, as a browser would send them untouched."""

    route: str
    path: str
    action: str = ""
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def typed(self) -> list[str]:
        return [name for name, (kind, _value) in self.fields.items() if kind in TYPED and name != "website"]

    def filled(self, **given: str) -> dict[str, str]:
        """What a careful reader sends."""
        sent = {}
        for name, (kind, value) in self.fields.items():
            known = {"email": "amina@example.org", "number": "5", "date": "2026-12-24", "time": "10:00"}
            if "zone" in name:
                known["text"] = known["search"] = known["select"] = "Africa/Kampala"
            if kind == "text" and re.search("website|url|link", name):
                known["text"] = "https://example.org/"
            trap = name == "website"
            usual = "" if trap else known.get(kind, "Amina Example" if kind in TYPED else "")
            sent[name] = value or usual
        return sent | given


class _Reader(HTMLParser):
    """Finds the forms of a page that are sent by POST."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method") == "post":
            self._open = Form("", "", given.get("action", ""))
        if self._open is None:
            return
        name, value, kind = given.get("name", ""), given.get("value", ""), given.get("type", "text")
        known = self._open.fields
        if tag == "select":
            self._select = name
        if tag == "textarea" and name:
            known[name] = ("textarea", "")
        if tag == "option" and self._select and (self._select not in known or "selected" in given):
            known[self._select] = ("select", value)
        if tag == "button" and name and name not in known:
            known[name] = ("button", value)
        if tag == "input" and name and kind == "radio" and (name not in known or "checked" in given):
            known[name] = ("radio", value)
        if tag == "input" and name == "wanted" and name not in known:  # one kind of mail has to be ticked
            known[name] = ("checkbox", value)
        if tag == "input" and name and (kind not in {"radio", "checkbox"} or "checked" in given):
            known.setdefault(name, (kind, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.forms.append(self._open)
            self._open = None
        if tag == "select":
            self._select = ""


def forms_in(page: str) -> list[Form]:
    """The forms of a page, without what stands on every page."""
    reader = _Reader()
    reader.feed(page)
    return [each for each in reader.forms if not each.action.startswith(CHROME)]


# Behind a sign-in, or a program's own address. Sign-in itself is allauth's, which limits it.
NOT_OURS = (
    "/organise/",
    "/accounts/",
    "/api/",
    "/setup/",
    "/mailbox/",
    "/mails/in/",
    "/mails/reports/",
    "/calendar",
)
# Mail programs post a bare button here by themselves (RFC 8058), so no token of the page can be asked for.
ONE_CLICK = re.compile(
    r"^/introductions/<str:token>/stop/|^/(?:mails/(?:stop|owed)|suggestions|questions)/<"
    r"|^/registration/<str:token>/reminders/"
)
# Whoever has a secret of their own is known: a trap and a limit would only be in their way.
OWN_LINK = re.compile(
    r"^/(?:registration|series-registration|reviews|reader|group|speak|membership|invitations|introductions|suggestions"
    r"|questions|mails/stop|mails/owed)/<|^/me/stay/"
)


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker: Any) -> Iterator[Site]:
    """One site for all of these tests: what each of them does is taken back."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield make_site()
        transaction.set_rollback(True)


WALKED: dict[int, list[Form]] = {}


def walked(site: Site) -> list[Form]:
    """All forms that nobody in particular is shown, the same form once."""
    if id(site) not in WALKED:
        WALKED[id(site)] = list(_walk(site).values())
    return WALKED[id(site)]


def _walk(site: Site) -> dict[tuple[str, ...], Form]:
    found: dict[tuple[str, ...], Form] = {}
    for route, _names in addresses(get_resolver()):
        if route.startswith(NOT_OURS) or (route.startswith("/me/") and "stay" not in route):
            continue
        try:
            paths = {world.path(route): None for world in site.worlds}
        except AssertionError:  # what it names has no page for nobody; test_permissions asks for that
            continue
        for path in paths:
            answer: Any = Client().get(path)
            assert answer.status_code != 500, path  # a feed that is not made yet is 503
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            for each in forms_in(answer.content.decode()):
                each.route, each.path = route, path
                each.action = urljoin(path, each.action)
                found.setdefault((route, each.action.rsplit("/", 2)[0], *sorted(each.fields)), each)
    return found


def open_to_all(site: Site) -> list[Form]:
    """Those with something to type in that need no link of one's own."""
    return [each for each in walked(site) if each.typed and not OWN_LINK.search(each.route)]


def sent(
    form: Form, client: Client | None = None, look: Callable[[], str] = str, **given: str
) -> tuple[Any, str]:
    """Send it as a browser does, half characters too; return the answer and what `look` saw, and take all back."""
    body = urlencode(form.filled(**given), errors="surrogatepass")
    with transaction.atomic():
        limits.cache.clear()
        client = client or Client(raise_request_exception=False)
        answer: Any = client.post(form.action, body, "application/x-www-form-urlencoded")
        seen = look()
        transaction.set_rollback(True)
    return answer, seen


def kept(wanted: str) -> str:
    """Return the text if it stands in the database as it was given, else ""."""
    for model in apps.get_app_config("seminars").get_models():
        columns = [
            each.name for each in model._meta.fields if type(each) in {models.CharField, models.TextField}
        ]
        query = models.Q()
        for name in columns:
            query |= models.Q(**{name: wanted})
        if columns and model._default_manager.filter(query).exists():
            return wanted
    return ""


def heads() -> str:
    """Return what is wrong with the mails that were written down: none may have a head or a reader that was typed."""
    made = compose(list(Message.objects.order_by("pk")), Press(), now=NOW)
    wrong = [each.reason for each in made.ended]
    for each in made.mails:
        mail = message_from_bytes(each.data)
        names = {name.lower() for name in mail.keys()}  # noqa: SIM118  # a mail is no dictionary
        if "bcc" in names or mail["To"] != each.message.email or EVIL in f"{mail['To']} {mail['Cc']}":
            wrong.append(str(mail["Subject"]))
    return "; ".join(wrong)


def test_the_walk_finds_the_forms(site: Site) -> None:
    routes = {each.route for each in open_to_all(site)}
    assert {
        "/sessions/<slug:slug>/register/", "/series/<slug:slug>/register/", "/sessions/<slug:slug>/group/",
        "/sessions/<slug:slug>/feedback/", "/communities/<slug:slug>/join/", "/mails/follow/",
        "/communities/<slug:slug>/suggestions/", "/poll/<str:token>/", "/here/<str:secret>/",
    } <= routes  # fmt: skip


def test_each_form_carries_its_token_and_is_refused_without(site: Site) -> None:
    wrong = {}
    for form in walked(site):
        if ONE_CLICK.search(form.route):
            continue
        answer, _seen = sent(form, Client(enforce_csrf_checks=True), csrfmiddlewaretoken="")
        if "csrfmiddlewaretoken" not in form.fields or answer.status_code != 403:
            wrong[form.route] = answer.status_code
    assert wrong == {}


def test_scripts_and_floods_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {}
    for form in open_to_all(site):
        trapped, _seen = sent(form, website="https://spam.example.org/")
        with monkeypatch.context() as patch:
            patch.setattr(limits.cache, "get", lambda _key, _default=None: [NOW.timestamp()] * 1000)
            flooded, _seen = sent(form)
        if (trapped.status_code, flooded.status_code) != (422, 429) or "website" not in form.fields:
            wrong[form.route, *form.typed] = (trapped.status_code, flooded.status_code)
    assert wrong == {}


def test_no_answer_says_whether_an_address_is_known(site: Site) -> None:
    for form in open_to_all(site):
        for name in [each for each in form.typed if form.fields[each][0] == "email"]:
            known, unknown = (
                sent(form, **{name: who})[0] for who in ("known@example.org", "nobody@example.org")
            )
            assert known.status_code in {200, 302}, (form.route, known.status_code)
            assert _plain(known) == _plain(unknown), form.route


def _plain(answer: Any) -> tuple[int, str, str]:
    """An answer without the address that was typed."""
    body = re.sub(r"[a-z]+@example\.org|value=\"\w{64}\"", "", answer.content.decode())
    place = re.sub(r"^/group/[\w-]+/", "/group/", answer.get("Location", ""))  # a new link for each group
    return answer.status_code, place, body


@pytest.mark.parametrize(
    "many", ["a@example.org, b@example.org", "a@example.org;b@example.org", f"a@b.org\nBcc:{EVIL}"]
)
def test_an_address_is_one_address(site: Site, many: str) -> None:
    for form in open_to_all(site):
        for name in [each for each in form.typed if form.fields[each][0] == "email"]:
            answer, _seen = sent(form, **{name: many})
            assert answer.status_code == 422, form.route
            assert not Message.objects.filter(email__contains="b@example.org").exists()


def test_names_in_any_script_stay_as_they_are(site: Site) -> None:
    wrong = {}
    for form in open_to_all(site):
        for field_name in {"name", "contact", "place", "title"} & set(form.typed):
            for name in NAMES:
                answer, there = sent(form, look=partial(kept, name), **{field_name: name})
                if answer.status_code != 302 or there != name:
                    wrong[form.route, field_name, name] = (answer.status_code, there)
    assert wrong == {}


def test_a_line_that_is_typed_never_becomes_a_head_of_a_mail(site: Site) -> None:
    wrong = {}
    for form in walked(site):
        for name in form.typed:
            for end in ("\r\n", "\n", "\u2028"):
                answer, seen = sent(form, look=heads, **{name: f"Amina{end}Bcc: {EVIL}{end}{end}Hello"})
                if seen or answer.status_code not in {302, 422}:
                    wrong[form.route, name, end] = (answer.status_code, seen)
    assert wrong == {}


BAD = {
    "long": "x" * 10_000,
    "very long": "x" * 100_000,
    "a NUL": "a\x00b",
    "half a character": "\ud800",
    "many digits": "9" * 400,
    "no day": "2026-02-30",
    "a script": "'\"><script>alert(1)</script>",
    "every script": "".join(NAMES) + "\u202e\u200f \ufeff ﷽ 𒐫 \U0010ffff",
}
SAYS_WHY = re.compile('class="[^"]*error|aria-invalid|role="alert"|<h1')


@pytest.mark.parametrize("what", BAD)
def test_nothing_that_is_typed_breaks_a_form(site: Site, what: str) -> None:
    """It is taken (302), or refused with a page that says why."""
    wrong = {}
    for form in walked(site):
        for name in form.fields.keys() - {"csrfmiddlewaretoken"}:
            answer, _seen = sent(form, **{name: BAD[what]})
            body = answer.content.decode()
            typed = name in form.typed and "long" in what and answer.status_code not in {302, 422}
            silent = answer.status_code >= 400 and not SAYS_WHY.search(body)
            if answer.status_code >= 500 or typed or silent or "<script>alert" in body:
                wrong[form.route, form.action, name] = answer.status_code
    assert wrong == {}
