"""Django's door to the administrators' pages. Signing in is the site's own: a code by mail, never a password."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa import admin as allauth_mfa
from allauth.usersessions import admin as allauth_sessions
from django.apps import apps
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from seminars.calendars.models import Entry, Feed, FeedToken
from seminars.changes.models import Change, Version
from seminars.followups.models import Checklist, Item, Owed
from seminars.followups.reports.models import Report
from seminars.notifications.models import Message
from seminars.people.membership.models import Cohort, JoinRequest, Organisation
from seminars.people.models import Community, Membership, Person, User
from seminars.queue.jobs import try_again
from seminars.queue.models import Attempt, Beat, Job
from seminars.series.inviting.models import Invitation
from seminars.series.models import Series
from seminars.sessions.models import ClockLaw, LawChange, Material, Session, Speaker
from seminars.sessions.polls.models import Voice
from seminars.sessions.revising import scopes_of_all
from seminars.sessions.rewording import TOLD, follow_community, follow_person
from seminars.sessions.speaking.models import SpeakerLink
from seminars.web.administration import Facts, FactsInline, Recorded, name, title

admin.site.site_header = admin.site.site_title = _("Meridian: administration")
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth's manual says


# People


@admin.register(User)
class UserAdmin(Recorded):
    list_display = ("email", "is_active", "is_staff", "is_superuser", "zone", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "language")
    search_fields = ("email", "person__name")
    ordering = ("email",)
    filter_horizontal = ("groups",)
    fields = (
        "email",
        "language",
        "zone",
        "is_active",
        "is_staff",
        "is_superuser",
        "groups",
        "last_login",
        "date_joined",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        # An address is changed by its owner, who confirms it: /accounts/email/.
        return ("last_login", "date_joined", *(("email",) if obj else ()))

    def save_model(self, request: HttpRequest, obj: User, form: "ModelForm[User]", change: bool) -> None:
        obj.email = obj.email.strip().lower()
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            EmailAddress.objects.get_or_create(user=obj, email=obj.email, defaults={"primary": True})


class MembershipInline(FactsInline):
    model = Membership


@admin.register(Person)
class PersonAdmin(Recorded):
    list_display = ("name", "affiliation", "email", "zone", "country")
    search_fields = ("name", "email", "affiliation")
    list_filter = ("country",)
    raw_id_fields = ("user",)
    inlines = (MembershipInline,)

    def save_model(self, request: HttpRequest, obj: Person, form: "ModelForm[Person]", change: bool) -> None:
        with transaction.atomic():
            if change and {"name", "affiliation"} & set(form.changed_data):
                follow_person(person=obj, now=timezone.now(), actor_id=request.user.pk)
            super().save_model(request, obj, form, change)


@admin.register(Community)
class CommunityAdmin(Recorded):
    list_display = ("slug", name, "joining", "home_zone", "language", "made_at")
    list_filter = ("joining", "purpose", "life", "form")
    search_fields = ("slug", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Community | None = None) -> tuple[str, ...]:
        # The short name is in addresses that people keep for ever.
        return ("slug",) if obj else ()

    def scopes_of(self, row: Community) -> list[str]:
        return [f"community:{row.pk}", *scopes_of_all(Session.objects.filter(series__community=row))]

    def save_model(
        self, request: HttpRequest, obj: Community, form: "ModelForm[Community]", change: bool
    ) -> None:
        with transaction.atomic():
            if change and set(TOLD) & set(form.changed_data):
                follow_community(community=obj, now=timezone.now(), actor_id=request.user.pk)
            super().save_model(request, obj, form, change)


@admin.register(Membership)
class MembershipAdmin(Recorded):
    list_display = ("person", "community", "role", "since")
    list_filter = ("role", "community")
    search_fields = ("person__name", "person__email", "community__slug")
    list_select_related = ("person", "community")
    raw_id_fields = ("person", "community")

    def scopes_of(self, row: Membership) -> list[str]:
        return [
            f"community:{row.community_id}",
            *([f"user:{row.person.user_id}"] if row.person.user_id else []),
        ]


admin.site.register(
    JoinRequest,
    Facts,
    list_display=("email", "community", "standing", "asked_at", "decided_at"),
    list_filter=("standing", "community"),
    search_fields=("email", "name"),
    exclude=("token",),
)
admin.site.register(
    Organisation,
    Facts,
    list_display=("name", "community", "country", "sector"),
    list_filter=("community", "country"),
    search_fields=("name",),
)
admin.site.register(
    Cohort, Facts, list_display=("__str__", "community", "starts_on", "ends_on"), list_filter=("community",)
)


# What is planned and owed


class OwedInline(FactsInline):
    model = Owed


@admin.register(Series)
class SeriesAdmin(Facts):
    list_display = ("slug", title, "community", "zone", "rrule", "audience", "published_at")
    list_filter = ("audience", "form", "external", "community")
    search_fields = ("slug", "title")
    list_select_related = ("community",)
    inlines = (OwedInline,)


class SpeakerInline(FactsInline):
    model = Speaker


class MaterialInline(FactsInline):
    model = Material


@admin.register(Session)
class SessionAdmin(Facts):
    list_display = ("slug", title, "starts_at", "zone", "state", "audience", "published_at", "cancelled_at")
    list_filter = ("state", "audience", "form", "series__community")
    search_fields = ("slug", "title", "uid")
    date_hierarchy = "starts_at"
    inlines = (SpeakerInline, MaterialInline)


@admin.register(Material)
class MaterialAdmin(Facts):
    list_display = ("session", "kind", title, "language", "size", "state", "published_at")
    list_filter = ("kind", "state", "language")
    search_fields = ("session__slug", "title", "source")
    list_select_related = ("session",)


@admin.register(Item)
class ItemAdmin(Facts):
    list_display = ("session", "kind", "state", "person", "due_at", "moves", "done_at")
    list_filter = ("state", "kind")
    search_fields = ("session__slug",)
    list_select_related = ("session", "person")


@admin.register(Checklist)
class ChecklistAdmin(Facts):
    list_display = ("session", "opened_at")
    search_fields = ("session__slug",)
    list_select_related = ("session",)


@admin.register(Report)
class ReportAdmin(Facts):
    list_display = ("session", "language", "revision", "published_at", "changed_at")
    search_fields = ("session__slug",)
    list_select_related = ("session",)


# What happened, and what is under way


@admin.register(Change)
class ChangeAdmin(Facts):
    list_display = ("at", "kind", "subject", "actor", "note")
    list_filter = ("kind",)
    search_fields = ("subject", "actor__email", "note")
    list_select_related = ("actor",)
    date_hierarchy = "at"
    ordering = ("-id",)


@admin.register(Version)
class VersionAdmin(Facts):
    list_display = ("scope", "number")
    search_fields = ("scope",)


@admin.register(ClockLaw)
class ClockLawAdmin(Facts):
    list_display = ("release", "noted_at")
    search_fields = ("release",)


@admin.register(LawChange)
class LawChangeAdmin(Facts):
    list_display = (
        "session",
        "zone",
        "release_from",
        "release_to",
        "starts_before",
        "starts_after",
        "decided",
    )
    list_filter = ("decided", "release_to")
    search_fields = ("session__slug", "zone")
    list_select_related = ("session",)


class AttemptInline(FactsInline):
    model = Attempt


@admin.register(Job)
class JobAdmin(Facts):
    list_display = ("kind", "subject", "state", "due_at", "tries", "reason", "finished_at")
    list_filter = ("state", "kind", "cluster")
    search_fields = ("subject", "uuid", "reason")
    ordering = ("-id",)
    inlines = (AttemptInline,)
    actions = ("queue_again",)

    @admin.action(description=_("Try again"))
    def queue_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        count = sum(try_again(job, timezone.now()) for job in queryset)
        said = ngettext("%d job is queued again.", "%d jobs are queued again.", count) % count
        self.message_user(request, said, messages.SUCCESS if count else messages.WARNING)


@admin.register(Attempt)
class AttemptAdmin(Facts):
    list_display = ("job", "worker", "started_at", "ended_at", "outcome", "cpu_seconds")
    list_filter = ("outcome",)
    search_fields = ("job__subject", "worker")
    list_select_related = ("job",)


admin.site.register(Beat, Facts, list_display=("name", "at"))


# Calendars


@admin.register(Entry)
class EntryAdmin(Facts):
    list_display = ("session", "revision", "language", "utc", "zone")
    list_filter = ("language", "utc")
    search_fields = ("session__slug",)
    list_select_related = ("session",)


@admin.register(Feed)
class FeedAdmin(Facts):
    list_display = ("key", "changed_at", "good_until", "etag")
    search_fields = ("key",)


@admin.register(FeedToken)
class FeedTokenAdmin(Facts):
    list_display = ("user", "made_at", "used_at", "revoked_at")
    search_fields = ("user__email",)
    list_select_related = ("user",)
    fields = ("user", "made_at", "used_at", "revoked_at")


@admin.register(Message)
class MessageAdmin(Facts):
    list_display = ("email", "kind", "subject", "state", "due_at", "sent_at", "attempts", "reason_words")
    list_filter = ("state", "kind", "language")
    search_fields = ("email", "subject", "message_id")
    ordering = ("-id",)


admin.site.register(
    Invitation,
    Facts,
    list_display=(
        "email",
        "community",
        "series",
        "role",
        "made_at",
        "expires_at",
        "accepted_at",
        "revoked_at",
    ),
    list_select_related=("community", "series"),
)
admin.site.register(SpeakerLink, Facts, list_display=("engagement", "made_at", "opened_at", "revoked_at"))
admin.site.register(Voice, Facts, exclude=("key",), list_display=("name", "poll", "zone", "changed_at"))

# allauth's page of sessions: it shows their keys, and searches by a user name, which accounts here do not have

admin.site.unregister(allauth_sessions.UserSession)
admin.site.unregister(allauth_mfa.Authenticator)  # it would show the secrets of second factors


# Every other table of ours: there to be looked at

for model in apps.get_app_config("seminars").get_models():
    if not admin.site.is_registered(model) and model not in {Owed, Speaker}:  # these two stand within others
        admin.site.register(model, Facts)
