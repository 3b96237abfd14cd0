"""Incidents, what was said about them, and how they were confirmed."""

from incidents.models.cause import NotCaused
from incidents.models.conversation import Message, PhoneConfirmation
from incidents.models.incident import Channel, ClosingKind, Incident, ResolutionCode, matrix_priority
from incidents.models.search import SearchText
from incidents.models.status import Status

__all__ = [
    "Channel",
    "ClosingKind",
    "Incident",
    "Message",
    "NotCaused",
    "PhoneConfirmation",
    "ResolutionCode",
    "SearchText",
    "Status",
    "matrix_priority",
]
