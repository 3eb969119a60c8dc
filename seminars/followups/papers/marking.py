"""The text of a paper as a page and as blocks for print: one reading of its Markdown (CommonMark, with tables).

HTML in the text is shown as text. Links lead to the web or to an address; pictures are shown as links, since a paper
must not change with somebody else's server.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

_READER = MarkdownIt("commonmark", {"html": False, "typographer": False}).enable("table")
_SAFE = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
DEEPEST = 4  # levels of headings; a title stands above them
_PAIRS = {"strong": "strong", "em": "em", "s": "s"}


@dataclass(frozen=True)
class Heading:
    """A heading of the text: how deep (2 to 4), its words, and the name by which the page's address finds it."""

    level: int
    words: str
    name: str


def html(text: str) -> SafeString:
    """Return the text as HTML, its headings below the page's own title, each with a name to link to."""
    tokens = _read(text)
    made: str = _READER.renderer.render(tokens, _READER.options, {})
    return mark_safe(made)  # noqa: S308 — HTML in it is off


def headings(text: str) -> list[Heading]:
    """Return the headings, for a table of contents."""
    tokens = _read(text)
    return [
        Heading(int(each.tag[1]), _words(tokens[at + 1]), str(each.attrs["id"]))
        for at, each in enumerate(tokens)
        if each.type == "heading_open"
    ]


def paragraphs(text: str) -> list[str]:
    """Return how each block of the text begins, in its order: what a comment can be about."""
    tokens = _read(text)
    found = [_words(each) for each in tokens if each.type == "inline"]
    return list(dict.fromkeys(words[:120].strip() for words in found if words.strip()))


def blocks(text: str) -> list[dict[str, Any]]:
    """Return the text as a tree of blocks for the page-maker: `kind`, and `level`, `inline`, `items`, `rows`."""
    return _blocks(_read(text))


def words_in(text: str) -> str:
    """Return the words alone, without marks, for search."""
    return "\n".join(_words(each) for each in _read(text) if each.type == "inline")


def links_in(text: str) -> list[str]:
    """Return the addresses on the web that the text links to, each once."""
    pieces = (piece for each in _read(text) for piece in each.children or () if piece.type == "link_open")
    found = (str(piece.attrs.get("href", "")) for piece in pieces)
    return list(dict.fromkeys(each for each in found if each.lower().startswith(("http://", "https://"))))


def _read(text: str) -> list[Token]:
    tokens, taken = _READER.parse(text), dict[str, int]()
    used = sorted(
        {each.tag for each in tokens if each.type == "heading_open"}
    )  # no level is left out on the page
    for at, each in enumerate(tokens):
        if each.type in {"heading_open", "heading_close"}:
            each.tag = f"h{min(used.index(each.tag) + 2, DEEPEST)}"
        if each.type == "heading_open":
            base = slugify(_words(tokens[at + 1])) or "part"
            taken[base] = taken.get(base, 0) + 1
            each.attrSet("id", base if taken[base] == 1 else f"{base}-{taken[base]}")
        each.children = [piece for child in each.children or () for piece in _safe(child)]
    return tokens


def _safe(token: Token) -> list[Token]:
    """A picture becomes a link with its words; a link that leads elsewhere than it may leads nowhere."""
    if token.type == "image":
        opened = Token("link_open", "a", 1, attrs={"href": token.attrs.get("src", "")})
        words = Token("text", "", 0, content=token.content or str(token.attrs.get("src", "")))
        return [*_safe(opened), words, Token("link_close", "a", -1)]
    if token.type == "link_open" and not _SAFE.match(str(token.attrs.get("href", ""))):
        token.attrSet("href", "#")
    return [token]


def _words(token: Token) -> str:
    return "".join(
        " " if each.type in {"softbreak", "hardbreak"} else each.content for each in token.children or ()
    )


def _blocks(tokens: Sequence[Token]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _end(tokens, at)
        inner = tokens[at + 1 : end]
        if token.type == "heading_open":
            found.append({"kind": "heading", "level": int(token.tag[1]) - 1, "inline": _inline(inner[0])})
        elif token.type == "paragraph_open":
            found.append({"kind": "paragraph", "inline": _inline(inner[0])})
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            items = [_blocks(each) for each in _children(inner, "list_item_open")]
            start = int(token.attrs.get("start", 1))
            found.append({"kind": token.type.removesuffix("_open"), "start": start, "items": items})
        elif token.type == "blockquote_open":
            found.append({"kind": "quote", "items": _blocks(inner)})
        elif token.type == "table_open":
            rows = [_children(each, "th_open", "td_open") for each in _rows(inner)]
            found.append({"kind": "table", "rows": [[_inline(cell[0]) for cell in row] for row in rows]})
        elif token.type in {"fence", "code_block"}:
            found.append({"kind": "code", "text": token.content.rstrip("\n")})
        elif token.type == "hr":
            found.append({"kind": "rule"})
        at = end + 1
    return found


def _end(tokens: Sequence[Token], at: int) -> int:
    """Where the block that begins `at` ends."""
    if tokens[at].nesting != 1:
        return at
    depth = 0
    for end in range(at, len(tokens)):
        depth += tokens[end].nesting
        if depth == 0:
            return end
    return len(tokens) - 1


def _children(tokens: Sequence[Token], *kinds: str) -> list[Sequence[Token]]:
    """What stands in each block of these kinds, on the first level."""
    found, at = [], 0
    while at < len(tokens):
        end = _end(tokens, at)
        if tokens[at].type in kinds:
            found.append(tokens[at + 1 : end])
        at = end + 1
    return found


def _rows(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    return [
        row for part in _children(tokens, "thead_open", "tbody_open") for row in _children(part, "tr_open")
    ]


def _inline(token: Token) -> list[dict[str, Any]]:
    """Pieces of a line: `text` with what is open around it, and `to` within a link; `br` ends a line."""
    found: list[dict[str, Any]] = []
    around: list[str] = []
    to = ""
    for each in token.children or ():
        name = each.type.removesuffix("_open").removesuffix("_close")
        if name in _PAIRS:
            around = [*around, _PAIRS[name]] if each.nesting == 1 else around[:-1]
        elif name == "link":
            to = str(each.attrs["href"]) if each.nesting == 1 else ""
        elif each.type == "hardbreak":
            found.append({"text": "", "marks": ["br"], "to": ""})
        elif each.type == "code_inline":
            found.append({"text": each.content, "marks": [*around, "code"], "to": to})
        else:
            found.append(
                {"text": " " if each.type == "softbreak" else each.content, "marks": around, "to": to}
            )
    return [each for each in found if each["text"] or each["marks"] == ["br"]]
