"""Lists, boxes and inputs: the very bytes that Django's own templates give, whatever is in them."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates, get_default_renderer
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import override
from hypothesis import example, given
from hypothesis import strategies as st

from seminars.sessions.models import MaterialKind
from seminars.web.forms.rendering import Plainly
from seminars.web.forms.zones import ZoneChoice

SPECIAL = st.text(alphabet="ab<>&\"'{}%å \n", max_size=6)
WORDS = st.one_of(
    SPECIAL,
    SPECIAL.map(lazystr),
    SPECIAL.map(mark_safe),
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.none(),
    st.sampled_from([MaterialKind.SLIDES, MaterialKind.SLIDES.label, date(2027, 5, 1)]),
    st.just(datetime(2027, 5, 1, 22, 30, tzinfo=UTC)),
)
PAIRS = st.tuples(WORDS, WORDS)
CHOICES = st.lists(st.one_of(PAIRS, st.tuples(WORDS, st.lists(PAIRS, max_size=4))), max_size=6)
ATTRS = st.dictionaries(SPECIAL, WORDS, max_size=4)


class Some(forms.Select):
    """Options that differ in more than their words, as some widgets have them."""

    def create_option(self, *given: Any, **more: Any) -> Any:
        """Shut some of them."""
        option = super().create_option(*given, **more)
        option["attrs"] |= {"disabled": len(str(option["value"])) % 2 == 0, "data-of": option["label"]}
        return option


@given(CHOICES, WORDS, st.lists(WORDS, max_size=3), ATTRS, st.sampled_from(["en", "sv"]))
@example(
    [("1", "A"), ("", [("1", "B")]), (None, [(None, "C")])], "1", ["1", None], {"a": True, "b": False}, "en"
)
def test_a_list_is_drawn_as_django_draws_it(
    choices: list[Any], chosen: Any, several: list[Any], attrs: dict[str, Any], language: str
) -> None:
    """One of them, several of them, options of another make; escaped once, in the page's language."""
    with override(language):
        for widget, value in (
            (forms.Select(choices=choices), chosen),
            (forms.SelectMultiple(choices=choices), several),
            (Some(choices=choices), chosen),
        ):
            drawn = [widget.render("of", value, attrs, each) for each in (DjangoTemplates(), Plainly())]
            assert drawn[0] == drawn[1]
            assert hasattr(drawn[1], "__html__")


class Ringed(forms.Select):
    """Its options are drawn by another template than Django's own for lists."""

    option_template_name = "django/forms/widgets/radio_option.html"


def test_a_list_with_options_of_its_own_make_keeps_them() -> None:
    widget = Ringed(choices=[("Group", [("1", "A & B")]), ("2", "C")])
    drawn = [widget.render("of", "2", {"id": "of"}, each) for each in (DjangoTemplates(), Plainly())]
    assert drawn[0] == drawn[1]
    assert drawn[1].count("<label") == 2


INPUTS = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.TimeInput,
    forms.CheckboxInput,
]


@given(st.sampled_from(INPUTS), WORDS, ATTRS, st.sampled_from(["en", "sv"]))
def test_an_input_is_drawn_as_django_draws_it(
    kind: type[forms.Widget], value: Any, attrs: dict[str, Any], language: str
) -> None:
    """With a value or without."""
    with override(language):
        drawn = [kind().render("of", value, attrs, each) for each in (DjangoTemplates(), Plainly())]
    assert drawn[0] == drawn[1]


class Ticking(forms.Form):
    """Boxes and circles, as templates here go through them one by one."""

    several = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    one = forms.ChoiceField(widget=forms.RadioSelect)


@given(st.lists(PAIRS, min_size=1, max_size=4), st.lists(WORDS, max_size=3))
def test_boxes_are_drawn_as_django_draws_them(choices: list[Any], several: list[Any]) -> None:
    """One by one, with their label or without it."""
    drawn = []
    for renderer in (DjangoTemplates(), Plainly()):
        form = Ticking(
            initial={"several": several, "one": several[0] if several else None}, renderer=renderer
        )
        form.fields["several"].choices = form.fields["one"].choices = choices
        boxes = [*form["several"], *form["one"]]
        drawn.append([each.tag() for each in boxes])
        drawn[-1] += [
            each.parent_widget._render(each.template_name, {"widget": each.data}, renderer) for each in boxes
        ]
    assert len(drawn[0]) == 4 * len(choices)
    assert drawn[0] == drawn[1]


class Asking(forms.Form):
    """What forms here ask for: a zone, with its help and its faults beside it."""

    zone = ZoneChoice(help_text="By place.", widget=forms.Select(attrs={"class": "tall"}))


def test_every_form_is_drawn_this_way(monkeypatch: Any) -> None:
    """A form asks no template for its options; ids, `required` and what describes a field are as ever."""
    assert isinstance(get_default_renderer(), Plainly)
    form, as_django = Asking({"zone": "Mars"}), Asking({"zone": "Mars"}, renderer=DjangoTemplates())
    assert str(form["zone"]) == str(as_django["zone"])
    assert 'required aria-invalid="true" aria-describedby="id_zone_helptext id_zone_error"' in str(
        form["zone"]
    )
    asked: list[str] = []
    drawing = DjangoTemplates.render

    def noted(self: DjangoTemplates, name: str, *more: Any) -> str:
        asked.append(name)
        return drawing(self, name, *more)

    monkeypatch.setattr(DjangoTemplates, "render", noted)
    assert form.as_div().count("<option") > 300
    assert "django/forms/widgets/select.html" not in asked
    assert asked
