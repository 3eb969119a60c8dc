"""Twelve sessions from an empty community, played as somebody new would: every click, field and page is counted.

The numbers are what the house promises, so they are asserted: a field or a page more fails here. With `-s` they are
printed, with the time that a practised hand needs by the keystroke-level model (Card, Moran and Newell 1980), since the
seconds of a test machine say nothing.
"""

from dataclasses import dataclass, field
from time import monotonic

import pytest
from playwright.sync_api import Frame, Locator, Page, expect

from seminars.people.models import Community, User
from seminars.series.models import Series
from seminars.sessions.models import Session
from tests.browser.conftest import NARROW, axe, fits, screens, sign_in, weight
from tests.factories import make_community, make_member, make_user

KEY, POINT, PRESS, THINK = 0.28, 1.1, 0.2, 1.35  # seconds: one key, aim, click, make up one's mind
PASTE_KEYS = 2
TITLES = [
    "Savings groups by phone",
    "Seeds on credit",
    "Insurance in small pieces",
    "Warehouse receipts",
    "Agents and their cash",
    "What local staff know",
    "Lending before the rain",
    "A buyer who pays on Friday",
    "Vouchers for advice",
    "Women who trade across borders",
    "When a group closes",
    "Twelve months later",
]


@dataclass
class Hand:
    """Somebody at the page: what they press, what they type, which pages they meet."""

    page: Page
    clicks: int = 0
    fields: int = 0
    keys: int = 0
    pages: list[str] = field(default_factory=list)
    began: float = field(default_factory=monotonic)

    def __post_init__(self) -> None:
        self.page.on("framenavigated", self._arrive)

    def _arrive(self, frame: Frame) -> None:
        if frame == self.page.main_frame:
            self.pages.append(frame.url)

    def press(self, what: Locator) -> None:
        """Aim and click."""
        what.click()
        self.clicks += 1

    def type(self, where: Locator, text: str) -> None:
        """Type into the field in which the page has put the cursor."""
        expect(where).to_be_focused()
        self.page.keyboard.type(text)
        self.fields += 1
        self.keys += len(text) + 1

    def paste(self, where: Locator, text: str) -> None:
        """Click into a field and paste what was copied elsewhere."""
        where.click()
        where.fill(text)
        self.clicks += 1
        self.fields += 1
        self.keys += PASTE_KEYS

    def told(self, story: str) -> tuple[int, int, int]:
        """Print the figures; return clicks, fields and pages."""
        modelled = self.clicks * (POINT + PRESS) + self.keys * KEY + (self.clicks + self.fields) * THINK
        print(
            f"\n{story}: {self.clicks} clicks, {self.fields} typed into, {self.keys} keys, {len(self.pages)} pages;"
            f" {modelled:.0f} s by the keystroke-level model, {monotonic() - self.began:.1f} s on this machine."
        )
        return self.clicks, self.fields, len(self.pages)


@pytest.fixture
def newcomer(db: None) -> User:
    """Has just founded a community in which there is nothing yet."""
    user = make_user("new@example.org", zone="Africa/Johannesburg")
    make_member(make_community(slug="farmers", name={"en": "Farmers"}), user, role="manager")
    return user


def test_a_year_is_out_with_one_field(page: Page, site: str, newcomer: User) -> None:
    sign_in(page, newcomer, site)
    page.goto(f"{site}/organise/")
    hand = Hand(page)
    hand.press(page.get_by_role("link", name="Monthly seminar, in a room and online"))
    hand.type(page.get_by_label("Title", exact=True), "Farmers' hour")
    hand.press(page.get_by_role("button", name="Publish"))
    expect(page.get_by_text("Published. The sessions are on the site")).to_be_visible()
    assert Session.objects.filter(published_at__isnull=False).count() >= 12
    assert hand.told("Twelve dates and more, published") == (2, 1, 2)


def test_twelve_titled_sessions_are_out(page: Page, site: str, newcomer: User) -> None:
    sign_in(page, newcomer, site)
    page.goto(f"{site}/organise/")
    hand = Hand(page)
    hand.press(page.get_by_role("link", name="Monthly seminar, in a room and online"))
    hand.type(page.get_by_label("Title", exact=True), "Farmers' hour")
    hand.press(page.get_by_label("After a number of sessions"))
    hand.press(page.get_by_role("button", name="Publish"))
    hand.press(page.get_by_role("link", name="Sessions as a table"))
    hand.paste(page.get_by_label("Titles, one on each line"), "\n".join(TITLES))
    hand.press(page.get_by_role("button", name="Preview"))
    expect(page.get_by_text("12 sessions change.")).to_be_visible()
    hand.press(page.get_by_role("button", name="Apply all of it"))
    expect(page.get_by_text("12 sessions changed.")).to_be_visible()
    out = Session.objects.filter(published_at__isnull=False).order_by("number")
    assert [each.title["en"] for each in out] == TITLES
    assert hand.told("Twelve sessions with their titles, published") == (7, 2, 5)


