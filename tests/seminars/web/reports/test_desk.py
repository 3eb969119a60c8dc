"""Where a report is written: saved by buttons and by the script, by several hands, with files and papers."""

from datetime import datetime
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from seminars.followups.reports.models import Report, Writing
from seminars.followups.reports.saving import save_report
from seminars.people.models import Community
from seminars.sessions.models import Session
from tests.conftest import signed_in
from tests.factories import NOW, make_member, make_series, make_session, make_user

pytestmark = [pytest.mark.usefixtures("stopped"), pytest.mark.django_db]


@pytest.fixture
def session(community: Community) -> Session:
    """A past session."""
    series = make_series(community, slug="after-hours", title={"en": "After Hours"})
    return make_session(
        series, slug="mentors", wall=datetime(2026, 11, 10, 13, 0), title={"en": "Mentors"}, room="1.205"
    )


HERE = "/organise/sessions/mentors/report/"


def sent(hand: str = "page-1", seen: int = 0, **texts: str) -> dict[str, str]:
    """What a browser sends of these fields."""
    found = {"hand": hand, "known": str(seen)}
    for name, text in texts.items():
        found |= {f"a-{name}": text, f"seen-{name}": str(seen)}
    return found


def upload(client: Client, text: str) -> Any:
    """Send a file."""
    return client.post(f"{HERE}upload/", {"file": SimpleUploadedFile("r.md", text.encode())})


def text_of(answer: Any) -> str:
    """The words of a PDF."""
    pages = pypdfium2.PdfDocument(answer.content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def test_the_form_begins_with_what_the_site_knows(as_organiser: Client, session: Session) -> None:
    page = as_organiser.get(HERE)
    assert page.context["form"]["title"].value() == "Mentors"
    assert page.context["form"]["facilitator_room"].value() == "1.205"
    assert not Report.objects.exists()


def test_saving_keeps_a_draft_and_putting_out_shows_it(as_organiser: Client, session: Session) -> None:
    assert as_organiser.post(HERE, sent(results="Three")).status_code == 302
    assert as_organiser.get("/sessions/mentors/report/").status_code == 404
    assert as_organiser.post(f"{HERE}publish/", sent(seen=1, results="Three, and a tool")).status_code == 302
    assert "Three, and a tool" in as_organiser.get("/sessions/mentors/report/").content.decode()
    as_organiser.post(HERE, sent(seen=2, results="Not out yet"))
    assert "Not out yet" not in as_organiser.get("/sessions/mentors/report/").content.decode()
    assert as_organiser.get(HERE).context["behind"]


def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_saved(
    as_organiser: Client, session: Session
) -> None:
    answer = as_organiser.post(f"{HERE}publish/", sent(results="Three", participants="many"))
    assert answer.status_code == 400
    assert answer.context["form"].errors["participants"] == ["Give a number, such as 10."]
    assert answer.context["form"]["participants"].value() == "many"
    report = Report.objects.get()
    assert (report.notes["results"][0], report.published_at) == ("Three", None)


def test_no_table_is_asked_to_keep_a_nul(as_organiser: Client, session: Session) -> None:
    assert as_organiser.post(HERE, sent(hand="page-\x001", results="Th\x00ree")).status_code == 302
    made = Writing.objects.get(field="results")
    assert (made.hand, made.text) == ("page-1", "Three")


def test_nothing_written_is_not_put_out(as_organiser: Client, session: Session) -> None:
    answer = as_organiser.post(f"{HERE}publish/", sent(title="", facilitator_room=""))
    assert (answer.status_code, "Fill in at least one field" in answer.content.decode()) == (400, True)


def test_the_script_is_told_what_others_wrote(as_organiser: Client, session: Session) -> None:
    other = signed_in(
        make_member(session.series.community, make_user(name="Bo"), role="organiser").person.user
    )
    assert other.post(f"{HERE}autosave/", sent("page-2", questions="Who pays?")).json()["wrong"] == {}
    told = as_organiser.post(f"{HERE}autosave/", sent(results="Three", participants="many")).json()
    assert (told["known"], told["fields"]["questions"], told["fields"]["results"]) == (
        2,
        ["Who pays?", 1],
        ["Three", 2],
    )
    assert told["wrong"] == {"participants": "Give a number, such as 10."}
    again = as_organiser.post(f"{HERE}autosave/", {"hand": "page-1", "known": "2"}).json()
    assert (again["fields"], again["beside"]) == ({}, {})


def test_two_hands_and_one_file_lose_nothing(as_organiser: Client, session: Session) -> None:
    file = as_organiser.get(f"{HERE}report.md").content.decode()
    as_organiser.post(HERE, sent("page-1", results="On paper", title="Mentors"))
    clash = as_organiser.post(HERE, sent("page-2", results="By heart"))
    assert (clash.status_code, "By heart" in clash.content.decode()) == (409, True)
    assert "On paper" in clash.content.decode()
    marked = "<!-- field: results -->\n"
    answer = upload(as_organiser, file.replace(marked, f"{marked}\n### not this\nOffline"))
    assert answer["Location"] == f"{HERE}#beside"
    assert as_organiser.post(f"{HERE}publish/", sent()).status_code == 400
    page = as_organiser.get(HERE)
    row = next(row for row in page.context["rows"] if row.name == "results")
    assert (row.there, [each.writing.text for each in row.beside]) == (
        "On paper",
        ["By heart", "### not this\nOffline"],
    )
    first, second = (each.writing.pk for each in row.beside)
    assert as_organiser.post(f"{HERE}choose/", {"choose": f"{first}@{row.seen}:both"}).status_code == 302
    late = as_organiser.post(f"{HERE}choose/", {"choose": f"{second}@{row.seen}:this"})
    assert (late.status_code, "written on since" in late.content.decode()) == (409, True)
    as_organiser.post(f"{HERE}choose/", {"choose": f"{second}@99:there"})
    assert Report.objects.get().notes["results"][0] == "On paper\n\nBy heart"
    history = as_organiser.get(f"{HERE}history/").content.decode()
    assert history.count("in the report now") == 4  # title, room, results, language
    for words in ("On paper", "By heart", "Offline", "from a file", "What the site knew"):
        assert words in history
    assert as_organiser.post(f"{HERE}publish/", sent()).status_code == 302


def test_a_file_with_headings_of_its_own_is_shown_whole(as_organiser: Client, session: Session) -> None:
    file = as_organiser.get(f"{HERE}report.md").content.decode()
    end = file.index("<!-- end of report -->")
    upload(as_organiser, f"{file[:end]}## Parking lot\nLater\n\n{file[end:]}")
    page = as_organiser.get(HERE).content.decode()
    assert "Not on the form, and kept as fields of their own: Parking lot." in page
    as_organiser.post(f"{HERE}publish/", sent())
    assert "Parking lot" in as_organiser.get("/sessions/mentors/report/").content.decode()
    assert "## Parking lot\n" in as_organiser.get(f"{HERE}report.md").content.decode()


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("<!-- end of report -->", "", "the file ends too early"),
        ("revision: 0", "revision: 7", "Line 3: this report has no revision 7 yet"),
        ("language: en", "language: Klingon", "Line 4: the language is a short tag"),
        ("session: ", "session: x", "Line 2: this is the report of another session"),
        ("participants · a number", "participants", ""),
        (
            "participants · a number -->\n",
            "participants · a number -->\nten\n",
            "Give a number, such as 10.",
        ),
    ],
)
def test_a_damaged_file_changes_nothing_and_is_told_with_its_line(
    as_organiser: Client, session: Session, old: str, new: str, says: str
) -> None:
    file = as_organiser.get(f"{HERE}report.md").content.decode()
    answer = upload(as_organiser, file.replace(old, new))
    if says:
        assert (answer.status_code, says in answer.content.decode()) == (422, True)
        assert "Line " in answer.context["file_wrong"]
        assert not Report.objects.exists()
    else:
        assert answer.status_code == 302


