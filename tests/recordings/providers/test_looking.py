"""Looks at accounts: each recording once, to its session where that is certain, to a person where it is not."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from recordings.catalogue import arriving, finding
from recordings.catalogue.models import Arrival, Found
from recordings.providers import keeping, looking, sealing
from recordings.providers.interface import File, Piece, Provider, Setting, Values
from recordings.providers.line import Line, Trouble
from recordings.providers.matching import match
from recordings.providers.models import Account, Offer
from seminars.changes.refusing import UserError
from seminars.people.models import Community
from seminars.queue.models import Job
from seminars.sessions.models import Session
from tests.factories import NOW, make_community, make_series, make_session

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
BEGAN = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)
ROOM = "https://example.zoom.us/j/81234567890?pwd=x"


class Fake:
    """A provider that says what it is told."""

    name, label = "zoom", "Fake"
    settings = (Setting("account", "Account"), Setting("secret", "Secret", secret=True))

    def __init__(self, *pieces: Piece, trouble: Trouble | None = None) -> None:
        self.found, self.trouble, self.asked = pieces, trouble, list[tuple[datetime, datetime]]()

    def check(self, values: Values, line: Line, *, now: datetime) -> str:
        return f"Hello {values['account']}"

    def pieces(self, values: Values, line: Line, *, since: datetime, until: datetime) -> Iterable[Piece]:
        assert values["secret"] == "s3cret"
        self.asked.append((since, until))
        if self.trouble:
            raise self.trouble
        return self.found

    def headers(self, values: Values, line: Line) -> dict[str, str]:
        return {"Authorization": "Bearer tok"}

    def holds(self, values: Values, url: str) -> bool:
        return url.startswith("https://zoom.us/")


def piece(**more: Any) -> Piece:
    given: dict[str, Any] = {"key": "u1", "title": "Savings", "meeting": "81234567890", "began_at": BEGAN}
    given |= {
        "ended_at": BEGAN + timedelta(hours=1),
        "files": (File("https://zoom.us/rec/download/v", "video"),),
    }
    return Piece(**given | more)


@pytest.fixture
def session(community: Community) -> Session:
    return make_session(
        make_series(community), wall=datetime(2026, 11, 16, 15, 0), zone="Africa/Maputo", join_url=ROOM
    )


@pytest.fixture
def account(community: Community) -> Account:
    return keeping.keep(
        provider=Fake(),
        given={"account": "A", "secret": "s3cret"},
        now=NOW,
        actor_id=None,
        community=community,
    )


def look(account: Account, *pieces: Piece, trouble: Trouble | None = None, now: datetime = NOW) -> int:
    fake: Provider = Fake(*pieces, trouble=trouble)
    account.refresh_from_db()
    return looking.look(account, now=lambda: now, providers={"zoom": fake})


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://zoom.us/\ud800", "https://zoom.us/a b", "https://[x"]
)
def test_what_no_page_can_hold_is_left_out(account: Account, url: str) -> None:
    """An uncertain piece with halves of letters in its title, and an address that is none."""
    odd = piece(title="Sav\ud800ings\0", meeting="no\ud800ne", files=(File(url, "video"),))
    assert look(account, odd) == 1
    assert [(each.name, each.url) for each in Found.objects.all()] == [("Savings", "")]


class TestMatching:
    """Which session it is."""

    def test_by_meeting_and_hour(self, session: Session, community: Community) -> None:
        found = match(piece(began_at=BEGAN + timedelta(minutes=50)), community=community)
        assert (found.session, found.sure) == (session, True)

    @pytest.mark.parametrize(
        ("more", "suggested"),
        [
            ({"meeting": "999"}, True),  # only the hour fits
            ({"began_at": BEGAN + timedelta(days=1)}, False),
            ({"began_at": BEGAN + timedelta(hours=2), "ended_at": None, "meeting": "other"}, False),
            ({"ended_at": BEGAN + timedelta(minutes=1)}, True),  # a test
        ],
    )
    def test_what_is_not_certain_is_asked(
        self, session: Session, community: Community, more: dict[str, Any], suggested: bool
    ) -> None:
        found = match(piece(**more), community=community)
        assert (bool(found.session), found.sure) == (suggested, False)
        assert found.reason

    def test_two_sessions_in_one_meeting_are_asked(self, session: Session, community: Community) -> None:
        make_session(session.series, wall=datetime(2026, 11, 16, 16, 0), zone="Africa/Maputo", join_url=ROOM)
        assert not match(piece(), community=community).sure

    def test_another_community_s_session_is_none(self, session: Session) -> None:
        assert match(piece(), community=make_community()).session is None

    def test_a_part_of_a_number_is_no_meeting(self, session: Session, community: Community) -> None:
        assert not match(piece(meeting="812345"), community=community).sure


class TestLooking:
    """What becomes of what is seen."""

    def test_a_certain_one_is_fetched_once(self, session: Session, account: Account) -> None:
        assert look(account, piece()) == 1
        assert look(account, piece(expires_at=NOW + timedelta(days=9))) == 0
        arrival = Arrival.objects.get()
        assert (arrival.recording.session, arrival.kind) == (session, "video")
        assert Job.objects.filter(kind="fetch").count() == 1
        assert Offer.objects.get().expires_at == NOW + timedelta(days=9)

    def test_its_download_carries_the_token_and_no_other_does(
        self, session: Session, account: Account
    ) -> None:
        look(account, piece())
        arrival, fakes = Arrival.objects.get(), {"zoom": Fake()}
        assert looking.headers_of(arrival, providers=fakes) == {"Authorization": "Bearer tok"}
        Arrival.objects.update(url="https://elsewhere.example/v.mp4")
        assert looking.headers_of(Arrival.objects.get(), providers=fakes) == {}

    def test_a_doubtful_one_waits_for_a_person(self, session: Session, account: Account) -> None:
        look(account, piece(meeting="other"))
        found = Found.objects.get()
        assert (found.session, found.community) == (session, account.community)
        assert not Arrival.objects.exists()
        assert finding.decide(
            found=found, session=session, kind="video", language="en", now=NOW, actor_id=None
        )
        fakes = {"zoom": Fake()}
        assert looking.headers_of(Arrival.objects.get(), providers=fakes) == {"Authorization": "Bearer tok"}

    def test_who_did_not_decide_gets_no_token_for_a_pasted_address(
        self, session: Session, account: Account
    ) -> None:
        look(account, piece(meeting="other", files=(File("https://zoom.us/v.mp4", "video"),)))
        elsewhere = make_session(make_series(make_community()))
        arrival = arriving.ask_fetch(
            session=elsewhere,
            kind="video",
            url=Found.objects.get().url,
            language="en",
            now=NOW,
            actor_id=None,
        )
        assert looking.headers_of(arrival, providers={"zoom": Fake()}) == {}

    def test_what_no_column_holds_spoils_no_look(self, session: Session, account: Account) -> None:
        odd = File("https://zoom.us/" + "x" * 2000, "video", size=-1)
        assert look(account, piece(title="A\x00" * 400, files=(odd,)), piece(key="u2", meeting="other")) == 2
        assert {each.url[:16] for each in Found.objects.all()} == {"", "https://zoom.us/"}

    def test_what_people_gave_is_not_replaced(self, session: Session, account: Account) -> None:
        look(account, piece())
        assert look(account, piece(key="u2")) == 1
        assert Arrival.objects.count() == 1

    def test_each_look_sees_the_last_days_again(self, account: Account) -> None:
        look(account)
        account.refresh_from_db()
        assert account.looked_at == NOW
        fake = Fake()
        looking.look(account, now=lambda: NOW + timedelta(hours=1), providers={"zoom": fake})
        assert fake.asked == [(NOW - looking.OVERLAP, NOW + timedelta(hours=1))]

    def test_trouble_is_noted_and_ends(self, account: Account) -> None:
        with pytest.raises(Trouble):
            look(account, trouble=Trouble("Busy.", passing=True, after=7200))
        account.refresh_from_db()
        assert (account.trouble, account.troubled_at) == ("Busy.", NOW)
        assert account.next_at == NOW + timedelta(hours=2)
        look(account)
        account.refresh_from_db()
        assert (account.trouble, account.troubled_at) == ("", None)

    def test_a_secret_that_cannot_be_read_is_said(self, account: Account, settings: Any) -> None:
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, []
        with pytest.raises(sealing.Unreadable):
            look(account)
        account.refresh_from_db()
        assert account.trouble.startswith("Give the secret once more")

    def test_due_accounts_are_ordered_once(self, account: Account) -> None:
        assert looking.order_due(now=NOW) == 1
        assert looking.order_due(now=NOW) == 0
        assert Job.objects.filter(kind=looking.KIND).count() == 1


class TestSecrets:
    """Sealed, and never shown."""

    def test_they_are_sealed_and_stay_when_left_empty(self, account: Account) -> None:
        assert "s3cret" not in str(Account.objects.values().get())
        kept = keeping.keep(
            provider=Fake(),
            given={"account": "B"},
            now=NOW,
            actor_id=None,
            community=account.community,
            account=account,
        )
        assert looking.values_of(kept) == {"account": "B", "secret": "s3cret"}

    def test_the_first_time_they_are_needed(self, community: Community) -> None:
        with pytest.raises(UserError) as refused:
            keeping.keep(provider=Fake(), given={"account": "A"}, now=NOW, actor_id=None, community=community)
        assert list(refused.value.fields) == ["secret"]

    def test_a_new_site_key_opens_what_the_old_one_sealed(self, settings: Any) -> None:
        sealed, old = sealing.seal("s3cret"), settings.SECRET_KEY
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [old]
        assert sealing.unseal(sealed) == "s3cret"
        settings.SECRET_KEY_FALLBACKS = []
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(sealed)


class TestPages:
    """The organisers' page, and the hint."""

    def test_an_account_is_added_tested_and_forgotten(
        self, community: Community, as_organiser: Client
    ) -> None:
        start = f"/organise/communities/{community.slug}/providers/"
        assert "None yet." in as_organiser.get(start).content.decode()
        assert as_organiser.post(f"{start}add/bigbluebutton/", {"address": "x"}).status_code == 422
        given = {"address": "https://127.0.0.1/bigbluebutton/", "secret": "s3cret"}
        assert as_organiser.post(f"{start}add/bigbluebutton/", given).status_code == 302
        account = Account.objects.get()
        base = f"/organise/providers/{account.uuid}/"
        shown = as_organiser.get(base).content.decode()
        assert "127.0.0.1" in shown
        assert "s3cret" not in shown
        answer = as_organiser.post(f"{base}check/", follow=True).content.decode()
        assert "private network" in answer
        as_organiser.post(f"{base}look/")
        assert Job.objects.filter(kind=looking.KIND).exists()
        assert as_organiser.get(f"{start}add/nothing/").status_code == 404
        as_organiser.post(f"{base}remove/")
        assert not Account.objects.exists()

    def test_what_is_deleted_soon_stands_first(
        self, session: Session, account: Account, as_organiser: Client
    ) -> None:
        look(account, piece(expires_at=datetime.now(UTC) + timedelta(days=23)))
        shown = as_organiser.get(
            f"/organise/communities/{account.community.slug}/providers/"
        ).content.decode()
        assert "Zoom deletes this in 23 days" in shown
        files = as_organiser.get(f"/organise/sessions/{session.slug}/files/").content.decode()
        board = as_organiser.get("/organise/follow-ups/").content.decode()
        assert all("deletes this in 23 days" in page for page in (files, board))

    def test_what_is_here_is_not_told_as_missing(self, session: Session, account: Account) -> None:
        soon = NOW + timedelta(days=23)
        look(account, piece(key="u1", meeting="other", expires_at=soon))
        found = Found.objects.get()
        finding.decide(found=found, session=session, kind="video", language="en", now=NOW, actor_id=None)
        assert [each.key for each in Offer.objects.expiring(now=NOW)] == ["u1:video"]
        look(account, piece(key="u2", expires_at=soon))  # one is on its way from somewhere else
        assert [each.key for each in Offer.objects.expiring(now=NOW)] == ["u1:video"]
        Arrival.objects.update(state="kept")
        assert not Offer.objects.expiring(now=NOW)

    def test_a_hint_is_a_reason_to_look_and_says_nothing(self, account: Account) -> None:
        for uuid in (account.uuid, "00000000-0000-0000-0000-000000000000"):
            answer = Client(enforce_csrf_checks=True).post(
                f"/providers/{uuid}/ready/", b"x", content_type="text/plain"
            )
            assert (answer.status_code, answer.content) == (204, b"")
        assert Job.objects.filter(kind=looking.KIND).count() == 1
        assert Client().get(f"/providers/{account.uuid}/ready/").status_code == 405

    def test_strangers_find_nothing(self, account: Account, as_stranger: Client) -> None:
        for path in ("", "check/", "look/", "remove/"):
            assert as_stranger.post(f"/organise/providers/{account.uuid}/{path}").status_code == 404
        assert Account.objects.exists()
