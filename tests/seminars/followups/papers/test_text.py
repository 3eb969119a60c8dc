"""The text of a paper: its outline from reports, its reading as a page and as blocks, its PDF."""

from dataclasses import replace

import pypdfium2
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.followups.papers import marking
from seminars.followups.papers.drawing import Sheet, draw
from seminars.followups.papers.outline import Headings, Part, Source, outline, plain

WORDS = Headings("What we asked", "What was said", "What follows", "What is next", "No report was written.")
LINES = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=60)


def test_an_outline_holds_every_answer_under_its_session() -> None:
    text = outline(
        [
            Source(
                "Room 1.205",
                (
                    Part("Main arguments", "list", "- first\n• second"),
                    Part("Quotes", "quotes", "So true\nIndeed"),
                    Part("Results", "text", "One.\n\nTwo."),
                ),
            ),
            Source("Room 2"),
        ],
        WORDS,
    )
    assert text == (
        "## What we asked\n\n## What was said\n\n### Room 1.205\n\n#### Main arguments\n\n- first\n- second\n\n"
        "#### Quotes\n\n> So true\n>\n> Indeed\n\n#### Results\n\nOne.\n\nTwo.\n\n### Room 2\n\n"
        "*No report was written.*\n\n## What follows\n\n## What is next\n"
    )


@settings(max_examples=200, deadline=None)
@given(LINES)
def test_what_a_report_says_is_read_back_as_it_is(text: str) -> None:
    wanted = " ".join(text.split())
    read = marking.words_in(f"- {plain(text)}\n") if wanted else ""
    assert read == wanted


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_any_text_becomes_a_page_without_script(text: str) -> None:
    page = marking.html(text)
    assert "<script" not in page.lower()
    assert "javascript:" not in " ".join(part for part in page.split("href=")[1:])
    assert isinstance(marking.blocks(text), list)


def test_html_and_bad_links_are_text() -> None:
    page = marking.html(
        "<img src=x onerror=alert(1)> [a](javascript:alert(1)) [b](//evil.example/x) ![c](https://p.example/c.png)"
    )
    assert "<img" not in page
    assert 'href="#"' in page  # an address without a scheme leads nowhere
    assert '<a href="https://p.example/c.png">c</a>' in page


def test_headings_leave_no_level_out_and_have_names_of_their_own() -> None:
    text = "# A\n\n#### B\n\n# A\n\n###### C"
    assert [(each.level, each.words, each.name) for each in marking.headings(text)] == [
        (2, "A", "a"), (3, "B", "b"), (2, "A", "a-2"), (4, "C", "c"),
    ]  # fmt: skip
    assert 'id="a-2"' in marking.html(text)


def test_a_comment_can_be_about_each_paragraph() -> None:
    text = "## Part\n\nOne *fine* day.\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n"
    assert marking.paragraphs(text) == ["Part", "One fine day.", "a", "b", "x", "y", "1", "2"]


def test_the_pdf_holds_all_of_it() -> None:
    body = "## Findings\n\nText **bold**.\n\n1. one\n2. two\n\n> said\n\n"
    body += "| a | b |\n|---|---|\n| c | d |\n\n```\ncode\n```\n\n---\n\n"
    sheet = Sheet(
        language="sv",
        accent="#0b6e4f",
        community="BAS CoP",
        label="DP 2026/3",
        title="Mentorer lär – åäö",
        authors=("Amina Diallo, Oxfam",),
        line="Version 2",
        summary_is="Summary",
        summary="Short.",
        body=body + "\n\n".join(f"Paragraph {n}." for n in range(200)),
        sources_are="Sessions",
        sources=("Room 1.205",),
        log_is="Changes",
        log=("Version 2: numbers",),
        foot=("CC BY", "https://m.example/papers/x/"),
        page_is="Page",
        stamp="",
    )
    content = draw(sheet)
    assert draw(sheet) == content
    pages = pypdfium2.PdfDocument(content)
    assert len(pages) >= 4
    text = " ".join("".join(page.get_textpage().get_text_range() for page in pages).split())
    for words in (
        "DP 2026/3",
        "Mentorer lär – åäö",
        "Findings",
        "bold",
        "said",
        "code",
        "Paragraph 199.",
        "Room 1.205",
        "Version 2: numbers",
        "https://m.example/papers/x/",
    ):
        assert words in text
    # What the compiler refuses: a language with its region, an address that no PDF can hold.
    body = f"[far](https://m.example/{'x' * 9000}) and [near](https://m.example/)"
    (one,) = pypdfium2.PdfDocument(draw(replace(sheet, language="pt-br", body=body)))
    assert "far and near" in one.get_textpage().get_text_range()
