"""Django's door to the models of every area. Nobody imports it."""

from seminars.calendars.importing.models import FollowedCalendar, ImportedEntry, WaitingImport
from seminars.calendars.models import Entry, Feed, FeedToken, Follow, KnownValue
from seminars.changes.models import Change, Version
from seminars.followups.links.models import LinkPlace, OutsideLink
from seminars.followups.models import Checklist, Item, Owed
from seminars.followups.papers.models import (
    Paper,
    PaperComment,
    PaperDraft,
    PaperReview,
    PaperSession,
    PaperVersion,
)
from seminars.followups.reports.models import Report, ReportForm, Writing
from seminars.notifications.bounces.models import MailAddress
from seminars.notifications.chasing.models import ChasingOff
from seminars.notifications.models import Floor, Heard, LetterOff, Message, RequestsOff, Wish
from seminars.notifications.newsletter.models import Issue, LetterPlan
from seminars.notifications.pacing.models import Outage, Pace
from seminars.notifications.readers.models import Reader, Subscription
from seminars.people.accounts.models import Erasure
from seminars.people.directory.models import DirectoryEntry
from seminars.people.introducing.models import Block, Hush, Introduction, Note, Party
from seminars.people.membership.models import Cohort, CohortMember, JoinRequest, Organisation
from seminars.people.models import Community, ExpectedMembers, Membership, Person, User
from seminars.people.welcoming.models import Welcome, Welcomed
from seminars.queue.models import Attempt, Beat, Job
from seminars.results.models import Mark, ReportWords, Salt, Use
from seminars.series.inviting.models import Invitation
from seminars.series.models import Series
from seminars.series.resources.models import Resource, ResourceRule
from seminars.series.rooms.models import Room
from seminars.series.topics.models import Topic, TopicSlug
from seminars.sessions.attendance.models import Attendance, Headcount, Intake
from seminars.sessions.certificates.models import Certificate, CertificateRule
from seminars.sessions.day.models import Cue, PhoneQuestion
from seminars.sessions.feedback.models import Feedback, FeedbackForm
from seminars.sessions.models import ClockLaw, LawChange, Material, Session, Speaker
from seminars.sessions.polls.models import DatePoll, PollAnswer, PollSlot, Voice
from seminars.sessions.questions.models import (
    Asker,
    Question,
    QuestionDoor,
    QuestionRule,
    QuestionVote,
    WrittenAnswer,
)
from seminars.sessions.registration.models import Line, Registration, SeriesRegistration, Terms
from seminars.sessions.silence.models import SilenceRule
from seminars.sessions.sites.models import ListeningSite
from seminars.sessions.speaking.models import Engagement, SpeakerLink
from seminars.sessions.suggesting.models import Suggestion, Vote

__all__ = [
    "Asker",
    "Attempt",
    "Attendance",
    "Beat",
    "Block",
    "Certificate",
    "CertificateRule",
    "Change",
    "ChasingOff",
    "Checklist",
    "ClockLaw",
    "Cohort",
    "CohortMember",
    "Community",
    "Cue",
    "DatePoll",
    "DirectoryEntry",
    "Engagement",
    "Entry",
    "Erasure",
    "ExpectedMembers",
    "Feed",
    "FeedToken",
    "Feedback",
    "FeedbackForm",
    "Floor",
    "Follow",
    "FollowedCalendar",
    "Headcount",
    "Heard",
    "Hush",
    "ImportedEntry",
    "Intake",
    "Introduction",
    "Invitation",
    "Issue",
    "Item",
    "Job",
    "JoinRequest",
    "KnownValue",
    "LawChange",
    "LetterOff",
    "LetterPlan",
    "Line",
    "LinkPlace",
    "ListeningSite",
    "MailAddress",
    "Mark",
    "Material",
    "Membership",
    "Message",
    "Note",
    "Organisation",
    "Outage",
    "OutsideLink",
    "Owed",
    "Pace",
    "Paper",
    "PaperComment",
    "PaperDraft",
    "PaperReview",
    "PaperSession",
    "PaperVersion",
    "Party",
    "Person",
    "PhoneQuestion",
    "PollAnswer",
    "PollSlot",
    "Question",
    "QuestionDoor",
    "QuestionRule",
    "QuestionVote",
    "Reader",
    "Registration",
    "Report",
    "ReportForm",
    "ReportWords",
    "RequestsOff",
    "Resource",
    "ResourceRule",
    "Room",
    "Salt",
    "Series",
    "SeriesRegistration",
    "Session",
    "SilenceRule",
    "Speaker",
    "SpeakerLink",
    "Subscription",
    "Suggestion",
    "Terms",
    "Topic",
    "TopicSlug",
    "Use",
    "User",
    "Version",
    "Voice",
    "Vote",
    "WaitingImport",
    "Welcome",
    "Welcomed",
    "Wish",
    "Writing",
    "WrittenAnswer",
]
