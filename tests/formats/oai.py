"""OAI-PMH 2.0 (openarchives.org/OAI/openarchivesprotocol.html) with records in oai_dc: fifteen elements, no more."""

from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tests.formats.shapes import (
    Shape,
    any_of,
    complaints,
    language,
    like,
    mail,
    maybe,
    number,
    of,
    one,
    one_of,
    some,
    url,
    utc_seconds,
    words,
)

OAI, OAI_DC = "http://www.openarchives.org/OAI/2.0/", "http://www.openarchives.org/OAI/2.0/oai_dc/"
IDENTIFIER = "http://www.openarchives.org/OAI/2.0/oai-identifier"
PREFIXES = {OAI: "", OAI_DC: "oai_dc", "http://purl.org/dc/elements/1.1/": "dc", IDENTIFIER: "id"}
VERBS = ("Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords")
ELEMENTS = (
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type", "format", "identifier",
    "source", "language", "relation", "coverage", "rights",
)  # fmt: skip
PART = r"[A-Za-z0-9\-_.!~*'()]+"
DOMAIN = r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)*"
set_spec = like(rf"{PART}(:{PART})*")
name = like(rf"oai:{DOMAIN}:[!-~]+")
moment_asked = like(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
LOCATION = {"xsi:schemaLocation": like(r"\S+ \S+")}

DC = Shape(
    children={f"dc:{each}": any_of(Shape(words(), may={"xml:lang": language})) for each in ELEMENTS},
    may=LOCATION,
)
HEADER = Shape(
    children={
        "identifier": one(of(name)), "datestamp": one(of(utc_seconds)), "setSpec": any_of(of(set_spec)),
    },
    may={"status": one_of("deleted")},
    ordered=True,
)  # fmt: skip
RECORD = Shape(
    children={"header": one(HEADER), "metadata": maybe(Shape(children={"oai_dc:dc": one(DC)}))}, ordered=True
)
TOKEN = Shape(
    lambda text: text == text.strip(),
    may={"expirationDate": utc_seconds, "completeListSize": like(r"[1-9]\d*"), "cursor": number},
)
SAMPLE = Shape(
    children={
        "id:scheme": one(of(one_of("oai"))), "id:repositoryIdentifier": one(of(like(rf"{DOMAIN}"))),
        "id:delimiter": one(of(one_of(":"))), "id:sampleIdentifier": one(of(name)),
    },
    may=LOCATION,
    ordered=True,
)  # fmt: skip
IDENTIFY = Shape(
    children={
        "repositoryName": one(of(words())),
        "baseURL": one(of(url)),
        "protocolVersion": one(of(one_of("2.0"))),
        "adminEmail": some(of(mail)),
        "earliestDatestamp": one(of(utc_seconds)),
        "deletedRecord": one(of(one_of("no", "persistent", "transient"))),
        "granularity": one(of(one_of("YYYY-MM-DDThh:mm:ssZ"))),
        "compression": any_of(of(words())),
        "description": any_of(Shape(children={"id:oai-identifier": one(SAMPLE)})),
    },
    ordered=True,
)
FORMAT = Shape(
    children={
        "metadataPrefix": one(of(like(PART))), "schema": one(of(url)), "metadataNamespace": one(of(url)),
    },
    ordered=True,
)  # fmt: skip
SET = Shape(children={"setSpec": one(of(set_spec)), "setName": one(of(words()))}, ordered=True)
ERROR = Shape(
    words(),
    needed={
        "code": one_of(
            "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist",
            "noMetadataFormats", "noRecordsMatch", "noSetHierarchy",
        )
    },
)  # fmt: skip
REQUEST = Shape(
    url,
    may={
        "verb": one_of(*VERBS),
        "identifier": words(),
        "metadataPrefix": like(PART),
        "from": moment_asked,
        "until": moment_asked,
        "set": set_spec,
        "resumptionToken": words(),
    },
)
DOCUMENT = Shape(
    children={
        "responseDate": one(of(utc_seconds)),
        "request": one(REQUEST),
        "error": any_of(ERROR),
        "Identify": maybe(IDENTIFY),
        "ListMetadataFormats": maybe(Shape(children={"metadataFormat": some(FORMAT)})),
        "ListSets": maybe(
            Shape(children={"set": some(SET), "resumptionToken": maybe(TOKEN)}, ordered=True)
        ),
        "GetRecord": maybe(Shape(children={"record": one(RECORD)})),
        "ListIdentifiers": maybe(
            Shape(children={"header": some(HEADER), "resumptionToken": maybe(TOKEN)}, ordered=True)
        ),
        "ListRecords": maybe(
            Shape(children={"record": some(RECORD), "resumptionToken": maybe(TOKEN)}, ordered=True)
        ),
    },
    may=LOCATION,
    ordered=True,
)  # fmt: skip


def wrong_with(document: bytes) -> list[str]:
    """Return what is wrong with an answer; [] for nothing."""
    root = ElementTree.fromstring(document)
    if root.tag != f"{{{OAI}}}OAI-PMH":
        return [f"{root.tag} is no OAI-PMH"]
    return [*complaints(root, DOCUMENT, PREFIXES), *_answered(root), *_deleted(root)]


def _answered(root: Element) -> Iterator[str]:
    """Errors, or the one answer to the verb that was asked (§3.2); what was wrong in it is not said back (§3.6)."""
    names = [each.tag.removeprefix(f"{{{OAI}}}") for each in root[2:]]
    asked = root.find(f"{{{OAI}}}request")
    said = {} if asked is None else asked.attrib
    if not names or (set(names) != {"error"} and names != [said.get("verb")]):
        yield f"{names} is no answer to {said.get('verb')}"
    codes = {each.get("code") for each in root.iter(f"{{{OAI}}}error")}
    if codes & {"badVerb", "badArgument"} and said:
        yield f"{codes}, and the arguments are said back"


def _deleted(root: Element) -> Iterator[str]:
    """A deleted record says nothing, one that is there says something (§2.5.1); tokens count on."""
    for record in root.iter(f"{{{OAI}}}record"):
        header, said = record.find(f"{{{OAI}}}header"), record.find(f"{{{OAI}}}metadata") is not None
        if header is not None and (header.get("status") == "deleted") == said:
            yield "a record is deleted and says something, or neither"
    for token in root.iter(f"{{{OAI}}}resumptionToken"):
        if int(token.get("cursor", "0")) >= int(token.get("completeListSize", "1")):
            yield "resumptionToken: the cursor is past the list"
