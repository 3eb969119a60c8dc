"""Whatever bytes come: entries, or words that say why not; never anything else, and never for long."""

from datetime import date, datetime, timedelta
from datetime import time as hour
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from seminars import clock
from seminars.calendars.importing.incoming import MOST_BYTES, MOST_ENTRIES, Reading, Unreadable
from seminars.calendars.importing.reading import read
from seminars.calendars.importing.reading_ical import MOST_LATER
from seminars.calendars.importing.table_words import day_in, times_in
from seminars.calendars.importing.zones import by_name
from seminars.sessions.checking import ABSTRACT
from tests.factories import NOW

ZOO = Path(__file__).resolve().parents[3] / "zoo" / "importing"
LINES = [
    b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT", b"BEGIN:VTIMEZONE", b"END:VTIMEZONE",
    b"BEGIN:STANDARD", b"END:STANDARD", b"TZID:X", b"TZOFFSETFROM:+0200", b"TZOFFSETTO:+0100", b"UID:a", b"UID:",
    b"DTSTART:20261101T030000", b"DTSTART;TZID=X:20261207T100000", b"DTSTART;VALUE=DATE:20261207",
    b"DTSTART:99991231T235959Z", b"DTSTART:00010101", b"DTEND:20261207T100000Z", b"DURATION:PT1H",
    b"DURATION:P99999W", b"DURATION:-PT5M", b"RRULE:FREQ=SECONDLY", b"RRULE:FREQ=DAILY", b"RRULE:FREQ=DAILY;COUNT=3",
    b"RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", b"RRULE:FREQ=WEEKLY;UNTIL=x", b"RRULE:;;=", b"EXDATE:20261207",
    b"RDATE;VALUE=PERIOD:20261207T100000Z/PT1H", b"RECURRENCE-ID:20261207T100000Z", b"SUMMARY:\xff\xfe", b" fold",
    b"X-MERIDIAN-SESSION:[[[[", b'X-MERIDIAN-SESSION:{"session":{}}', b"STATUS:CANCELLED", b"METHOD:CANCEL",
]  # fmt: skip


def take(name: str, **options: Any) -> Reading:
    given = {"zone": "Africa/Johannesburg", "language": "en", "today": date(2026, 11, 16)} | options
    return read((ZOO / name).read_bytes(), **given)  # type: ignore[arg-type]


def whens(reading: Reading) -> list[tuple[str, str]]:
    found = []
    for each in reading.entries:
        wall = datetime.combine(each.values["local_date"], each.values["local_time"] or hour.min)
        found.append((f"{wall:%Y-%m-%d %H:%M}", each.values["zone"]))
    return found


@settings(max_examples=150, phases=[Phase.explicit, Phase.generate])
@given(
    st.one_of(
        st.binary(max_size=400),
        st.lists(st.sampled_from(LINES), max_size=30).map(b"\r\n".join),
        st.lists(st.sampled_from(LINES), max_size=30).map(lambda found: b"\n".join([LINES[0], *found])),
        st.text(max_size=200).map(str.encode),
    )
)
def test_any_bytes_give_entries_or_words(data: bytes) -> None:
    try:
        reading = read(data, zone="Europe/Lisbon", language="en", today=date(2026, 11, 16))
    except Unreadable:
        return
    for entry in reading.entries:
        assert entry.uid
        assert clock.is_zone(entry.values["zone"])
        assert 1 <= entry.values["days"] <= 60
    assert all(each.reason for each in reading.unclear)


def test_outlook_with_windows_zones() -> None:
    found = take("outlook.ics")
    assert whens(found) == [
        ("2026-12-07 10:00", "Europe/Berlin"),
        ("2026-12-14 14:30", "Europe/Berlin"),
        ("2026-12-28 10:00", "Europe/Berlin"),
        ("2026-12-09 00:00", "Europe/Berlin"),
    ]
    assert found.entries[0].values["join_url"].startswith("https://teams.microsoft.com/l/meetup-join/")
    assert found.entries[0].values["form"] == "virtual"
    assert (found.entries[3].values["local_time"], found.entries[3].values["days"]) == (None, 2)


