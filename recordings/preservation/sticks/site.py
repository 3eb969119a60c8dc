"""The pages of the offline edition: they open from a folder, without a server, and all but search without a script.

Every link is relative. Captions come to the player from the page's own transcript: a browser refuses to load them from
beside a page that was opened as a file.
"""

from collections.abc import Generator, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from recordings.preservation.sticks.choosing import Order
from recordings.preservation.sticks.items import Body, Item, body_of, items_of, passages_of, uuid_of
from recordings.preservation.sticks.names import Names
from recordings.preservation.sticks.passages import Index, script
from recordings.preservation.sticks.pieces import Piece, text_piece
from recordings.preservation.sticks.sheets import paper_pieces, report_pieces
from recordings.preservation.sticks.showing import (
    Card,
    Files,
    by_language,
    card_of,
    file_name_of,
    listed_of,
    shown_of,
)
from seminars.followups.papers.marking import html

LOOK = Path(__file__).with_name("look")


def site_pieces(order: Order, files: Files, *, title: str, now: datetime) -> Iterator[Piece]:
    """Yield every file of the offline edition. files: knows what stays out; it is filled on the way."""
    series: dict[str, dict[str, Any]] = {}
    cards: list[Card] = []
    for path in sorted(LOOK.iterdir()):
        yield Piece(files.names.take("look", path.name), partial(_content, path))
    with Index() as index:
        papers: dict[int, str] = {}
        listed: list[list[str]] = []
        for item in items_of(order, now):
            if files.items is not None and str(uuid_of(item)) not in files.items:
                continue
            item.number = len(listed)
            item.files = [each for each in item.files if files.knows(each.sha256)]
            page = files.names.take("items", f"{item.slug.lower()}.html")
            yield from _item_files(item, files)
            body = body_of(item, order.visitor)
            sheets = yield from _sheets(body, item, files, papers, order)
            card = _card(item, page, series, files.names, order.language)
            cards.append(card)
            facts = {"card": card, "body": body, "sheets": sheets, "series": series.get(card.series)}
            with override(order.language):
                listed.append(listed_of(card, order.language))
                facts |= shown_of(item, body, files)
            yield page_piece(page, "item", facts, order, title)
            yield index.add(item.number, passages_of(item, body))
        yield from index.pieces()
    content = f"ITEMS({script(listed)});\n"
    yield text_piece(files.names.take("look", "items.js"), lambda: content)
    for each in series.values():
        yield page_piece(each["href"], "series", each, order, title)
    yield page_piece("languages.html", "languages", {"languages": by_language(cards)}, order, title)
    home = {"cards": cards, "series_rows": list(series.values()), "left": bool(files.left), "made": now}
    yield page_piece("START.html", "home", home, order, title)


def page_piece(path: str, template: str, context: dict[str, Any], order: Order, title: str) -> Piece:
    """Return a page that is drawn when it is written."""
    root = "../" * path.count("/")
    facts = context | {
        "root": root,
        "edition_title": title,
        "site_name": settings.SITE_NAME,
        "site_url": settings.MERIDIAN_URL,
        "LANGUAGE": order.language,
    }

    def drawn() -> str:
        with override(order.language):
            return render_to_string(f"recordings/offline/{template}.html", facts)

    return text_piece(path, drawn)


# Below: how it is done.


def _content(path: Path) -> list[bytes]:
    return [path.read_bytes()]


def _item_files(item: Item, files: Files) -> Iterator[Piece]:
    if item.recording is None:
        return
    for each in item.files:
        piece = files.place(
            item.recording.slug, file_name_of(item.recording.slug, each), each.sha256, each.size
        )
        if piece:
            yield piece


def _sheets(
    body: Body, item: Item, files: Files, papers: dict[int, str], order: Order
) -> Generator[Piece, None, dict[str, Any]]:
    """Yield reports and papers as files and pages; return what the item's page links to."""
    found: dict[str, Any] = {"papers": []}
    if body.report and item.session:
        text, pdf = report_pieces(files.names, item.session, body.report)
        found["report"] = {"text": text.path, "pdf": pdf.path}
        yield from (text, pdf)
    for paper, version in body.papers:
        if paper.pk not in papers:
            text, pdf = paper_pieces(files.names, paper, version)
            papers[paper.pk] = files.names.take("papers", f"{paper.slug}.html")
            yield from (text, pdf)
            facts = {
                "paper": paper,
                "version": version,
                "summary": html(version.summary),
                "body": html(version.body),
                "text": text.path,
                "pdf": pdf.path,
            }
            yield page_piece(papers[paper.pk], "paper", facts, order, "")
        found["papers"].append({"href": papers[paper.pk], "paper": paper, "version": version})
    return found


def _card(item: Item, page: str, series: dict[str, dict[str, Any]], names: Names, language: str) -> Card:
    """Return what lists say of the item; the list of its series has it too."""
    if item.series and item.series.slug not in series:
        series[item.series.slug] = {
            "href": names.take("series", f"{item.series.slug.lower()}.html"),
            "series": item.series,
            "community": item.series.community,
            "cards": [],
        }
    with override(language):
        card = card_of(item, page)
    if card.series:
        series[card.series]["cards"].append(card)
    return card
