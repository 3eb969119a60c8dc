"""Topics by their names: found in any language, made in passing, never two of one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seminars.changes.models import Change
from seminars.changes.refusing import UserError
from seminars.series.topics.models import Topic, TopicSlug
from seminars.series.topics.naming import MOST, make, split, topics_of
from tests.factories import NOW

db = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", []),
        (" , ,", []),
        ("Savings groups,  gender ", ["Savings groups", "gender"]),
        ("Savings\ngender", ["Savings", "gender"]),
        ("Gender, gender, GENDER", ["Gender"]),
        ("ادخار، نساء", ["ادخار", "نساء"]),
        ("Land\tuse   law", ["Land use law"]),
    ],
)
def test_names_are_separated_by_commas(text: str, names: list[str]) -> None:
    assert split(text) == names


@given(st.text(max_size=80))
def test_what_is_split_is_clean_and_stays(text: str) -> None:
    names = split(text)
    assert all(name == " ".join(name.split()) and "," not in name for name in names)
    assert split(", ".join(names)) == names


@db
class TestMaking:
    def test_a_new_one_is_made_in_passing_with_its_change(self) -> None:
        [topic] = topics_of(["Savings groups"], language="sv", now=NOW)
        assert (topic.slug, topic.name) == ("savings-groups", {"sv": "Savings groups"})
        assert list(TopicSlug.objects.values_list("slug", "topic_id")) == [("savings-groups", topic.pk)]
        assert Change.objects.get().subject == f"topic:{topic.pk}"

    def test_it_is_found_by_any_name_and_by_its_address(self) -> None:
        topic = make(name="Gender", language="en", now=NOW)
        Topic.objects.update(name={"en": "Gender", "sv": "Kön"})
        for name in ("gender", "KÖN", "Gender"):
            assert topics_of([name], language="en", now=NOW) == [topic]
        assert topics_of(["Gender", "kön"], language="en", now=NOW) == [topic]
        assert Topic.objects.count() == 1

    def test_names_that_give_the_same_address_get_two(self) -> None:
        made = topics_of(["C", "C!", "C++", "العربية", "中文"], language="en", now=NOW)
        assert [topic.slug for topic in made] == ["c", "c-2", "c-3", "topic", "topic-2"]

    @pytest.mark.parametrize(
        "names", [["x" * 61], [str(number) for number in range(MOST + 1)], ["…"], ["a\x00b"]]
    )
    def test_what_cannot_be_is_said_and_nothing_is_made(self, names: list[str]) -> None:
        with pytest.raises(UserError) as refused:
            topics_of(names, language="en", now=NOW)
        assert list(refused.value.fields) == ["topics"]
        assert not Topic.objects.exists()
        assert not Change.objects.exists()

    @given(
        names=st.lists(
            st.text(min_size=1, max_size=60).filter(lambda t: any(c.isalnum() for c in t)), max_size=5
        )
    )
    @settings(max_examples=30)
    def test_any_names_can_be_addressed(self, names: list[str]) -> None:
        clean = [name.replace("\x00", "") for name in split(",".join(names))]
        clean = [name for name in clean if any(c.isalnum() for c in name)][:MOST]
        made = topics_of(clean, language="en", now=NOW)
        assert len({topic.slug for topic in made}) == len(made)
        assert topics_of(clean, language="en", now=NOW) == made
