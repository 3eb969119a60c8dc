"""The archive in Chromium: a real recording that opens on a click, seeks, follows its transcript, its slides beside."""

import re
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from recordings.assets import store
from recordings.catalogue.models import Original, OriginalKind, Recording
from recordings.renditions import making
from recordings.renditions.models import Rendition
from recordings.renditions.recipes import POSTER, VOICE
from recordings.search import indexing
from recordings.slides.models import Chapter, Chapters, SlidePage, SlideTime, Timeline
from seminars.people.models import Community
from seminars.sessions.models import MaterialKind
from tests.browser.conftest import NARROW, PATIENCE, axe, fits, said_stays, screens, weight
from tests.factories import NOW, make_material, make_original, make_recording, make_series, make_session

MEDIA = Path(__file__).parents[2] / "recordings" / "demo" / "media"
STOP = "document.querySelector('video').pause()"
_made: list[
    tuple[str, int, bytes, dict[str, Any]]
] = []  # editions: recipe, its version, bytes, what the asset says


def film_of(community: Community, stem: str, title: str, language: str = "en") -> Recording:
    """Return an indexed recording made of the demo's files, with its materials."""
    series = make_series(community, title={"en": "After Hours"})
    session = make_session(
        series,
        wall=datetime(2026, 3, 3, 16, 0),
        title={language: title},
        abstract={"en": "What happens to a savings group when its box becomes a telephone."},
        language=language,
    )
    recording = make_recording(session)
    facts = {"seconds": 62.6, "width": 640, "height": 360, "video_codec": "h264", "audio_codec": "aac"}
    make_original(
        recording,
        MEDIA / f"{stem}.mp4",
        kind=OriginalKind.VIDEO,
        media_type="video/mp4",
        language=language,
        probe=facts,
    )
    make_original(
        recording,
        MEDIA / f"{stem}.pdf",
        kind=OriginalKind.SLIDES,
        media_type="application/pdf",
        language=language,
    )
    for path in MEDIA.glob(f"{stem}.*.vtt"):
        make_original(recording, path, language=path.suffixes[0][1:])
    for kind, media_type in ((MaterialKind.RECORDING, "video/mp4"), (MaterialKind.SLIDES, "application/pdf")):
        make_material(session, kind, media_type=media_type, size=700_000)
    indexing.index(recording.pk, now=NOW)
    return recording


def editions(video: Original) -> None:
    """Give it its poster and voices; ffmpeg makes them once in a process, for the film is always the same."""
    if not _made:
        for recipe in (POSTER, VOICE):
            making.make(original=video, recipe=recipe, clock=lambda: NOW, progress=lambda _done, _total: None)
        for row in video.renditions.select_related("asset"):
            told = {"media_type": row.asset.media_type, "probe": row.asset.probe}
            _made.append((row.recipe, row.recipe_version, store.path_of(row.asset.sha256).read_bytes(), told))
        return
    for name, version, content, told in _made:
        with store.staging([content]) as staged:
            asset = store.keep(staged, now=NOW, **told)
        video.renditions.create(recipe=name, recipe_version=version, asset=asset, made_at=NOW)


@pytest.fixture
def film(community: Community, page: Page) -> Recording:
    """After Hours on savings groups and mobile money, with its poster and its voice edition."""
    recording = film_of(community, "microlinks-after-hours", "Savings groups and mobile money")
    editions(recording.originals.get(kind=OriginalKind.VIDEO))
    return recording


@pytest.fixture
def ranges(page: Page) -> list[str]:
    """The Range of each request for the film, as they come."""
    asked: list[str] = []

    def watch(request: Request) -> None:
        if ".mp4" in request.url:
            asked.append(request.headers.get("range", ""))

    page.on("request", watch)
    return asked


def address(site: str, film: Recording, rest: str = "") -> str:
    """Return the address of the film's page."""
    return f"{site}/sessions/{film.slug}/{rest}"


