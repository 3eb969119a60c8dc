"""Make a page small: its words, links, tables and search form, and nothing that has to be fetched besides. Pure.

What a page shows is decided by its own view and template; nothing is said here that is not said there. Scripts,
players and forms that send something are left out, with all that is hidden until a script shows it; of a picture its
words stay.
"""

from collections.abc import Callable
from html import escape
from html.parser import HTMLParser

DROPPED = {
    "script",
    "style",
    "svg",
    "img",
    "picture",
    "video",
    "audio",
    "iframe",
    "object",
    "canvas",
    "noscript",
    "dialog",
    "template",
    "progress",
    "meter",
    "button",
}
"""With all that is inside them. A form's button comes back as one plain button."""
VOID = {"br", "hr", "input", "wbr", "img", "source", "track", "link", "meta", "col"}
KEPT = {
    "a": {"href", "lang", "dir", "rel", "id", "title"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "form": {"action", "method", "role"},
    "input": {"name", "value", "type", "id", "maxlength", "checked"},
    "option": {"value", "selected"},
    "select": {"name", "id"},
    "label": {"for"},
    "ol": {"start"},
    "time": {"datetime"},
    "details": {"open"},
}
ALWAYS = {"lang", "dir", "id", "aria-label", "aria-current"}
ELEMENTS = {
    *KEPT,
    *[
        "h1",
        "h2",
        "h3",
        "h4",
        "p",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "blockquote",
        "q",
        "em",
        "strong",
        "mark",
        "b",
        "i",
        "s",
        "del",
        "ins",
    ],
    *["summary", "br", "hr", "nav", "section", "article", "pre", "code", "sup", "sub", "abbr", "bdi"],
}
"""Others (div, span) only group: their words stay, they do not, but where a link leads to them or nobody sees them."""
Lead = Callable[[str], str]
"""Where a link of the full page leads from a small one."""


class _Slim(HTMLParser):
    """Takes a page in; `parts` is what is left."""

    def __init__(self, lead: Lead, search: str) -> None:
        super().__init__(convert_charrefs=True)
        self.lead, self.search = lead, search
        self.parts: list[str] = []
        self.title = ""
        self._skipping: list[str] = []
        self._inside: list[tuple[str, str]] = []
        self._in_main = self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._skipping:
            if tag not in VOID:
                self._skipping.append(tag)
            return
        given = dict(attrs)
        if tag == "title":
            self._in_title = not self.title
        elif tag == "main":
            self._in_main = True
        elif self._in_main:
            self._begin(tag, given)

    def _begin(self, tag: str, given: dict[str, str | None]) -> None:
        sends = tag == "form" and (given.get("method") or "get").lower() != "get"
        if tag in DROPPED or sends or "hidden" in given:
            if tag not in VOID:
                self._skipping.append(tag)
            elif "hidden" not in given:
                self.parts.append(escape(given.get("alt") or "", quote=False))
            return
        if tag == "input" and given.get("type") in ("file", "password", "image", "submit"):
            return
        if tag in ELEMENTS:
            if tag == "a" and "".join(self.parts[-4:]).rstrip().endswith("</a>"):
                self.parts.append(" · ")  # the style of the full page keeps them apart
            self._open(tag, f"<{tag}{self._attributes(tag, given)}>", f"</{tag}>")
        elif tag == "span" and given.get("class") == "unseen":
            self._open(tag, '<span class="unseen">', "</span>")  # for those who listen to a list of links
        else:
            place = escape(given.get("id") or "")
            self._open(tag, f'<span id="{place}"></span>' if place else " ", " ")

    def _open(self, tag: str, begin: str, end: str) -> None:
        """Write the beginning of an element, and note what is to be written where it ends."""
        self.parts.append(begin)
        if tag not in VOID:
            self._inside.append((tag, end))

    def _close(self, tag: str = "") -> None:
        """End what is open: all of it, or the last `tag` and what is inside that."""
        while self._inside:
            last, end = self._inside.pop()
            self.parts.append(end)
            if last == tag:
                break

    def _attributes(self, tag: str, given: dict[str, str | None]) -> str:
        kept = []
        for name, value in given.items():
            if name not in ALWAYS and name not in KEPT.get(tag, ()):
                continue
            text = value or ""
            if name in ("href", "action"):
                text = self.lead(text)
            kept.append(f' {name}="{escape(text)}"')
        return "".join(kept)

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            while self._skipping and self._skipping.pop() != tag:
                pass
        elif tag == "title":
            self._in_title = False
        elif tag == "main":
            self._close()
            self._in_main = False
        elif self._in_main and any(tag == each for each, _end in self._inside):
            if tag == "form":
                self.parts.append(f"<button>{escape(self.search)}</button>")
            self._close(tag)
        elif self._in_main:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif self._in_main and not self._skipping:
            self.parts.append(escape(data, quote=False))


def slim(page: str, *, lead: Lead, search: str) -> tuple[str, str]:
    """Return the title of a page as text, and what is in its <main> as small HTML, every element closed.

    lead: where each link and form leads instead. search: the word on the button of a form that asks.
    """
    parser = _Slim(lead, search)
    parser.feed(page)
    parser.close()
    parser._close()
    lines = (" ".join(line.split()).replace("<p></p>", "") for line in "".join(parser.parts).split("\n"))
    return " ".join(parser.title.split()), "\n".join(line for line in lines if line)
