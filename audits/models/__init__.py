"""Processes with their owners; rules that people wrote, and what every run of a rule came to."""

from audits.models.process import Process, ProcessOwner
from audits.models.rule import Failure, RuleVersion, Run, RunAsked, RunOutcome, WrittenRule

__all__ = ["Failure", "Process", "ProcessOwner", "RuleVersion", "Run", "RunAsked", "RunOutcome", "WrittenRule"]
