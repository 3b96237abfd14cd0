"""Loads the demo's history: the shipped incidents, moved to end today, with everything they left."""

from incidents.imports import writing
from itsm.demo.company import Company
from itsm.demo.past import SOURCE, Offers, Scene, moved
from itsm.demo.real import real_histories, shift
from itsm.demo.traces import Traces

BATCH = 500
TITLES_KEPT_APART = 60


def live_again(company: Company, now):
    """Write every shipped incident that is solved by now; returns how many."""
    told = list(real_histories())
    by = shift(max(history.contacted_at for history in told), now)
    histories = [history for old in told if (history := moved(old, by, now))]
    offers, titles = Offers(company), []
    for start in range(0, len(histories), BATCH):
        _write(histories[start : start + BATCH], company, offers, titles, now)
    return len(histories)


def _write(histories, company, offers, titles, now):
    scenes, replays = [], []
    for history in histories:
        scene = Scene(history, company, offers, now)
        replays.append(scene.replayed(set(titles[-TITLES_KEPT_APART:])))
        titles.append(replays[-1].incident.title)
        scenes.append(scene)
    batch = writing.write(replays, at=now, by=None, source=SOURCE)
    clocks = iter(batch.clocks)
    traces = Traces(now)
    for scene, replay in zip(scenes, replays, strict=True):
        traces.leave(scene, replay, [next(clocks) for _timer in replay.timers])
    traces.write()
