"""Fills an empty database with the demo company, its history and its stories of today."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from incidents.models import Incident
from itsm.core import clock, trail
from itsm.demo import agreements, assurance, audits, changes, company, figures, findings, history, overpromise, stories
from itsm.demo.cast import COLLEAGUES, PASSWORD
from itsm.people.models import Person


class Command(BaseCommand):
    help = "Load the demo company. Does nothing where it is loaded already; refuses anywhere but in a demo."

    def handle(self, **_options):
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is off), so the demo company stays away: its people sign in without a password.")
        if company.known():
            self.stdout.write("The demo company is here already; nothing was changed.")
            return
        if Person.objects.exists() or Incident.objects.exists():
            raise CommandError("This database has people or incidents of its own. Load the demo company into an empty one.")
        started = time.monotonic()
        past, present, changed, runs = _load(clock.now())
        told = f"{past:,} past incidents, {present} of today, {changed} changes, {runs} runs of rules"
        self.stdout.write(f"Demo company loaded in {time.monotonic() - started:.0f} s: {told}.")
        names = ", ".join(colleague.username for colleague in COLLEAGUES)
        self.stdout.write(f"Everybody's password is {PASSWORD}: {names}.")


def _load(now):
    """Everything or nothing; returns how many past incidents, how many of today, how many changes and runs of rules."""
    with trail.acting(by=None, step="load_demo"), transaction.atomic():
        founded = company.Company(now).found()
        past = history.live_again(founded, now)
        agreements.negotiate(founded, now)
        overpromise.draft(founded)
        present, changed = stories.happen(founded, now), changes.happen(founded, now)
        figures.settle(founded, now)
        ran = assurance.happen(founded, now)
        begun = audits.begin(founded, now)
        findings.happen(founded, now, begun)
        audits.finish(founded, begun, now)
        return past, present, changed, ran
