"""Somebody at the pages without a browser: follows links by their words, fills in the forms that are there, sends them.

A form is sent as a browser would: what stands in it goes along, what is not in it cannot be sent.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from icalendar import Calendar, Component

VOID = {"area", "br", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "col"}
NOT_SENT = {"submit", "button", "reset", "image"}


@dataclass
class Field:
    """One control: an input, an area, one button of a choice, or a list."""

    kind: str
    name: str
    value: str
    form: str
    id: str = ""
    on: bool = True
    options: list[tuple[str, str, bool]] = field(default_factory=list)


@dataclass
class Form:
    """One form of a page."""

    key: str
    action: str
    method: str


@dataclass
class Button:
    """What sends a form, and perhaps elsewhere than the form says."""

    words: str
    form: str
    action: str
    name: str
    value: str


class Page(HTMLParser):
    """What is on a page: its text, its links, its forms."""

    def __init__(self, html: str, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[tuple[str, str]] = []
        self.forms: dict[str, Form] = {}
        self.fields: list[Field] = []
        self.buttons: list[Button] = []
        self.labels: dict[str, str] = {}
        self.words: list[str] = []
        self._stack: list[tuple[str, dict[str, str], int]] = []
        self._form = ""
        self.feed(html)

    @property
    def text(self) -> str:
        """All words of the page, each gap one space."""
        return " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        """Note controls; remember where an element with words began."""
        has = {name: value or "" for name, value in given}
        if tag == "form":
            self._form = has.get("id") or f"form {len(self.forms)}"
            self.forms[self._form] = Form(self._form, has.get("action", ""), has.get("method", "get").lower())
        if tag == "input" and has.get("type") not in NOT_SENT:
            kind = has.get("type", "text")
            on = kind not in ("checkbox", "radio") or "checked" in has
            value = has.get("value", "on" if kind in ("checkbox", "radio") else "")
            self._note(Field(kind, has.get("name", ""), value, "", has.get("id", ""), on), has)
        if tag in ("select", "textarea"):
            kind = "many" if tag == "select" and "multiple" in has else tag
            self._note(Field(kind, has.get("name", ""), "", "", has.get("id", "")), has)
        if tag not in VOID:
            self._stack.append((tag, has, len(self.words)))

    def _note(self, control: Field, has: dict[str, str]) -> None:
        control.form = has.get("form", self._form)
        if control.name and "disabled" not in has:
            self.fields.append(control)

    def handle_data(self, data: str) -> None:
        """Collect words; those of scripts and styles are none."""
        if not any(tag in ("script", "style", "template") for tag, _has, _start in self._stack[-1:]):
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Give what ends its words."""
        while self._stack:
            name, has, start = self._stack.pop()
            raw = "".join(self.words[start:])
            words = " ".join(raw.split())
            self._end(name, has, words, raw)
            if name in ("option", "textarea"):
                del self.words[start:]
            if name == tag:
                break
        if tag == "form":
            self._form = ""

    def _end(self, tag: str, has: dict[str, str], words: str, raw: str) -> None:
        if tag == "a" and has.get("href"):
            self.links.append((words or has.get("aria-label", ""), has["href"]))
        if tag == "button" and has.get("type", "submit") == "submit":
            form = has.get("form", self._form)
            action = has.get("formaction", "")
            words = words or has.get("aria-label", "")
            self.buttons.append(Button(words, form, action, has.get("name", ""), has.get("value", "")))
        if tag == "label" and has.get("for"):
            self.labels[has["for"]] = words
        if tag == "textarea" and self.fields:
            self.fields[-1].value = raw.removeprefix("\n")
        if tag == "option" and self.fields:
            self.fields[-1].options.append((has.get("value", words), words, "selected" in has))


