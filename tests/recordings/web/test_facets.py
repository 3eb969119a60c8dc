"""What narrows the archive down: right numbers, links that add and take away, nothing hidden counted."""

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import OriginalKind, Recording
from recordings.search import indexing
from recordings.search.narrowing import Archive, Names, countries, length
from recordings.search.querying import Answer, browse, find
from recordings.web.facets import address, asked_in, chips_of, facet_of, facets_of
from seminars.people.models import Community, User
from seminars.people.visitors import NOBODY, Visitor
from seminars.series.topics.models import Topic, TopicSlug
from tests.factories import NOW, make_original, make_recording, make_series, make_session

CAPTIONS = b"WEBVTT\n\n00:15.500 --> 00:20.000\nThree locks and a treasurer.\n"


def recorded(
    community: Community | None = None, topic: str = "", minutes: int = 0, **fields: Any
) -> Recording:
    """Return an indexed recording, with captions."""
    session = make_session(make_series(community), **{"wall": datetime(2026, 3, 1, 15, 0)} | fields)
    if topic:
        made, new = Topic.objects.get_or_create(
            slug=topic, defaults={"name": {"en": topic.title()}, "made_at": NOW}
        )
        session.topics.add(made)
        if new:
            TopicSlug.objects.create(slug=topic, topic=made)
    recording = make_recording(session)
    make_original(recording, CAPTIONS)
    if minutes:
        film = f"film of {recording.pk}".encode()
        facts = {"seconds": minutes * 60.0}
        make_original(recording, film, kind=OriginalKind.VIDEO, media_type="video/mp4", probe=facts)
    indexing.index(recording.pk, now=NOW)
    return recording


def archive(visitor: Visitor = NOBODY) -> Archive:
    """Return what a visitor may see."""
    return Archive(Recording.objects.kept(now=NOW).visible_to(visitor), visitor)


def shown(answer: Answer, there: Archive, **chosen: str) -> dict[str, dict[str, int]]:
    """Return the numbers of each facet by its words."""
    facets = facets_of(answer.counts, there.names, chosen, "")
    return {facet.name: {each.words: each.count for each in facet.choices} for facet in facets}


@pytest.mark.django_db
class TestCounts:
    """The numbers beside the links."""

    def test_each_facet_heeds_the_words_and_the_others(self) -> None:
        recorded(topic="bees", language="sv", minutes=20)
        recorded(topic="bees", zone="Africa/Maputo", minutes=60)
        recorded(topic="locks", wall=datetime(2025, 3, 1, 15, 0), minutes=90)
        there = archive()
        found = shown(browse(there, chosen={}), there)
        assert found["topic"] == {"Bees": 2, "Locks": 1}
        assert found["language"] == {"English": 2, "Swedish": 1}
        assert found["year"] == {"2026": 2, "2025": 1}
        assert found["length"] == {"Under 30 minutes": 1, "30 to 60 minutes": 1, "Over an hour": 1}
        assert found["country"]["Mozambique"] == 1
        assert found["with"] == {"Captions": 3}
        bees = shown(browse(there, chosen={"topic": "bees"}), there, topic="bees")
        assert bees["topic"] == {"Bees": 2, "Locks": 1}
        assert bees["language"] == {"Swedish": 1, "English": 1}
        assert "year" not in bees
        both = browse(there, chosen={"topic": "bees", "language": "en"})
        assert (both.total, shown(both, there, topic="bees", language="en")["topic"]) == (
            1,
            {"Bees": 1, "Locks": 1},
        )
        assert find("treasurer", there, chosen={"length": "long"}).total == 1
        assert find("bicycles", there, chosen={}).counts["topic"] == {}

    def test_nothing_hidden_is_counted_or_named(self, closed_community: Community, member: User) -> None:
        recorded(closed_community, topic="secrets", language="fr")
        recorded(topic="bees")
        recorded(topic="locks")
        there = archive()
        found = shown(browse(there, chosen={}), there)
        assert found["topic"] == {"Bees": 1, "Locks": 1}
        assert "language" not in found
        assert not any("cohort" in str(words) for words in there.names.words.values())
        inside = archive(Visitor(member.pk))
        assert shown(browse(inside, chosen={}), inside)["topic"] == {"Bees": 1, "Locks": 1, "Secrets": 1}
        chips = chips_of(there, {"topic": "secrets", "language": "fr", "community": "cohort"}, "")
        assert [chip.words for chip in chips] == ["secrets", "fr", "cohort"]

    def test_a_topic_under_its_former_name(self) -> None:
        recorded(topic="bees")
        TopicSlug.objects.create(slug="apiculture", topic=Topic.objects.get(slug="bees"))
        assert browse(archive(), chosen={"topic": "apiculture"}).total == 1

    def test_the_queries(self) -> None:
        for _number in range(3):
            recorded(topic="bees")
        with CaptureQueriesContext(connection) as caught:
            there = archive()
            answer = find("three locks -bicycles", there, chosen={"topic": "bees", "captions": "yes"})
            shown(answer, there)
        assert len(answer.hits) == 3
        assert len(caught) <= 6


@pytest.mark.parametrize(
    ("key", "leads_to"), [("2025", "?q=tea&topic=bees&year=2025"), ("2026", "?q=tea&topic=bees")]
)
def test_a_choice_that_is_chosen_leads_back(key: str, leads_to: str) -> None:
    chosen = {"topic": "bees", "year": "2026"}
    facet = facet_of("year", Counter({"2025": 1, "2026": 2}), Names(), chosen, "tea")
    (choice,) = [each for each in facet.choices if each.words == key]
    assert (choice.href, choice.chosen) == (leads_to, key == "2026")


def test_links_add_and_take_away() -> None:
    q, chosen, as_typed = asked_in(QueryDict("year=2026&q=+a++b+&topic=bees&odd=1&as=typed&language="))
    assert (q, chosen, as_typed) == ("a b", {"topic": "bees", "year": "2026"}, True)
    assert address(q, chosen, 2) == "?q=a+b&topic=bees&year=2026&page=2"
    assert address("", {}) == "?"


def test_lengths_and_countries() -> None:
    assert [length(seconds) for seconds in (1_799, 1_800, 3_659, 3_660)] == [
        "short",
        "medium",
        "medium",
        "long",
    ]
    assert countries()["Africa/Maputo"] == "mz"
    assert "UTC" not in countries()
