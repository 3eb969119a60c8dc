"""Quotations: what was found is marked, nothing is markup that was not ours."""

from collections.abc import Sequence

from recordings.search.folding import words
from recordings.search.parsing import Term, parse
from recordings.search.quoting import MOST, marked, places, root_of, spaced
from recordings.search.stemming import stem


def quote(text: str, terms: Sequence[Term], language: str = "") -> str:
    """Return `text` with the words of `terms` marked."""
    folded = [word.folded for word in words(text)]
    stems = spaced(stem(word, language) for word in folded)
    held = [
        (at, term) for term in terms for at in places(spaced(folded), stems, root_of(term, language), term)
    ]
    return marked(text, [(at, at + len(term.words)) for at, term in held])


def test_the_words_found_are_marked_as_they_were_written() -> None:
    wanted = parse('rostanga "mobile money" fee').wanted
    assert quote("Röstånga: Mobile-Money fees, money", wanted) == (
        "<mark>Röstånga</mark>: <mark>Mobile-Money</mark> <mark>fees</mark>, money"
    )


def test_markup_in_the_words_is_shown_not_obeyed() -> None:
    found = quote('<script>alert("fee")</script> & fee', parse("fee").wanted)
    assert "<script" not in found
    assert found.count("<mark>fee</mark>") == 2


def test_a_long_text_is_cut_around_its_first_hit() -> None:
    text = "before " * 100 + "treasurer " + "after " * 100
    found = quote(text, parse("treasurer").wanted)
    assert "<mark>treasurer</mark>" in found
    assert found.startswith("… before ")
    assert found.endswith("after …")
    assert len(found) < MOST + 40


def test_a_hit_in_the_last_words_of_a_long_text_is_not_cut_off() -> None:
    assert quote("word " * 200 + "end", parse("end").wanted).endswith("<mark>end</mark>")


def test_a_word_said_thrice_running_is_marked_thrice() -> None:
    assert quote("Saving, saving, savings", parse('"saving" x').wanted[:1]).count("<mark>") == 2
    assert quote("Saving, saving, savings", parse("saving ").wanted, "en").count("<mark>") == 3


def test_a_term_is_found_at_whole_words_only_unless_it_may_go_on() -> None:
    folded = spaced(["in", "finland", "the", "inland", "fin", "and", "the", "fin"])
    assert places(folded, folded, "fin", parse("fin x").wanted[0]) == [4, 7]
    assert places(folded, folded, "fin", parse("fin").wanted[0]) == [1, 4, 7]
    assert places(folded, folded, "", parse('"the fin"').wanted[0]) == [6]
    assert places(folded, folded, "", parse('"the in').wanted[0]) == [2]
    assert places(spaced([]), spaced([]), "fin", parse("fin").wanted[0]) == []


def test_words_are_marked_by_their_numbers() -> None:
    assert marked("Röstånga & ½ loan, again", [(0, 1), (2, 3), (7, 8)]) == (
        "<mark>Röstånga</mark> &amp; ½ loan, <mark>again</mark>"
    )
    assert marked("One & two", []) == "One &amp; two"