def until(page: Page, condition: str, then: str = "") -> None:
    """Wait until `condition`, in JavaScript, holds, and do `then` in the same moment.

    The page's policy forbids Playwright's own way, which evals.
    """
    end = monotonic() + PATIENCE / 1000
    while not page.evaluate(f"Boolean({condition}) && ({then or 0}, true)"):
        assert monotonic() < end, f"not within {PATIENCE / 1000} s: {condition}"
        page.wait_for_timeout(50)


def still(page: Page, at: float) -> None:
    """Stop the film at a second: what is shown there stays, however long a busy machine takes to look."""
    page.locator("video").evaluate("(video, at) => { video.pause(); video.currentTime = at; }", at)


def plays_from(page: Page, second: float, tag: str = "video") -> None:
    """It stands at `second` at once, and goes on from there: to have come there by playing is not enough."""
    time = f"document.querySelector('{tag}').currentTime"
    assert page.evaluate(time) >= second
    until(page, f"{time} > {second}")


def play(page: Page) -> None:
    """Open the player by its picture."""
    page.locator("a.poster").click()
    page.locator("video").evaluate("video => { video.muted = true; }")


def test_a_hit_in_the_captions_opens_the_player_at_that_second(
    page: Page, site: str, film: Recording, ranges: list[str]
) -> None:
    page.goto(f"{site}/archive/")
    page.get_by_role("searchbox").fill("USSD cod")
    page.get_by_role("searchbox").press("Enter")
    expect(page.locator("mark")).to_have_text(["USSD", "code"])
    page.get_by_role("link", name="0:31").click()
    expect(page.locator(".said .here")).to_contain_text("a short USSD code")
    expect(page.locator(".said .here")).to_be_in_viewport()
    assert ranges == []  # nothing before play
    play(page)
    plays_from(page, 31)
    assert ranges[0].startswith("bytes=")
    expect(page.locator(".starts")).to_have_count(0)


def test_captions_are_shown_and_stay_off_once_switched_off(page: Page, site: str, film: Recording) -> None:
    page.goto(address(site, film, "?t=10"))
    play(page)
    until(page, "document.querySelector('video').textTracks[0].activeCues?.length", then=STOP)
    words = page.evaluate("document.querySelector('video').textTracks[0].activeCues[0].text")
    assert "metal box" in words
    page.locator("video").focus()
    page.keyboard.press("c")
    until(page, "localStorage['meridian.captions'] === 'off'")
    page.reload()
    play(page)
    plays_from(page, 10)
    assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "disabled"


def test_the_transcript_jumps_and_follows(page: Page, site: str, film: Recording) -> None:
    page.goto(address(site, film))
    expect(page.locator("video, audio")).to_have_count(0)
    page.locator(".transcript summary").click()
    page.get_by_text("Watch the fees").click()
    page.locator("video").evaluate("video => { video.muted = true; }")
    plays_from(page, 43)
    still(page, 43.2)
    expect(page.locator(".said .here")).to_contain_text("Watch the fees")
    expect(page).to_have_url(re.compile(r"\?t=43#player$"))
    page.locator("video").evaluate(
        "video => { video.ontimeupdate = () => video.currentTime > 47.8 && video.pause(); video.play(); }"
    )
    expect(page.locator(".said .here")).to_contain_text("Our example group")


def test_speed_and_place_are_kept_on_the_device(page: Page, site: str, film: Recording) -> None:
    page.goto(address(site, film, "?t=40"))
    play(page)
    page.get_by_label("Speed").select_option("1.5")
    until(page, "Number(localStorage['meridian.at." + film.slug + "']) >= 40", then=STOP)
    page.goto(address(site, film))
    page.get_by_role("button", name="Continue at 0:4").click()
    page.locator("video").evaluate("video => { video.muted = true; }")
    expect(page.get_by_label("Speed")).to_have_value("1.5")
    plays_from(page, 40)
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.5


