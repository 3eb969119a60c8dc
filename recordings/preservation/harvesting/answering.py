"""What a harvester is answered (OAI-PMH 2.0 §4), as XML. What is not for everybody now is told as deleted, whatever the
last sweep knew.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from django.conf import settings
from django.db.models import Min, Q, QuerySet
from django.utils import translation

from recordings.catalogue.models import Recording
from recordings.preservation.describing import describe_all
from recordings.preservation.dublin_core import OAI_DC, SCHEMA, XSI, element_of
from recordings.preservation.harvesting.asking import PREFIX, Question, Refused, question_of, token_of
from recordings.preservation.harvesting.models import HarvestRecord
from seminars.calendars.lines import clean_line
from seminars.people.models import Community
from seminars.people.visitors import NOBODY
from seminars.series.models import Series
from seminars.words import say

PAGE = 100
"""Records of one answer."""
OAI = "http://www.openarchives.org/OAI/2.0/"
BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
_DOMAIN = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)+")


def answer(pairs: Iterable[tuple[str, str]], *, base: str, host: str, mail: str, now: datetime) -> bytes:
    """Return the answer to a request's arguments as a document in UTF-8; what is wrong with them is an answer too.

    base: the address of the endpoint. host: of the identifiers. mail: of the administrator. now: aware UTC.
    """
    pairs = list(pairs)
    said = dict(pairs)
    try:
        body = _part(question_of(pairs), base, host, mail, now)
    except Refused as wrong:
        body = _xml("error", str(wrong), code=wrong.code)
        if wrong.code in {"badVerb", "badArgument"}:
            said = {}  # §3.6: what was wrong is not said back
    request = _xml("request", base, **{name: clean_line(value) for name, value in said.items()})
    schema = f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<OAI-PMH xmlns="{OAI}" xmlns:xsi="{XSI}" xsi:schemaLocation="{schema}">'
        f"<responseDate>{_stamp(now)}</responseDate>{request}{body}</OAI-PMH>\n"
    ).encode()


def _part(question: Question, base: str, host: str, mail: str, now: datetime) -> str:
    """Return the element of a verb. Raises Refused."""
    match question.verb:
        case "Identify":
            return _identify(base, host, mail)
        case "ListMetadataFormats":
            if "identifier" in question.arguments:
                _record(question.arguments["identifier"], host)
            return _formats()
        case "ListSets":
            return _sets()
        case "GetRecord":
            record = _record(question.arguments["identifier"], host)
            return f"<GetRecord>{''.join(_records([record], host, now))}</GetRecord>"
        case _:
            return _list(question, host, now)


def identifier_of(uuid: UUID, host: str) -> str:
    """Return what a recording is called for harvesters: nothing in it but its host can ever change."""
    return f"oai:{host}:{uuid}"


def _identify(base: str, host: str, mail: str) -> str:
    root = Element("Identify")
    earliest = HarvestRecord.objects.aggregate(first=Min("datestamp"))["first"] or BEGAN
    facts = {
        "repositoryName": clean_line(settings.SITE_NAME),
        "baseURL": base,
        "protocolVersion": "2.0",
        "adminEmail": mail,
        "earliestDatestamp": _stamp(earliest),
        "deletedRecord": "persistent",
        "granularity": "YYYY-MM-DDThh:mm:ssZ",
    }
    for name, value in facts.items():
        SubElement(root, name).text = value
    if _DOMAIN.fullmatch(host):
        space = "http://www.openarchives.org/OAI/2.0/oai-identifier"
        place = {"xsi:schemaLocation": f"{space} {space}.xsd"}
        about = SubElement(SubElement(root, "description"), "oai-identifier", {"xmlns": space, **place})
        sample = identifier_of(UUID(int=0), host)
        parts = {"scheme": "oai", "repositoryIdentifier": host, "delimiter": ":", "sampleIdentifier": sample}
        for name, value in parts.items():
            SubElement(about, name).text = value
    return _text(root)


def _formats() -> str:
    root = Element("ListMetadataFormats")
    found = SubElement(root, "metadataFormat")
    for name, value in {
        "metadataPrefix": PREFIX, "schema": SCHEMA, "metadataNamespace": OAI_DC,
    }.items():  # fmt: skip
        SubElement(found, name).text = value
    return _text(root)


def _sets() -> str:
    """Communities, and below them their series, that everybody sees and of which something was told. Raises Refused."""
    specs = set(
        HarvestRecord.objects.exclude(set_spec="").order_by().values_list("set_spec", flat=True).distinct()
    )
    parts = {UUID(part) for spec in specs for part in spec.split(":")}
    language = settings.LANGUAGE_CODE
    communities = Community.objects.visible_to(NOBODY).filter(uuid__in=parts)
    names = {str(each.uuid): say(each.name, language) for each in communities}
    series = Series.objects.visible_to(NOBODY).filter(uuid__in=parts).select_related("community")
    names |= {f"{each.community.uuid}:{each.uuid}": say(each.title, language) for each in series}
    if not names:
        raise Refused("noSetHierarchy", "Nothing is in a set yet.")
    root = Element("ListSets")
    for spec, name in sorted(names.items()):
        found = SubElement(root, "set")
        SubElement(found, "setSpec").text = spec
        SubElement(found, "setName").text = clean_line(name) or spec
    return _text(root)


def _record(identifier: str, host: str) -> HarvestRecord:
    """Return the record of this name. Raises Refused (idDoesNotExist)."""
    wrong = Refused("idDoesNotExist", "There is no such record here.")
    scheme, _colon, uuid = identifier.rpartition(":")
    try:
        key = UUID(uuid)
    except ValueError:
        raise wrong from None
    if scheme != f"oai:{host}" or str(key) != uuid.lower():
        raise wrong
    found = HarvestRecord.objects.select_related("recording__session").filter(recording__uuid=key).first()
    if found is None:
        raise wrong
    return found


def _list(question: Question, host: str, now: datetime) -> str:
    """Return one page of headers or records, and how the list goes on. Raises Refused (noRecordsMatch)."""
    rows = _rows(question)
    total = rows.count()
    if question.after:
        stamp, key = question.after
        rows = rows.filter(Q(datestamp__gt=stamp) | Q(datestamp=stamp, pk__gt=key))
    found = list(rows.select_related("recording__session").order_by("datestamp", "pk")[: PAGE + 1])
    page, more = found[:PAGE], len(found) > PAGE
    if (
        question.after and not page
    ):  # the rest changed meanwhile, and is dated later: an end must be told all the same
        page = list(HarvestRecord.objects.select_related("recording__session").filter(pk=question.after[1]))
    if not page:
        raise Refused("noRecordsMatch", "Nothing of this changed in that time.")
    if question.verb == "ListIdentifiers":
        seen = _seen(page, now)
        parts = [_text(_header(each, host, each.recording_id in seen)) for each in page]
    else:
        parts = list(_records(page, host, now))
    if more or question.after:
        last = page[-1].datestamp, page[-1].pk
        token = token_of(question, after=last, cursor=question.cursor + len(page)) if more else ""
        place = {
            "completeListSize": str(max(total, question.cursor + len(page))),
            "cursor": str(question.cursor),
        }
        parts.append(_xml("resumptionToken", token, **place))
    return f"<{question.verb}>{''.join(parts)}</{question.verb}>"


def _rows(question: Question) -> QuerySet[HarvestRecord]:
    rows = HarvestRecord.objects.all()
    if question.since:
        rows = rows.filter(datestamp__gte=question.since)
    if question.until:
        rows = rows.filter(datestamp__lte=question.until)
    if spec := question.set_spec:
        rows = rows.filter(Q(set_spec=spec) | Q(set_spec__startswith=f"{spec}:"))
    return rows


def _seen(records: list[HarvestRecord], now: datetime) -> set[int]:
    """Return the keys of the recordings that everybody may see now."""
    keys = [each.recording_id for each in records if not each.deleted]
    rows = Recording.objects.kept(now=now).visible_to(NOBODY).filter(pk__in=keys)
    return set(rows.values_list("pk", flat=True))


def _records(records: list[HarvestRecord], host: str, now: datetime) -> Iterator[str]:
    """Yield each record: its header, and what it says where it is there."""
    seen = _seen(records, now)
    there = [each for each in records if each.recording_id in seen]
    with translation.override(settings.LANGUAGE_CODE):
        described = describe_all(each.recording for each in there)
        said = {each.pk: _text(element_of(found)) for each, found in zip(there, described, strict=True)}
    for each in records:
        header = _text(_header(each, host, each.recording_id in seen))
        metadata = f"<metadata>{said[each.pk]}</metadata>" if each.pk in said else ""
        yield f"<record>{header}{metadata}</record>"


def _header(record: HarvestRecord, host: str, there: bool) -> Element:
    header = Element("header", {} if there else {"status": "deleted"})
    SubElement(header, "identifier").text = identifier_of(record.recording.uuid, host)
    SubElement(header, "datestamp").text = _stamp(record.datestamp)
    if record.set_spec:
        SubElement(header, "setSpec").text = record.set_spec
    return header


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _xml(name: str, text: str, **attributes: str) -> str:
    element = Element(name, attributes)
    element.text = clean_line(text)
    return _text(element)


def _text(element: Element) -> str:
    return ElementTree.tostring(element, encoding="unicode")
