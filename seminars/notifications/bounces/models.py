"""What is known of an address by how its mails fared."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trouble(models.TextChoices):
    """Why nothing is sent to an address."""

    BOUNCED = "bounced", _("mails come back")
    COMPLAINED = "complained", _("reported as unwanted")


class MailAddress(models.Model):
    """One address that was in trouble. With `trouble` nothing is sent to it; its owner may say to try again."""

    email = models.EmailField(unique=True, help_text="In small letters.")
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True)
    since = models.DateTimeField(null=True, blank=True, help_text="Since when it is in trouble.")
    reason = models.CharField(max_length=500, blank=True, help_text="What the mail server or provider said.")
    soft = models.PositiveSmallIntegerField(default=0, help_text="Days in a row on which it took no mail.")
    soft_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "mail addresses"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(trouble="") | models.Q(since__isnull=False), name="mail_address_since"
            )
        ]

    def __str__(self) -> str:
        return self.email
