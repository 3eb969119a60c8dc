"""What a report says before anybody has written: what the site knows of the session."""

from seminars.followups.reports.fields import LINE
from seminars.sessions.attendance.counting import counts_of
from seminars.sessions.models import Session, SpeakerRole
from seminars.sessions.questions.answering import to_discuss
from seminars.words import say

LED_BY = (SpeakerRole.MODERATOR, SpeakerRole.HOST)


def start_of(session: Session) -> dict[str, str]:
    """Return answers by the names of MeMoRe's fields, none of them empty. Load `series` with the session."""
    speakers = list(session.speakers.select_related("person"))
    led = [each.person.name for each in speakers if each.role in LED_BY] or [
        each.person.name for each in speakers if each.role == SpeakerRole.SPEAKER
    ]
    noted = [each.person.name for each in speakers if each.role == SpeakerRole.NOTE_TAKER]
    people = counts_of(session).people
    found = {
        "title": say(session.title, session.language),
        "facilitator_room": ", ".join([*led, session.room] if session.room else led),
        "documented_by": ", ".join(noted),
        "participants": str(people) if people else "",
        "questions": to_discuss(session),
    }
    return {name: text if name == "questions" else text[:LINE] for name, text in found.items() if text}
