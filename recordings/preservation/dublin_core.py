"""A description as Dublin Core (DCMES 1.1, in the oai_dc container of OAI-PMH 2.0): what every library can read."""

from collections.abc import Iterator
from datetime import UTC
from xml.etree import ElementTree

from recordings.preservation.description import Agent, Description
from seminars.calendars.lines import clean
from seminars.words import Words

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
Statement = tuple[str, str, str]
"""Element, text, and the language of the text or ""."""


def dublin_core(description: Description) -> bytes:
    """Return the description as an XML document whose root is `oai_dc:dc`."""
    return bytes(ElementTree.tostring(element_of(description), encoding="utf-8", xml_declaration=True))


def element_of(description: Description) -> ElementTree.Element:
    """Return the same as an element, to stand in another document."""
    for prefix, name in (("oai_dc", OAI_DC), ("dc", DC), ("xsi", XSI)):
        ElementTree.register_namespace(prefix, name)
    root = ElementTree.Element(f"{{{OAI_DC}}}dc", {f"{{{XSI}}}schemaLocation": f"{OAI_DC} {SCHEMA}"})
    for name, text, language in statements(description):
        if said := " ".join(clean(text).split()):
            marked = {LANGUAGE: language} if language else {}
            ElementTree.SubElement(root, f"{{{DC}}}{name}", marked).text = said
    return root


def statements(description: Description) -> Iterator[Statement]:
    """Yield what Dublin Core says of it, element by element, in the order of DCMES 1.1. A withdrawn one keeps these."""
    yield from _each("title", description.title)
    for agent in description.creators:
        yield "creator", said_of(agent), ""
    for subject in description.subjects:
        yield from _each("subject", subject)
    yield from _each("description", description.abstract)
    yield from _each("publisher", description.publisher)
    for agent in description.contributors:
        yield "contributor", said_of(agent), ""
    yield "date", date_of(description), ""
    yield "type", description.type, ""
    for media_type in dict.fromkeys(each.media_type for each in description.formats):
        yield "format", media_type, ""
    yield "identifier", description.permalink, ""
    yield "identifier", description.identifier, ""
    yield "language", description.language, ""
    for relation in description.relations:
        yield "relation", relation.href, ""
    yield "rights", description.rights, ""
    yield "rights", description.licence_page, ""


def said_of(agent: Agent) -> str:
    """Return a person as catalogues write them: "Amina Diallo (Oxfam)"."""
    return f"{agent.name} ({agent.affiliation})" if agent.affiliation else agent.name


def date_of(description: Description) -> str:
    """Return when it took place as W3C-DTF: the instant in UTC, or the day where it is of whole days."""
    held = description.held
    if held and held.local_time and held.starts_at:
        return held.starts_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return description.day.isoformat() if description.day else ""


def _each(name: str, words: Words) -> Iterator[Statement]:
    for language, text in words.items():
        yield name, text, language
