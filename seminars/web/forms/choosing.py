"""Choose several of many, also on a phone: checkboxes, the likely ones first, the rest behind a word."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy


class FewFirst(forms.CheckboxSelectMultiple):
    """Checkboxes of languages: those ticked and those of this site are in sight, all others unfold."""

    folds = True
    """Tells the template of a field to let this draw its choices itself."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the two lists."""
        groups = self.get_context(name, value, attrs)["widget"]["optgroups"]
        options = [each for _group, found, _index in groups for each in found]
        likely = {code for code, _name in settings.LANGUAGES}
        first = [each for each in options if each["selected"] or str(each["value"]) in likely]
        rest = [each for each in options if each not in first]
        return format_html(
            '<div class="few">{}</div>'
            '<details class="more"><summary>{}</summary><div class="few all">{}</div></details>',
            _labels(first),
            gettext_lazy("More languages"),
            _labels(rest),
        )


def _labels(options: Iterable[dict[str, Any]]) -> SafeString:
    line = '<label for="{}"><input type="checkbox" name="{}" value="{}" id="{}"{}> <span>{}</span></label>'
    return format_html_join("", line, (_parts(each) for each in options))


def _parts(option: dict[str, Any]) -> tuple[Any, ...]:
    ticked = SafeString(" checked") if option["selected"] else ""
    key = option["attrs"].get("id", "")
    return key, option["name"], option["value"], key, ticked, option["label"]
