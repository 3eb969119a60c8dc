"""Where words stand, as it is kept, against a look at the words themselves."""

from hypothesis import given
from hypothesis import strategies as st

from recordings.search.parsing import Term
from recordings.search.placing import best_pieces, drawers, drawers_for
from recordings.search.quoting import places, root_of, spaced
from recordings.search.stemming import stem

WORDS = ["saving", "savings", "save", "box", "boxes", "b", "sa", "a", "3", "東"]
PIECES = st.lists(
    st.tuples(st.sampled_from(["en", "sv", ""]), st.lists(st.sampled_from(WORDS), min_size=1, max_size=8)),
    min_size=1,
    max_size=5,
)
TERMS = st.builds(
    Term,
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
    prefix=st.booleans(),
    as_written=st.booleans(),
).filter(lambda term: len(term.words[-1]) > 1 or not term.prefix)  # `parse` completes no single letter


def found(pieces: list[tuple[str, list[str]]], terms: list[Term], *, most: int = 9) -> list[int]:
    """Return the best of `pieces`, of which the first has the primary key 70, by the drawers for these terms alone."""
    kept = drawers(70, [(70 + at, language, words) for at, (language, words) in enumerate(pieces)])
    opened = "".join(kept[number] for number in sorted(drawers_for(terms, ["en", "sv"])) if number in kept)
    return best_pieces(opened, terms, ["en", "sv"], most) if opened else []


@given(PIECES, st.lists(TERMS, min_size=1, max_size=3))
def test_those_with_most_of_the_terms_the_earlier_first(
    pieces: list[tuple[str, list[str]]], terms: list[Term]
) -> None:
    def held(piece: tuple[str, list[str]]) -> int:
        language, words = piece
        stems = spaced(stem(word, language) for word in words)
        return sum(bool(places(spaced(words), stems, root_of(term, language), term)) for term in terms)

    order = sorted((-held(piece), 70 + at) for at, piece in enumerate(pieces) if held(piece))
    assert found(pieces, terms) == [key for _held, key in order]


def test_no_more_than_are_asked_for() -> None:
    pieces = [("en", ["box"]), ("sv", ["saving"]), ("en", ["boxes", "saving"]), ("en", ["box"])]
    assert found(pieces, [Term(("box",)), Term(("saving",))], most=2) == [72, 70]


def test_a_stem_may_lie_in_another_drawer_than_its_word() -> None:
    assert stem("الكتاب", "ar") == "كتاب"
    kept = drawers(1, [(1, "ar", ["الكتاب"])])
    assert best_pieces("".join(kept.values()), [Term(("كتاب",))], ["ar"], 3) == [1]
    assert len(kept) == 2
