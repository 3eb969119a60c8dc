"""The checkers can fail: good examples pass, and each way in which one was broken is found."""

from typing import Any

import pytest

from tests.formats import atom, oai, podcast, schema_org, sitemap

PODCAST = """<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Talks</title><link>https://example.org/</link><description>On saving.</description><language>en</language>
<image><url>https://example.org/a.png</url><title>Talks</title><link>https://example.org/</link></image>
<atom:link rel="self" href="https://example.org/podcast.xml"/><itunes:image href="https://example.org/a.png"/>
<itunes:category text="Education"/><itunes:explicit>false</itunes:explicit>
<podcast:guid>917393e3-1b1e-5cef-ace4-edaa54e1f810</podcast:guid><podcast:locked>no</podcast:locked>
<item><title>One</title><guid isPermaLink="false">a-b</guid><pubDate>Mon, 16 Nov 2026 12:00:00 +0000</pubDate>
<enclosure url="https://example.org/a.m4a" length="5" type="audio/x-m4a"/><itunes:duration>62</itunes:duration>
<podcast:person role="guest">Amina</podcast:person>
<podcast:transcript url="https://example.org/a.vtt" type="text/vtt" language="pt-BR" rel="captions"/>
<podcast:chapters url="https://example.org/c.json" type="application/json+chapters"/>
<podcast:alternateEnclosure type="audio/x-m4a" length="5" default="true" title="Voice only">
<podcast:source uri="https://example.org/a.m4a"/>
<podcast:integrity type="sri" value="sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="/>
</podcast:alternateEnclosure></item></channel></rss>"""
RECORD = """<record><header><identifier>oai:example.org:a-1</identifier><datestamp>2026-11-16T12:00:00Z</datestamp>
<setSpec>a:b</setSpec></header><metadata><dc:dc xmlns:dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
 xmlns:e="http://purl.org/dc/elements/1.1/"><e:title xml:lang="en">Talk</e:title><e:date>2026</e:date></dc:dc>
</metadata></record>"""
HARVEST = f"""<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-16T12:00:00Z</responseDate>
<request verb="ListRecords" metadataPrefix="oai_dc">https://example.org/oai</request><ListRecords>{RECORD}
<resumptionToken cursor="0" completeListSize="2">abc</resumptionToken></ListRecords></OAI-PMH>"""
REFUSAL = """<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-11-16T12:00:00Z</responseDate>
<request>https://example.org/oai</request><error code="badVerb">Ask one verb.</error></OAI-PMH>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:video="http://www.google.com/schemas/sitemap-video/1.1"><url><loc>https://example.org/a/</loc>
<lastmod>2026-11-16T12:00:00Z</lastmod><video:video><video:thumbnail_loc>https://example.org/a.webp</video:thumbnail_loc>
<video:title>Talk</video:title><video:description>Talk</video:description>
<video:content_loc>https://example.org/a.mp4</video:content_loc><video:duration>60</video:duration></video:video></url>
</urlset>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>https://example.org/a.atom</id><title>News</title>
<updated>2026-11-16T12:00:00Z</updated><author><name>We</name></author><link rel="self" href="https://example.org/a.atom"/>
<entry><id>urn:uuid:a-1</id><title>One</title><published>2026-11-15T12:00:00Z</published>
<updated>2026-11-16T12:00:00Z</updated><link rel="alternate" type="text/html" href="https://example.org/a/"/>
<link rel="enclosure" type="video/mp4" length="5" href="https://example.org/a.mp4"/><summary>One</summary></entry></feed>"""
FILM: dict[str, Any] = {
    "@type": "VideoObject",
    "name": "Talk",
    "description": "Talk",
    "url": "https://example.org/a/",
    "thumbnailUrl": ["https://example.org/a.webp"],
    "contentUrl": "https://example.org/a.mp4",
    "embedUrl": "https://example.org/a/embed/",
    "uploadDate": "2026-11-16T12:00:00+00:00",
    "duration": "PT1M30S",
    "hasPart": [
        {
            "@type": "Clip",
            "name": "Hello",
            "startOffset": 0,
            "endOffset": 60,
            "url": "https://example.org/a/?t=0",
        },
        {
            "@type": "Clip",
            "name": "Locks",
            "startOffset": 60,
            "endOffset": 90,
            "url": "https://example.org/a/?t=60",
        },
    ],
}
EVENT: dict[str, Any] = {
    "@type": "Event",
    "name": "Talk",
    "startDate": "2026-11-16T12:00:00+00:00",
    "endDate": "2026-11-16T13:00:00+00:00",
    "eventStatus": "https://schema.org/EventRescheduled",
    "previousStartDate": "2026-11-15T12:00:00+00:00",
    "eventAttendanceMode": "https://schema.org/MixedEventAttendanceMode",
    "location": [
        {"@type": "VirtualLocation", "url": "https://example.org/a/"},
        {"@type": "Place", "name": "Hall", "address": "Lisbon"},
    ],
}


