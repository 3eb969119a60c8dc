"""What a search costs with 1,000 recordings of an hour: `python tests/bench/search.py`. Not in the suite.

9 million words in four languages, said as often as words are (Zipf), with names, titles, reports and slides. On SQLite,
or with `--database postgres://user@host:port/empty_database` on PostgreSQL; `--recordings 50` is a quick look, `--scale
10` makes ten times as much. Each kind of question is timed warm, from the words typed to hits with quotations and all
facets counted; the whole page, for nobody in particular, beside it. A kind whose p95 takes longer than 50 ms, or a page
of more than 8 queries, is a miss: the exit code is 1.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

import argparse
import gc
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))
options = argparse.ArgumentParser(description=__doc__)
options.add_argument("--database", default="", help="of PostgreSQL, empty; else SQLite")
options.add_argument("--recordings", type=int, default=1000)
options.add_argument("--scale", type=int, default=1)
options.add_argument("--keep", default="", help="SQLite file to keep; one that is filled is used as it is")
options.add_argument("--rounds", type=int, default=40, help="questions of each kind")
arguments = options.parse_args()
if arguments.database:
    os.environ["MERIDIAN_DATABASE"] = arguments.database
else:
    os.environ.pop("MERIDIAN_DATABASE", None)
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from recordings.catalogue.models import Recording
from recordings.search import indexing
from recordings.search.backends import back_end
from recordings.search.cutting import Piece, Said, pieces_of, said
from recordings.search.models import SearchCard, SearchDrawer, SearchWord
from recordings.search.narrowing import Archive
from recordings.search.querying import browse, find
from recordings.search.spelling import is_mendable, slips
from recordings.search.stemming import language_of
from seminars.management.fresh import make_tables
from seminars.people.models import Joining
from seminars.people.visitors import NOBODY
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_series, make_session

COUNT = arguments.recordings * arguments.scale
LIMIT, MOST_QUERIES = 50.0, 8
CUES, WORDS = 900, 10
ENDINGS = {
    "en": ("", "", "s", "ing", "ed"),
    "sv": ("", "", "er", "en", "arna"),
    "fr": ("", "", "s", "ement", "é"),
    "es": ("", "", "s", "ción", "ando"),
}
ZONES = ("Europe/Stockholm", "Africa/Maputo", "America/New_York", "Asia/Manila", "Africa/Dakar")
KNOWN = 50_000  # words of a language
chance = random.Random(7)


def invented(language: str) -> list[str]:
    """Return the words of a language, the most common first."""
    starts = ["b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "tr", "st", "pl", "sk"]
    middles = ["a", "e", "i", "o", "u", "ai", "ea"] + (["å", "ö"] if language == "sv" else [])
    found: dict[str, None] = {}
    while len(found) < KNOWN:
        parts = 1 + (len(found) > 60) + (len(found) > 2_000)
        word = "".join(chance.choice(starts) + chance.choice(middles) for _part in range(parts))
        found[word + chance.choice("nrlst") + chance.choice(ENDINGS[language])] = None
    return list(found)


WORD_LISTS = {language: invented(language) for language in ENDINGS}
RANKS = list(accumulate(1 / (rank + 3) for rank in range(KNOWN)))
NAMES = [word.capitalize() for word in invented("en")[5_000:5_800]]


def text(language: str, words: int) -> list[str]:
    """Return words as often as they are said."""
    return chance.choices(WORD_LISTS[language], cum_weights=RANKS, k=words)


class Talk(NamedTuple):
    """What a generated recording says."""

    language: str
    pieces: list[Piece]
    captions: list[tuple[str, list[Said]]]


def talk() -> Talk:
    """Return an hour: its words, slides, a report, and 900 cues."""
    language = chance.choices(list(ENDINGS), weights=[60, 15, 15, 10])[0]
    told = [
        Piece("title", language, " ".join(text(language, 6))),
        Piece("abstract", language, " ".join(text(language, 80))),
        Piece("speakers", "", f"{chance.choice(NAMES)} {chance.choice(NAMES)}, {chance.choice(NAMES)}"),
        *(Piece("report", language, " ".join(text(language, 60))) for _part in range(4)),
        *(
            Piece("slides", language, " ".join(text(language, 25)), page * 150.0, page + 1)
            for page in range(24)
        ),
    ]
    words = text(language, CUES * WORDS)
    rows = [(at * 4.0, " ".join(words[at * WORDS : (at + 1) * WORDS])) for at in range(CUES)]
    cues = said(rows)
    pieces = [*indexing.unlike(told), *pieces_of(cues, field="caption", language=language)]
    return Talk(language, pieces, [(language, cues)])


def sessions() -> Iterator[Session]:
    """Yield stored sessions that are over: of 40 series in 10 communities, two of them closed."""
    communities = [
        make_community(slug=f"community-{at}", joining=Joining.CLOSED if at > 7 else Joining.OPEN)
        for at in range(10)
    ]
    series = [make_series(communities[at % 10], slug=f"bench-{at}") for at in range(40)]
    patterns = [make_session(each, wall=datetime(2020, 1, 1, 15, 0)) for each in series]
    names = [each.name for each in Session._meta.concrete_fields if each.name not in ("id", "uid")]
    made = []
    for at in range(COUNT):
        pattern: Any = patterns[at % 40]  # its hours are there
        values = {name: getattr(pattern, name) for name in names}
        shift = timedelta(days=at % 2_000)
        number = at // 40 + 2
        values |= {
            "number": number,
            "slug": f"talk-{at}",
            "zone": ZONES[at % len(ZONES)],
            "starts_at": pattern.starts_at + shift,
            "ends_at": pattern.ends_at + shift,
            "local_date": pattern.local_date + shift,
            "original_date": pattern.local_date + timedelta(days=at + 1),
        }
        made.append(Session(**values))
    yield from Session.objects.bulk_create(made, batch_size=500)


def fill() -> None:
    """Make all that is searched through. The indexes are made at the end, at once."""
    topics = [
        Topic.objects.create(slug=f"topic-{at}", name={"en": f"Topic {at}"}, made_at=NOW) for at in range(30)
    ]
    TopicSlug.objects.bulk_create(TopicSlug(slug=each.slug, topic=each) for each in topics)
    with connection.cursor() as cursor:
        for statement in back_end(connection).drop():
            cursor.execute(statement)
    counts: Counter[str] = Counter()
    done = 0
    rows = list(sessions())
    for first in range(0, len(rows), 50):
        with transaction.atomic():
            for session in rows[first : first + 50]:
                spoken = talk()
                recording = Recording.objects.create(
                    slug=session.slug, session=session, published_at=NOW, made_at=NOW, indexed_revision=1
                )
                Session.objects.filter(pk=session.pk).update(
                    language=spoken.language, title={spoken.language: spoken.pieces[0].text}
                )
                counts.update(
                    word
                    for word in indexing.write(recording, spoken.pieces, spoken.captions)
                    if is_mendable(word)
                )
                SearchCard.objects.create(
                    recording=recording,
                    year=session.local_date.year if session.local_date else None,
                    seconds=chance.choice((1_500, 3_000, 3_600, 5_400)),
                    topics=" ".join(str(each.pk) for each in chance.sample(topics, 2)),
                    languages=language_of(spoken.language),
                    captions=True,
                    slides=chance.random() < 0.7,
                    papers="*" if chance.random() < 0.2 else "",
                )
        done += len(rows[first : first + 50])
        print(f"\r{done} of {COUNT} recordings", end="", file=sys.stderr, flush=True)
    words = (
        SearchWord(word=word, number=number, tokens=" ".join(sorted(slips(word))))
        for word, number in counts.items()
    )
    SearchWord.objects.bulk_create(words, batch_size=2_000)
    print("\rmaking the indexes            ", end="", file=sys.stderr, flush=True)
    indexing.make_indexes()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print("\r" + " " * 40 + "\r", end="", file=sys.stderr)


def at_rank(first: int, last: int) -> str:
    """Return a word between these ranks; the language as talks have them."""
    language = chance.choices(list(ENDINGS), weights=[60, 15, 15, 10])[0]
    return WORD_LISTS[language][chance.randrange(first, last)]


def phrase(words: int) -> str:
    """Return words that somebody really said side by side."""
    key = chance.choice(PIECES)
    spoken = key.split()
    at = chance.randrange(max(1, len(spoken) - words))
    return '"' + " ".join(spoken[at : at + words]) + '"'


def typo() -> str:
    """Return a word of some length with a mistake in it."""
    word = next(each for each in iter(lambda: at_rank(300, 20_000), "") if len(each) >= 6)
    at = chance.randrange(1, len(word) - 2)
    return chance.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + "x" + word[at:],
        )
    )


PIECES: list[str] = []
KINDS: dict[str, Callable[[], tuple[str, dict[str, str]]]] = {
    "one common word": lambda: (at_rank(0, 60) + " ", {}),
    "one word": lambda: (at_rank(200, 4_000), {}),
    "a rare word": lambda: (at_rank(20_000, KNOWN), {}),
    "two words": lambda: (f"{at_rank(20, 500)} {at_rank(20, 3_000)}", {}),
    "four words": lambda: (" ".join(at_rank(5, 800) for _word in range(4)), {}),
    "phrase of two": lambda: (phrase(2), {}),
    "phrase of three": lambda: (phrase(3), {}),
    "a word begun": lambda: (at_rank(300, 20_000)[:4], {}),
    "two letters": lambda: (at_rank(0, 2_000)[:2], {}),
    "not that word": lambda: (f"{at_rank(20, 300)} -{at_rank(300, 3_000)}", {}),
    "a name": lambda: (chance.choice(NAMES), {}),
    "a typing mistake": lambda: (typo(), {}),
    "with two filters": lambda: (
        at_rank(20, 500),
        {"language": "en", "topic": f"topic-{chance.randrange(30)}"},
    ),
    "filters alone": lambda: ("", {"community": f"community-{chance.randrange(8)}", "slides": "yes"}),
    "operators alone": lambda: ("(" * 10_000, {}),
}


def ask(asked: str, chosen: dict[str, str], totals: list[int]) -> None:
    """Search as a page does, templates apart, and add how many were found to `totals`."""
    archive = Archive(Recording.objects.kept(now=NOW).visible_to(NOBODY))
    found = find(asked, archive, chosen=chosen) if asked else browse(archive, chosen=chosen)
    totals.append(found.total)


def measured(act: Callable[[], object]) -> float:
    """Return the milliseconds of `act`."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def at_share(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


