"""References that say what they mean whatever stands in them: parsed back by readers that know only the formats."""

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.preservation import citations
from recordings.preservation.description import Agent, Description, Format, Held

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ONE = UUID("6f1c3f0e-8f5f-4a38-9a44-0a5b7a1c9e11")
TALK = Description(
    uuid=ONE,
    slug="after-hours-44",
    page="https://meridian.example/sessions/after-hours-44/",
    permalink="https://meridian.example/archive/after-hours-44/",
    title={"en": "Savings groups and mobile money"},
    abstract={"en": "What happens\nwhen a box becomes a telephone."},
    language="en",
    publisher={"en": "microLINKS"},
    publisher_href="https://meridian.example/communities/microlinks/",
    changed_at=NOW,
    held=Held("America/New_York", date(2026, 3, 3)),
    creators=(Agent("Amina Diallo", "Oxfam", "speaker", ONE, "https://meridian.example/speakers/1/"),),
    subjects=({"en": "Savings"}, {"en": "Mobile money"}),
    licence="cc-by-4.0",
    formats=(
        Format(
            ONE,
            "video",
            True,
            "video/mp4",
            9,
            "0" * 64,
            "https://meridian.example/v.mp4",
            "v.mp4",
            seconds=3725,
        ),
    ),
)
# What breaks formats: marks of TeX, tags of RIS, quotes, ends of lines, half of a pair, other scripts, controls.
NASTY = st.text(
    st.one_of(
        st.sampled_from(list("\\{}$&#^_~%<>|\"'@,=\r\n\t\x00\x0b\u2028\u202e -–") + list("ER  - TY")),
        st.characters(blacklist_categories=["Cs"]),
    ),
    max_size=60,
)


def bibtex_of(text: str) -> dict[str, str]:
    """Read one entry as BibTeX does: values end at the brace that matches, whatever stands before a brace."""
    assert text.startswith("@misc{")
    key, _comma, rest = text.removeprefix("@misc{").partition(",")
    found, at = {"": key}, 0
    while (equals := rest.find("=", at)) >= 0:
        name = rest[at:equals].strip(" ,\n")
        if bare := re.match(
            r"[ ]?([a-z]+)(?=[,\n])", rest[equals + 1 :]
        ):  # one of the words that every style knows
            found[name], at = bare[1], equals + 1 + bare.end()
            continue
        start = rest.index("{", equals)
        assert rest[equals + 1 : start].strip() == ""
        depth, end = 1, start + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(rest[end], 0)
            end += 1
        found[name], at = rest[start + 1 : end - 1], end
    assert rest[at:].strip() == "}"
    return found


def untex(text: str) -> str:
    """What TeX would print of a value."""
    back = {meant: sign for sign, meant in citations._BIBTEX.items()}
    shown, at = "", 0
    while at < len(text):
        command = next(
            (each for each in sorted(back, key=len, reverse=True) if text.startswith(each, at)), ""
        )
        if not command:
            assert text[at] not in "\\$&#^_~%<>|", text
            shown += "" if text[at] in "{}" else text[at]
        shown, at = (shown + back[command], at + len(command)) if command else (shown, at + 1)
    return shown


def ris_of(text: str) -> list[tuple[str, str]]:
    """Read the one record of a RIS file."""
    assert text.endswith("ER  - \r\n")
    rows = [(line[:2], line[6:]) for line in text.split("\r\n")[:-1] if line[2:6] == "  - "]
    assert len(rows) == len(text.split("\r\n")) - 1
    assert [tag for tag, _value in rows].count("ER") == [tag for tag, _value in rows].count("TY") == 1
    return rows


def shown(text: str) -> str:
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


class TestOneTalk:
    """The reference of a plain talk."""

    def test_plain(self) -> None:
        assert citations.plain(TALK) == (
            "Amina Diallo (2026, March 3). Savings groups and mobile money [Video]. microLINKS."
            " https://meridian.example/archive/after-hours-44/"
        )

    def test_bibtex(self) -> None:
        found = bibtex_of(citations.bibtex(TALK))
        assert found[""] == "after-hours-44"
        assert found["title"] == "{Savings groups and mobile money}"
        assert (found["year"], found["month"]) == ("2026", "mar")
        assert "month = mar\n" in citations.bibtex(TALK)
        assert found["note"] == "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"

    def test_ris(self) -> None:
        rows = ris_of(citations.ris(TALK))
        assert rows[0] == ("TY", "VIDEO")
        assert ("DA", "2026/03/03/") in rows
        assert ("AB", "What happens when a box becomes a telephone.") in rows
        assert [value for tag, value in rows if tag == "KW"] == ["Savings", "Mobile money"]

    def test_csl(self) -> None:
        [item] = json.loads(citations.csl_json(TALK))
        assert item["type"] == "motion_picture"
        assert item["issued"] == {"date-parts": [[2026, 3, 3]]}
        assert item["author"] == [{"literal": "Amina Diallo"}]
        assert item["dimensions"] == "1:02:05"

    def test_without_speaker_day_or_licence(self) -> None:
        bare: Any = replace(TALK, creators=(), held=None, licence="", subjects=(), abstract={}, formats=())
        assert citations.plain(bare) == (
            "microLINKS (n.d.). Savings groups and mobile money [Seminar documents]."
            " https://meridian.example/archive/after-hours-44/"
        )
        assert "year" not in bibtex_of(citations.bibtex(bare))
        assert not {"PY", "DA", "N1", "KW"} & {tag for tag, _value in ris_of(citations.ris(bare))}
        [item] = json.loads(citations.csl_json(bare))
        assert not {"issued", "note", "keyword", "dimensions"} & item.keys()

    @pytest.mark.parametrize("form", citations.TYPES)
    def test_every_form_names_the_address_that_never_changes(self, form: str) -> None:
        assert TALK.permalink in citations.cited(TALK, form)


@settings(max_examples=150, deadline=None)
@given(title=NASTY, name=NASTY, other=NASTY, topic=NASTY, abstract=NASTY)
def test_whatever_stands_in_it_comes_back(
    title: str, name: str, other: str, topic: str, abstract: str
) -> None:
    people = tuple(Agent(each, "", "speaker", ONE, "") for each in (name, other))
    talk = replace(
        TALK, title={"en": title}, creators=people, subjects=({"en": topic},), abstract={"en": abstract}
    )
    expected = shown(title) or TALK.slug
    people_said = [each for each in (shown(name), shown(other)) if each] or ["microLINKS"]

    entry = bibtex_of(citations.bibtex(talk))
    assert shown(untex(entry["title"])) == expected
    assert [shown(untex(each)) for each in split_names(entry["author"])] == people_said

    rows = ris_of(citations.ris(talk))
    assert [value for tag, value in rows if tag == "TI"] == [expected]
    assert [value for tag, value in rows if tag == "AU"] == people_said

    [item] = json.loads(citations.csl_json(talk))
    assert item["title"] == expected
    assert item["author"] == [{"literal": each} for each in people_said]
    assert "\n" not in citations.plain(talk)


def split_names(field: str) -> list[str]:
    """The names of an author field, as BibTeX parts them: at an " and " outside of braces."""
    names, depth, at, start = [], 0, 0, 0
    while at < len(field):
        depth += {"{": 1, "}": -1}.get(field[at], 0)
        if depth == 0 and field.startswith(" and ", at):
            names.append(field[start:at])
            start = at = at + 5
            continue
        at += 1
    return [*names, field[start:]]
