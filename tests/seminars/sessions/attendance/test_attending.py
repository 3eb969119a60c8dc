"""Who came: noted, taken in from lists, struck off; certificates and what is said after follow the facts."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from seminars.changes.refusing import UserError
from seminars.people.models import Community, Person, User
from seminars.sessions.attendance import doors, importing, noting
from seminars.sessions.attendance.counting import Counts, counts_of
from seminars.sessions.attendance.models import Attendance, Intake, Way
from seminars.sessions.certificates import certifying
from seminars.sessions.certificates.models import Certificate, digest_of
from seminars.sessions.feedback import asking
from seminars.sessions.feedback.counting import results
from seminars.sessions.feedback.models import Feedback
from seminars.sessions.models import Session
from seminars.sessions.registration import registering
from seminars.sessions.registration.models import Registration
from tests.factories import NOW, make_member, make_series, make_session

pytestmark = pytest.mark.django_db
ZOO = Path(__file__).parents[3] / "zoo" / "attendance"
AFTER = NOW + timedelta(days=20)


@pytest.fixture
def session(community: Community) -> Session:
    """1 December 2026, 15:00 in Johannesburg, one hour."""
    return make_session(make_series(community, slug="talks"))


def known(session: Session, name: str = "Akello Example", email: str = "akello@example.org") -> Registration:
    given = {"name": name, "zone": "Africa/Kampala", "language": "en"}
    found = registering.register(session=session, email=email, now=NOW, **given)[0]
    return registering.confirm(registration=found, now=NOW)


def kept(session: Session, name: str = "zoom-with-header.csv") -> Intake:
    content = (ZOO / name).read_bytes()
    return importing.keep(
        session=session, content=content, filename=name, zone=session.zone, now=AFTER, actor_id=None
    )


def take_in(intake: Intake, **given: object) -> importing.Plan:
    choices = {"decisions": {}, "without_bad": False, "now": AFTER, "actor_id": None} | given
    return importing.apply(intake=intake, **choices)  # type: ignore[arg-type]


def test_a_list_is_matched_by_mail_then_name_and_what_is_in_doubt_is_said(session: Session) -> None:
    registered = known(session)
    other = known(session, "Nana Aba Mensah", "nana@example.org")
    plan = importing.plan(kept(session))
    how = {line.who.name: (line.how, line.choice) for line in plan.lines}
    assert how["Akello Example"] == (importing.MAIL, f"r:{registered.pk}")
    assert how["Nana Aba"] == (importing.NAME, f"r:{other.pk}")
    assert how["iPhone"] == (importing.DOUBT, importing.NOBODY)
    assert how["27831234567"] == (importing.FRESH, importing.NEW)
    assert Attendance.objects.count() == 0


def test_a_list_is_taken_in_whole_and_again_changes_nothing(session: Session) -> None:
    registered = known(session)
    take_in(kept(session))
    rows = {row.name: row for row in session.attendances.all()}
    assert set(rows) == {"Thandi Host", "Akello Example", "Nana Aba", "27831234567"}
    akello = rows["Akello Example"]
    assert (akello.registration, akello.zone, akello.seconds) == (registered, "Africa/Kampala", 56 * 60)
    assert rows["27831234567"].way == Way.PHONE
    before = list(session.attendances.order_by("pk").values())
    assert kept(session).applied_at
    with pytest.raises(UserError):
        take_in(session.intakes.get())
    take_in(kept(session, "teams.csv"))  # the same people by another program: each is there once
    assert session.attendances.filter(email="akello@example.org").count() == 1
    importing.take_back(intake=session.intakes.get(filename="teams.csv"), now=AFTER, actor_id=None)
    assert list(session.attendances.order_by("pk").values()) == before
    assert bytes(session.intakes.first().content) == b""


def test_choices_decide_and_bad_rows_need_a_word(session: Session) -> None:
    intake = kept(session, "bad-rows.csv")
    with pytest.raises(UserError):
        take_in(intake)
    assert Attendance.objects.count() == 0
    take_in(intake, without_bad=True)
    assert [row.name for row in session.attendances.all()] == ["Akello Example"]
    names = kept(session, "bbb-names.txt")
    line = next(each for each in importing.plan(names).lines if each.who.name == "Nana Aba Mensah")
    take_in(names, decisions={line.who.number: importing.IGNORE})
    assert not session.attendances.filter(name="Nana Aba Mensah").exists()


def test_a_list_of_thousands_takes_few_queries(session: Session) -> None:
    lines = [f"Person {n},p{n}@example.org,60" for n in range(2000)]
    content = ("Name (Original Name),User Email,Total Duration (Minutes)\n" + "\n".join(lines)).encode()
    intake = importing.keep(
        session=session, content=content, filename="a", zone="UTC", now=AFTER, actor_id=None
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        take_in(intake)
    assert session.attendances.count() == 2000
    assert len(queries) < 100
    twice = [each["sql"] for each in queries if each["sql"].startswith('UPDATE "seminars_attendance"')]
    assert twice == [], "whoever is new is written once"


def test_one_row_a_person_over_all_sources(session: Session, member: User) -> None:
    registered = known(session)
    start = session.starts_at
    assert start
    noting.note(session=session, registration=registered, way=Way.JOIN, source=noting.JOIN, now=start)
    noting.note(session=session, registration=registered, way=Way.ROOM, source=noting.DOOR, now=start)
    take_in(kept(session))
    row = session.attendances.get(registration=registered)
    assert (row.way, row.seconds, row.source) == (Way.ROOM, 56 * 60, "door, join link, Zoom")
    # Known by the address before, by the account since: one person.
    person = Person.objects.get(user=member)
    noting.add_by_hand(session=session, name="M", email="member@example.org", way=Way.HAND, now=AFTER)
    noting.note(session=session, person=person, way=Way.JOIN, source=noting.JOIN, now=start)
    assert session.attendances.filter(email="member@example.org").count() == 1


def test_what_each_of_two_rows_says_stays_when_they_are_one_person(session: Session, member: User) -> None:
    start, person = session.starts_at, Person.objects.get(user=member)
    assert start
    join = {"session": session, "way": Way.JOIN, "source": noting.JOIN}
    noting.note(email="m@example.org", name="M", now=start, **join)
    noting.note(person=person, now=start + timedelta(minutes=50), **join)
    Attendance.objects.filter(person=person).update(email="")
    Person.objects.filter(pk=person.pk).update(email="m@example.org")
    noting.note(
        session=session, person=Person.objects.get(pk=person.pk), way=Way.ROOM, source=noting.DOOR, now=start
    )
    (row,) = session.attendances.all()
    moments = [int((start + timedelta(minutes=minutes)).timestamp()) for minutes in (0, 50)]
    assert row.traces[noting.JOIN]["spans"] == [[moment, moment] for moment in moments]


def test_one_who_comes_in_while_a_list_is_taken_in_spoils_nothing(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = importing.plan

    def meanwhile(intake: Intake, **given: object) -> importing.Plan:
        found = plan(intake, **given)  # type: ignore[arg-type]
        noting.add_by_hand(
            session=session, name="Akello Example", email="akello@example.org", way=Way.HAND, now=AFTER
        )
        return found

    intake = kept(session)
    with monkeypatch.context() as patched:
        patched.setattr(importing, "plan", meanwhile)
        with pytest.raises(UserError, match="once more"):
            take_in(intake)
    assert not session.attendances.exists()  # whole, or nothing of it
    assert take_in(intake)


def test_who_was_struck_off_comes_back_by_a_hand_only(session: Session) -> None:
    registered = known(session)
    row = noting.note(session=session, registration=registered, way=Way.JOIN, source=noting.JOIN, now=AFTER)
    assert noting.strike(attendance=row, now=AFTER, actor_id=None)
    take_in(kept(session))
    assert Attendance.objects.get(pk=row.pk).struck_at
    noting.note(session=session, registration=registered, way=Way.ROOM, source=noting.DOOR, now=AFTER)
    assert Attendance.objects.get(pk=row.pk).struck_at is None


def test_numbers_count_nobody_twice(session: Session) -> None:
    for _each in range(3):
        noting.count_join(session=session)
    known(session)
    noting.set_heads(session=session, room=12, phone=2)
    assert counts_of(session) == Counts(unknown=3, room=12, phone=2)
    take_in(kept(session))
    assert counts_of(session) == Counts(devices=3, room=12, phone=2)
    assert session.attendances.all().per_zone() == {"Africa/Kampala": 1}  # type: ignore[attr-defined]


def test_a_ticket_leads_to_its_person(session: Session) -> None:
    registered = known(session)
    code = doors.code_of(registered)
    assert doors.with_code(session, f" {code[:3].lower()} {code[3:]} ") == [registered]
    assert doors.with_code(session, "AAAAAAA") == []
    assert registered.token[:6] not in code


def test_a_certificate_follows_the_facts(session: Session) -> None:
    registered = known(session)
    certifying.set_rule(series=session.series, on=True, share=90)
    take_in(kept(session))
    row = session.attendances.get(registration=registered)
    assert certifying.earned(row, certifying.rule_of(session.series))  # 56 of 60 minutes
    (made,) = certifying.issue(attendances=[row], now=AFTER)
    assert [made] == certifying.issue(attendances=[row], now=AFTER)
    assert made.digest == digest_of(made.code)
    said = certifying.opened(certifying.spaced(made.code).lower(), now=AFTER)
    assert (said.name, said.holds, said.seconds) == ("Akello Example", True, 56 * 60)
    noting.strike(attendance=row, now=AFTER, actor_id=None)
    assert not certifying.opened(made.code, now=AFTER).holds
    noting.restore(attendance=row)
    certifying.set_rule(series=session.series, minutes=59)
    assert not certifying.opened(made.code, now=AFTER).holds
    with pytest.raises(Certificate.DoesNotExist):
        certifying.opened("A" * 16, now=AFTER)


def test_nobody_is_certified_before_the_end_or_without_a_rule(session: Session) -> None:
    registered = known(session)
    row = noting.note(session=session, registration=registered, way=Way.ROOM, source=noting.DOOR, now=AFTER)
    assert certifying.issue(attendances=[row], now=AFTER) == []
    certifying.set_rule(series=session.series, on=True)
    assert certifying.issue(attendances=[row], now=NOW) == []
    assert len(certifying.issue(attendances=[row], now=AFTER)) == 1


def test_a_whole_series_is_certified_from_so_many_sessions(session: Session) -> None:
    second = make_session(session.series)
    certifying.set_rule(series=session.series, on=True, sessions=2)
    for each in (session, second):
        noting.note(session=each, registration=known(each), way=Way.ROOM, source=noting.DOOR, now=AFTER)
    noting.note(
        session=session, registration=known(session, "Once", "once@example.org"), way=Way.ROOM, source="door", now=AFTER
    )  # fmt: skip
    rule = certifying.rule_of(session.series)
    earned = certifying.graduates(session.series, rule, now=AFTER)
    assert [(each.name, each.sessions) for each in earned] == [("Akello Example", 2)]
    (made,) = certifying.issue_course(series=session.series, to=earned, now=AFTER)
    assert certifying.issue_course(series=session.series, to=earned, now=AFTER) == [made]
    assert len(certifying.opened(made.code, now=AFTER).sessions) == 2


def test_who_is_certified_stands_by_name_in_the_reader_s_alphabet(session: Session) -> None:
    certifying.set_rule(series=session.series, on=True, sessions=1)
    for name in ("Zoe", "Åsa", "Élan"):
        came = known(session, name, f"{name[-1]}@example.org")
        noting.note(session=session, registration=came, way=Way.ROOM, source=noting.DOOR, now=AFTER)
    rule = certifying.rule_of(session.series)
    for language, order in (("en", ["Åsa", "Élan", "Zoe"]), ("sv", ["Élan", "Zoe", "Åsa"])):
        with override(language):
            earned = certifying.graduates(session.series, rule, now=AFTER)
        assert [each.name for each in earned] == order


def test_answers_are_one_a_voice_and_few_are_not_broken_down(session: Session) -> None:
    registered, after = known(session), session.ends_at
    assert after
    questions = asking.questions_of(asking.form_of(session.series))
    own = asking.voice_of(session=session, registration=registered)
    asking.answer(session=session, voice=own, answers={"useful": 2}, now=after)
    asking.answer(session=session, voice=own, answers={"useful": 4, "next": "More"}, now=after)
    assert Feedback.objects.get().answers == {"useful": 4, "next": "More"}
    number, found = results(session, questions)
    assert (number, found[0].hidden, found[0].bars) == (1, True, ())
    for key in "ab":
        voice = asking.voice_of(session=session, form_key=key)
        asking.answer(session=session, voice=voice, answers={"useful": 5}, now=after)
    number, found = results(session, questions)
    assert [(bar.words, bar.count) for bar in found[0].bars if bar.count] == [("4", 1), ("5", 2)]
    assert found[3].hidden  # one answer in words
    for wrong in ({"useful": 6}, {"pace": -1}, {}, {"next": "x" * 3000}):
        with pytest.raises(UserError):
            asking.answer(session=session, voice="v", answers=wrong, now=after)
    with pytest.raises(UserError):
        asking.answer(session=session, voice="v", answers={"useful": 1}, now=after + timedelta(days=30))


def test_who_is_erased_stays_counted(session: Session, member: User) -> None:
    make_member(session.series.community)
    person = Person.objects.get(user=member)
    noting.note(session=session, person=person, way=Way.ROOM, source=noting.DOOR, now=AFTER)
    assert noting.forget_person(person=person, emails={"member@example.org"}) == 1
    row = session.attendances.get()
    assert (row.name, row.email, row.person, row.zone) == ("", "", None, "Asia/Kolkata")
    assert counts_of(session).room == 1