def test_google_with_its_own_zone_and_html() -> None:
    found = take("google.ics")
    assert whens(found)[:4] == [
        ("2026-12-03 15:00", "Africa/Maputo"),
        ("2027-03-02 09:00", "America/New_York"),
        ("2027-03-09 09:00", "America/New_York"),
        ("2027-03-16 09:00", "America/New_York"),
    ]
    assert found.entries[0].values["abstract"] == {"en": "How groups save.\n\nSee the page."}
    assert found.entries[-1].values["cancelled"]


def test_a_zone_of_its_own_is_known_by_what_its_clocks_do() -> None:
    found = take("own-zone.ics")
    assert whens(found) == [("2027-03-15 09:00", "America/Los_Angeles")]
    assert [each.title for each in found.unclear] == ["Nowhere"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("latin-1.ics", "Möte på Åland"),
        ("bom.ics", "After a mark"),
        ("lf-and-broken-folds.ics", "Typed by hand"),
        ("fold-inside-a-letter.ics", "Räksmörgås Räksmörgås Räksmörgås Räksmörgås Räksmörgås"),
        ("apple.ics", "Studiebesök ❄️"),
        ("indico.ics", "Detector seminar"),
        ("pretalx.ics", "Feeds that last - Ada Person"),
        ("nested.ics", "Inside"),
    ],
)
def test_oddly_written_files(name: str, title: str) -> None:
    found = take(name)
    assert found.entries[0].values["title"] == {"en": title}
    assert found.complete


def test_entries_without_a_name_get_the_same_one_each_time() -> None:
    first, again = take("no-uid.ics"), take("no-uid.ics")
    assert [each.uid for each in first.entries] == [each.uid for each in again.entries]
    assert len({each.uid for each in first.entries}) == 2


def test_repetitions_are_bounded_and_said() -> None:
    assert [each.reason for each in take("secondly.ics").unclear] == [
        "It repeats within a day (every hour, minute or second)."
    ]
    found = take("endless.ics")
    assert [each.title for each in found.unclear] == ["Never"]
    assert whens(found)[0][0] > "2025-11"
    assert whens(found)[-1][0] < "2028-06"
    assert len({(each.uid, each.recurrence) for each in take("override-loops.ics").entries}) == 2


def weekly(*changes: str) -> Reading:
    """Seven Mondays at 10:00 in Berlin, from 7 December 2026, with these changes."""
    first = (
        "UID:w\nDTSTART;TZID=Europe/Berlin:20261207T100000\nDURATION:PT1H\n"
        "RRULE:FREQ=WEEKLY;COUNT=7\nSUMMARY:Weekly"
    )
    entries = "".join(f"BEGIN:VEVENT\n{each}\nEND:VEVENT\n" for each in (first, *changes))
    body = f"BEGIN:VCALENDAR\n{entries}END:VCALENDAR\n".encode()
    return read(body, zone="Europe/Lisbon", language="en", today=date(2026, 11, 16))


FROM_THE_THIRD = """UID:w
RECURRENCE-ID;TZID=Europe/Berlin;RANGE=THISANDFUTURE:20261221T100000
DTSTART;TZID=Europe/Berlin:20261222T143000
DURATION:PT30M
SUMMARY:Weekly, on Tuesdays"""
THE_FIFTH = """UID:w
RECURRENCE-ID;TZID=Europe/Berlin:20270104T100000
DTSTART;TZID=Europe/Berlin:20270107T090000
SUMMARY:Weekly, late"""