def test_good_examples_pass() -> None:
    assert podcast.wrong_with(PODCAST.encode()) == []
    assert [each for text in (HARVEST, REFUSAL) for each in oai.wrong_with(text.encode())] == []
    assert sitemap.wrong_with(SITEMAP.encode(), host="example.org") == []
    assert atom.wrong_with(ATOM.encode()) == []
    assert schema_org.wrong_with(FILM) == []
    assert schema_org.wrong_with(EVENT) == []


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("<title>Talks</title><link>", "<link>", "/rss/channel: title is missing"),
        ('version="2.0"', 'version="0.91"', "@version"),
        ("<description>On saving.</description>", f"<description>{'å' * 2001}</description>", "description"),
        ("<language>en</language>", "<language>English (UK)</language>", "language"),
        ("<language>en</language>", "<language>en</language><language>sv</language>", "is there 2 times"),
        ("<itunes:explicit>false", "<itunes:explicit>clean", "explicit"),
        ('<itunes:category text="Education"/>', "", "itunes:category is missing"),
        ("5cef", "4cef", "podcast:guid"),
        ("<podcast:locked>no", "<podcast:locked>maybe", "podcast:locked"),
        ("<podcast:locked>no</podcast:locked>", "<podcast:lock>no</podcast:lock>", "podcast:lock is not known"),
        ("Mon, 16 Nov 2026", "Tue, 16 Nov 2026", "pubDate"),
        ("Mon, 16 Nov 2026 12:00:00 +0000", "2026-11-16T12:00:00Z", "pubDate"),
        ('isPermaLink="false"', "", "is no address"),
        ('isPermaLink="false"', 'isPermaLink="no"', "isPermaLink"),
        ('<enclosure url="https://example.org/a.m4a"', '<enclosure url="/a.m4a"', "enclosure@url"),
        ('url="https://example.org/a.m4a" length="5"', 'url="https://example.org/a.m4a" length="5 B"', "@length"),
        ('length="5" type="audio/x-m4a"/>', 'length="5" type="audio/ogg"/>', "enclosure@type"),
        ('uri="https://example.org/a.m4a"', 'uri="https://example.org/b.m4a"', "is not the enclosure"),
        ('type="audio/x-m4a" length="5" default', 'type="audio/x-m4a" length="6" default', "differs"),
        ('default="true"', 'default="1"', "@default"),
        ('title="Voice only"', f'title="{"x" * 33}"', "@title"),
        ("sha256-", "md5-", "integrity@value"),
        ('<podcast:source uri="https://example.org/a.m4a"/>', "", "podcast:source is missing"),
        (">Amina<", "><", "podcast:person"),
        ('type="text/vtt"', 'type="text/captions"', "transcript@type"),
        ('rel="captions"', 'rel="subtitles"', "transcript@rel"),
        ("application/json+chapters", "application/json", "chapters@type"),
        ("<itunes:duration>62", "<itunes:duration>0:62", "itunes:duration"),
        ("</item>", "<itunes:locked/></item>", "itunes:locked is not known"),
        ("<item>", '<item><guid isPermaLink="false">a-b</guid></item><item>', "is there 2 times"),
        ("<title>One</title>", "One", "holds text"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_podcast_is_found(before: str, after: str, found: str) -> None:
    broken = PODCAST.replace(before, after, 1)
    assert broken != PODCAST
    assert found in "\n".join(podcast.wrong_with(broken.encode()))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("<responseDate>2026-11-16T12:00:00Z", "<responseDate>2026-11-16T12:00:00+00:00", "responseDate"),
        ("<datestamp>2026-11-16T12:00:00Z", "<datestamp>2026-11-16", "datestamp"),
        ("<datestamp>2026-11-16T12:00:00Z", "<datestamp>2026-02-30T12:00:00Z", "datestamp"),
        ("<setSpec>a:b", "<setSpec>a b", "setSpec"),
        ("<header>", "<header><setSpec>a</setSpec>", "not in order"),
        ("<header>", '<header status="gone">', "@status"),
        ("<header>", '<header status="deleted">', "deleted and says something"),
        ("oai:example.org:a-1", "a-1", "identifier"),
        ("e:date", "e:issued", "dc:issued is not known"),
        (' xml:lang="en"', ' lang="en"', "@lang is not known"),
        (">Talk<", "><", "dc:title"),
        ("</metadata>", "</metadata><metadata/>", "metadata is there 2 times"),
        (RECORD, "", "record is missing"),
        ('cursor="0"', 'cursor="2"', "past the list"),
        ('completeListSize="2"', 'size="2"', "@size is not known"),
        ('verb="ListRecords"', 'verb="ListIdentifiers"', "is no answer to"),
        ('metadataPrefix="oai_dc"', 'from="yesterday"', "@from"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_answer_to_harvesters_is_found(before: str, after: str, found: str) -> None:
    broken = HARVEST.replace(before, after)
    assert broken != HARVEST
    assert found in "\n".join(oai.wrong_with(broken.encode()))


def test_what_is_wrong_with_a_refusal_is_found() -> None:
    said = REFUSAL.replace("<request>", '<request verb="Identify">')
    assert "said back" in "\n".join(oai.wrong_with(said.encode()))
    assert "@code" in "\n".join(oai.wrong_with(REFUSAL.replace("badVerb", "wrong").encode()))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("<loc>https://example.org/a/", "<loc>/a/", "loc"),
        ("<loc>https://example.org/a/", f"<loc>https://example.org/{'a' * 2048}", "loc"),
        ("<loc>https://example.org/a/", "<loc>https://other.example/a/", "of another site"),
        ("<lastmod>2026-11-16T12:00:00Z", "<lastmod>2026-11-16 12:00", "lastmod"),
        ("<video:title>Talk", f"<video:title>{'T' * 101}", "video:title"),
        ("<video:description>Talk", f"<video:description>{'T' * 2049}", "video:description"),
        ("<video:duration>60", "<video:duration>28801", "video:duration"),
        ("<video:thumbnail_loc>https://example.org/a.webp</video:thumbnail_loc>", "", "thumbnail_loc is missing"),
        ("<url>", "<url><loc>https://example.org/a/</loc></url><url>", "is there 2 times"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_site_map_is_found(before: str, after: str, found: str) -> None:
    broken = SITEMAP.replace(before, after)
    assert broken != SITEMAP
    assert found in "\n".join(sitemap.wrong_with(broken.encode(), host="example.org"))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ('<link rel="self" href="https://example.org/a.atom"/>', '<link href="https://example.org/"/>', "where it is"),
        ("<author><name>We</name></author>", "", "somebody must"),
        ("<published>2026-11-15", "<published>2026-11-17", "changed before"),
        ("<updated>2026-11-16T12:00:00Z</updated><link", "<link", "updated is missing"),
        ("<id>urn:uuid:a-1", "<id>a 1", "id"),
        ("<summary>", "<description>a</description><summary>", "description is not known"),
        ('length="5"', 'length="five"', "@length"),
        ('rel="enclosure"', 'rel="bookmark"', "link@rel"),
        ('rel="enclosure" type="video/mp4"', 'rel="alternate" type="text/html"', "several pages"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_atom_is_found(before: str, after: str, found: str) -> None:
    broken = ATOM.replace(before, after, 1)
    assert broken != ATOM
    assert found in "\n".join(atom.wrong_with(broken.encode()))


@pytest.mark.parametrize(
    ("whole", "changed", "found"),
    [
        (FILM, {"uploadDate": "2026-11-16"}, "uploadDate"),
        (FILM, {"uploadDate": "2026-11-16T12:00:00"}, "uploadDate"),
        (FILM, {"duration": "1:30"}, "duration"),
        (FILM, {"duration": "PT"}, "duration"),
        (FILM, {"duration": "PT1M"}, "past the end"),
        (FILM, {"thumbnailUrl": []}, "thumbnailUrl is missing"),
        (FILM, {"thumbnailUrl": ["/a.webp"]}, "no whole address"),
        (FILM, {"embedUrl": "/a/embed/"}, "no whole address"),
        (FILM, {"name": ""}, "name is missing"),
        (FILM, {"hasPart": [FILM["hasPart"][0] | {"startOffset": 0.5}]}, "from 0.5"),
        (FILM, {"hasPart": [FILM["hasPart"][0] | {"endOffset": 0}]}, "to 0"),
        (FILM, {"hasPart": [FILM["hasPart"][0] | {"endOffset": 61}, FILM["hasPart"][1]]}, "within the one before"),
        (FILM, {"hasPart": [FILM["hasPart"][0] | {"url": "https://example.org/b/?t=0"}]}, "leads elsewhere"),
        (EVENT, {"startDate": ""}, "startDate is missing"),
        (EVENT, {"startDate": "2026-11-16T12:00:00"}, "startDate"),
        (EVENT, {"endDate": "2026-11-16T11:00:00+00:00"}, "ends before"),
        (EVENT, {"eventStatus": "EventScheduled"}, "eventStatus"),
        (EVENT, {"previousStartDate": "yesterday"}, "previousStartDate"),
        (EVENT, {"eventAttendanceMode": "online"}, "eventAttendanceMode"),
        (EVENT, {"location": {"@type": "Place", "name": "Hall"}}, "location"),
        (EVENT, {"location": EVENT["location"][:1]}, "for Mixed"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_linked_data_is_found(
    whole: dict[str, Any], changed: dict[str, Any], found: str
) -> None:
    assert found in "\n".join(schema_org.wrong_with(whole | changed))


def test_a_rescheduled_event_says_from_when() -> None:
    without = {name: value for name, value in EVENT.items() if name != "previousStartDate"}
    assert schema_org.wrong_with(without) == ["previousStartDate is missing"]
