"""Every column of every table in a bag is put in or left out, by name: none leaves the house by accident."""

import json

import pytest

from recordings.preservation.bags.schema import BY_NAME, TABLES, Table


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_is_decided_about(table: Table) -> None:
    columns = {each.name for each in table.model._meta.get_fields() if each.concrete}
    decided = [*table.fields, *table.links, *table.many, *table.left_out]
    assert sorted(decided) == sorted(columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_rows_come_after_what_they_belong_to(table: Table) -> None:
    order = [each.name for each in TABLES]
    for name, other in [*table.links.items(), *table.many.items()]:
        assert name in table.later or order.index(other) < order.index(table.name)
    assert set(table.key) <= {*table.fields, *table.links}
    assert set(BY_NAME) == set(order)


def test_nothing_of_these_is_ever_put_in() -> None:
    """Words by which columns with addresses, secrets and accounts go."""
    told = json.dumps([[table.name, *table.fields, *table.links, *table.many] for table in TABLES])
    for word in (
        "email",
        "token",
        "join_url",
        "view_url",
        "dial_in",
        "user",
        "contact",
        "actor",
        "notes",
        '_by"',
    ):
        assert word not in told.replace('"withdrawn_by"', "").replace('"replaced_by"', ""), word
