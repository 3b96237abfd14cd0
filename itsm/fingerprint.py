"""Which code a database was prepared for, so that a start can tell without loading all of it."""

import hashlib

from itsm.environment import ROOT

OURS = ("itsm", "catalog", "sla", "changes", "incidents", "reports", "audits")
PREPARE = ROOT / "itsm" / "operations" / "management" / "commands" / "prepare.py"
ASK = "SELECT obj_description(to_regclass('django_migrations'), 'pg_class')"
KEEP = "COMMENT ON TABLE django_migrations IS %s"  # dumped and restored with the table that it speaks about


def fingerprint():
    """A digest of everything that decides the shape of the database: our migrations, the libraries' lock, what prepares it."""
    summary = hashlib.sha256((ROOT / "requirements.txt").read_bytes() + PREPARE.read_bytes())
    for file in sorted(file for app in OURS for file in (ROOT / app).glob("**/migrations/*.py")):
        summary.update(file.read_bytes())
    return summary.hexdigest()
