"""Which grade the facts speak for, and why: a suggestion; a human decides and says why (domain: findings)."""

import dataclasses

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SYSTEMIC = 20
"""More than so many percent of the records failing is no lapse any more."""


class Grade(models.TextChoices):
    MAJOR = "major", _("Major nonconformity")
    MINOR = "minor", _("Minor nonconformity")
    OBSERVATION = "observation", _("Observation")
    OPPORTUNITY = "opportunity", _("Opportunity for improvement")


NONCONFORMITIES = (Grade.MAJOR, Grade.MINOR)
WEIGHT = {Grade.OPPORTUNITY: 0, Grade.OBSERVATION: 1, Grade.MINOR: 2, Grade.MAJOR: 3}
HIGHER = {Grade.OPPORTUNITY: Grade.OBSERVATION, Grade.OBSERVATION: Grade.MINOR, Grade.MINOR: Grade.MAJOR, Grade.MAJOR: Grade.MAJOR}


class Because(models.TextChoices):
    """Why a grade is suggested."""

    SYSTEMIC = "systemic", _("More than 20 % of the records fail: that is no single lapse.")
    STRATUM = "stratum", _("Every record of one process and post fails.")
    REPEATED = "repeated", _("The same clause and process was a nonconformity already within the last twelve months.")
    INEFFECTIVE = "ineffective", _("The corrective action did not work.")
    ISOLATED = "isolated", _("Single records fail, no whole process and post.")
    NONE = "", pgettext_lazy("suggestion", "Nothing was counted.")


@dataclasses.dataclass(frozen=True)
class Counted:
    """What a test or a sample counted: of `population` records `failed`, and whether every one of some stratum did."""

    population: int = 0
    failed: int = 0
    whole_stratum: bool = False

    @property
    def percent(self):
        """The share of failed records in percent, None when there was nothing to test."""
        return 100 * self.failed / self.population if self.population else None


@dataclasses.dataclass(frozen=True)
class Suggestion:
    grade: str
    because: str


def suggest(counted, *, repeats):
    """The Suggestion for what was counted; `repeats`: the same was found within twelve months. Without either it has no grade."""
    if repeats:
        return Suggestion(Grade.MAJOR, Because.REPEATED)
    if counted.percent is not None and counted.percent > SYSTEMIC:
        return Suggestion(Grade.MAJOR, Because.SYSTEMIC)
    if counted.whole_stratum:
        return Suggestion(Grade.MAJOR, Because.STRATUM)
    if counted.failed:
        return Suggestion(Grade.MINOR, Because.ISOLATED)
    return Suggestion("", Because.NONE)


def is_lower(grade, than):
    """Whether a grade weighs less than another; nothing weighs less than no grade."""
    return bool(than) and WEIGHT[grade] < WEIGHT[than]