def warm() -> Client:
    """Return a browser, with every page's code loaded, as a server has it: `up` freezes it, too, before it answers.

    Else each 20th question or so pays for the collector's look at all of it.
    """
    client = Client(headers={"host": "localhost"})
    client.get("/archive/", {"q": "warm"})
    gc.collect()
    gc.freeze()
    return client


def main() -> int:
    """Fill, ask, print a table, and return the exit code."""
    print(f"{connection.vendor}: {COUNT} recordings, {COUNT * CUES * WORDS / 1e6:.1f} million words spoken")
    started = time.perf_counter()
    make_tables()
    call_command("migrate", verbosity=0)
    if not Recording.objects.exists():
        fill()
    elif not SearchDrawer.objects.exists():
        sys.exit("This file was filled by an older bench: name another, or delete it.")
    print(f"made in {time.perf_counter() - started:.0f} s, {SearchWord.objects.count()} words\n")
    PIECES.extend(
        Archive(Recording.objects.all())
        .recordings.order_by("?")[:200]
        .values_list("documents__text", flat=True)
        if COUNT <= 5_000
        else Recording.objects.all()[:20].values_list("documents__text", flat=True)
    )
    missed = 0
    client = warm()
    heads = ("kind of question", "found", "queries", "p50 ms", "p95 ms", "cpu p95", "page p50", "page p95")
    print("{:20} {:>7} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}".format(*heads))
    everything: list[float] = []
    for kind, make in KINDS.items():
        questions = [make() for _round in range(arguments.rounds)]
        totals: list[int] = []
        times, works, pages, queries = [], [], [], []
        for asked, chosen in questions[:3]:
            ask(asked, chosen, [])  # warm
        for asked, chosen in questions:
            worked = time.process_time()
            times.append(measured(partial(ask, asked, chosen, totals)))
            works.append((time.process_time() - worked) * 1000)
        for asked, chosen in questions[: max(5, arguments.rounds // 2)]:
            given = {"q": asked, **chosen}
            with CaptureQueriesContext(connection) as caught:
                pages.append(measured(partial(client.get, "/archive/", given)))
            queries.append(len(caught))
        p95, most = at_share(times, 0.95), max(queries)
        wrong = p95 > LIMIT or most > MOST_QUERIES
        missed += wrong
        everything += times
        print(
            f"{kind:20} {sum(totals) / len(totals):7.0f} {most:8} {at_share(times, 0.5):8.1f} {p95:8.1f} "
            f"{at_share(works, 0.95):8.1f} "
            f"{at_share(pages, 0.5):9.1f} {at_share(pages, 0.95):9.1f}{'   MISSED' if wrong else ''}"
        )
    print(f"{'all':20} {'':16} {at_share(everything, 0.5):8.1f} {at_share(everything, 0.95):8.1f}")
    return 1 if missed else 0


if __name__ == "__main__":
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA cache_size=-512;"  # as in life
        connection.settings_dict["NAME"] = arguments.keep or str(
            Path(os.environ["MERIDIAN_DATA"]) / "bench.sqlite3"
        )
    sys.exit(main())
