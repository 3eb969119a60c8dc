"""Accounts, persons, communities and membership."""

import uuid
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from seminars.fields import WordsField, ZoneField
from seminars.people.visitors import Visitor


class UserManager(BaseUserManager["User"]):
    """Makes accounts; an address is one account however it is capitalised."""

    def create_user(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Return a new account for `email`; without a password, sign-in is by a code in the mail."""
        user = self.model(email=email.strip().lower(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **extra: Any) -> "User":
        """Return a new account that may do everything."""
        return self.create_user(email, password, **({"is_staff": True, "is_superuser": True} | extra))

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account of an address, in whatever case it is typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """An account. The address is its name; there is no username."""

    email = models.EmailField(_("e-mail address"), unique=True)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    language = models.CharField(max_length=10, blank=True)
    zone = ZoneField(blank=True)
    saves_data = models.BooleanField(default=False, help_text="Voice first, and no pictures before play.")

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.email


class Person(models.Model):
    """Somebody who speaks, belongs or organises. Many never have an account."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, related_name="person")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    affiliation = models.CharField(max_length=200, blank=True)
    about = WordsField()
    zone = ZoneField(blank=True)
    country = models.CharField(max_length=2, blank=True)
    languages = models.JSONField(default=list, blank=True, help_text="Tags of languages they speak.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="person_email_once",
                violation_error_message=_("There is already somebody with this e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Purpose(models.TextChoices):
    """What holds a community together (microLINKS' own list)."""

    THEMATIC = "thematic", _("thematic")
    TASK = "task", _("task-oriented")
    EXPERIENTIAL = "experiential", _("experiential")


class Life(models.TextChoices):
    """How long a community means to last."""

    ONE_TIME = "one-time", _("one-time")
    SHORT_TERM = "short-term", _("short-term")
    ONGOING = "ongoing", _("ongoing")


class Joining(models.TextChoices):
    """How one becomes a member. What a closed community does is seen by its members only."""

    OPEN = "open", _("open to all")
    REQUEST = "request", _("by request")
    CLOSED = "closed", _("closed")


class Form(models.TextChoices):
    """Where people meet."""

    VIRTUAL = "virtual", _("virtual")
    IN_PERSON = "in-person", _("in person")
    HYBRID = "hybrid", _("hybrid")


class Rhythmic(models.TextChoices):
    """Whether a community meets in a rhythm."""

    UNSAID = "", _("not said")
    YES = "rhythmic", _("in a rhythm")
    NO = "irregular", _("when there is reason to")


class Tied(models.TextChoices):
    """Whether a community belongs to an event."""

    UNSAID = "", _("not said")
    YES = "event", _("tied to an event")
    NO = "free", _("not tied to an event")


class Mandate(models.TextChoices):
    """Why people belong."""

    UNSAID = "", _("not said")
    VOLUNTARY = "voluntary", _("voluntary")
    MANDATED = "mandated", _("mandated")


class Takes(models.TextChoices):
    """Who belongs: people for themselves, or organisations through those who represent them."""

    PEOPLE = "people", _("people")
    ORGANISATIONS = "organisations", _("organisations")
    BOTH = "both", _("people and organisations")


class CommunityQuerySet(models.QuerySet["Community"]):
    """Questions about communities."""

    def of_member(self, visitor: Visitor) -> Self:
        """Communities the visitor belongs to."""
        return self.filter(memberships__person__user_id=visitor.user_id or 0)

    def organised_by(self, visitor: Visitor) -> Self:
        """Communities the visitor plans for; an administrator plans for all."""
        if visitor.is_admin:
            return self.all()
        mine = Membership.objects.filter(person__user_id=visitor.user_id or 0, role__in=Role.organising())
        return self.filter(id__in=mine.values("community_id"))

    def visible_to(self, visitor: Visitor) -> Self:
        """Communities whose page the visitor may see: all but closed ones they do not belong to."""
        if visitor.is_admin:
            return self.all()
        open_ones = ~models.Q(joining=Joining.CLOSED)
        if visitor.user_id is None:
            return self.filter(open_ones)
        mine = Membership.objects.filter(person__user_id=visitor.user_id)
        return self.filter(open_ones | models.Q(id__in=mine.values("community_id")))


class Community(models.Model):
    """A Community of Practice, a course, a network: the people for whom series are planned."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=50, unique=True)
    name = WordsField()
    summary = WordsField()
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.THEMATIC)
    life = models.CharField(max_length=10, choices=Life, default=Life.ONGOING)
    joining = models.CharField(max_length=8, choices=Joining, default=Joining.OPEN)
    takes = models.CharField(max_length=13, choices=Takes, default=Takes.PEOPLE)
    eligibility = WordsField(help_text=_("Who may join, in your words."))
    questions = WordsField(help_text=_("Asked of those who ask to join, one on each line."))
    form = models.CharField(max_length=10, choices=Form, default=Form.VIRTUAL)
    rhythm = WordsField(help_text=_("How often it meets, in your words."))
    rhythmic = models.CharField(max_length=9, choices=Rhythmic, blank=True)
    tied = models.CharField(max_length=5, choices=Tied, blank=True)
    mandate = models.CharField(max_length=9, choices=Mandate, blank=True)
    home_zone = ZoneField()
    language = models.CharField(max_length=10, default="en", help_text=_("The language it mostly works in."))
    languages = models.JSONField(default=list, blank=True, help_text=_("Further ones, as tags."))
    countries = models.JSONField(default=list, blank=True, help_text=_("ISO 3166 codes."))
    provinces = models.JSONField(
        default=list, blank=True, help_text=_("Registration asks which of these, to count them.")
    )
    accent = models.CharField(
        max_length=7,
        default="#1f5f8b",
        validators=[RegexValidator(r"^#[0-9a-f]{6}$", _("Give the colour as #rrggbb."))],
    )
    contact = models.EmailField(blank=True)
    logo = models.CharField(max_length=64, blank=True, editable=False, help_text="SHA-256 of its PNG file.")
    logo_width = models.PositiveSmallIntegerField(default=0, editable=False)
    logo_height = models.PositiveSmallIntegerField(default=0, editable=False)
    agenda = WordsField(help_text=_("What it wants to learn."))
    discusses_at = models.URLField(blank=True, help_text=_("A forum, list or group page elsewhere."))
    discussing = WordsField(help_text=_("How to join from there, in your words."))
    made_at = models.DateTimeField()

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "communities"
        constraints = [
            models.CheckConstraint(condition=models.Q(joining__in=Joining.values), name="community_joining"),
            models.CheckConstraint(condition=~models.Q(home_zone=""), name="community_has_zone"),
        ]

    def __str__(self) -> str:
        return self.slug


class Role(models.TextChoices):
    """What a member does in a community."""

    MEMBER = "member", _("member")
    ORGANISER = "organiser", _("organiser")
    MANAGER = "manager", _("community manager")

    @classmethod
    def organising(cls) -> list["Role"]:
        """Roles that plan series and see drafts."""
        return [cls.ORGANISER, cls.MANAGER]


class Membership(models.Model):
    """A person belongs to a community."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    community = models.ForeignKey(Community, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    organisation = models.ForeignKey(
        "seminars.Organisation",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="representatives",
        help_text="For which they are here; without one, for themselves.",
    )
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("person", "community", name="membership_once")]


class ExpectedMembers(models.Model):
    """How many members a community expects by one clock; those who come take their places (see `people.expecting`)."""

    community = models.ForeignKey(Community, models.CASCADE, related_name="expected")
    zone = ZoneField()
    number = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "expected members"
        constraints = [
            models.UniqueConstraint("community", "zone", name="expected_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="expected_some"),
        ]

    def __str__(self) -> str:
        return f"{self.zone}: {self.number}"
