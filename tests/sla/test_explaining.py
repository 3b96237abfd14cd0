"""Why it is due then, and why it broke: one sentence each, in both languages, true to the log.

Faults tried by hand that turn these red: pauses told by the wall instead of service time, causes in the record's order instead of
the biggest first, causes counted beyond the breach, lengths rounded one by one, a date or a clause left in English.
"""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from itsm.calendars import china
from sla import explaining, ledger
from sla.clockwork import CARRY, RESTART_CAPPED, Amendment, Event, State, Terms, forward
from sla.story import CalendarFacts, Story, week_words
from tests.sla.lives import ALWAYS, HOUR, OFFICE, pure, terms
from tests.sla.test_ledger import lives, rich_acts

MONDAY = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)
"""16:00 in Shanghai."""
P2, P3 = Terms(HOUR, OFFICE, rank=("core", 2)), Terms(2 * HOUR, OFFICE, rank=("core", 3))
FACTS = CalendarFacts("China office hours", 1, "Asia/Shanghai", tuple(map(tuple, china.OFFICE_WEEK)), (), date(2026, 12, 31))
LANGUAGES = ["en", "zh-hans"]


@pytest.fixture(autouse=True)
def in_english_in_shanghai():
    with timezone.override("Asia/Shanghai"), translation.override("en"):
        yield


def at(hours):
    return MONDAY + timedelta(hours=hours)


def log_of(first, *acts):
    """A log that starts on Monday with acts (kind, hours after the contact, terms, rule)."""
    state, log = forward(State(), Event("start", MONDAY, first))
    for kind, hours, *rest in acts:
        held, rule = [*rest, *(None, CARRY)[len(rest) :]]
        state, written = forward(state, Event(kind, at(hours), held, rule=rule))
        log += written
    return log


def told(log, hours, **details):
    """The Story of a log, so many hours after the contact."""
    calendars = {line: FACTS for line, event in enumerate(log, 1) if event.terms and event.terms.target_us}
    return Story("resolution", ledger.live(log, at(hours)), at(hours), **({"calendars": calendars} | details))


def test_a_plain_promise_says_contact_target_hours_and_due_time():
    said = explaining.why_due(told(log_of(P3), 1))
    week = "Mon–Fri 09:00–12:00, 13:00–18:00"
    assert (
        said == f"Contact Mon 28 Sep 16:00; 2 h of service time on “China office hours” ({week}; Asia/Shanghai); so due Mon 28 Sep 18:00."
    )


def test_the_same_in_chinese():
    with translation.override("zh-hans"):
        log = log_of(P3, ("stop", 5))
        due, broken = (why(told(log, 6, phases=((MONDAY, at(6), "in_progress"),))) for why in (explaining.why_due, explaining.why_breached))
    week = "星期一至星期五 09:00–12:00、13:00–18:00；Asia/Shanghai"
    assert due == f"9月28日 星期一 16:00 联系；按“China office hours”（{week}）计 2 小时服务时间；因此应于 9月28日 星期一 18:00 到期。"
    assert broken == "9月28日 星期一 18:00 超时：在允许的 2 小时中，处理中 2 小时；没有暂停过。"


def test_pauses_are_told_by_the_service_time_they_took():
    log = log_of(P3, ("pause", 1), ("resume", 19))  # 17:00 until 11:00 on Tuesday
    said = explaining.why_due(told(log, 19.5, reasons={2: "Customer information"}))
    assert "paused for 3 h of service time (Customer information)" in said
    assert said.endswith("so due Tue 29 Sep 12:00.")
    night = log_of(replace(P3, target_us=3 * HOUR), ("pause", 2.5), ("resume", 3))
    assert "paused outside the service hours only; so due Tue 29 Sep 10:00." in explaining.why_due(told(night, 4))


def test_a_clock_that_waits_says_what_is_left():
    said = explaining.why_due(told(log_of(P3, ("pause", 0.5)), 5, reasons={2: "Customer information"}))
    assert said.endswith("paused since Mon 28 Sep 16:30 (Customer information), so 1 h 30 min are left from the moment it runs again.")


