"""What a verb says when it cannot do what a person asked: a message for each field, to show as it is."""

from collections.abc import Mapping


class UserError(Exception):
    """Nothing was done. `fields` maps the names of the verb's arguments to messages; "" holds one about the whole."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(str(message) for message in fields.values()))
        self.fields = {name: str(message) for name, message in fields.items()}


def raise_if(fields: Mapping[str, str]) -> None:
    """Raise UserError with `fields` unless there are none."""
    if fields:
        raise UserError(fields)
