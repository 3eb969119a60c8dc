"""What every page needs is made when the server starts, without the database."""

from typing import Any

import pytest
from django.conf import settings
from django.template.base import Template
from django.template.engine import Engine
from django.template.loader import get_template
from django.urls import URLResolver, clear_url_caches, reverse
from django.utils import translation

from seminars.config.warming import FIRST, warm


def test_no_visitor_waits_for_addresses_and_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    clear_url_caches()
    for loader in Engine.get_default().template_loaders:
        loader.reset()
    warm()

    def late(*_given: Any) -> None:
        raise AssertionError("made while somebody waits")

    monkeypatch.setattr(URLResolver, "_populate", late)
    monkeypatch.setattr(Template, "compile_nodelist", late)
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            assert reverse("session", args=["tea"]) == "/sessions/tea/"
    assert [get_template(name) for name in FIRST]