def test_both_rules_of_another_priority_are_told():
    carried = explaining.why_due(told(log_of(P3, ("retarget", 0.5, P2)), 0.75))
    assert "P3 → P2 on Mon 28 Sep 16:30: 1 h in all, time used counts on; so due Mon 28 Sep 17:00." in carried
    capped = explaining.why_due(told(log_of(P3, ("retarget", 0.5, P2, RESTART_CAPPED)), 0.75))
    assert "1 h from then, but due never later than before; so due Mon 28 Sep 17:30." in capped


def test_many_changes_are_told_by_the_newest_three():
    acts = [("retarget", n / 60, P2 if n % 2 else P3) for n in range(1, 8)]
    said = explaining.why_due(told(log_of(P3, *acts), 0.5))
    assert "after 4 earlier changes" in said
    assert said.count("time used counts on") == 3


def test_a_gap_between_solving_and_reopening_is_told_as_agreed():
    acts = [("stop", 0.5), ("reopen", 1)]
    left_out = explaining.why_due(told(log_of(P3, *acts), 1.5))
    assert "30 min of service time between solving and reopening don't count; so due Tue 29 Sep 09:30." in left_out
    counting = explaining.why_due(told(log_of(replace(P3, count_gap=True), *acts), 1.5))
    assert "count, as agreed; so due Mon 28 Sep 18:00." in counting


def test_a_due_time_beyond_the_official_holidays_says_that_it_is_provisional():
    said = explaining.why_due(told(log_of(P3), 1, provisional=True))
    assert said.endswith("provisional, because the holidays after 31 Dec 2026 are not official yet.")


def test_readers_elsewhere_are_told_their_zone():
    with timezone.override("Europe/Lisbon"):
        said = explaining.why_due(told(log_of(P3), 1))
    assert said.startswith("Contact Mon 28 Sep 09:00")
    assert said.endswith("instants in Europe/Lisbon.")


def test_a_corrected_and_a_cancelled_and_a_rebound_clock_say_so():
    fixed = Event("correct", at(1), amend=Amendment(moved=((1, at(0.25)),)))
    assert "Contact Mon 28 Sep 16:15" in explaining.why_due(told([*log_of(P3), fixed], 1.5))
    assert "times corrected Mon 28 Sep 17:00; so due Tue 29 Sep 09:15." in explaining.why_due(told([*log_of(P3), fixed], 1.5))
    assert "cancelled Mon 28 Sep 17:00, so nothing is due." in explaining.why_due(told(log_of(P3, ("cancel", 1)), 2))
    log = log_of(P3, ("rebind_calendar", 1, replace(P3, hours=ALWAYS)))
    calendars = {1: FACTS, 2: replace(FACTS, no=2, covered_through=date(2027, 12, 31))}
    story = told(log, 1.5, calendars=calendars)
    assert "from Mon 28 Sep 17:00 on by version 2 of the calendar" in explaining.why_due(story)
    assert explaining.mark_words(story, story.life.marks[0]).startswith("holidays of 2027 became official: version 2")


def test_without_a_promise_there_is_nothing_to_explain():
    log = log_of(Terms(None, ALWAYS))
    assert explaining.why_due(told(log, 1)) == explaining.why_breached(told(log, 1)) == ""


STEPS = [(at(0.1), "log", "new"), (at(0.2), "assign", "assigned"), (at(1.5), "accept", "in_progress")]


def test_the_biggest_cause_of_a_breach_comes_first_and_they_add_up():
    log = log_of(P3, ("stop", 5))
    story = told(log, 6, phases=explaining.phases_of(STEPS, MONDAY, at(6)))
    assert explaining.why_breached(story) == (
        "Breached Mon 28 Sep 18:00: of 2 h allowed, 1 h 18 min passed before anybody accepted it, 30 min in work, "
        "6 min passed before it was logged, 6 min passed before somebody was assigned; it was not paused."
    )


