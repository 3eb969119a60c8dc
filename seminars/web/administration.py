"""What the administrators' pages of both apps share: facts are looked at, never edited behind the areas' backs."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models, transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from seminars.changes.recording import record
from seminars.words import say

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


# An address typed without its scheme is meant as https (Django 6 will think so by itself).
ADDRESSES: "Mapping[type[models.Field[Any, Any]], Mapping[str, Any]]" = {
    models.URLField: {"assume_scheme": "https"}
}


SECRETS = frozenset({"token", "token_hash", "digest", "form_key", "sealed"})
"""Columns that no page shows: who knows them reads, or answers, for somebody else."""


class LookOnly:
    """No adding, changing or deleting: rows that only the areas' own verbs may write."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


class Facts(LookOnly, ModelAdmin):
    """A table to look at. Sessions and series are changed on the organisers' pages, which keep their history."""

    show_full_result_count = False
    formfield_overrides = ADDRESSES

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What is secret in any table is left out, besides what a table leaves out itself."""
        columns = {field.name for field in self.model._meta.fields}
        return sorted({*(super().get_exclude(request, obj) or ()), *(SECRETS & columns)})


class FactsInline(LookOnly, TabularInline):
    """Rows below their parent, to look at."""

    extra = 0
    can_delete = False
    formfield_overrides = ADDRESSES


class Recorded(ModelAdmin):
    """A table that may be edited; each edit is written down with its actor, so that feeds and history learn of it."""

    formfield_overrides = ADDRESSES

    def scopes_of(self, row: Any) -> list[str]:
        """Return the scopes that an edit of `row` touches, besides the site."""
        return []

    def _record(self, kind: str, request: HttpRequest, row: models.Model, fields: list[str]) -> None:
        subject = f"{row._meta.model_name}:{getattr(row, 'uuid', row.pk)}"
        record(
            kind=kind,
            subject=subject,
            scopes=self.scopes_of(row),
            now=timezone.now(),
            actor_id=request.user.pk,
            after={"fields": sorted(fields)},
        )

    def save_model(self, request: HttpRequest, obj: Any, form: "ModelForm[Any]", change: bool) -> None:
        """Save the row and its Change together."""
        with transaction.atomic():
            super().save_model(request, obj, form, change)
            self._record("edited" if change else "made", request, obj, form.changed_data)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Delete the row and write its Change together."""
        with transaction.atomic():
            self._record("deleted", request, obj, [])
            super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> None:
        """Delete rows chosen in the list, each with its Change."""
        for row in queryset:
            self.delete_model(request, row)


@admin.display(description=_("title"))
def title(row: Any) -> str:
    """Return the row's title in the language of the page; for lists."""
    return say(row.title, translation.get_language() or "en")


@admin.display(description=_("name"))
def name(row: Any) -> str:
    """Return the row's name in the language of the page; for lists."""
    return say(row.name, translation.get_language() or "en")
