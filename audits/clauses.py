"""The clauses a finding may name: those of the framework's data, by number and in our own words."""

from django.utils.functional import lazy

from audits import framework


def known():
    """The numbers of all clauses, in the order of the standard."""
    return framework.clauses().keys()


def choices():
    """`[(number, "8.6.1 Incidents")]` in the order of the standard; the words are those of whoever reads them."""
    return [(number, _label(number)) for number in known()]


def label(number):
    """ "8.6.1 Incidents", or the number alone when we have no words for it."""
    clause = framework.clauses().get(number)
    return f"{number} {clause.label()}" if clause else number


def question(number):
    """What we ask about a clause, in the reader's language; empty when we have no words for it."""
    clause = framework.clauses().get(number)
    return clause.asks() if clause else ""


_label = lazy(label, str)
