"""Incidents, what was said about them, and how they were confirmed."""

from incidents.models.conversation import Message, PhoneConfirmation
from incidents.models.incident import Channel, ClosingKind, Incident, ResolutionCode, Status, matrix_priority
from incidents.models.search import SearchText

__all__ = [
    "Channel",
    "ClosingKind",
    "Incident",
    "Message",
    "PhoneConfirmation",
    "ResolutionCode",
    "SearchText",
    "Status",
    "matrix_priority",
]
