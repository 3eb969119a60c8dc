"""What is said is found by itself: as it stands, by its words, and side by side."""

from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.search.folding import fold
from recordings.search.parsing import Term, parse
from recordings.search.tokens import Need, Token, need_of, tokens_of, words_among

LANGUAGES = ("en", "sv", "fr", "ar")
texts = st.text(alphabet="abcdeåéöß 東京มب1 -", min_size=1, max_size=40)


def holds(tokens: set[str], need: Need) -> bool:
    """Answer as a back end does."""

    def there(token: Token) -> bool:
        return any(each.startswith(token.text) for each in tokens) if token.prefix else token.text in tokens

    return all(any(map(there, group)) for group in need)


@settings(max_examples=150)
@given(texts, st.sampled_from(("", *LANGUAGES)))
def test_every_word_finds_its_text_whatever_languages_there_are(text: str, language: str) -> None:
    words = fold(text).split()
    tokens = tokens_of([(language, words)])
    assert words_among(tokens) == set(words)
    for at, word in enumerate(words):
        assert holds(tokens, need_of(Term((word,)), LANGUAGES))
        assert holds(tokens, need_of(Term((word[: len(word) // 2 + 1],), prefix=True), LANGUAGES))
        assert holds(tokens, need_of(Term((word[:2],), prefix=True), LANGUAGES))
        for after in range(at + 2, min(len(words), at + 5) + 1):
            assert holds(tokens, need_of(Term(tuple(words[at:after])), LANGUAGES))


@settings(max_examples=150)
@given(texts)
def test_what_is_asked_as_it_was_said_is_found(text: str) -> None:
    tokens = tokens_of([("en", fold(text).split())])
    for term in parse(text.replace("-", " ")).wanted:
        assert holds(tokens, need_of(term, LANGUAGES))


def test_two_letters_ask_for_one_token_and_find_no_other_word() -> None:
    ((begun,),) = need_of(Term(("sa",), prefix=True), ())
    assert not begun.prefix  # of hundreds of words
    assert holds(tokens_of([("en", ["savings"])]), ((begun,),))
    assert not holds(tokens_of([("en", ["sun", "usa", "s"])]), ((begun,),))


def test_a_word_in_quotation_marks_has_no_other_forms() -> None:
    tokens = tokens_of([("en", ["savings"])])
    assert holds(tokens, need_of(Term(("saving",)), LANGUAGES))
    assert not holds(tokens, need_of(Term(("saving",), as_written=True), LANGUAGES))


def test_a_stem_counts_in_its_own_language_only() -> None:
    tokens = tokens_of([("sv", ["saving"])])
    assert not holds(tokens, need_of(Term(("savings",)), ("en",)))