def test_after_reopening_the_work_is_told_apart_and_pauses_are_named():
    log = log_of(replace(P3, target_us=3 * HOUR), ("pause", 0.5), ("resume", 1), ("stop", 1.5), ("reopen", 17), ("stop", 26))
    steps = [(at(0), "accept", "in_progress"), (at(1.5), "resolve", "resolved"), (at(17), "reopen", "in_progress")]
    said = explaining.why_breached(told(log, 27, phases=explaining.phases_of(steps, MONDAY, at(27))))
    assert "2 h in work after it was reopened, 1 h in work; it was paused once, 30 min not counted." in said


def test_a_breach_by_another_priority_names_it():
    log = log_of(P3, ("retarget", 1.5, P2))
    assert explaining.why_breached(told(log, 2)) == (
        "Breached Mon 28 Sep 17:30: the priority went from P3 to P2, which allows 1 h, and 1 h 30 min were used already."
    )
    assert "more was used by then, so due at once" in explaining.why_due(told(log, 2))


def test_an_excused_breach_says_so_and_stays():
    log = log_of(P3, ("stop", 5), ("excuse", 6))
    story = told(log, 7, people={4: "Shen"}, reasons={4: "force majeure"})
    assert explaining.why_breached(story).endswith("It is counted apart as excused.")
    assert explaining.mark_words(story, story.life.marks[-1]) == "breach excused by Shen: force majeure"
    assert "Shen" not in explaining.mark_words(told(log, 7), story.life.marks[-1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_row_and_sentence_is_worded(language):
    log = log_of(P3, ("pause", 0.25), ("resume", 0.5), ("retarget", 0.75, P2), ("stop", 1), ("reopen", 1.2), ("stop", 30), ("excuse", 31))
    log.append(Event("correct", at(32), amend=Amendment(waited=((at(0.1), at(0.2)),))))
    story = told(log, 33, phases=explaining.phases_of(STEPS, MONDAY, at(33)))
    with translation.override(language):
        said = [explaining.why_due(story), explaining.why_breached(story)]
        said += [explaining.row_words(story, row) for row in ledger.rows(story.life)]
    assert all(said)
    if language != "en":
        english = [re.sub(r"China office hours|Asia/Shanghai|P\d", "", text) for text in said]
        assert not [text for text in english if re.search(r"[A-Za-z]{2}", text)]


def test_a_week_in_words():
    assert week_words(()) == "round the clock"
    assert week_words([(0, 0, 60), (1, 0, 60), (3, 0, 60)]) == "Mon–Tue 00:00–01:00, Thu 00:00–01:00"
    facts = replace(FACTS, exceptions=((date(2026, 10, 1), ()), (date(2026, 10, 2), ()), (date(2026, 10, 10), ((540, 720),))))
    assert facts.touched(date(2026, 10, 1), date(2026, 10, 31)) == ["1 Oct 2026–2 Oct 2026 holiday", "10 Oct 2026 open 09:00–12:00"]


@pure
@given(terms, rich_acts, st.lists(st.tuples(st.timedeltas(timedelta(0), timedelta(days=9)), st.sampled_from(["new", "assigned", "x"]))))
def test_any_life_has_its_sentences_and_the_causes_add_up(first, acts, moves):
    log = lives(first, acts)
    start, end = log[0].at, max(event.at for event in log)
    steps = sorted((start + gap, "step", status) for gap, status in moves)
    life = ledger.live(log, end)
    story = Story("resolution", life, end, phases=explaining.phases_of(steps, start, end))
    assert bool(explaining.why_due(story)) == (life.state.allowed_us is not None)
    assert bool(explaining.why_breached(story)) == bool(life.state.breached_at)
    assert all(explaining.row_words(story, row) for row in ledger.rows(life))
    spent = [life.counted(since, min(until, end)) for since, until, _what in story.phases]
    assert sum(spent, timedelta(0)) == life.counted()
    if life.state.breach_cause == "time":
        broken = life.state.breached_at
        assert life.counted(None, broken) == timedelta(microseconds=life.state.breach_us)


@pure
@given(st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), max_size=6))
def test_shown_lengths_add_up_to_the_shown_whole(parts):
    whole = sum(parts, timedelta(0))
    unit = timedelta(seconds=1) if whole < timedelta(minutes=5) else timedelta(minutes=1)
    assert sum(explaining.evened(parts), timedelta(0)) == whole // unit * unit
