"""A report is written by two hands at once in a real browser, saved by itself, chosen, put out, read."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from seminars.followups.reports.models import Report
from seminars.followups.reports.writing import Given, write
from seminars.people.models import User
from seminars.sessions.models import Session, Speaker
from seminars.sessions.speaking.asking import make_link
from tests.browser.conftest import axe, fits, screens, sign_in
from tests.factories import make_community, make_person, make_series, make_session


@pytest.fixture
def session(db: None) -> Session:
    """A past discussion."""
    series = make_series(
        make_community(name={"en": "MeMoRe"}), slug="partners", title={"en": "Partner meetings"}
    )
    return make_session(
        series,
        slug="mindset",
        wall=datetime(2026, 3, 1, 9, 0),
        title={"en": "Mindset"},
        room="1.205",
        report_only=True,
    )


def test_two_hands_write_one_report(
    page: Page, site: str, session: Session, administrator: User, tmp_path: Path
) -> None:
    sign_in(page, administrator, site)
    page.goto(f"{site}/organise/sessions/mindset/report/")
    page.get_by_label("Results").fill("Three initiatives fill in the tool.")
    expect(page.locator("#saved")).to_have_text(re.compile(r"Saved at \d\d:\d\d"))
    report = Report.objects.get()
    assert report.notes["results"][0] == "Three initiatives fill in the tool."

    # A note-taker wrote elsewhere in the form, and over the same field.
    seen = report.revision
    given = {"questions": Given("Who pays?", seen), "results": Given("Four initiatives.", 0)}
    write(report=report, given=given, hand="page-other", now=timezone.now())
    page.get_by_label("Further remarks").fill("Good coffee.")
    expect(page.get_by_text("The other text", exact=True)).to_be_visible()
    expect(page.get_by_label("Questions for discussion")).to_have_value("Who pays?")
    axe(page)
    fits(page)
    screens(page, "report-beside")
    page.get_by_role("button", name="Keep both").click()
    expect(page.get_by_label("Results")).to_have_value(
        "Three initiatives fill in the tool.\n\nFour initiatives."
    )
    expect(page.get_by_label("Further remarks")).to_have_value("Good coffee.")

    # The file, filled in without a connection.
    with page.expect_download() as taken:
        page.get_by_role("link", name="File to fill in").click()
    file = tmp_path / "report.md"
    file.write_text(Path(taken.value.path()).read_text().replace("Good coffee.", "Good coffee, offline."))
    page.get_by_label("The file, filled in").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_label("Further remarks")).to_have_value("Good coffee, offline.")
    page.get_by_role("button", name="Put it out").click()
    expect(page.get_by_text("The report is out")).to_be_visible()

    for address in ("/sessions/mindset/report/", "/organise/sessions/mindset/report/history/"):
        page.goto(site + address)
        expect(page.get_by_text("Good coffee, offline.")).to_be_visible()
        axe(page)
        fits(page)
        screens(page, f"report{address.replace('/', '-').rstrip('-')}")


def test_a_note_taker_without_script_and_the_form_of_a_series(
    plain: Page, page: Page, site: str, session: Session, administrator: User
) -> None:
    person = make_person(name="Ana Note")
    Speaker.objects.create(session=session, person=person, role="note-taker")
    token = make_link(session=session, person=person, now=timezone.now(), actor_id=None).token
    plain.goto(f"{site}/speak/{token}/")
    plain.get_by_role("link", name="Write the report").click()
    plain.get_by_label("Results").fill("By button.")
    plain.get_by_role("button", name="Put it out").click()
    expect(plain.get_by_text("The report is out")).to_be_visible()
    assert Report.objects.get().answers["results"] == "By button."

    sign_in(page, administrator, site)
    page.goto(f"{site}/organise/series/partners/report-form/")
    axe(page)
    fits(page)
    screens(page, "report-form")
