"""Record numbers: from a PostgreSQL sequence, never reused; gaps are allowed."""

import re

from django.db import models


class NextNumber(models.Func):
    """The next value of a sequence, as a column default: `db_default=NextNumber("incidents_number")`."""

    function = "nextval"
    output_field = models.BigIntegerField()

    def __init__(self, sequence, **extra):
        super().__init__(models.Value(sequence), **extra)


def shown(prefix, number):
    """`INC-000123` for `("INC", 123)`: six digits or more."""
    return f"{prefix}-{number:06d}"


def read(prefix, text):
    """The integer in what a person typed (`INC-000123`, `inc123`, `123`), or None."""
    match = re.fullmatch(rf"\s*(?:{prefix}[- ]?)?0*(\d{{1,15}})\s*", text, re.IGNORECASE)
    return int(match[1]) if match else None


class NumberConverter:
    """Path converter for the digits of a record number: six or more."""

    regex = r"\d{6,}"

    def to_python(self, value):
        return int(value)

    def to_url(self, value):
        return f"{int(value):06d}"
