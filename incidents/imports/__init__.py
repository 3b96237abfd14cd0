"""Histories of other desks, read as what happened here."""