def test_keys_work_while_the_player_has_the_focus(page: Page, site: str, film: Recording) -> None:
    page.goto(address(site, film, "?t=20"))
    page.keyboard.press("k")
    expect(page.locator("video")).to_have_count(0)
    play(page)
    plays_from(page, 20)
    page.locator("video").focus()
    page.keyboard.press("l")
    plays_from(page, 30)
    page.keyboard.press("k")
    until(page, "document.querySelector('video').paused")


def test_without_script_it_plays_from_the_second_too(plain: Page, site: str, film: Recording) -> None:
    plain.goto(address(site, film, "?t=31"))
    expect(plain.locator("video source")).to_have_attribute("src", re.compile(r"\.mp4#t=31$"))
    expect(plain.locator("video[controls]")).to_be_visible()
    expect(plain.get_by_label("Speed")).to_be_hidden()
    plain.locator(".said a").first.click()
    expect(plain).to_have_url(address(site, film, "?t=0#player"))


def with_slides(film: Recording) -> None:
    """Give the film pictures of three slides, the moments at which they come on, and chapters."""
    slides = film.originals.get(kind=OriginalKind.SLIDES)
    video = film.originals.get(kind=OriginalKind.VIDEO)
    picture = Rendition.objects.get(original=video, recipe="poster").asset
    timeline = Timeline.objects.create(video=video, slides=slides, found_version=1, found_at=NOW)
    for number in (1, 2, 3):
        SlidePage.objects.create(
            slides=slides, number=number, text=f"Slide {number} of three", made_version=1, language="en",
            asset=picture, width=640, height=360,
        )  # fmt: skip
    for start, shown in ((0.0, None), (5.0, 1), (20.0, 2), (40.0, 3)):
        SlideTime.objects.create(timeline=timeline, start=start, page=shown)
    chapters = Chapters.objects.create(recording=film, changed_at=NOW)
    for start, title in ((0.0, "The box"), (20.0, "The telephone")):
        Chapter.objects.create(chapters=chapters, start=start, title=title)