class Hand:
    """A person at the pages. `page` is what they see; every answer must be as expected, or the test fails."""

    def __init__(self, client: Client | None = None, **headers: str) -> None:
        self.client = client or Client()
        self.headers = headers
        self.page = Page("", "/")
        self.posted = 0

    def open(self, address: str, status: int = 200) -> "Hand":
        """Type an address."""
        return self._see(self.client.get(address, follow=True, headers=self.headers), address, status)

    def follow(self, words: str) -> "Hand":
        """Click the first link with these words."""
        found = [href for text, href in self.page.links if text == words]
        assert found, f"no link “{words}” on {self.page.address}: {sorted({t for t, _h in self.page.links})}"
        return self.open(urljoin(self.page.address, found[0]))

    def press(self, words: str, /, *, status: int = 200, which: int = 0, **filled: Any) -> "Hand":
        """Fill in fields by name (a double hyphen `__` is `-`) and press the button with these words.

        True and False tick and untick a box, a list chooses several, None leaves a field as it is.
        """
        found = [each for each in self.page.buttons if each.words == words]
        seen = [each.words for each in self.page.buttons]
        assert len(found) > which, f"no button “{words}” on {self.page.address}: {seen}"
        button = found[which]
        form = self.page.forms[button.form]
        filled = {name.replace("__", "-"): value for name, value in filled.items() if value is not None}
        data = self._data(button, filled)
        address = urljoin(self.page.address, button.action or form.action or self.page.address)
        self.posted += 1
        send = self.client.post if form.method == "post" else self.client.get
        answer = send(address, data, follow=True, headers=self.headers)
        return self._see(answer, address, status)

    def _data(self, button: Button, filled: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        there = [each for each in self.page.fields if each.form == button.form]
        names = {each.name for each in there}
        assert filled.keys() <= names, f"no field {filled.keys() - names} among {sorted(names)}"
        for each in there:
            for value in _values(each, filled):
                data.setdefault(each.name, []).append(value)
        for name, value in filled.items():
            kinds = {each.kind for each in there if each.name == name}
            if kinds & {"radio", "select"} and not isinstance(value, bool):
                assert data.get(name) == [str(value)], f"{name} offers no “{value}”"
            elif isinstance(value, (list, tuple)) and kinds & {"checkbox", "many"}:
                assert sorted(data.get(name, [])) == sorted(map(str, value)), (
                    f"{name} offers not all of {value}"
                )
        if button.name:
            data.setdefault(button.name, []).append(button.value)
        return data

    def _see(self, answer: Any, address: str, status: int) -> "Hand":
        chain = getattr(answer, "redirect_chain", [])
        here = urlsplit(chain[-1][0]) if chain else urlsplit(address)
        where = urljoin(address, here.path) + (f"?{here.query}" if here.query else "")
        html = answer.content.decode() if not answer.streaming else ""
        self.html = html
        self.page = Page(html, where) if "html" in answer.headers.get("Content-Type", "") else self.page
        assert answer.status_code == status, f"{answer.status_code} at {where}: {self.page.text[:1500]}"
        return self

    def sees(self, *words: str) -> "Hand":
        """Check that the page says this."""
        for each in words:
            assert each in self.page.text, f"“{each}” is not on {self.page.address}: {self.page.text}"
        return self

    def misses(self, *words: str) -> "Hand":
        """Check that the page does not say this."""
        for each in words:
            assert each not in self.page.text, f"“{each}” is on {self.page.address}"
        return self

    def feed(self, address: str) -> dict[str, Component]:
        """Return the events of a calendar feed by the slug in their address."""
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{answer.status_code} at {address}"
        found = Calendar.from_ical(answer.content).walk("VEVENT")
        return {str(each.get("URL", each["UID"])).rstrip("/").rpartition("/")[2]: each for each in found}


def _values(each: Field, filled: dict[str, Any]) -> list[Any]:
    """Return what a browser would send for one control."""
    given = filled.get(each.name)
    if each.kind in ("checkbox", "radio"):
        on = each.on
        if given is not None and not isinstance(given, bool):
            on = each.value in (map(str, given) if isinstance(given, (list, tuple)) else (str(given),))
        elif given is not None:
            on = given
        return [each.value] if on else []
    if each.kind == "select":
        offered = [value for value, _words, _on in each.options]
        if given is not None:
            return [value for value in offered if value == str(given)][:1]
        chosen = [value for value, _words, on in each.options if on]
        return (chosen or offered)[:1]
    if each.kind == "many":
        chosen = [value for value, _words, on in each.options if on]
        wanted = chosen if given is None else list(map(str, given))
        return [value for value, _words, _on in each.options if value in wanted]
    if each.kind == "file":
        return [] if given is None else [given]
    return [each.value if given is None else given]