class TestAllThatFollow:
    """RECURRENCE-ID;RANGE=THISANDFUTURE (RFC 5545 §3.2.13)."""

    def test_the_later_ones_move_and_say_so(self) -> None:
        found = weekly(THE_FIFTH, FROM_THE_THIRD)
        assert [
            (wall, each.values["title"]["en"])
            for (wall, _zone), each in zip(whens(found), found.entries, strict=True)
        ] == [
            ("2026-12-07 10:00", "Weekly"),
            ("2026-12-14 10:00", "Weekly"),
            ("2026-12-22 14:30", "Weekly, on Tuesdays"),
            ("2026-12-29 14:30", "Weekly, on Tuesdays"),
            ("2027-01-07 09:00", "Weekly, late"),
            ("2027-01-12 14:30", "Weekly, on Tuesdays"),
            ("2027-01-19 14:30", "Weekly, on Tuesdays"),
        ]
        assert [each.values.get("minutes") for each in found.entries[2:4]] == [30, 30]
        assert [each.recurrence[:10] for each in found.entries] == [
            f"{date(2026, 12, 7) + timedelta(weeks=number)}" for number in range(7)
        ]
        said = "Changed with all that follow, by line 9."
        assert [said in each.remarks for each in weekly(FROM_THE_THIRD).entries] == [False] * 3 + [True] * 4

    def test_a_second_change_goes_on_from_there(self) -> None:
        back = (
            FROM_THE_THIRD.replace("20261221", "20270111")
            .replace("20261222", "20270111")
            .replace("T143000", "T100000")
        )
        found = weekly(back, FROM_THE_THIRD)
        assert [wall for wall, _zone in whens(found)][4:] == [
            "2027-01-05 14:30",
            "2027-01-11 10:00",
            "2027-01-18 10:00",
        ]

    def test_cancelled_from_then_on(self) -> None:
        found = weekly(f"{FROM_THE_THIRD}\nSTATUS:CANCELLED")
        assert [each.values["cancelled"] for each in found.entries] == [False] * 2 + [True] * 5

    def test_in_another_zone_they_keep_that_clock(self) -> None:
        found = weekly(FROM_THE_THIRD.replace("Berlin:20261222", "London:20261221"))
        assert whens(found)[2:4] == [
            ("2026-12-21 14:30", "Europe/London"),
            ("2026-12-28 14:30", "Europe/London"),
        ]

    def test_a_rule_of_left_out_dates_is_said(self) -> None:
        other = "UID:x\nDTSTART:20261207T100000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nEXRULE:FREQ=MONTHLY\nSUMMARY:X"
        found = [each for each in weekly(other).entries if each.uid == "x"]
        assert len(found) == 3
        assert all("EXRULE" in " ".join(each.remarks) for each in found)


def test_a_file_that_ends_too_early_is_told() -> None:
    assert not take("cut.ics").complete


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        ((ZOO / "page.html").read_bytes(), "web page"),
        ((ZOO / "bomb.zip").read_bytes(), "packed"),
        (b"0" * (MOST_BYTES + 1), "larger"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 100_000, "more than"),
        (b'{"a": 1}', "JSON"),
        (b"%PDF-1.7", "PDF"),
        (b"a,b\n" * 6000, "rows"),
    ],
)
def test_what_cannot_be_taken_says_why(data: bytes, words: str) -> None:
    with pytest.raises(Unreadable, match=words):
        read(data, zone="UTC", language="en", today=date(2026, 11, 16))


def test_hostile_files_come_to_an_end() -> None:
    """None of these may cost more than its bytes: with anything quadratic in it, this test would take hours."""
    bad = [b"BEGIN:A\n" * 200_000, b"DTSTART;A=" + b'"' * 500_000, b"X" * 5_000_000, b"\n " * 1_000_000]
    daily = b"BEGIN:VEVENT\nUID:%d\nDTSTART:20200101T100000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n"
    for each in bad:
        found = read(
            b"BEGIN:VCALENDAR\n" + each + b"\nEND:VCALENDAR\n", zone="UTC", language="en", today=NOW.date()
        )
        assert found.entries == ()
    many = b"BEGIN:VCALENDAR\n" + b"".join(daily % n for n in range(100))
    with pytest.raises(Unreadable, match="more than"):
        read(many, zone="UTC", language="en", today=NOW.date())


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Stockholm", "Europe/Stockholm"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("/freeassociation.sourceforge.net/Tzfile/Europe/London", "Europe/London"),
        ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("South Africa Standard Time", "Africa/Johannesburg"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("UTC+2", "Etc/GMT-2"),
        ("GMT", "GMT"),
        ("Mars/Phobos", ""),
    ],
)
def test_names_of_zones(name: str, zone: str) -> None:
    assert by_name(name) == zone or clock.canonical(by_name(name)) == clock.canonical(zone)


