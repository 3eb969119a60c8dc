"""How a community looks for who is not seen any more."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from seminars.people.models import Community

USUAL, MOST = 3, 12


class SilenceRule(models.Model):
    """After how many sessions somebody counts as not seen, and whether managers get the monthly mail."""

    community = models.OneToOneField(Community, models.CASCADE, related_name="silence_rule")
    sessions = models.PositiveSmallIntegerField(
        default=USUAL, validators=[MinValueValidator(1), MaxValueValidator(MOST)]
    )
    mails = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sessions__gte=1, sessions__lte=MOST), name="silence_sessions")
        ]

    def __str__(self) -> str:
        return str(self.community_id)
