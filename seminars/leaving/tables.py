"""Which tables say something of a person: found by what points at them, not by a list that grows old."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import models
from django.db.models import Q

from seminars.people.models import Person, User
from seminars.sessions.registration.models import Registration

AnyField: TypeAlias = "models.Field[Any, Any]"


@dataclass(frozen=True)
class Whole:
    """Somebody, by everything they are known by. addresses: in small letters."""

    user: User
    person: Person | None
    addresses: frozenset[str]

    @property
    def name(self) -> str:
        """The name on lists and pages; "" without a person."""
        return self.person.name.strip() if self.person else ""


def whole_of(user: User) -> Whole:
    """Return who an account is. Two queries."""
    person = Person.objects.filter(user=user).first()
    found = {user.email.lower(), *([person.email.lower()] if person else [])}
    found |= {each.lower() for each in EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    return Whole(user, person, frozenset(found - {""}))


def stored() -> Iterator[type[models.Model]]:
    """Every table, ours and those of what we use, in an order that stays."""
    found = (each for each in apps.get_models() if each._meta.managed and not each._meta.proxy)
    yield from sorted(found, key=lambda model: model._meta.label)


def pointing(model: type[models.Model]) -> Iterator[tuple[AnyField, type[models.Model]]]:
    """The columns of `model` that say whose a row is. Who merely did something (no way back: "+") is not meant."""
    for column in model._meta.get_fields():
        if not isinstance(column, models.ForeignKey) or column.remote_field.hidden:
            continue
        if column.related_model in (User, Person, Registration):
            yield column, column.related_model


def rows_of(model: type[models.Model], whole: Whole) -> "models.QuerySet[Any]":
    """Return the rows of `model` that are about this person: by account, person, registration or address."""
    asked = Q(pk__in=[])
    for column, target in pointing(model):
        if target is User:
            asked |= Q(**{column.name: whole.user})
        elif target is Person and whole.person:
            asked |= Q(**{column.name: whole.person})
        elif target is Registration:
            asked |= Q(**{f"{column.name}__in": rows_of(Registration, whole).values("pk")})
    for column in columns(model, models.EmailField):
        for address in sorted(whole.addresses):
            asked |= Q(**{f"{column.name}__iexact": address})
    return model._base_manager.filter(asked).order_by("pk")


def columns(model: type[models.Model], *kinds: type[AnyField]) -> list[AnyField]:
    """Return the stored columns of `model` of any of these kinds."""
    return [each for each in model._meta.concrete_fields if isinstance(each, kinds)]
