"""What allows updates of configuration items: named to the database while they are made."""

import contextlib

from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

SETTING = "itsm.authority"


@contextlib.contextmanager
def under(record):
    """Let every update of items inside be one that `record` allowed; what allowed them before does again on leaving.

    None leaves in force what is. A failure inside takes everything back, the authority too: this opens a savepoint.
    """
    if record is None:
        yield
        return
    with transaction.atomic():
        former = _named()
        _name(f"{ContentType.objects.get_for_model(record).pk}:{record.pk}")
        yield
        _name(former)


def _named():
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        return cursor.fetchone()[0]


def _name(value):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
