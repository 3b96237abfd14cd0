"""Links for people without an account, and the receipts of what they decided."""

import base64
import hashlib
import hmac
import secrets
import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from itsm.core import trail


class LinkState(models.TextChoices):
    OPEN = "open", _("Open")
    USED = "used", _("Used")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Withdrawn")


def new_nonce():
    """Return 32 random hexadecimal digits."""
    return secrets.token_hex(16)


def hash_of(token):
    """Return what is stored of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


class RecordQuerySet(models.QuerySet):
    def about(self, record):
        """Return the rows that point at one record."""
        kind = ContentType.objects.get_for_model(type(record))
        return self.filter(content_type=kind, object_id=record.pk)


class SignedLink(models.Model):
    """Permission for one person to do one thing with one record; the token itself is never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=30)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="signed_links")
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField(_("issued at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    used_at = models.DateTimeField(_("used at"), null=True, editable=False)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("signed link")
        verbose_name_plural = _("signed links")
        ordering = ["-issued_at"]
        indexes = [models.Index(fields=["content_type", "object_id", "purpose"], name="links_link_record")]

    def __str__(self):
        return f"{self.purpose} …{str(self.id)[-4:]}"

    @property
    def token(self):
        """The secret of the address, computed from the product's key each time it is needed."""
        digest = salted_hmac("itsm.links.SignedLink", f"{self.id}:{self.nonce}", algorithm="sha256").digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def opens_with(self, token):
        """Tell in constant time whether this is the link's token."""
        return hmac.compare_digest(self.token_hash, hash_of(token))

    def url(self):
        """Return the full address to send to the person, and to nobody else."""
        return settings.SITE_URL.rstrip("/") + reverse("portal:link", args=[self.token])

    def state(self, at):
        """Return the LinkState at an instant. A link of somebody who left is withdrawn."""
        if self.revoked_at or not self.person.is_active:
            return LinkState.REVOKED
        if self.used_at:
            return LinkState.USED
        return LinkState.EXPIRED if at >= self.expires_at else LinkState.OPEN


class Receipt(models.Model):
    """What a person decided through a link, and exactly what they were shown. Append-only, chained per record."""

    link = models.ForeignKey(SignedLink, models.PROTECT, related_name="receipts")
    purpose = models.CharField(_("purpose"), max_length=30)
    content_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    object_id = models.BigIntegerField()
    record = GenericForeignKey()
    seq = models.PositiveIntegerField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="receipts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    choice = models.CharField(_("choice"), max_length=30)
    words = models.TextField(_("words"), blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True)
    shown_text = models.TextField(_("text shown"))
    shown_sha256 = models.CharField(max_length=64)
    language = models.CharField(_("language"), max_length=10)
    at = models.DateTimeField(_("at"))
    ip = models.GenericIPAddressField(_("address"), null=True)
    user_agent = models.CharField(_("browser"), max_length=400, blank=True)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["content_type", "object_id", "seq"]
        constraints = [models.UniqueConstraint(fields=["content_type", "object_id", "seq"], name="links_receipt_once")]
        triggers = trail.append_only()

    def __str__(self):
        return f"{self.purpose} {self.choice} {self.seq}"
