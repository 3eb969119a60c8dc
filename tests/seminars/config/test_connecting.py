"""What is said to a database when a connection to it begins."""

from contextlib import nullcontext
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.db.backends.signals import connection_created


@pytest.mark.django_db
@pytest.mark.parametrize(("vendor", "said"), [("postgresql", ["SET jit = off"]), ("sqlite", [])])
def test_each_new_connection_is_told(vendor: str, said: list[str]) -> None:
    cursor = Mock()
    begun: Any = Mock(vendor=vendor)
    begun.cursor.return_value = nullcontext(cursor)
    connection_created.send(sender=None, connection=begun)
    assert [call.args[0] for call in cursor.execute.call_args_list] == said
    if connection.vendor == vendor == "postgresql":
        with connection.cursor() as asked:
            asked.execute("SHOW jit")
            assert asked.fetchone() == ("off",)
