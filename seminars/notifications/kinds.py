"""Every kind of mail, by name. A new kind is a line here and a folder in `templates/emails/`."""

from django.utils.translation import gettext_lazy as _

from seminars.notifications import (
    asking,
    attending,
    certificates,
    corrections,
    damaged,
    erasures,
    feedback,
    files,
    groups,
    introductions,
    invitations,
    membership,
    moves,
    papers,
    places,
    questions,
    ready,
    registrations,
    reminding,
    silence,
    suggestions,
    welcome,
)
from seminars.notifications.chasing import daily
from seminars.notifications.letters import Kind
from seminars.notifications.newsletter import going, saying
from seminars.notifications.readers import linking

KINDS = {
    each.name: each
    for each in (
        Kind(invitations.KIND, _("Invitation to a role"), invitations.facts, invitations.sample),
        Kind(asking.SPEAKER, _("A speaker's link"), asking.speaker_facts, asking.speaker_sample),
        Kind(asking.POLL, _("A date poll's link"), asking.poll_facts, asking.poll_sample),
        Kind(groups.KIND, _("A listening group's link"), groups.facts, groups.sample),
        Kind(membership.LINK, _("A member's link"), membership.link_facts, membership.link_sample),
        Kind(membership.NEWS, _("Where a request stands"), membership.news_facts, membership.news_sample),
        Kind(membership.TODO, _("Requests that wait"), membership.requests_facts, membership.requests_sample),
        Kind(membership.ENDED, _("A membership has ended"), membership.ended_facts, membership.ended_sample),
        Kind(registrations.KIND, _("A registration's link"), registrations.facts, registrations.sample),
        Kind(
            registrations.WHOLE,
            _("A registration's link, for a whole series"),
            registrations.whole_facts,
            registrations.whole_sample,
        ),
        *places.kinds(),
        Kind(
            attending.KIND, _("Invitation for a calendar"), attending.facts, attending.sample, attending.told
        ),
        Kind(
            reminding.KIND,
            _("Reminder of a session"),
            reminding.facts,
            reminding.sample,
            many=reminding.facts_of_many,
        ),
        Kind(going.KIND, _("A newsletter"), saying.facts, saying.sample, many=saying.facts_of_many),
        Kind(linking.KIND, _("A reader's link"), linking.facts, linking.sample),
        Kind(daily.KIND, _("What somebody owes"), daily.facts, daily.sample),
        Kind(
            feedback.KIND,
            _("How was it?"),
            feedback.facts,
            feedback.sample,
            many=feedback.facts_of_many,
        ),
        Kind(ready.KIND, _("The recording is ready"), ready.facts, ready.sample),
        Kind(corrections.KIND, _("A mistake that a reader found"), corrections.facts, corrections.sample),
        Kind(damaged.KIND, _("Damaged files of the archive"), damaged.facts, damaged.sample),
        Kind(files.KIND, _("What became of mailed files"), files.facts, files.sample),
        Kind(papers.OUT, _("A discussion paper is out"), papers.out_facts, papers.out_sample),
        Kind(papers.REVIEW, _("A review that is asked for"), papers.review_facts, papers.review_sample),
        Kind(papers.ANSWERED, _("A review that came in"), papers.answered_facts, papers.answered_sample),
        Kind(erasures.KIND, _("An account is to be forgotten"), erasures.facts, erasures.sample),
        Kind(certificates.KIND, _("A certificate of attendance"), certificates.facts, certificates.sample),
        Kind(moves.KIND, _("Something moved"), moves.facts, moves.sample, moves.told),
        Kind(
            introductions.QUESTION,
            _("Question before an introduction"),
            introductions.question_facts,
            introductions.sample,
        ),
        Kind(introductions.MET, _("An introduction"), introductions.met_facts, introductions.sample),
        Kind(
            introductions.NOTE,
            _("A member's message, passed on"),
            introductions.note_facts,
            introductions.sample,
        ),
        Kind(
            introductions.OVER,
            _("Nothing came of an introduction"),
            introductions.over_facts,
            introductions.over_sample,
        ),
        Kind(welcome.KIND, _("Welcome of a new member"), welcome.facts, welcome.sample),
        Kind(silence.KIND, _("Who was not seen lately"), silence.facts, silence.sample),
        Kind(questions.LINK, _("A question's link"), questions.link_facts, questions.sample),
        Kind(questions.ANSWERED, _("A question is answered"), questions.answered_facts, questions.sample),
        Kind(suggestions.LINK, _("A vote's link"), suggestions.link_facts, suggestions.sample),
        Kind(
            suggestions.ANSWER, _("What became of a suggestion"), suggestions.answer_facts, suggestions.sample
        ),
    )
}
