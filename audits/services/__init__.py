"""Verbs of audits: let rules run, name owners of processes, write and retire rules of our own."""

from audits.services.processes import name_owner, step_down
from audits.services.running import ask_for_all, run, run_all, run_asked, run_nightly
from audits.services.writing import keep_rule, retire_rule

__all__ = ["ask_for_all", "keep_rule", "name_owner", "retire_rule", "run", "run_all", "run_asked", "run_nightly", "step_down"]
