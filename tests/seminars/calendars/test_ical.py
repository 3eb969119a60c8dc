"""The serialiser: every rule of the format, and each place where the library would have got it wrong."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import unquote

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminars import clock
from seminars.calendars import ical, vtimezone
from seminars.calendars.ical import Attachment, CalendarFacts, Conference, EntryFacts, Link
from tests.seminars.calendars.reading import entries_of, instants_of

FACTS = EntryFacts(
    uid="5f0c3c9e-1111-4222-8333-444455556666",
    sequence=3,
    created=datetime(2026, 1, 1, tzinfo=UTC),
    changed=datetime(2026, 2, 1, 12, tzinfo=UTC),
    start=datetime(2026, 9, 16, 13, tzinfo=UTC),
    end=datetime(2026, 9, 16, 14, tzinfo=UTC),
    summary="Savings groups",
)


def alone(facts: EntryFacts, vtimezones: tuple[str, ...] = ()) -> bytes:
    """Return a calendar that holds this entry only."""
    return ical.join(CalendarFacts("N"), [ical.vevent(facts)], vtimezones)


def lines_of(text: str) -> list[str]:
    """Return the content lines, unfolded."""
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def check_octets(body: bytes) -> None:
    """Every line ends in CRLF, has at most 75 bytes, is whole UTF-8, and holds no control character."""
    assert body.endswith(b"\r\n")
    for line in body.removesuffix(b"\r\n").split(b"\r\n"):
        assert len(line) <= 75, line
        assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", line.decode()), line


def test_the_whole_entry_in_a_stable_order() -> None:
    facts = replace(
        FACTS,
        start=datetime(2026, 9, 16, 15),
        end=datetime(2026, 9, 16, 16),
        zone="Africa/Maputo",
        language="en",
        description="One\nTwo",
        location="Room 1, Maputo",
        url="https://example.org/sessions/a-1/",
        geo=(-25.9692, 32.5732),
        conferences=(
            Conference("https://example.org/sessions/a-1/join", ("AUDIO", "VIDEO"), "Join"),
            Conference("tel:+12025550100,,1234%23", ("PHONE",), "By phone: +1 202"),
        ),
        attachments=(
            Attachment("https://example.org/a.pdf", "Slides (PDF, 1.2 MB)", "application/pdf", 1_200_000),
        ),
        links=(Link("https://example.org/sessions/a-1/#recording", "Recording"),),
        categories=("After Hours, monthly", "microLINKS"),
        colour="steelblue",
        parent="0d5c2c9e-1111-4222-8333-444455556666",
    )
    assert lines_of(ical.vevent(facts)) == [
        "BEGIN:VEVENT",
        "UID:5f0c3c9e-1111-4222-8333-444455556666",
        "DTSTAMP:20260201T120000Z",
        "CREATED:20260101T000000Z",
        "LAST-MODIFIED:20260201T120000Z",
        "SEQUENCE:3",
        "DTSTART;TZID=Africa/Maputo:20260916T150000",
        "DTEND;TZID=Africa/Maputo:20260916T160000",
        "STATUS:CONFIRMED",
        "SUMMARY;LANGUAGE=en:Savings groups",
        "DESCRIPTION;LANGUAGE=en:One\\nTwo",
        "LOCATION:Room 1\\, Maputo",
        "GEO:-25.9692;32.5732",
        "URL:https://example.org/sessions/a-1/",
        "CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO;LABEL=Join:https://example.org/sessions/a-1/join",
        'CONFERENCE;VALUE=URI;FEATURE=PHONE;LABEL="By phone: +1 202":tel:+12025550100,,1234%23',
        'ATTACH;FMTTYPE=application/pdf;SIZE=1200000;FILENAME="Slides (PDF, 1.2 MB)":https://example.org/a.pdf',
        'LINK;VALUE=URI;LINKREL="related";FMTTYPE=text/html;LABEL=Recording:https://example.org/sessions/a-1/#recording',
        "CATEGORIES:After Hours\\, monthly,microLINKS",
        "COLOR:steelblue",
        "RELATED-TO;RELTYPE=PARENT:0d5c2c9e-1111-4222-8333-444455556666",
        "TRANSP:TRANSPARENT",
        "X-MICROSOFT-CDO-BUSYSTATUS:FREE",
        "END:VEVENT",
    ]


def test_the_calendar_names_itself_and_has_no_uid() -> None:
    facts = CalendarFacts(
        name="After Hours",
        description="Monthly",
        changed=datetime(2026, 2, 1, tzinfo=UTC),
        url="https://example.org/series/after-hours/",
        source="https://example.org/series/after-hours/calendar.ics",
        colour="steelblue",
        accent="#1f5f8b",
    )
    assert lines_of(ical.join(facts, [], []).decode()) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Meridian//Meridian//EN",
        "CALSCALE:GREGORIAN",
        "NAME:After Hours",
        "X-WR-CALNAME:After Hours",
        "DESCRIPTION:Monthly",
        "X-WR-CALDESC:Monthly",
        "LAST-MODIFIED:20260201T000000Z",
        "URL:https://example.org/series/after-hours/",
        "SOURCE;VALUE=URI:https://example.org/series/after-hours/calendar.ics",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "COLOR:steelblue",
        "X-APPLE-CALENDAR-COLOR:#1F5F8B",
        "END:VCALENDAR",
    ]


def test_a_single_file_has_no_name() -> None:
    """Outlook would make a new folder of it."""
    assert lines_of(ical.join(CalendarFacts(), [], []).decode()) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Meridian//Meridian//EN",
        "CALSCALE:GREGORIAN",
        "END:VCALENDAR",
    ]


def test_whole_days_are_dates() -> None:
    text = ical.vevent(replace(FACTS, start=date(2023, 5, 8), end=date(2023, 5, 10)))
    assert "\r\nDTSTART;VALUE=DATE:20230508\r\nDTEND;VALUE=DATE:20230510\r\n" in text


@pytest.mark.parametrize(
    ("start", "zone"),
    [(datetime(2026, 9, 16, 15), ""), (datetime(2026, 9, 16, 13, tzinfo=UTC), "Africa/Maputo")],
)
def test_a_time_never_floats(start: datetime, zone: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        ical.vevent(replace(FACTS, start=start, end=start + timedelta(hours=1), zone=zone))


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        ical.vevent(replace(FACTS, end=FACTS.start))


def test_taking_part_makes_busy_unless_cancelled() -> None:
    text = ical.vevent(FACTS)
    assert "\r\nTRANSP:OPAQUE\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\n" in ical.busy(text)
    cancelled = ical.vevent(replace(FACTS, status="CANCELLED"))
    assert ical.busy(cancelled) == cancelled


class TestTrapsOfTheLibrary:
    """icalendar 7.3: each of these goes wrong when its own ways are taken."""

    def test_a_backslash_before_n_stays(self) -> None:
        [event] = entries_of(alone(replace(FACTS, summary=r"C:\New and C:\new")))
        assert str(event["SUMMARY"]) == r"C:\New and C:\new"

    def test_the_zone_of_a_wall_time_is_written(self) -> None:
        wall = datetime(2026, 9, 16, 15)
        text = ical.vevent(replace(FACTS, start=wall, end=wall + timedelta(hours=1), zone="Africa/Maputo"))
        assert "\r\nDTSTART;TZID=Africa/Maputo:20260916T150000\r\n" in text

    def test_folding_never_cuts_an_escape_in_two(self) -> None:
        for padding in range(60, 80):
            text = ical.vevent(replace(FACTS, summary="a" * padding + "\\;,\\\\n" * 9))
            for line in text.split("\r\n"):
                tail = re.search(r"\\*$", line)
                assert tail is not None
                assert len(tail.group()) % 2 == 0, line

    def test_a_line_break_in_an_address_neither_raises_nor_injects(self) -> None:
        text = ical.vevent(replace(FACTS, url="https://example.org/\r\nATTENDEE:mailto:x@example.org"))
        assert "URL:https://example.org/ATTENDEE:mailto:x@example.org" in lines_of(text)

    def test_an_address_in_other_letters_is_encoded(self) -> None:
        text = ical.vevent(replace(FACTS, url='https://example.org/möte "1"?q=a,b;c'))
        assert "URL:https://example.org/m%C3%B6te%20%221%22?q=a,b;c" in lines_of(text)

    def test_a_parameter_holds_no_quote_caret_or_break(self) -> None:
        way = Conference("https://example.org/", ("VIDEO",), 'Say "now"; ^n\r\nATTENDEE:x')
        [event] = entries_of(alone(replace(FACTS, conferences=(way,))))
        assert event["CONFERENCE"].params["LABEL"] == "Say ’now’;  n ATTENDEE:x"


NASTY = (
    'Costs; risks, \\n "quotes"\r\nEND:VEVENT\r\nBEGIN:VEVENT\nATTENDEE:mailto:x@example.org\x00\x1b\u2028'
)


def test_nothing_in_a_text_becomes_a_property() -> None:
    facts = replace(FACTS, summary=NASTY, description=NASTY, location=NASTY, categories=(NASTY,))
    [event] = entries_of(alone(facts))
    assert "ATTENDEE" not in event
    assert str(event["SUMMARY"]) == ical.clean_line(NASTY)
    assert str(event["DESCRIPTION"]) == ical.clean(NASTY).strip()
    assert [str(each) for each in event["CATEGORIES"].cats] == [ical.clean_line(NASTY)]


def test_a_long_description_ends_within_4_kb_in_a_whole_character() -> None:
    [event] = entries_of(alone(replace(FACTS, description="ö" * 5000)))
    text = str(event["DESCRIPTION"])
    assert 3990 < len(text.encode()) <= ical.DESCRIPTION_BYTES
    assert set(text) == {"ö", "…"}


@given(st.text(max_size=300))
def test_any_title_reads_back(title: str) -> None:
    body = alone(replace(FACTS, summary=title, description=title, location=title, categories=(title,)))
    check_octets(body)
    [event] = entries_of(body)
    assert str(event.get("SUMMARY", "")) == ical.clean_line(title)
    assert str(event.get("DESCRIPTION", "")) == ical.clean(title).strip()


@given(st.text(alphabet='\r\n;,:\\"^nN\x85\u2028 a', max_size=200))
def test_injection_reads_back_as_text(title: str) -> None:
    way = Conference(f"https://example.org/{title}", ("VIDEO",), title)
    facts = replace(FACTS, summary=title, conferences=(way,), url=f"https://example.org/{title}")
    body = alone(facts)
    check_octets(body)
    [event] = entries_of(body)
    assert str(event.get("SUMMARY", "")) == ical.clean_line(title)
    assert set(event) <= {
        *("UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "SUMMARY"),
        *("CONFERENCE", "URL", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS"),
    }


ZONES = [zone for zone in sorted(clock._names()) if "/" in zone and not zone.startswith("Etc/")]


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
)
def test_any_zone_gives_the_same_instants_back(zone: str, start: datetime) -> None:
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=90)
    facts, zones = replace(FACTS, start=start, end=end), tuple[str, ...]()
    if vtimezone.is_local_safe(zone, start) and vtimezone.is_local_safe(zone, end):
        walls = clock.to_wall(start, zone), clock.to_wall(end, zone)
        facts = replace(FACTS, start=walls[0], end=walls[1], zone=zone)
        zones = (vtimezone.render(zone, start, end).text,)
    body = alone(facts, zones)
    assert isinstance(icalendar.Calendar.from_ical(body), icalendar.Calendar)
    assert instants_of(body) == {FACTS.uid: (start, end)}


class TestHtml:
    """`DESCRIPTION;ALTREP="data:text/html,…"`: the one form that Thunderbird renders."""

    def test_it_stands_beside_the_plain_text(self) -> None:
        html = "<p><a href='https://example.org/?a=1&amp;b=2'>Delta</a><br>50 % “möten”</p>"
        body = alone(replace(FACTS, description="Plain", html=html))
        check_octets(body)
        [event] = entries_of(body)
        address = event["DESCRIPTION"].params["ALTREP"]
        assert address.startswith("data:text/html,")
        assert unquote(address.removeprefix("data:text/html,")) == html
        assert str(event["DESCRIPTION"]) == "Plain"

    def test_it_is_left_out_where_it_would_be_too_long(self) -> None:
        assert "ALTREP" not in ical.vevent(replace(FACTS, description="Plain", html="<p>" + "ö" * 700))

    @given(st.text(max_size=120))
    def test_nothing_in_it_breaks_out(self, html: str) -> None:
        body = alone(replace(FACTS, description="Plain", html=html))
        check_octets(body)
        [event] = entries_of(body)
        address = event["DESCRIPTION"].params.get("ALTREP", "data:text/html,")
        assert unquote(address.removeprefix("data:text/html,")) in {ical.clean(html), ""}


def test_a_picture_of_the_entry_and_of_the_calendar() -> None:
    facts = replace(FACTS, image=ical.Image("https://example.org/poster.webp", "image/webp"))
    line = "IMAGE;VALUE=URI;DISPLAY=FULLSIZE;FMTTYPE=image/webp:https://example.org/poster.webp"
    assert line in lines_of(ical.vevent(facts))
    badge = ical.join(CalendarFacts("N", image=ical.Image("https://example.org/logo.png")), [], [])
    assert "IMAGE;VALUE=URI;DISPLAY=BADGE:https://example.org/logo.png" in lines_of(badge.decode())


@pytest.mark.parametrize(
    ("geo", "said"), [((0.00001, -180.0), "0.00001;-180"), ((59.3293, 18.0), "59.3293;18")]
)
def test_places_are_written_without_exponents(geo: tuple[float, float], said: str) -> None:
    assert f"GEO:{said}" in lines_of(ical.vevent(replace(FACTS, geo=geo)))
