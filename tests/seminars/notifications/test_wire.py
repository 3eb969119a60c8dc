"""Each kind of mail in each language as it goes over the wire: parsed as a mail program would."""

import re
from datetime import datetime
from email import message_from_bytes
from email.policy import default

import pytest
from django.conf import settings
from django.utils import translation

from seminars.notifications import press
from seminars.notifications.kinds import KINDS
from seminars.notifications.letters import MOST_BYTES, Told, Written, mail_of, write
from seminars.notifications.models import Message
from seminars.notifications.posting import message_id_of
from seminars.notifications.press import Press
from seminars.notifications.wire import bytes_of
from seminars.people.models import Community
from tests.seminars.notifications.test_kinds import site

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stopped")]
__all__ = ["site"]  # the same site, with names that are no friends of mails
READER, ZONE = "reader@example.org", "Asia/Kolkata"
# Their subject says when it is by the reader's clock: 15:00 in Johannesburg.
TIMED = {"reminder", "moved", "attending"}
# Asked for by the reader, answers, or of their account: each comes once, so there is nothing to stop.
ONCE = {
    *("invitation", "speaker-link", "poll", "group-link", "registration", "attending", "series-registration"),
    *("place-asked", "place-declined", "place-full", "place-given", "place-lapsed", "place-offered"),
    *("place-removed", "place-waiting", "membership", "membership-link", "membership-ended", "reader-link"),
    *("introduction-question", "introduction", "passed-on", "suggestion-link", "suggestion", "welcome"),
    *("certificate", "erasure", "introduction-over", "files", "paper-review", "paper-reviewed"),
}
# A community has it or not: managers switch it off for all of them. What is wrong in the archive has to be mended.
DUTY = {"silence", "correction", "damaged-files"}
IMAGE = re.compile(r"<img|<script|<link|<style|url\(|@import|\bsrc=|\bbackground=", re.IGNORECASE)


def each_mail(now: datetime) -> list[tuple[str, str, Written]]:
    """Every kind in every language that has something to show on this site; `test_kinds` sees to it that each has."""
    found = []
    for name, kind in KINDS.items():
        for language, _words in settings.LANGUAGES:
            with translation.override(language):
                context = kind.sample(now, ZONE)
            if context is not None:
                found.append((name, language, write(name, context, language=language, zone=ZONE, now=now)))
    assert {name for name, _language, _written in found} > TIMED
    return found


def test_every_kind_in_every_language_is_a_good_mail(site: None, community: Community, now: datetime) -> None:
    wrong: list[str] = []
    for name, language, written in each_mail(now):
        key = message_id_of(READER, name, "thing:1", 1)
        mail = message_from_bytes(
            bytes_of(mail_of(Message(email=READER, message_id=key), written)), policy=default
        )
        html = mail.get_body(("html",))
        assert html is not None
        assert "multipart/alternative" in {part.get_content_type() for part in mail.walk()}
        listed = "List-Unsubscribe" in mail
        checks = {
            "is none of a machine's": mail["Auto-Submitted"] == "auto-generated",
            "has another Message-ID": mail["Message-ID"] == key,
            "has another List-Id": re.fullmatch(
                r"<[\w.-]+\.127\.0\.0\.1>", mail["List-Id"] or "<none.127.0.0.1>"
            ),
            "stops at no click": not listed or mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click",
            "has no way to stop it": listed or name in ONCE | DUTY,
            "stops nowhere": not listed
            or re.fullmatch(r"<http://127\.0\.0\.1:8000/\S+>", mail["List-Unsubscribe"]),
            "answers to another": mail["Reply-To"] in {None, "us@example.org"},
            "is written to others": mail["To"] == READER and mail["Bcc"] is None and mail["Cc"] is None,
            "says no local time": name not in TIMED or re.search(r"18[.:]30.*Kolkata", mail["Subject"]),
            "is too large": written.size <= MOST_BYTES,
            "loads something": not IMAGE.search(written.html),
            "says no language": f'lang="{language}"' in written.html,
            "has a script for a style": not re.search(r'class="', written.html),
        }
        wrong += [f"{name} in {language} {what}" for what, good in checks.items() if not good]
    assert wrong == []


def test_what_is_put_in_is_as_if_it_were_rendered(site: None, now: datetime) -> None:
    context = KINDS["reminder"].sample(now, ZONE)
    assert context is not None
    own = {name: context[name] for name in ("address", "stop")}
    shared = {name: value for name, value in context.items() if name not in own}
    machine = Press()
    for number in range(3):
        mine = {name: f"{value}?a={number}&b='<i>\"" for name, value in own.items()}
        told = Told(shared, mine)
        made = machine.write("reminder", told, language="sv", zone=ZONE, now=now)
        assert made == write("reminder", told.whole, language="sv", zone=ZONE, now=now)
        assert "<i>" not in made.html
    assert len(machine._frames) == 1


def test_what_a_template_does_more_with_is_rendered_for_each(
    site: None, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    context = KINDS["reminder"].sample(now, ZONE)
    assert context is not None
    shared = {name: value for name, value in context.items() if name != "site_name"}
    machine = Press()
    for words in ("one", "two & three"):  # the title of a community goes through a filter
        told = Told({**shared, "join": ""}, {"join": f"https://example.org/{words}\n\n\n\n"})
        made = machine.write("reminder", told, language="en", zone=ZONE, now=now)
        assert made == write("reminder", told.whole, language="en", zone=ZONE, now=now)
    assert "made alone" in caplog.text


def test_a_group_is_made_anew_when_what_it_tells_has_changed(site: None, now: datetime) -> None:
    context = KINDS["reminder"].sample(now, ZONE)
    assert context is not None
    before = press.fingerprint(context)
    session = context["session"]
    assert press.fingerprint(dict(context)) == before
    session.series.community.contact = "them@example.org"
    assert press.fingerprint(context) != before
