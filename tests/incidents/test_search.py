"""Search by number and by Chinese or English words."""

import pytest

from incidents.filters import IncidentFilter
from incidents.models import Incident
from itsm.core import wordsearch
from itsm.core.wordsearch import indexed

pytestmark = pytest.mark.django_db


def found(words):
    return set(IncidentFilter({"q": words}, queryset=Incident.objects.all()).qs)


def test_runs_of_chinese_become_pairs():
    assert indexed("支付失败 502").split() == ["支付", "付失", "失败", "502"]


@pytest.mark.parametrize("words", ["支付", "支付失败", "间歇", "failed", "Checkout", "checkout 支付", "pay-gw-03", "502", "付"])
def test_an_incident_is_found_by_its_words(log, words):
    incident = log(title="收银台支付失败 checkout", description="pay-gw-03 间歇返回 502, payment failed")
    assert found(words) == {incident}


def test_common_words_find_the_same_as_rare_ones(log, monkeypatch):
    expected = {log(title="收银台支付失败"), log(title="支付 checkout")}
    log(title="转账超时", description="502")
    assert found("支付") == expected
    monkeypatch.setattr(wordsearch, "FEW", 1)
    assert found("支付") == expected


@pytest.mark.parametrize("words", ["失支", "付支", "checkin", "败", "@@@", "支付 转账"])
def test_it_is_not_found_by_others(log, words):
    log(title="收银台支付失败 checkout", description="pay-gw-03 间歇返回 502")
    assert found(words) == set()


def test_it_is_found_by_its_number(log):
    incident = log()
    for typed in (incident.shown_number, incident.shown_number.lower(), str(incident.number), f"inc{incident.number}"):
        assert incident in found(typed)
