"""OAI-PMH 2.0, asked by a real harvester and rule by rule; what went is told as deleted for ever, and nothing leaks."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

from recordings.catalogue.models import Recording
from recordings.preservation.describing import describe_all
from recordings.preservation.harvesting import asking
from recordings.preservation.harvesting.answering import answer
from recordings.preservation.harvesting.keeping import AHEAD, keep_up
from recordings.preservation.harvesting.models import HarvestRecord
from seminars.people.models import Community, Joining
from seminars.series.models import Audience, Series
from seminars.sessions.models import Session, Speaker
from tests.factories import NOW, make_community, make_person, make_recording, make_series, make_session
from tests.formats.oai import wrong_with

OAI = "{http://www.openarchives.org/OAI/2.0/}"
LATER = NOW + timedelta(days=1)
HELD = datetime(2026, 3, 1, 15, 0)


def kept(series: Series | None = None, **fields: Any) -> Recording:
    """Return the recording of a session that is over."""
    return make_recording(make_session(series, **{"wall": HELD} | fields))


def sweep(now: datetime) -> int:
    """Keep up by a clock that stands."""
    return keep_up(clock=lambda: now)


def ask(pairs: Iterable[tuple[str, str]] = (), **said: str) -> ElementTree.Element:
    """Return the answer to arguments, which is as the protocol has it, parsed. `since` stands for from."""
    given = [("from" if name == "since" else name, value) for name, value in said.items()]
    base = {"base": "https://example.org/oai", "host": "example.org", "mail": "a@example.org"}
    document = answer([*given, *pairs], **base, now=LATER)
    assert wrong_with(document) == []
    return ElementTree.fromstring(document)


def error(*pairs: tuple[str, str], **said: str) -> str:
    """Return the code of the error that is answered; "" for none."""
    found = ask(pairs, **said).find(f"{OAI}error")
    return "" if found is None else found.attrib["code"]


def name_of(recording: Recording) -> str:
    return f"oai:example.org:{recording.uuid}"


def listed(**said: str) -> dict[str, bool]:
    """Return identifier → whether it is told as deleted, of a list of one page."""
    rows = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", **said).iter(f"{OAI}header")
    return {str(each.findtext(f"{OAI}identifier")): each.get("status") == "deleted" for each in rows}


@pytest.mark.django_db(transaction=True)
class TestSickle:
    """A real harvester against a real server."""

    def test_it_takes_everything_then_what_changed_then_what_went(self, live_server: Any) -> None:
        community = make_community(slug="savings", name={"en": "Savings <groups>"})
        series = make_series(community)
        days = [HELD + timedelta(days=n) for n in range(3)]
        rows = [kept(series, wall=day, title={"en": f"Talk {n} & <tea>"}) for n, day in enumerate(days)]
        sweep(NOW)
        sickle = Sickle(f"{live_server.url}/oai")
        assert sickle.Identify().deletedRecord == "persistent"
        assert [each.metadataPrefix for each in sickle.ListMetadataFormats()] == ["oai_dc"]
        assert {each.setName for each in sickle.ListSets()} == {"Savings <groups>", series.title["en"]}
        found = list(sickle.ListRecords(metadataPrefix="oai_dc"))
        assert sorted(each.metadata["title"][0] for each in found) == [f"Talk {n} & <tea>" for n in range(3)]
        one = sickle.GetRecord(identifier=found[0].header.identifier, metadataPrefix="oai_dc")
        assert one.metadata == found[0].metadata

        Session.objects.filter(archived=rows[0]).update(title={"en": "Renamed"}, revision=2)
        Recording.objects.filter(pk=rows[1].pk).update(withdrawn_at=NOW)
        assert sweep(LATER) == 2
        since = {"from": LATER.strftime("%Y-%m-%dT%H:%M:%SZ")}
        changed = list(sickle.ListRecords(metadataPrefix="oai_dc", **since))
        assert {each.deleted for each in changed} == {True, False}
        [renamed] = [each for each in changed if not each.deleted]
        assert renamed.metadata["title"] == ["Renamed"]
        assert len(list(sickle.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True))) == 2
        with pytest.raises(NoRecordsMatch):
            sickle.ListRecords(metadataPrefix="oai_dc", **{"from": "2030-01-01"})

    def test_a_thousand_in_pages_each_once(self, live_server: Any) -> None:
        rows = [
            Recording(slug=f"r-{n}", title={"en": f"R {n}"}, published_at=NOW, made_at=NOW)
            for n in range(1000)
        ]
        Recording.objects.bulk_create(rows)
        assert [sweep(NOW) for _round in range(6)] == [200] * 5 + [0]
        sickle = Sickle(f"{live_server.url}/oai", http_method="POST")
        found = [each.header.identifier for each in sickle.ListRecords(metadataPrefix="oai_dc")]
        assert len(found) == len(set(found)) == 1000


@pytest.mark.django_db
class TestRules:
    """Errors (§3.6), granularity (§3.3), sets (§2.6), flow control (§3.5)."""

    @pytest.mark.parametrize(
        ("code", "said"),
        [
            ("badVerb", ""),
            ("badVerb", "verb=Delete"),
            ("badVerb", "verb=Identify&verb=Identify"),
            ("badArgument", "verb=Identify&x=1"),
            ("badArgument", "verb=ListRecords"),
            ("badArgument", "verb=GetRecord&metadataPrefix=oai_dc"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&set=a&set=b"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-02-30"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01T00:00Z"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=%D9%A22026-01-01"),
            (
                "badArgument",
                "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-02T00:00:00Z",
            ),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&set=<a>"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&resumptionToken=a"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from="),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&set="),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&from=2026-01-01"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&until=2026-01-01T24:00:00Z"),
            ("badArgument", "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc"),
            ("badArgument", "verb=ListRecords&resumptionToken=a&resumptionToken=a"),
            ("badArgument", "verb=GetRecord&metadataPrefix=oai_dc&identifier=a&from=2026-01-01"),
            ("badVerb", "verb=listrecords"),
            ("cannotDisseminateFormat", "verb=ListRecords&metadataPrefix=marcxml"),
            ("badArgument", "verb=GetRecord&metadataPrefix=%00&identifier=a"),
            ("badArgument", "verb=GetRecord&metadataPrefix=oai_dc&identifier=%00%0D%3Ca%3E"),
            ("badArgument", "verb=GetRecord&metadataPrefix=oai_dc&identifier="),
            ("idDoesNotExist", "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:example.org:1"),
            ("idDoesNotExist", "verb=ListMetadataFormats&identifier=nothing"),
            ("badResumptionToken", "verb=ListRecords&resumptionToken=rubbish"),
            ("badResumptionToken", "verb=ListRecords&resumptionToken=" + "x" * 5000),
            ("badResumptionToken", "verb=ListSets&resumptionToken=x"),
            ("noRecordsMatch", "verb=ListRecords&metadataPrefix=oai_dc"),
            ("noRecordsMatch", "verb=ListIdentifiers&metadataPrefix=oai_dc&until=0001-01-01"),
            ("noRecordsMatch", "verb=ListIdentifiers&metadataPrefix=oai_dc&until=9999-12-31"),
            ("noSetHierarchy", "verb=ListSets"),
        ],
    )
    def test_each_mistake_has_its_code(self, as_nobody: Client, code: str, said: str) -> None:
        for response in (
            as_nobody.get(f"/oai?{said}"),
            as_nobody.post("/oai", said, content_type="application/x-www-form-urlencoded"),
        ):
            assert response.status_code == 200
            assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
            assert wrong_with(response.content) == []
            root = ElementTree.fromstring(response.content)
            assert [each.get("code") for each in root.iter(f"{OAI}error")] == [code]

    def test_every_verb_is_answered_as_the_protocol_has_it(self, community: Community) -> None:
        """`ask` holds each answer against its rules."""
        name = name_of(kept(make_series(community)))
        sweep(NOW)
        root = ask(verb="Identify")
        assert root.findtext(f".//{OAI}earliestDatestamp") == "2026-11-16T12:00:10Z"
        for verb in ("ListRecords", "ListIdentifiers"):
            assert ask(verb=verb, metadataPrefix="oai_dc").find(f".//{OAI}header") is not None
        assert (
            ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=name).find(f".//{OAI}metadata")
            is not None
        )
        assert len(ask(verb="ListSets").findall(f".//{OAI}set")) == 2
        for said in ({}, {"identifier": name}):
            assert ask(verb="ListMetadataFormats", **said).findtext(f".//{OAI}metadataPrefix") == "oai_dc"

    def test_from_and_until_include_both_ends_by_day_and_by_second(self) -> None:
        name = name_of(kept())
        sweep(NOW.replace(microsecond=900_000))
        at = "2026-11-16T12:00:10Z"
        for said in ({"since": at}, {"until": at}, {"since": at, "until": at}, {"since": "2026-11-16"}):
            assert listed(**said) == {name: False}
        assert listed(until="2026-11-16") == {name: False}
        assert listed(since="2026-11-16T12:00:11Z") == {}
        assert listed(until="2026-11-15") == {}

    def test_sets_are_communities_and_in_them_series(self, community: Community) -> None:
        one, two = make_series(community), make_series(community)
        first, second, alone = name_of(kept(one)), name_of(kept(two)), name_of(make_recording())
        sweep(NOW)
        assert listed().keys() == {first, second, alone}
        assert listed(set=str(community.uuid)).keys() == {first, second}
        assert listed(set=f"{community.uuid}:{one.uuid}").keys() == {first}
        heads = ask(verb="ListIdentifiers", metadataPrefix="oai_dc").iter(f"{OAI}header")
        said = {each.findtext(f"{OAI}identifier"): each.findtext(f"{OAI}setSpec") for each in heads}
        of_one, of_two = (f"{community.uuid}:{each.uuid}" for each in (one, two))
        assert said == {first: of_one, second: of_two, alone: None}
        assert error(verb="ListRecords", metadataPrefix="oai_dc", set=str(uuid4())) == "noRecordsMatch"

    def test_a_list_goes_on_where_it_was_though_rows_move_meanwhile(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("recordings.preservation.harvesting.answering.PAGE", 2)
        names = {name_of(kept()) for _each in range(5)}
        sweep(NOW)
        found: list[str] = []
        said = {"metadataPrefix": "oai_dc", "since": "2026-01-01"}
        while True:
            root = ask(verb="ListIdentifiers", **said)
            found += [str(each.text) for each in root.iter(f"{OAI}identifier")]
            token = root.find(f".//{OAI}resumptionToken")
            assert token is not None
            assert token.attrib["completeListSize"] in {"5", "6"}
            if not token.text:
                break
            HarvestRecord.objects.filter(recording__uuid=found[0].rpartition(":")[2]).update(
                datestamp=LATER, deleted=True
            )
            said = {"resumptionToken": token.text}
        assert set(found) == names
        assert len(found) == 6  # the one that changed came again, as what it is now
        assert error(verb="ListRecords", resumptionToken=said["resumptionToken"]) == "badResumptionToken"
        assert (
            error(verb="ListIdentifiers", resumptionToken=said["resumptionToken"][:-1])
            == "badResumptionToken"
        )

    def test_who_harvests_while_records_are_written_misses_none(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A sweep begins, describes for a while, writes; somebody harvests in between, and goes on from there."""
        name, moment = name_of(kept()), [NOW]

        def slowly(recordings: Any) -> Any:
            moment[0] += timedelta(seconds=30)
            assert listed() == {}  # what a harvester is answered at this moment
            return describe_all(recordings)

        monkeypatch.setattr("recordings.preservation.harvesting.keeping.describe_all", slowly)
        assert keep_up(clock=lambda: moment[0]) == 1
        assert listed(since=moment[0].strftime("%Y-%m-%dT%H:%M:%SZ")) == {name: False}

    def test_a_list_whose_rest_moved_out_of_it_comes_to_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("recordings.preservation.harvesting.answering.PAGE", 2)
        names = [name_of(kept()) for _each in range(3)]
        sweep(NOW)
        root = ask(verb="ListIdentifiers", metadataPrefix="oai_dc", until="2026-11-16")
        token = root.findtext(f".//{OAI}resumptionToken") or ""
        HarvestRecord.objects.filter(recording__uuid=names[2].rpartition(":")[2]).update(datestamp=LATER)
        rest = ask(verb="ListIdentifiers", resumptionToken=token)
        assert [each.text for each in rest.iter(f"{OAI}identifier")] == [names[1]]
        end = rest.find(f".//{OAI}resumptionToken")
        assert end is not None
        assert not end.text
        assert listed(since="2026-11-17") == {names[2]: False}

    def test_pages_cost_the_same_queries_however_long(self) -> None:
        kept()
        sweep(NOW)
        with CaptureQueriesContext(connection) as one:
            ask(verb="ListRecords", metadataPrefix="oai_dc")
        for _each in range(6):
            session = kept().session
            assert session
            Speaker.objects.create(session=session, person=make_person())
        sweep(NOW)
        with CaptureQueriesContext(connection) as many:
            ask(verb="ListRecords", metadataPrefix="oai_dc")
        assert len(many) <= len(one) + 1 <= 20  # speakers' names, which the first did not have

    def test_the_address_takes_no_other_method_and_keeps_no_cookie(self, as_nobody: Client) -> None:
        assert as_nobody.put("/oai").status_code == 405
        response = as_nobody.get("/oai?verb=Identify")
        assert not response.cookies
        assert as_nobody.head("/oai?verb=Identify").content == b""


