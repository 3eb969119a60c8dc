"""`import_calendar` and `export_calendar`: a preview unless asked, words for mistakes, JSON for programs."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from seminars.people.models import Community
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.factories import make_community, make_series, make_session

ZOO = Path(__file__).resolve().parents[2] / "zoo" / "importing"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]


def run(*words: str, community: Community) -> str:
    out = io.StringIO()
    call_command("import_calendar", *words, "--community", community.slug, stdout=out)
    return out.getvalue()


def test_it_shows_and_changes_nothing_unless_asked(community: Community) -> None:
    said = run(str(ZOO / "pretalx.ics"), community=community)
    assert "+ line 4" in said
    assert "Add --apply" in said
    assert not Series.objects.exists()


def test_it_applies_and_again_changes_nothing(community: Community) -> None:
    run(str(ZOO / "pretalx.ics"), "--apply", "--publish", "--title", "Talks", community=community)
    series = Series.objects.get()
    assert (series.title, series.sessions.count()) == ({"en": "Talks"}, 1)
    said = run(str(ZOO / "pretalx.ics"), "--apply", "--series", series.slug, community=community)
    assert "0 add, 0 change, 0 withdraw, 1 unchanged" in said
    assert Session.objects.count() == 1


def test_lines_that_were_not_understood_show_in_the_exit_code(community: Community) -> None:
    out = io.StringIO()
    given = ["--json", "--apply", "--community", community.slug]
    with pytest.raises(SystemExit) as left:
        call_command("import_calendar", str(ZOO / "own-zone.ics"), *given, stdout=out)
    assert left.value.code == 2
    found = json.loads(out.getvalue())
    assert [row["fate"] for row in found["rows"]] == ["add", "unclear"]
    assert found["rows"][0]["entry"]["zone"] == "America/Los_Angeles"
    assert Series.objects.get().slug == found["series"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.ics"], "cannot be read"),
        ([str(ZOO / "page.html")], "web page"),
        (["http://169.254.169.254/a.ics"], "private network"),
        ([str(ZOO / "bom.ics"), "--zone", "Mars"], "no time zone"),
        ([str(ZOO / "bom.ics"), "--series", "none"], "no series"),
    ],
)
def test_mistakes_are_said(community: Community, words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        run(*words, community=community)


def test_everything_goes_out_and_comes_back(community: Community, tmp_path: Path) -> None:
    make_session(make_series(community), title={"en": "There and back"})
    file = tmp_path / "all.ics"
    call_command(
        "export_calendar", "--community", community.slug, "--output", str(file), stdout=io.StringIO()
    )
    other = make_community()
    run(str(file), "--apply", "--publish", community=other)
    assert Session.objects.get(series__community=other).title == {"en": "There and back"}
    with pytest.raises(CommandError, match="no community"):
        call_command("export_calendar", "--community", "none")
