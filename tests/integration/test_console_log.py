"""Officers see how often the gateway said no, and why: counts, and nothing of anybody."""

from dataclasses import replace
from datetime import timedelta

from gateway.console.log_state import log_state, refusals
from privacy.log.append import append
from privacy.log.entries import AuditEntry, Auditsoort
from privacy.store.engine import writing


def _refuse(world, reden, times=1):
    entry = AuditEntry(
        soort=Auditsoort.TOEGANG_GEWEIGERD, tijd=world.now, organisatie="IND", reden=reden
    )
    with writing(world.parts.engine) as tx:
        append(tx, [replace(entry) for _ in range(times)], world.now)


def test_refusals_are_counted_by_reason_over_four_weeks(world):
    _refuse(world, "oin_verschilt", times=5)
    world.now += timedelta(days=29)
    _refuse(world, "oin_verschilt", times=2)

    (row,) = refusals(world.parts).rijen

    assert [cel.tekst for cel in row] == ["oin verschilt", "toegang geweigerd", "2"]


def test_a_log_in_which_nothing_was_refused_has_a_size_and_a_root(world):
    (row,) = log_state(world.parts).rijen

    assert row[0].tekst == str(world.installed)
    assert len(row[2].tekst) == 64
    assert refusals(world.parts).rijen == ()