def test_twelve_are_titled_as_drafts_before_anybody_sees_them(page: Page, site: str, newcomer: User) -> None:
    sign_in(page, newcomer, site)
    page.goto(f"{site}/organise/")
    hand = Hand(page)
    hand.press(page.get_by_role("link", name="Monthly seminar, in a room and online"))
    hand.type(page.get_by_label("Title", exact=True), "Farmers' hour")
    hand.press(page.get_by_label("After a number of sessions"))
    hand.press(page.get_by_role("button", name="Save as draft"))
    hand.press(page.get_by_role("button", name="Lay out the sessions"))
    hand.paste(page.get_by_label("Titles, one on each line"), "\n".join(TITLES))
    hand.press(page.get_by_role("button", name="Preview"))
    hand.press(page.get_by_role("button", name="Apply all of it"))
    expect(page.get_by_text("12 sessions changed.")).to_be_visible()
    assert not Session.objects.filter(published_at__isnull=False).exists()
    hand.press(page.get_by_role("button", name="Publish the series"))
    expect(page.get_by_role("button", name="Publish the series")).to_have_count(0)
    out = Session.objects.filter(published_at__isnull=False).order_by("number")
    assert [each.title["en"] for each in out] == TITLES
    assert hand.told("Twelve sessions titled as drafts, then published") == (8, 2, 6)


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("Quarterly community webinar", 4),
        ("Monthly seminar, in a room and online", 12),
        ("Four-week cohort", 4),
        ("Two-day meeting", 1),
    ],
)
def test_each_usual_kind_needs_its_title_only(
    page: Page, site: str, newcomer: User, kind: str, made: int
) -> None:
    sign_in(page, newcomer, site)
    page.goto(f"{site}/organise/")
    hand = Hand(page)
    hand.press(page.get_by_role("link", name=kind))
    hand.type(page.get_by_label("Title", exact=True), "Farmers' hour")
    hand.press(page.get_by_role("button", name="Publish"))
    expect(page.get_by_text("Published. The sessions are on the site")).to_be_visible()
    assert Series.objects.get().sessions.filter(published_at__isnull=False).count() >= made
    assert hand.told(kind) == (2, 1, 2)


def test_the_table_on_a_phone_and_for_everybody(page: Page, site: str, newcomer: User) -> None:
    sign_in(page, newcomer, site)
    page.goto(f"{site}/organise/series/new/?template=monthly-seminar")
    page.get_by_label("Title", exact=True).fill(
        "Självhushållningsgruppernas årsmötesförberedelser i Röstånga"
    )
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("link", name="Sessions as a table").click()
    axe(page)
    fits(page)
    screens(page, "organise-table")
    arabic = "الادخار عبر الهاتف في القرى البعيدة عن المدينة وعن المصارف كلها"
    page.get_by_label("Titles, one on each line").fill(
        f"{arabic}\nSjälvhushållningsgruppernas{'ordföljd' * 12}"
    )
    page.get_by_text("Change several alike", exact=True).click()
    page.set_viewport_size(NARROW)
    expect(page.get_by_label("By", exact=True)).to_be_hidden()
    page.get_by_label("Change them alike").check()
    page.get_by_label("Move by days or weeks").check()
    page.get_by_label("By", exact=True).fill("1")
    page.get_by_label("Tick session 3").check()
    axe(page)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("1 session moves.")).to_be_visible()
    expect(page.get_by_text("Line 2")).to_be_visible()  # one is ticked, two titles were pasted
    axe(page)
    fits(page)
    screens(page, "organise-table-preview")
    page.get_by_role("button", name="Back to the table").click()
    expect(page.get_by_label("Tick session 3")).to_be_checked()
    expect(page.get_by_label("By", exact=True)).to_have_value("1")
    page.get_by_role("button", name="Preview").click()
    page.get_by_role("button", name="Apply all of it").click()
    page.get_by_role("button", name="Undo it").click()
    expect(page.get_by_text("Undone.")).to_be_visible()
    for address in ("/organise/drafts/", "/organise/list/", "/organise/year/2027/3/"):
        page.goto(site + address)
        axe(page)
        fits(page)
    sent = weight(page, f"{site}/organise/series/{Series.objects.get().slug}/sessions/")
    print(f"The table weighs {sent} bytes.")
    assert sent <= 120_000


def test_the_closed_community_has_no_table_for_a_stranger(
    page: Page, site: str, closed_community: Community, stranger: User, newcomer: User
) -> None:
    series = Series.objects.create(
        slug="cohort-1",
        community=closed_community,
        title={"en": "Secret"},
        zone="UTC",
        first_date="2027-01-05",
        made_at=closed_community.made_at,
    )
    for user in (stranger, newcomer):
        sign_in(page, user, site)
        answer = page.goto(f"{site}/organise/series/{series.slug}/sessions/")
        assert answer
        assert answer.status == 404
