"""Quotations: what was found is marked, nothing is markup that was not ours."""

from recordings.search.parsing import parse
from recordings.search.quoting import MOST, quote


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
