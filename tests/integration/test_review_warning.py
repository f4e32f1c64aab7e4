"""The worker says once a day which policy has to be reviewed soon; nothing else comes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.services import regels
from gateway.worker import look_at_rules
from tests.world import World


def _told(caplog) -> list[tuple[str, int | None]]:
    lines = [line for line in caplog.records if line.msg == "beleid_vraagt_aandacht"]
    return [(line.sleutels["ontvanger"], line.sleutels["aantal"]) for line in lines]


@pytest.mark.parametrize(("days", "told"), [(42, False), (41, True), (0, True), (-1, True)])
def test_a_policy_that_ends_within_six_weeks_is_a_line_in_the_log(
    embedded: World, caplog, days, told
):
    end = embedded.parts.policies.of("IND").herzien_voor
    day = end - timedelta(days=days)
    embedded.now = datetime(day.year, day.month, day.day, 7, tzinfo=UTC)

    look_at_rules(embedded.parts)

    assert (("IND", days) in _told(caplog)) is told


def test_a_policy_that_was_withdrawn_is_said_too(embedded: World, caplog):
    regels.withdraw_policy(embedded.parts, "AVIM")

    look_at_rules(embedded.parts)

    assert _told(caplog) == [("AVIM", None)]
