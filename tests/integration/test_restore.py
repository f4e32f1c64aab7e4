"""A restored backup stays closed (design 2.10): how it is known, what is found again, who opens."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from gateway.config import SettingsError
from gateway.paging import Page
from gateway.refusals import NotFoundError
from gateway.services.bewaringstoetsen import answer_toets
from gateway.services.casussen import show_casus
from gateway.services.herstel import proceed, reconcile, report_restored
from gateway.services.herstelmelding import give_up, report_spoken
from gateway.services.herstelstand import state
from gateway.services.terugroepingen import disclose_terugroepingen
from gateway.wiring import build
from privacy.errors import RestoredError
from privacy.log.copy import FILE
from privacy.log.errors import LogShorterError
from privacy.log.tables import auditregel
from privacy.store.engine import reading
from privacy.store.herstel import Oorzaak
from privacy.store.verloren import logvork
from tests.builders import a_consent, a_samenvatting, an_item
from tests.integration.backups import ORGANISATIES, Restorable
from tests.world import bronhouder, ketenpartner

ANNA, BORA, CEM = "0000000001", "0000000002", "0000000003"


@pytest.fixture
def world(installed_url: str, tmp_path: Path) -> Iterator[Restorable]:
    made = Restorable(tmp_path, installed_url)
    yield made
    made.close()


def item(v_nummer: str, consent: dict[str, Any], **other: Any) -> dict[str, Any]:
    return an_item(samenvatting=a_samenvatting(vNummer=v_nummer), toestemmingen=[consent], **other)


def told_of(world: Restorable, partner: str) -> set[str]:
    """The kinds that a partner who begins anew would be told."""
    return set(world.told(partner))


def everything_that_discloses(world: Restorable, casus: str, overleg: UUID) -> dict[str, Any]:
    ind, avim = ketenpartner("IND"), ketenpartner("AVIM")
    return {
        "feed": lambda: world.page("IND"),
        "pack": lambda: world.pack("IND", overleg),
        "own casus": lambda: show_casus(world.parts, bronhouder("sndvu"), UUID(casus)),
        "bewaringstoets": lambda: answer_toets(world.parts, avim, {"vNummer": ANNA}),
        "bewaringstoets of nobody": lambda: answer_toets(world.parts, avim, {"vNummer": CEM}),
        "feed of another": lambda: world.page(ind.organisatie),
    }


# 1. What was withdrawn since the backup stays withdrawn


def test_consent_withdrawn_after_the_backup_stays_withdrawn_and_its_recall_is_owed(world):
    consent = a_consent()
    [casus] = world.casus(item(ANNA, consent))
    assert "aanmelding" in told_of(world, "IND")
    kept = world.backup()

    world.withdraw(consent)
    world.copy_log()
    world.restore(kept)
    # The register knows nothing of the withdrawal: it still shows the consent as given.
    world.push(item(ANNA, consent))
    world.speak()

    assert world.herstel is None
    assert told_of(world, "IND") == {"terugroeping"}
    assert world.log_is_sound()
    assert casus


def test_a_withdrawal_of_one_recipient_and_purpose_is_repeated_exactly(world):
    consent = a_consent()
    world.casus(item(ANNA, consent))
    kept = world.backup()

    world.withdraw(consent, ontvangers=["IND"], doelen=["casusoverleg"])
    world.copy_log()
    before = world.withdraw(consent, ontvangers=["AVIM"])
    world.copy_log()
    world.restore(kept)
    world.push(item(ANNA, consent))
    world.speak()

    after = world.withdraw(consent, ontvangers=["AVIM"])
    assert after["uitgezonderd"] == before["uitgezonderd"]
    assert after["ontvangers"] == before["ontvangers"] == ["DT&V", "IND"]


def test_who_was_delivered_and_withdrawn_after_the_backup_does_not_come_back_with_its_register(
    world,
):
    kept = world.backup()
    consent = a_consent()
    world.casus(item(ANNA, consent))
    world.withdraw(consent)
    world.copy_log()

    world.restore(kept)
    world.casus(item(ANNA, consent))
    world.speak()

    assert world.herstel is None
    assert told_of(world, "IND") == set()


def test_a_register_that_comes_after_all_was_closed_brings_no_withdrawn_consent_back(world):
    kept = world.backup()
    consent = a_consent()
    world.casus(item(ANNA, consent))
    world.withdraw(consent)
    world.copy_log()

    world.restore(kept)
    world.speak()
    world.casus(item(ANNA, consent))

    assert told_of(world, "IND") == set()


def test_what_an_organisation_names_no_more_ends_when_it_speaks(world):
    gone, stays = a_consent(), a_consent()
    world.casus(item(ANNA, gone), item(BORA, stays))
    world.feed("IND")
    kept = world.backup()
    world.push(item(ANNA, {**gone, "ingetrokkenOp": "2020-04-01"}, standVan="2020-04-02T08:00:00Z"))

    world.restore(kept)
    report_restored(world.parts)
    reconcile(world.parts, None, give_up_rest=True)
    world.push(item(BORA, stays))
    world.speak()

    assert [each["soort"] for each in world.feed("IND")].count("aanmelding") == 1
    assert "terugroeping" in told_of(world, "IND")


def test_a_casus_that_was_seen_again_unchanged_stays_open(world):
    consent = a_consent()
    world.casus(item(ANNA, consent))
    kept = world.backup()
    world.casus(item(BORA, a_consent()))
    world.copy_log()

    world.restore(kept)
    [result] = world.push(item(ANNA, consent))
    world.speak()

    assert result["resultaat"] == "ongewijzigd"
    assert "aanmelding" in told_of(world, "IND")


# 2. Nothing leaves before the nodes have spoken


def test_statement_33_every_question_gets_one_answer_until_every_organisation_has_spoken(world):
    consent = a_consent(doelen=["aanmelding", "mutaties", "casusoverleg", "bewaringstoets"])
    [casus] = world.casus(item(ANNA, consent))
    overleg = world.frozen(casus)
    kept = world.backup()
    world.casus(item(BORA, a_consent()))
    world.copy_log()

    world.restore(kept)

    for speaking in (*ORGANISATIES, None):
        answers = {
            refused(ask) for ask in everything_that_discloses(world, casus, overleg).values()
        }
        assert len(answers) == 1
        if speaking == ORGANISATIES[-1]:
            break
        world.speak(speaking)
    world.push(item(ANNA, consent))


def test_recalls_withdrawals_and_deliveries_go_on_behind_the_shut_door(world):
    consent, other = a_consent(), a_consent()
    world.casus(item(ANNA, consent), item(BORA, other))
    world.feed("IND")
    kept = world.backup()
    world.withdraw(consent)
    world.copy_log()

    world.restore(kept)
    world.withdraw(other)
    world.casus(item(CEM, a_consent()))

    page = disclose_terugroepingen(world.parts, ketenpartner("IND"), Page(), only_open=True)
    assert page.onderdelen == 2


def test_the_door_opens_when_the_last_has_spoken_and_not_before(world):
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    world.copy_log()
    world.restore(kept)

    world.speak("sndvu")
    assert world.herstel is not None
    assert world.asked("sndvu") is None
    world.speak("seguro")

    assert world.herstel is None
    assert [each["soort"] for each in world.entries() if each["soort"].startswith("herstel")] == [
        "herstel_ontdekt",
        "herstel_gemeld",
        "herstel_gemeld",
        "herstel_afgesloten",
    ]


def test_saying_it_twice_is_saying_it_once(world):
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    world.copy_log()
    world.restore(kept)
    asked = world.asked("sndvu")
    body = {"herstelId": str(asked)}

    first = report_spoken(world.parts, bronhouder("sndvu"), body)
    size = len(world.entries())
    again = report_spoken(world.parts, bronhouder("sndvu"), body)

    assert first == again
    assert len(world.entries()) == size
    with pytest.raises(NotFoundError):
        report_spoken(world.parts, bronhouder("seguro"), {"herstelId": str(uuid4())})


def test_an_organisation_that_will_not_speak_is_given_up_and_its_consents_end(world):
    world.casus(item(ANNA, a_consent()), by="seguro")
    world.feed("IND")
    kept = world.backup()
    world.casus(item(BORA, a_consent()))
    world.copy_log()
    world.restore(kept)

    world.speak("sndvu")
    assert give_up(world.parts, "seguro") == 1
    assert give_up(world.parts, "seguro") is None
    proceed(world.parts)

    assert world.herstel is None
    assert "terugroeping" in told_of(world, "IND")


# 3. Each way of knowing, by itself


def test_a_the_copy_has_an_entry_that_the_database_lacks(world):
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    before = lines(world)
    world.copy_log()

    world.restore(kept)

    assert world.herstel.oorzaak is Oorzaak.KOPIE_LANGER
    assert world.herstel.reconciled
    assert lines(world)[: len(before)] == before
    assert world.log_is_sound()


def test_a_the_copy_has_another_entry_at_the_same_number(world):
    consent = a_consent()
    world.casus(item(ANNA, consent))
    kept = world.backup()
    world.withdraw(consent)
    world.copy_log()
    lost = lines(world)
    settings = world.parts.settings
    world.put_back(kept)
    # A process that was pointed at no copy went on from the backup.
    world.without_copy()
    world.start()
    world.casus(item(BORA, a_consent()))

    world.parts = replaced(world, settings)
    world.start()

    assert world.herstel.oorzaak is Oorzaak.KOPIE_ANDERS
    with reading(world.parts.engine) as tx:
        forked = {(row.nummer, row.regel) for row in tx.execute(select(logvork))}
    assert {regel for _, regel in forked} <= set(lost)
    assert forked
    world.push(item(ANNA, consent))
    world.speak()
    assert told_of(world, "IND") == {"aanmelding", "instroom"} or world.herstel is None
    world.tick()
    assert (world.parts.settings.logkopie / FILE).is_file()


def test_a_is_found_by_the_worker_of_a_running_process_too(world):
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    world.copy_log()
    world.put_back(kept)

    world.tick()

    assert world.herstel is not None


def test_b_a_running_process_that_saw_a_longer_log_lets_nothing_out_and_shuts_the_door(world):
    world.without_copy()
    world.casus(item(ANNA, a_consent()))
    kept = world.backup()
    world.casus(item(BORA, a_consent()))
    world.put_back(kept)

    with pytest.raises(LogShorterError):
        world.page("IND")
    world.tick()

    assert world.herstel.oorzaak is Oorzaak.LOG_KORTER
    assert not world.herstel.reconciled
    world.casus(item(CEM, a_consent()))


def test_b_another_process_that_finds_the_same_later_finds_nothing_new(world):
    world.without_copy()
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    other = build(world.parts.settings)
    world.put_back(kept)
    world.tick()
    reconcile(world.parts, None, give_up_rest=True)
    world.speak()
    assert world.herstel is None
    other.engine.dispose()


def test_c_a_node_shows_a_position_that_we_gave_out_and_do_not_have(world):
    world.without_copy()
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    shown = world.position()
    world.restore(kept)
    assert world.herstel is None

    assert world.asked("sndvu", shown) is not None

    assert world.herstel.oorzaak is Oorzaak.STAND_VAN_NODE
    assert not world.herstel.reconciled


@pytest.mark.parametrize("change", ["", "x", "strange", "cut"])
def test_c_nobody_else_can_shut_the_door_with_a_position(world, change, tmp_path):
    world.casus(item(ANNA, a_consent()))
    shown = world.position()
    if change == "strange":
        head, _body, tail = shown.split(".")
        shown = f"{head}.eyJvbXZhbmciOjk5OTk5fQ.{tail}"
    shown = shown[:-20] if change == "cut" else shown + change

    assert world.asked("sndvu", shown) is None
    assert world.herstel is None


def test_c_a_position_of_before_a_restore_that_is_over_says_nothing_new(world):
    world.without_copy()
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    shown = world.position()
    world.restore(kept)
    report_restored(world.parts)
    reconcile(world.parts, None, give_up_rest=True)
    world.speak()

    assert world.asked("seguro", shown) is None
    assert world.herstel is None


def test_d_the_operator_says_so(world):
    world.casus(item(ANNA, a_consent()))

    report_restored(world.parts)
    report_restored(world.parts)

    assert world.herstel.oorzaak is Oorzaak.MELDING
    with pytest.raises(RestoredError):
        world.page("IND")
    assert [each["soort"] for each in world.entries()].count("herstel_ontdekt") == 1


def test_without_a_restore_nothing_is_found(world):
    for _ in range(3):
        world.casus(item(f"{world.now.second:010d}", a_consent()))
        world.tick()
        world.stop()
        world.start()

    assert world.herstel is None
    assert "aanmelding" in told_of(world, "IND")


def test_an_empty_folder_of_a_new_replica_is_no_restore(world):
    world.casus(item(ANNA, a_consent()))
    world.copy_log()
    (world.parts.settings.logkopie / FILE).unlink()

    world.start()
    world.tick()

    assert world.herstel is None
    assert (world.parts.settings.logkopie / FILE).stat().st_size > 0


def test_a_copy_of_another_installation_is_refused_at_the_start_and_shuts_nobody_out(world):
    world.casus(item(ANNA, a_consent()))
    place = world.parts.settings.logkopie / FILE
    place.write_text("lso-gateway logkopie 1 " + "ab" * 16 + "\n")

    with pytest.raises(SettingsError, match="andere installatie"):
        build(world.parts.settings)

    assert world.herstel is None


# 4. Reconciling


def test_a_newer_copy_of_another_place_is_merged_and_kept_beside_the_log(world, tmp_path):
    consent = a_consent()
    world.casus(item(ANNA, consent))
    world.copy_log()
    old_copy = (world.parts.settings.logkopie / FILE).read_bytes()
    kept = world.backup()
    world.withdraw(consent)
    world.copy_log()
    elsewhere = tmp_path / "elders.kopie"
    elsewhere.write_bytes((world.parts.settings.logkopie / FILE).read_bytes())
    # The whole machine was put back, its own copy along.
    (world.parts.settings.logkopie / FILE).write_bytes(old_copy)
    world.restore(kept)
    report_restored(world.parts)

    assert reconcile(world.parts, elsewhere, give_up_rest=False) == 0
    assert reconcile(world.parts, elsewhere, give_up_rest=False) == 0
    proceed(world.parts)
    world.push(item(ANNA, consent))
    world.speak()

    assert world.herstel is None
    assert "aanmelding" not in told_of(world, "IND")
    assert world.log_is_sound()


def test_what_no_copy_has_is_not_passed_over_silently(world):
    world.without_copy()
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    shown = world.position()
    world.restore(kept)
    world.asked("sndvu", shown)

    missing = reconcile(world.parts, None, give_up_rest=False)
    assert missing > 0
    world.speak()
    assert world.herstel is not None
    assert reconcile(world.parts, None, give_up_rest=True) == 0
    proceed(world.parts)

    assert world.herstel is None


def test_who_got_a_casus_after_the_backup_is_owed_a_recall_also_if_its_consent_never_came_back(
    world,
):
    nobody = a_consent(ontvangers=["AVIM"])
    world.casus(item(ANNA, nobody))
    kept = world.backup()
    to_ind = a_consent(ontvangers=["IND"])
    world.push(
        an_item(
            samenvatting=a_samenvatting(vNummer=ANNA),
            toestemmingen=[nobody, to_ind],
            standVan="2020-04-02T08:00:00Z",
        )
    )
    assert "aanmelding" in told_of(world, "IND")
    world.copy_log()

    world.restore(kept)
    world.push(item(ANNA, nobody, standVan="2020-04-03T08:00:00Z"))
    world.speak()

    assert told_of(world, "IND") == {"terugroeping"}


def test_casussen_whose_keys_are_lost_are_counted(world):
    kept = world.backup()
    world.casus(item(ANNA, a_consent()))
    world.feed("IND")
    world.copy_log()

    world.restore(kept)

    assert state(world.parts).unknown == 1


def test_a_cursor_of_before_goes_on_and_passes_nothing_over(world):
    world.casus(item(ANNA, a_consent()))
    kept = world.backup()
    world.copy_log()
    for number in range(20, 30):
        world.casus(item(f"{number:010d}", a_consent()))
    cursor = world.cursor("IND")  # beyond what the copy has
    world.restore(kept)
    report_restored(world.parts)
    reconcile(world.parts, None, give_up_rest=True)
    world.push(item(ANNA, a_consent()))
    world.casus(item(BORA, a_consent()))
    world.speak()

    fresh = world.feed("IND", cursor)

    assert "aanmelding" in {each["soort"] for each in fresh}
    assert world.feed("IND", world.cursor("IND", cursor)) == []


def test_killed_anywhere_in_between_it_ends_the_same(world):
    consents = [a_consent() for _ in range(3)]
    world.casus(*(item(f"{at:010d}", each) for at, each in enumerate(consents, 1)))
    kept = world.backup()
    for each in consents:
        world.withdraw(each)
    world.copy_log()
    world.put_back(kept)

    for _ in range(4):
        # Every process begins anew, whatever the one before had done.
        world.start()
    size = len(world.entries())
    proceed(world.parts)
    proceed(world.parts)

    assert len(world.entries()) == size
    world.push(*(item(f"{at:010d}", each) for at, each in enumerate(consents, 1)))
    world.speak()
    assert "aanmelding" not in told_of(world, "IND")


def refused(ask: Callable[[], object]) -> tuple[type, str]:
    with pytest.raises(RestoredError) as caught:
        ask()
    return type(caught.value), str(caught.value)


def lines(world: Restorable) -> list[bytes]:
    with reading(world.parts.engine) as tx:
        return list(tx.execute(select(auditregel.c.regel).order_by(auditregel.c.nummer)).scalars())


def replaced(world: Restorable, settings: Any) -> Any:
    from dataclasses import replace

    return replace(world.parts, settings=settings)
