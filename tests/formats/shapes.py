"""Hold XML against a shape: which elements, where, in which order, how often, with which attributes and values."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

Check = Callable[[str], bool]
MANY = 10**6
XML = {
    "http://www.w3.org/XML/1998/namespace": "xml",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi",
}


@dataclass(frozen=True)
class Shape:
    """text: what may stand in it; None for nothing. children: by name, with how often. needed, may: attributes."""

    text: Check | None = None
    children: Mapping[str, tuple["Shape", int, int]] = field(default_factory=dict)
    needed: Mapping[str, Check] = field(default_factory=dict)
    may: Mapping[str, Check] = field(default_factory=dict)
    ordered: bool = False


def one(shape: Shape) -> tuple[Shape, int, int]:
    """Exactly one of these."""
    return shape, 1, 1


def maybe(shape: Shape) -> tuple[Shape, int, int]:
    """One or none."""
    return shape, 0, 1


def some(shape: Shape, most: int = MANY) -> tuple[Shape, int, int]:
    """At least one."""
    return shape, 1, most


def any_of(shape: Shape, most: int = MANY) -> tuple[Shape, int, int]:
    """None or as many as there are."""
    return shape, 0, most


def of(text: Check, **may: Check) -> Shape:
    """An element with a text, and with attributes that may be there."""
    return Shape(text, may=may)


def complaints(element: Element, shape: Shape, prefixes: Mapping[str, str], at: str = "") -> Iterator[str]:
    """Yield what is wrong with an element and all within it. prefixes: of the namespaces that are known, by address."""
    at = f"{at}/{named(element.tag, prefixes)}"
    yield from _attributes(element, shape, prefixes, at)
    text = "".join([element.text or "", *(each.tail or "" for each in element)])
    if shape.text is None and text.strip():
        yield f"{at}: holds text"
    elif shape.text is not None and not shape.text(element.text or ""):
        yield f"{at}: {(element.text or '')[:60]!r} is not allowed"
    names = [named(each.tag, prefixes) for each in element]
    counted = Counter(names)
    for name in counted.keys() - shape.children.keys():
        yield f"{at}: {name} is not known here"
    for name, (_shape, least, most) in shape.children.items():
        if counted[name] < least:
            yield f"{at}: {name} is missing"
        elif counted[name] > most:
            yield f"{at}: {name} is there {counted[name]} times"
    if shape.ordered:
        places = [list(shape.children).index(name) for name in names if name in shape.children]
        if places != sorted(places):
            yield f"{at}: {names} are not in order"
    for name, child in zip(names, element, strict=True):
        if name in shape.children:
            yield from complaints(child, shape.children[name][0], prefixes, at)


def _attributes(element: Element, shape: Shape, prefixes: Mapping[str, str], at: str) -> Iterator[str]:
    said = {named(name, prefixes): value for name, value in element.attrib.items()}
    for name in shape.needed.keys() - said.keys():
        yield f"{at}@{name} is missing"
    known = {**shape.needed, **shape.may}
    for name, value in said.items():
        if name not in known:
            yield f"{at}@{name} is not known here"
        elif not known[name](value):
            yield f"{at}@{name}: {value[:60]!r} is not allowed"


def named(tag: str, prefixes: Mapping[str, str]) -> str:
    """Return a name with its known prefix; as it is where its namespace is not known."""
    namespace, _brace, name = tag.removeprefix("{").rpartition("}")
    if not namespace:
        return name
    prefix = {**XML, **prefixes}.get(namespace)
    return tag if prefix is None else f"{prefix}:{name}" if prefix else name


def words(most: int = MANY, *, size: int = MANY) -> Check:
    """Return whether a text says something, with no space around it, in so many characters and bytes."""
    return lambda text: (
        bool(text) and text == text.strip() and len(text) <= most and len(text.encode()) <= size
    )


def like(pattern: str) -> Check:
    """Return whether the whole text has this form."""
    form = re.compile(pattern, re.ASCII)
    return lambda text: bool(form.fullmatch(text))


def one_of(*values: str) -> Check:
    """Return whether it is one of these."""
    return lambda text: text in values


def url(text: str) -> bool:
    """Whether it is a whole address of the web, in ASCII."""
    parts = urlsplit(text)
    return bool(like(r"[!-~]+")(text) and parts.scheme in {"http", "https"} and parts.netloc)


def rfc822(text: str) -> bool:
    """Whether it is a date of RFC 822 with a year of four digits and a weekday that is true."""
    if not like(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)")(
        text
    ):
        return False
    try:
        return f"{parsedate_to_datetime(text):%a}" == text[:3]
    except ValueError:
        return False


def instant(text: str) -> bool:
    """Whether it is a moment of RFC 3339, with its zone, that exists."""
    if not like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")(text):
        return False
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def utc_seconds(text: str) -> bool:
    """Whether it is a moment in UTC and whole seconds, marked with Z."""
    return like(r"[^.+]{19}Z")(text) and instant(text)


number = like(r"0|[1-9]\d*")
mail = like(r"[^@\s]+@[^@\s]+")
media_type = like(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")
language = like(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