def test_slides_go_in_step_and_lead_to_their_moments(page: Page, site: str, film: Recording) -> None:
    with_slides(film)
    page.goto(address(site, film))
    play(page)
    still(page, 1)
    expect(page.locator("figure.slide")).to_be_hidden()  # nobody shows a slide yet
    with page.expect_request("**/*-slide-3.webp"):  # the next one, ahead of its time
        page.locator(".chapters").get_by_text("The telephone").click()
    plays_from(page, 20)
    expect(page.locator("figure.slide")).to_contain_text("Slide 2")
    expect(page.locator("figure.slide img")).to_have_attribute("alt", "Slide 2: Slide 2 of three")
    expect(page.locator('.chapters [aria-current="true"]')).to_contain_text("The telephone")
    expect(page.locator('.ways [aria-current="true"]')).to_have_count(1)
    page.locator(".deck summary").click()
    page.locator("#slide-3 a[data-t]").click()
    plays_from(page, 40)
    expect(page.locator("figure.slide")).to_contain_text("Slide 3")
    with said_stays(page):
        page.get_by_role("button", name="Link to this slide").click()
        expect(page.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    axe(page)
    fits(page)
    screens(page, "player-slides")
    page.goto(address(site, film, "?slide=2"))
    expect(page.locator("#slide-2")).to_be_visible()
    play(page)
    plays_from(page, 20)


def test_listening_takes_the_voice_alone_and_goes_on_from_the_same_second(
    page: Page, site: str, film: Recording, ranges: list[str]
) -> None:
    page.goto(address(site, film, "?t=30"))
    page.get_by_role("link", name="Listen").first.click()
    plays_from(page, 30, tag="audio")
    assert ranges == []
    assert page.evaluate("navigator.mediaSession.metadata.title") == "Savings groups and mobile money"
    page.locator(".way-to[data-way=watch]").click()
    plays_from(page, 30)
    expect(page.locator("audio")).to_have_count(0)


def test_on_a_phone_what_was_opened_is_in_sight(page: Page, site: str, film: Recording) -> None:
    with_slides(film)
    page.set_viewport_size(NARROW)
    page.goto(address(site, film))
    page.locator(".way-to[data-way=watch]").click()
    until(page, "document.querySelector('video').readyState > 1")
    expect(page.locator("video")).to_be_in_viewport(ratio=1)
    page.locator(".chapters").get_by_text("The telephone").click()
    expect(page.locator("video")).to_be_in_viewport(ratio=1)
    page.goto(address(site, film, "?t=31#player"))
    page.get_by_role("link", name="Press play: it starts at 0:31.").click()
    plays_from(page, 31)
    expect(page.locator("video")).to_be_in_viewport(ratio=1)
    # The link is gone: the keys work at once.
    assert page.evaluate("document.activeElement.tagName") == "VIDEO"


def test_on_a_phone_no_table_is_cut_and_facets_leave_room(page: Page, site: str, film: Recording) -> None:
    page.set_viewport_size(NARROW)
    for path in (f"sessions/{film.slug}/", f"archive/{film.slug}/cite/"):
        page.goto(f"{site}/{path}")
        expect(page.locator("table")).to_be_visible()
        cut = "[...document.querySelectorAll('.scroll')].filter(box => box.scrollWidth > box.clientWidth).length"
        assert page.evaluate(cut) == 0, path
    page.goto(f"{site}/archive/")
    lines = "[...document.querySelectorAll('.facets > div')].map(row => row.clientHeight)"
    assert page.evaluate(lines), "there is something to narrow down by"
    assert max(page.evaluate(lines)) < 48  # one line each, that moves sideways
    axe(page)
    fits(page)


def test_cite_print_embed_and_correct(page: Page, site: str, film: Recording) -> None:
    with_slides(film)
    page.goto(address(site, film))
    page.get_by_role("link", name="Cite it").click()
    expect(page.get_by_text("(2026, March 3). Savings groups and mobile money [Video].")).to_be_visible()
    for name, path in {"cite": "cite", "print": "print", "correct": "correct", "embed": "embed"}.items():
        page.goto(f"{site}/archive/{film.slug}/{path}/")
        axe(page)
        fits(page)
        screens(page, f"item-{name}")
    page.goto(f"{site}/archive/{film.slug}/correct/")
    page.get_by_label("What is wrong?").fill("It is USSD.")
    page.get_by_role("button", name="Tell the organisers").click()
    expect(page.get_by_text("Thank you. The organisers get it.")).to_be_visible()


def test_everybody_can_use_it(page: Page, site: str, film: Recording) -> None:
    page.goto(address(site, film, "?t=31#player"))
    axe(page)
    fits(page)
    screens(page, "player")
    page.goto(f"{site}/archive/?q=savings")
    axe(page)
    fits(page)


def test_they_are_light(page: Page, site: str, film: Recording) -> None:
    page.goto(address(site, film))
    assert 2_000 < weight(page) < 50_000
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload(wait_until="networkidle")
    assert not [each for each in asked if each.endswith((".mp4", ".m4a", ".ogg", ".vtt", ".pdf"))]
    page.goto(f"{site}/archive/?q=savings")
    assert 2_000 < weight(page) < 45_000


def test_the_archive_in_its_states(page: Page, site: str, community: Community, film: Recording) -> None:
    film_of(community, "rostanga-kursmote", "Kursmöte om socialt entreprenörskap", "sv")
    for name, query in {
        "list": "",
        "hits": "?q=savings",
        "nothing": "?q=bicycles&language=sv",
        "signs": "?q=***",
        "mended": "?q=savngs",
        "narrowed": "?language=en&captions=yes",
    }.items():
        page.goto(f"{site}/archive/{query}")
        axe(page)
        fits(page)
        screens(page, f"archive-{name}")


def test_a_tombstone(page: Page, site: str, film: Recording) -> None:
    Recording.objects.update(withdrawn_at=NOW, withdrawn_reason="The speaker asked for it.")
    page.goto(f"{site}/archive/{film.slug}/")
    expect(page.get_by_text("The speaker asked for it.")).to_be_visible()
    axe(page)
    fits(page)
