"""Every form that needs no account, found by walking the site's addresses: a new one is tested on its first day."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import pytest
from django.apps import apps
from django.db import models, transaction
from django.test import Client
from django.urls import get_resolver

from seminars.notifications.models import Message
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
NOT_OURS = ("/organise/", "/accounts/", "/api/", "/setup/", "/mailbox/", "/mails/reports/", "/calendar")
# Mail programs post a bare button here by themselves (RFC 8058), so no token of the page can be asked for.
ONE_CLICK = re.compile(
    r"^/introductions/<str:token>/stop/|^/(?:mails/(?:stop|owed)|suggestions|questions)/<"
    r"|^/registration/<str:token>/reminders/"
)
# Whoever has a secret of their own is known: a trap and a limit would only be in their way.
OWN_LINK = re.compile(
    r"^/(?:registration|series-registration|reader|group|speak|membership|invitations|introductions|suggestions"
    r"|questions|mails/stop|mails/owed)/<|^/me/stay/"
)


# What the first walk found no form on: every site of these tests is made in the same way.
WITHOUT: set[tuple[str, int]] = set()


@pytest.fixture
def site(db: None) -> Site:
    return make_site()


def walked(site: Site) -> list[Form]:
    """All forms that nobody in particular is shown, the same form once."""
    found: dict[tuple[str, ...], Form] = {}
    for route, _names in addresses(get_resolver()):
        if route.startswith(NOT_OURS) or (route.startswith("/me/") and "stay" not in route):
            continue
        for number, world in enumerate(site.worlds):
            if (route, number) in WITHOUT:
                continue
            WITHOUT.add((route, number))
            try:
                path = world.path(route)
            except AssertionError:  # what it names has no page for nobody; test_permissions asks for that
                continue
            answer: Any = Client().get(path)
            assert answer.status_code != 500, path  # a feed that is not made yet is 503
            if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
                continue
            for each in forms_in(answer.content.decode()):
                WITHOUT.discard((route, number))
                each.route, each.path = route, path
                each.action = urljoin(path, each.action)
                found.setdefault((route, each.action.rsplit("/", 2)[0], *sorted(each.fields)), each)
    return list(found.values())


def open_to_all(site: Site) -> list[Form]:
    """Those with something to type in that need no link of one's own."""
    return [each for each in walked(site) if each.typed and not OWN_LINK.search(each.route)]


def sent(form: Form, client: Client | None = None, **given: str) -> tuple[Any, str]:
    """Send it, look at what was kept, and take everything back."""
    with transaction.atomic():
        limits.cache.clear()
        answer: Any = (client or Client()).post(form.action, form.filled(**given))
        kept = _everything(given) if given else ""
        transaction.set_rollback(True)
    return answer, kept


def _everything(given: dict[str, str]) -> str:
    """Which of the texts stand in the database as they were given."""
    (wanted,) = set(given.values())
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
        answer, _kept = sent(form, Client(enforce_csrf_checks=True), csrfmiddlewaretoken="")
        if "csrfmiddlewaretoken" not in form.fields or answer.status_code != 403:
            wrong[form.route] = answer.status_code
    assert wrong == {}


def test_scripts_and_floods_are_refused(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {}
    for form in open_to_all(site):
        trapped, _kept = sent(form, website="https://spam.example.org/")
        with monkeypatch.context() as patch:
            patch.setattr(limits.cache, "get", lambda _key, _default=None: [NOW.timestamp()] * 1000)
            flooded, _kept = sent(form)
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
            answer, _kept = sent(form, **{name: many})
            assert answer.status_code == 422, form.route
            assert not Message.objects.filter(email__contains="b@example.org").exists()


def test_names_in_any_script_stay_as_they_are(site: Site) -> None:
    wrong = {}
    for form in open_to_all(site):
        for field_name in {"name", "contact", "place", "title"} & set(form.typed):
            for name in NAMES:
                answer, kept = sent(form, **{field_name: name})
                if answer.status_code != 302 or kept != name:
                    wrong[form.route, field_name, name] = (answer.status_code, kept)
    assert wrong == {}


@pytest.mark.parametrize("text", ["x" * 10_000, "a\x00b", "\ud800"])
def test_nothing_that_is_typed_breaks_a_form(site: Site, text: str) -> None:
    wrong = {}
    for form in walked(site):
        for name in form.fields:
            if name == "csrfmiddlewaretoken":
                continue
            given = {name: text.encode(errors="replace").decode() if text == "\ud800" else text}
            answer, _kept = sent(form, **given)
            refused = (
                answer.status_code in {302, 400, 403, 404, 409, 422}
                or "<script>" not in answer.content.decode()
            )
            long = name in form.typed and len(text) == 10_000 and answer.status_code not in {422, 302}
            if answer.status_code >= 500 or not refused or long or f"{text}'" in answer.content.decode():
                wrong[form.route, name] = answer.status_code
    assert wrong == {}


# Not covered here: that a typed line never becomes a head of a mail (posting needs a database without an open
# transaction).
