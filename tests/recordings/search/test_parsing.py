"""What a question means, however it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings.search.parsing import MOST_TERMS, Query, Term, parse


def test_words_phrases_and_what_is_not_wanted() -> None:
    assert parse('Savings "Mobile money" -fees -"three locks" cash-ou') == Query(
        wanted=(Term(("savings",)), Term(("mobile", "money")), Term(("cash", "ou"), prefix=True)),
        unwanted=(Term(("fees",)), Term(("three", "locks"))),
    )


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ('"mobile mon', (Term(("mobile", "mon"), prefix=True),)),
        ('"mobile money"', (Term(("mobile", "money")),)),
        ("a", (Term(("a",)),)),
        ("same same", (Term(("same",)), Term(("same",), prefix=True))),
        ("NEAR(a b) OR c*", (Term(("near", "a")), Term(("b",)), Term(("or",)), Term(("c",)))),
        ("- -- -\"\" '' : ( ) * ^ & | ! <->", ()),
        ("", ()),
    ],
)
def test_odd_questions(asked: str, wanted: tuple[Term, ...]) -> None:
    assert parse(asked).wanted == wanted


def test_a_very_long_question_is_cut_and_says_so() -> None:
    found = parse(" ".join(f"word{number}" for number in range(2_000)))
    assert (len(found.wanted), found.cut) == (MOST_TERMS, True)
    assert parse("-" * 10_000) == Query(cut=True)


@pytest.mark.parametrize("asked", [f'"{"word " * 21}"', "银" * 21, "-" + "银" * 21])
def test_a_very_long_phrase_is_cut_and_says_so(asked: str) -> None:
    found = parse(asked)
    (term,) = [*found.wanted, *found.unwanted]
    assert (len(term.words), term.prefix, found.cut) == (MOST_TERMS, False, True)
    assert not parse("银" * 20).cut


@given(st.text(max_size=80))
def test_anything_can_be_asked(asked: str) -> None:
    found = parse(asked)
    assert all(term.words and all(word.isprintable() for word in term.words) for term in found.wanted)