@pytest.mark.django_db
class TestWhatIsTold:
    """Nothing that was never public; what was stays told as deleted."""

    def test_nothing_hidden_is_ever_told(self, closed_community: Community) -> None:
        hidden = [
            kept(make_series(closed_community)),
            kept(audience=Audience.MEMBERS),
            kept(published=False),
            kept(wall=datetime(2027, 1, 1, 9, 0)),
            make_recording(published_at=None, withdrawn_at=NOW),
            make_recording(published_at=None),
        ]
        assert sweep(NOW) == 0
        for each in hidden:
            assert (
                error(verb="GetRecord", metadataPrefix="oai_dc", identifier=name_of(each)) == "idDoesNotExist"
            )

    @pytest.mark.parametrize("how", ["closed", "members", "draft", "withdrawn", "session withdrawn"])
    def test_what_was_public_is_deleted_for_ever_at_once(self, how: str) -> None:
        recording = kept(title={"en": "Secret title"})
        session = recording.session
        assert session is not None
        sweep(NOW)
        match how:
            case "closed":
                Community.objects.update(joining=Joining.CLOSED)
            case "members":
                Session.objects.update(audience=Audience.MEMBERS)
            case "draft":
                Session.objects.update(published_at=None)
            case "withdrawn":
                Recording.objects.update(withdrawn_at=NOW)
            case "session withdrawn":
                Session.objects.update(withdrawn_at=NOW)
        for _before_and_after_the_sweep in range(2):
            text = ElementTree.tostring(ask(verb="ListRecords", metadataPrefix="oai_dc"), encoding="unicode")
            assert "Secret" not in text
            assert listed() == {name_of(recording): True}
            sweep(LATER)
        assert sweep(LATER) == 0
        assert HarvestRecord.objects.get().datestamp == LATER + AHEAD

    def test_a_tombstone_that_a_bag_brought_is_told_too(self, closed_community: Community) -> None:
        rows = [kept(), kept(withdrawn_at=NOW), make_recording(), kept(make_series(closed_community))]
        Recording.objects.exclude(pk=rows[1].pk).update(withdrawn_at=NOW)
        assert (sweep(NOW), sweep(LATER)) == (3, 0)
        assert listed() == {name_of(each): True for each in rows[:3]}
        assert [each.set_spec.count(":") for each in HarvestRecord.objects.order_by("pk")] == [1, 1, 0]
        Recording.objects.update(withdrawn_at=None)
        assert (sweep(LATER), listed()[name_of(rows[0])]) == (2, False)

    def test_what_comes_back_is_told_again(self) -> None:
        recording = kept()
        sweep(NOW)
        Session.objects.update(audience=Audience.MEMBERS)
        sweep(NOW + timedelta(hours=1))
        Session.objects.update(audience=Audience.EVERYONE)
        assert sweep(LATER) == 1
        assert listed(since="2026-11-17") == {name_of(recording): False}

    def test_its_name_depends_on_no_slug(self) -> None:
        recording = kept()
        sweep(NOW)
        Recording.objects.update(slug="other")
        Session.objects.update(slug="another", revision=5)
        assert sweep(LATER) == 1
        assert listed() == {name_of(recording): False}

    def test_a_change_that_no_revision_counts_is_found_in_time(self, community: Community) -> None:
        kept(make_series(community))
        sweep(NOW)
        Community.objects.update(name={"en": "New name"})
        assert sweep(NOW + timedelta(minutes=1)) == 0
        assert sweep(NOW + timedelta(minutes=31)) == 1
        assert sweep(NOW + timedelta(minutes=90)) == 0

    def test_a_series_that_only_members_see_is_no_set(self, community: Community) -> None:
        series = make_series(community, audience=Audience.MEMBERS, title={"en": "Inner circle"})
        kept(series, audience=Audience.EVERYONE)
        sweep(NOW)
        assert HarvestRecord.objects.get().set_spec == str(community.uuid)
        text = ElementTree.tostring(ask(verb="ListSets"), encoding="unicode")
        assert "Inner" not in text
        assert "Savings" in text


NAMES = st.sampled_from(
    ["verb", "from", "until", "set", "metadataPrefix", "identifier", "resumptionToken", "x<"]
)
VALUES = st.text(max_size=30) | st.sampled_from(
    [*asking.VERBS, "oai_dc", "2026-01-01", "2026-01-01T00:00:00Z"]
)


@given(pairs=st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_whatever_is_asked_is_understood_or_refused(pairs: list[tuple[str, str]]) -> None:
    with suppress(asking.Refused):
        assert asking.question_of(pairs).verb in asking.VERBS


def test_tokens_hold_all_of_a_question() -> None:
    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    question = asking.Question("ListRecords", since=at, set_spec="a:b")
    token = asking.token_of(question, after=(NOW, 7), cursor=100)
    again = asking.resumed("ListRecords", {"resumptionToken": token})
    assert (again.since, again.until, again.set_spec, again.after) == (at, None, "a:b", (NOW, 7))
    assert len(urlencode({"t": token})) < 300