def test_no_file_and_no_text_are_said(as_organiser: Client, session: Session) -> None:
    assert "Choose a file." in as_organiser.post(f"{HERE}upload/").content.decode()
    picture = {"file": SimpleUploadedFile("r.md", b"\x89PNG\r\n\x1a\n\x00")}
    assert "Line 1" in as_organiser.post(f"{HERE}upload/", picture).content.decode()


def test_the_paper_holds_what_is_written_and_the_form_holds_lines(
    as_organiser: Client, session: Session
) -> None:
    save_report(
        session=session, answers={"results": "Three", "who": "- Lund\n- Gent"}, now=NOW, actor_id=None
    )
    as_organiser.post(HERE, sent(seen=1, results="Three tools"))
    filled, empty = (
        text_of(as_organiser.get(f"{HERE}report.pdf")),
        text_of(as_organiser.get(f"{HERE}form.pdf")),
    )
    for words in ("Session report", "Mentors", "After Hours", "1.205", "Results", "Three tools", "Lund"):
        assert words in filled
    assert "Further remarks" not in filled
    assert "Three tools" not in empty
    for words in ("Who are you, and which institution do you represent?", "Further remarks", "1.205"):
        assert words in empty
    assert "Three tools" not in text_of(as_organiser.get("/sessions/mentors/report.pdf"))


def test_a_report_taken_back_says_why_at_its_address(
    as_organiser: Client, as_nobody: Client, session: Session
) -> None:
    save_report(session=session, answers={"results": "Three"}, now=NOW, actor_id=None)
    as_organiser.post(f"{HERE}take-back/", {"reason": ""})
    assert as_nobody.get("/sessions/mentors/report/").status_code == 200
    as_organiser.post(f"{HERE}take-back/", {"reason": "A name\x00 too many"})
    gone = as_nobody.get("/sessions/mentors/report/")
    assert (gone.status_code, "A name too many" in gone.content.decode()) == (410, True)
    assert "Three" not in gone.content.decode() + as_nobody.get("/sessions/mentors/").content.decode()
    assert as_nobody.get("/sessions/mentors/report.pdf").status_code == 410
    as_organiser.post(f"{HERE}publish/", sent(seen=1, results="Two"))
    assert "Two" in as_nobody.get("/sessions/mentors/report/").content.decode()


def test_a_language_outside_the_list_stays(as_organiser: Client, session: Session) -> None:
    save_report(session=session, answers={"results": "Três"}, language="pt-br", now=NOW, actor_id=None)
    assert '<option value="pt-br" selected>' in as_organiser.get(HERE).content.decode()


def test_pages_ask_as_much_of_the_database_for_a_long_history(
    as_organiser: Client, session: Session, django_assert_max_num_queries: Any
) -> None:
    as_organiser.post(HERE, sent(results="One"))
    report = Report.objects.get()

    def counted(address: str) -> int:
        with django_assert_max_num_queries(60) as captured:
            assert as_organiser.get(address).status_code == 200
        return len(captured)

    before = [counted(HERE), counted(f"{HERE}history/")]
    Writing.objects.bulk_create(
        Writing(report=report, field="results", text=f"text {n}", revision=n, at=NOW, standing="open",
                person=make_user().person)
        for n in range(2, 60)
    )  # fmt: skip
    assert [counted(HERE), counted(f"{HERE}history/")] == before
    assert as_organiser.get(f"{HERE}history/?page=2").context["newer"] == 1