def test_tables() -> None:
    seta = take("seta.csv")
    assert [when for when, _zone in whens(seta)] == [
        "2027-09-08 09:00",
        "2027-09-15 09:00",
        "2027-09-22 09:00",
    ]
    assert {each.values["minutes"] for each in seta.entries} == {120}
    assert [each.reason for each in seta.unclear] == ["“someday” is no date that can be read."]
    american = take("american.csv")
    assert whens(american)[0][0] == "2026-12-03 08:30"
    assert american.notes == ()
    ambiguous = take("ambiguous.csv")
    assert whens(ambiguous)[0][0] == "2027-04-03 10:00"
    assert "3 April or March 4" in ambiguous.notes[0]
    assert whens(take("ambiguous.csv", day_first=False))[0][0] == "2027-03-04 10:00"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-03-04", date(2027, 3, 4)),
        ("4.3.2027", date(2027, 3, 4)),
        ("3/14/2027", date(2027, 3, 14)),
        ("4 mars 2027", date(2027, 3, 4)),
        ("March 4, 2027", date(2027, 3, 4)),
        ("31.02.2027", None),
    ],
)
def test_dates_of_tables(text: str, day: date | None) -> None:
    assert day_in(text, True)[0] == day


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("15:00", [hour(15)]),
        ("09h00–11h00", [hour(9), hour(11)]),
        ("3 pm", [hour(15)]),
        ("12:30 AM", [hour(0, 30)]),
        ("15.30", [hour(15, 30)]),
        ("25:00", []),
        ("noon", []),
    ],
)
def test_times_of_tables(text: str, times: list[hour]) -> None:
    assert times_in(text) == times


def whole(body: str) -> bytes:
    return f"BEGIN:VCALENDAR\n{body}END:VCALENDAR\n".encode()


def read_whole(data: bytes) -> Reading:
    return read(data, zone="UTC", language="en", today=date(2026, 11, 16))


def test_more_entries_than_allowed_are_refused_however_they_are_written() -> None:
    entries = "BEGIN:VEVENT\nEND:VEVENT\n" * (MOST_ENTRIES + 1)
    folded = entries.replace("BEGIN", "BEG\n IN")
    diaries = entries.replace("VEVENT", "VJOURNAL")
    for data in (whole(entries), whole(folded), whole(diaries), whole(entries).decode().encode("utf-16")):
        with pytest.raises(Unreadable, match="more than 5,000 entries"):
            read_whole(data)


def test_tags_that_never_end_take_no_time() -> None:
    """Half a million would take hours if each looked through to the end of the text."""
    entry = "BEGIN:VEVENT\nUID:a\nDTSTART:20261207T100000Z\nSUMMARY:x\nDESCRIPTION:" + "<a " * 500_000
    found = read_whole(whole(f"{entry}\nEND:VEVENT\n"))
    assert len(found.entries[0].values["abstract"]["en"]) == ABSTRACT


def test_dates_of_one_entry_are_bounded() -> None:
    dates = ",".join(["20261208T100000Z"] * 2500)
    entry = f"UID:a\nDTSTART:20261207T100000Z\nRRULE:FREQ=DAILY;COUNT=3\nEXDATE:{dates}\n"
    found = read_whole(whole(f"BEGIN:VEVENT\n{entry}END:VEVENT\n"))
    assert len(found.entries) == 2
    found = read_whole(whole(f"BEGIN:VEVENT\n{entry}EXDATE:{dates}\nEND:VEVENT\n"))
    assert [each.reason for each in found.unclear] == ["It repeats more than 1000 times."]


def test_changes_of_all_that_follow_are_bounded() -> None:
    found = weekly(
        *(
            f"UID:w\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261214T100000\n"
            f"SEQUENCE:{number}\nDTSTART;TZID=Europe/Berlin:20261214T110000\nSUMMARY:Change {number}"
            for number in range(MOST_LATER + 2)
        )
    )
    assert len(found.entries) == 7
    assert [each.reason for each in found.unclear] == ["It repeats too often."] * 2
