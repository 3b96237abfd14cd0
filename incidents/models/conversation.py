"""What was said about an incident, and calls that confirm it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.incident import Incident
from itsm.core import trail


class Visibility(models.TextChoices):
    PUBLIC = "public", _("To the customer")
    INTERNAL = "internal", _("Internal note")


class MessageQuerySet(models.QuerySet):
    def visible_to(self, person):
        """Staff read everything; a contact what was meant for their organisation."""
        if person.is_internal:
            return self
        return self.public().filter(incident__customer=person.organisation_id)

    def public(self):
        return self.filter(visibility=Visibility.PUBLIC)


class Message(models.Model):
    """One entry of the conversation; never changed afterwards."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    from_customer = models.BooleanField(default=False)
    visibility = models.CharField(max_length=10, choices=Visibility)
    body = models.TextField(_("message"))
    sent_at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["incident", "sent_at", "id"], name="message_of_incident")]
        triggers = trail.append_only()

    def __str__(self):
        return self.body[:60]


class Decision(models.TextChoices):
    PENDING = "pending", _("Waits for the second person")
    CONFIRMED = "confirmed", _("Checked and confirmed")
    REFUSED = "refused", _("Not accepted")
    SUPERSEDED = "superseded", _("Overtaken by the customer")


@trail.tracked()
class PhoneConfirmation(models.Model):
    """The customer said on the phone that it is solved; a second person has to check it (O3)."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="phone_confirmations")
    called_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    note = models.TextField(_("what the customer said"))
    second_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=10, choices=Decision, default=Decision.PENDING)
    remark = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident"], condition=models.Q(decision="pending"), name="one_pending_call"),
            models.CheckConstraint(
                condition=models.Q(second_by=None) | ~models.Q(second_by=models.F("called_by")), name="call_checked_by_another"
            ),
        ]

    def __str__(self):
        return f"{self.incident} {self.decision}"
