"""How forms are drawn: as Django draws them, but what a page has by the hundred is written without a template for each.

For an option of a list, or a box to tick, Django renders up to four templates; a form with time zones and languages
has seven hundred. What comes out is the same, byte for byte. `settings.FORM_RENDERER` names this, so that it holds
for every form, those of other apps too.
"""

from collections.abc import Callable
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest
from django.template import Context
from django.template.base import render_value_in_context
from django.utils.html import escape
from django.utils.safestring import SafeString

_PLAIN = Context()
"""What words are written by: escaped, numbers and dates as the page's language writes them."""


_OPTION = "django/forms/widgets/select_option.html"


class Plainly(DjangoTemplates):
    """Django's own renderer, with a shorter way for lists of options, inputs and boxes to tick."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """Return the HTML of a form, a field or a widget."""
        shorter = _SHORTER.get(template_name)
        if shorter and not _has_own_options(context["widget"]):
            return SafeString(shorter(context["widget"]).strip())
        return super().render(template_name, context, request)


def _has_own_options(widget: dict[str, Any]) -> bool:
    """Whether a list draws an option by another template than Django's, as a widget of another app may."""
    groups = widget.get("optgroups", ())
    return any(each["template_name"] != _OPTION for _name, options, _index in groups for each in options)


def _list(widget: dict[str, Any]) -> str:
    inside = "".join(_group(name, options) for name, options, _index in widget["optgroups"])
    return f'<select name="{_said(widget["name"])}"{_attributes(widget)}>{inside}\n</select>'


def _group(name: Any, options: list[dict[str, Any]]) -> str:
    inside = "".join(f"\n  {_option(each)}\n" for each in options)
    return f'\n  <optgroup label="{_said(name)}">{inside}\n  </optgroup>' if name else inside


def _option(option: dict[str, Any]) -> str:
    value, label = _value(option["value"]), _said(option["label"])
    return f'<option value="{value}"{_attributes(option)}>{label}</option>'


def _input(widget: dict[str, Any]) -> str:
    kind, name, value = _said(widget["type"]), _said(widget["name"]), widget["value"]
    filled = "" if value is None else f' value="{_value(value)}"'
    return f'<input type="{kind}" name="{name}"{filled}{_attributes(widget)}>'


def _box(option: dict[str, Any]) -> str:
    if not option["wrap_label"]:
        return _input(option)
    place = option["attrs"].get("id")
    leads = f' for="{_said(place)}"' if place else ""
    return f"<label{leads}>{_input(option)}\n {_said(option['label'])}</label>"


def _attributes(widget: dict[str, Any]) -> str:
    shown = ((name, value) for name, value in widget["attrs"].items() if value is not False)
    return "".join(
        f" {_said(name)}" if value is True else f' {_said(name)}="{_value(value)}"' for name, value in shown
    )


def _said(words: Any) -> str:
    """As `{{ words }}` in a template."""
    return render_value_in_context(words, _PLAIN)


def _value(value: Any) -> str:
    """As `{{ value|stringformat:"s" }}` in a template: never in the way of a language."""
    return value if isinstance(value, SafeString) else escape(str(value))


_SHORTER: dict[str, Callable[[dict[str, Any]], str]] = {
    "django/forms/widgets/select.html": _list,
    **{
        f"django/forms/widgets/{kind}.html": _input
        for kind in ("text", "number", "email", "url", "hidden", "date", "time", "checkbox")
    },
    **{f"django/forms/widgets/{kind}_option.html": _box for kind in ("checkbox", "radio")},
}
"""Templates of Django, and what writes the same."""
