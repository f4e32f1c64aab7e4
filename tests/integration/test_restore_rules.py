"""Yesterday's database forgets what officers ended today; after a restore it ends again."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.commands.herstel import _lines, _wire
from gateway.services import regels
from gateway.services.herstel import proceed, reconcile, report_restored
from gateway.services.herstelstand import state
from privacy.errors import PolicyFaultError, PolicyUnavailableError
from privacy.rule_life import Regelstand
from tests.builders import a_consent
from tests.integration.backups import Restorable
from tests.integration.test_restore import item
from tests.integration.test_rules import active, approved, beleid, verklaring

ANNA, BORA = "0000000001", "0000000002"
RECALLED = "verklaring_teruggeroepen"
WITHDRAWN = "beleid_ingetrokken"
OLDER = "2019-1"


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, installed_url)
    made.consent = a_consent()  # type: ignore[attr-defined]
    made.casus(item(ANNA, made.consent))  # type: ignore[attr-defined]
    yield made
    made.close()


def resend_and_speak(world: Any) -> None:
    world.push(item(ANNA, world.consent))
    world.speak()
    assert world.herstel is None


def kinds(world: Restorable) -> list[str]:
    return [each["soort"] for each in world.entries()]


def narrower(world: Restorable) -> str:
    """A version that officers approve for IND, as narrow as they like."""
    return approved(world, beleid(naam='"IND, smaller"'))


# A notice that was recalled


def test_a_notice_that_was_recalled_after_the_backup_stays_recalled(world):
    assert "aanmelding" in world.told("IND")
    kept = world.backup()
    regels.recall_notice(world.parts, OLDER)
    world.copy_log()

    world.restore(kept)
    resend_and_speak(world)

    assert set(world.told("IND")) == {"terugroeping"}
    assert kinds(world).count(RECALLED) == 2
    assert world.log_is_sound()


def test_a_notice_of_after_the_backup_is_recalled_the_moment_it_is_taken_in_again(world):
    kept = world.backup()
    text = verklaring("2020-1")
    regels.take_in_notices(world.parts, [text])
    regels.recall_notice(world.parts, "2020-1")
    world.copy_log()
    world.restore(kept)
    resend_and_speak(world)

    [again] = regels.take_in_notices(world.parts, [text])

    assert again.new
    assert again.life.stand is Regelstand.TERUGGEROEPEN
    assert kinds(world)[-2:] == ["verklaring_opgenomen", RECALLED]


def test_the_name_of_a_notice_that_was_lost_is_never_given_to_another_text(world):
    kept = world.backup()
    regels.take_in_notices(world.parts, [verklaring("2020-1")])
    world.copy_log()
    world.restore(kept)

    with pytest.raises(PolicyFaultError, match="andere inhoud"):
        regels.take_in_notices(world.parts, [verklaring("2020-1", "Iets heel anders")])
    [same] = regels.take_in_notices(world.parts, [verklaring("2020-1")])

    assert same.life.stand is Regelstand.OPGENOMEN


# A policy that was withdrawn, or replaced


def test_a_policy_that_was_withdrawn_after_the_backup_stays_withdrawn(world):
    kept = world.backup()
    regels.withdraw_policy(world.parts, "IND")
    world.copy_log()

    world.restore(kept)
    resend_and_speak(world)

    with pytest.raises(PolicyUnavailableError):
        world.page("IND")
    assert "aanmelding" in world.told("AVIM")
    assert kinds(world).count(WITHDRAWN) == 2


def test_an_older_policy_is_not_in_force_again_where_the_newer_one_is_lost(world):
    kept = world.backup()
    newer = narrower(world)
    regels.activate(world.parts, newer)
    world.copy_log()

    world.restore(kept)
    told = state(world.parts).regels
    resend_and_speak(world)

    assert told.zonder_beleid == {"IND": newer}
    with pytest.raises(PolicyUnavailableError):
        world.page("IND")
    assert "aanmelding" in world.told("AVIM")

    regels.activate(world.parts, narrower(world))

    assert active(world) == newer
    assert "aanmelding" in world.told("IND")


def test_a_newer_policy_that_was_approved_before_the_backup_is_switched_on_again_by_one_command(
    world,
):
    newer = narrower(world)
    kept = world.backup()
    regels.activate(world.parts, newer)
    world.copy_log()

    world.restore(kept)
    regels.activate(world.parts, newer)
    resend_and_speak(world)

    assert active(world) == newer
    assert "aanmelding" in world.told("IND")


def test_a_policy_that_officers_switched_on_after_the_restore_stands(world):
    kept = world.backup()
    regels.withdraw_policy(world.parts, "IND")
    world.copy_log()
    copy = world.parts.settings.logkopie / "auditlog.kopie"
    elsewhere = copy.with_name("elders")
    copy.rename(elsewhere)
    world.restore(kept)
    report_restored(world.parts)
    newest = narrower(world)
    regels.activate(world.parts, newest)

    reconcile(world.parts, elsewhere, give_up_rest=False)
    proceed(world.parts)
    resend_and_speak(world)

    assert active(world) == newest
    assert "aanmelding" in world.told("IND")


def test_a_version_that_is_still_the_one_in_force_is_left_alone(world):
    before = active(world)
    kept = world.backup()
    other = narrower(world)
    regels.take_in_policies(world.parts, [beleid(naam='"IND, een concept"')])
    world.copy_log()

    world.restore(kept)
    told = state(world.parts).regels
    resend_and_speak(world)

    assert active(world) == before != other
    assert told.aantal > 0
    assert told.zonder_beleid == {}
    assert WITHDRAWN not in kinds(world)


def test_the_log_went_on_before_it_was_found_and_what_was_ended_ends_all_the_same(world):
    kept = world.backup()
    regels.recall_notice(world.parts, OLDER)
    regels.withdraw_policy(world.parts, "DT&V")
    world.copy_log()
    settings = world.parts.settings
    world.put_back(kept)
    world.without_copy()
    world.start()
    world.casus(item(BORA, a_consent()))
    assert "aanmelding" in world.told("IND")

    world.parts = replace(world.parts, settings=settings)
    world.start()

    assert {"IND", "AVIM"} <= set(world.parts.policies.recipients)
    assert kinds(world).count(RECALLED) == kinds(world).count(WITHDRAWN) == 1
    resend_and_speak(world)
    assert set(world.told("IND")) == {"terugroeping"}
    with pytest.raises(PolicyUnavailableError):
        world.page("DT&V")


def test_begun_anew_it_ends_nothing_twice_and_a_second_restore_ends_it_again(world):
    kept = world.backup()
    regels.recall_notice(world.parts, OLDER)
    regels.withdraw_policy(world.parts, "IND")
    world.copy_log()
    world.restore(kept)
    for _ in range(3):
        world.start()
    once = kinds(world)
    assert once.count(RECALLED) == once.count(WITHDRAWN) == 2

    world.copy_log()
    world.restore(kept)
    resend_and_speak(world)

    with pytest.raises(PolicyUnavailableError):
        world.page("IND")
    assert "aanmelding" not in world.told("AVIM")


def test_the_operator_is_told_who_gets_nothing_and_which_notices_are_recalled(world):
    kept = world.backup()
    newer = narrower(world)
    regels.activate(world.parts, newer)
    regels.withdraw_policy(world.parts, "AVIM")
    regels.recall_notice(world.parts, OLDER)
    world.copy_log()
    world.restore(kept)

    told = state(world.parts)

    shown = "\n".join(_lines(told))
    assert f"IND krijgt niets: na de back-up gold voor hem {newer}" in shown
    assert "AVIM krijgt niets: na de back-up was zijn beleid ingetrokken" in shown
    assert f"Teruggeroepen blijven de verklaringen: {OLDER}" in shown
    wire = json.loads(json.dumps(_wire(told)))
    assert wire["ontvangersZonderBeleid"] == {"AVIM": None, "IND": newer}
    assert wire["teruggeroepenVerklaringen"] == [OLDER]
