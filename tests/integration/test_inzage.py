"""The access report (AVG 15): all that the log says of a person, and nothing of anyone else."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from gateway.refusals import NotFoundError
from gateway.services import inzage
from gateway.services.beperkingen import restrict_casus
from gateway.services.getroffen import find_affected
from gateway.services.verstrekkingen import disclose_verstrekkingen
from gateway.services.wissingen import erase_casus
from privacy.errors import SystemRefusalError
from privacy.log.commitment import opens
from privacy.log.errors import CommitmentError
from privacy.log.questions import Question
from privacy.log.verify import verify
from privacy.store.engine import reading
from schemas.canonical import canonical
from tests.builders import DOELEN, a_consent, a_samenvatting, an_item, people
from tests.integration.reporting import (
    ASKED,
    NUMBER,
    OFFICER,
    Receipts,
    casussen,
    lived_through,
    report,
)
from tests.world import World, bronhouder

RESTRICTED = {"grond": "juistheid", "beperkt": True}


def lines(found):
    return [line for casus in found for line in casus["regels"]]


def opened_by(line, items):
    """Of the items of one answer those that the salt of the line opens."""
    fitting = []
    for item in items:
        try:
            opens(line["regel"]["afdruk"], item, bytes.fromhex(line["zout"]))
        except CommitmentError:
            continue
        fitting.append(item)
    return fitting


def mine_id(casus):
    return UUID(casus["casusId"])


def test_the_report_equals_line_by_line_what_the_receipts_of_partners_say(world: World):
    """AVG-10: each line opens one item that a partner kept, and each item has its line."""
    receipts = lived_through(world)
    others = {a_samenvatting(vNummer=f"{at:010d}")["vNummer"] for at in range(1, 4)}
    kept = [each for each in receipts.items() if not any(o.encode() in each[2] for o in others)]
    nobody_else = [each for each in kept if NUMBER.encode() in each[2] or b"terugroep" in each[2]]
    assert len(nobody_else) == len(kept) > 5

    told = []
    for line in lines(casussen(world)):
        regel = line["regel"]
        if regel["soort"] == "verstrekking" and regel["grondslag"] != "eigen":
            at = line["deelVan"]["index"]
            of_answer = [item for _, index, item in kept if index == at]
            if line["deelVan"]["soort"] == "bewaringstoets":
                of_answer = [canonical({"samenvatting": {"status": "in_begeleiding"}})]
            [item] = opened_by(line, of_answer)
            if line["deelVan"]["soort"] != "bewaringstoets":
                told.append((line["ontvanger"]["code"], at, item))

    assert sorted(told) == sorted(kept)


def test_questions_that_got_nothing_and_looks_are_in_it_too(world: World):
    receipts = lived_through(world)

    found = lines(casussen(world))

    refused = [line for line in found if line["regel"]["soort"] == "weigering"]
    looked = [line for line in found if line["regel"].get("grondslag") == "eigen"]
    parts = {line["deelVan"]["soort"] for line in refused}
    assert parts == {"pakket", "bewaringstoets"}
    assert {line["regel"]["reden"] for line in refused} >= {"toestemming_ingetrokken"}
    assert [line["deelVan"]["soort"] for line in looked] == ["casus_ingezien"]
    answers = [
        told["bewaringstoets"]["uitkomst"]
        for _, told in receipts.kept
        if len(told) == 2 and "bewaringstoets" in told
    ]
    assert answers == ["in_begeleiding", "niet_bekend", "niet_bekend"]


def test_it_says_whom_when_why_which_fields_and_on_which_consent_and_policy(world: World):
    """C-154/21: the organisation itself, and no category of it."""
    lived_through(world)

    packs = [
        line
        for line in lines(casussen(world))
        if (line["deelVan"] or {}).get("soort") == "pakket"
        and line["regel"]["soort"] == "verstrekking"
    ]

    assert {line["ontvanger"]["naam"] for line in packs} == {"IND", "AVIM"}
    for line in packs:
        regel = line["regel"]
        assert regel["tijd"].endswith("Z")
        assert regel["doel"] == "casusoverleg"
        assert regel["velden"]
        assert regel["toestemmingen"]
        assert regel["verklaringen"] == ["2019-1"]
        assert regel["beleid"].startswith("sha256:")


def test_it_joins_what_every_organisation_holds_of_the_person(world: World):
    lived_through(world)

    assert {each["bronhouder"]["code"] for each in casussen(world)} == {"sndvu", "seguro"}


def test_it_is_whole_as_of_its_own_entry(world: World):
    lived_through(world)

    told = report(world)

    size = told["inzage"]["omvang"]
    names = {each["pseudoniem"] for each in told["inzage"]["casussen"]}
    about = [
        number
        for number, regel in enumerate(world.entries(), world.installed)
        if regel.get("pseudoniem") in names and number < size
    ]
    assert sorted(line["index"] for line in lines(told["inzage"]["casussen"])) == about
    assert told["bewijs"]["index"] == size + len(names)
    opens(
        told["bewijs"]["regel"]["afdruk"],
        canonical(told["inzage"]),
        bytes.fromhex(told["bewijs"]["zout"]),
    )


def test_making_it_is_in_the_log_and_in_the_next_one(world: World):
    lived_through(world)
    report(world)

    again = lines(casussen(world))

    made = [line for line in again if (line["deelVan"] or {}).get("soort") == "inzage"]
    assert [line["ontvanger"]["naam"] for line in made] == ["Gemeente Utrecht"] * 2
    assert {line["regel"]["grondslag"] for line in made} == {"wettelijk"}
    with reading(world.parts.engine) as tx:
        assert verify(tx).sound


def test_no_value_and_no_v_nummer_is_in_it(world: World):
    lived_through(world)

    text = json.dumps(report(world))

    assert NUMBER not in text
    assert "Farahani" not in text
    # As words: four digits stand in many a digest.
    words = re.findall(r"[\w-]+", text)
    assert not [each for each in words if each == "0149" or re.match(r"1987(-|$)", each)]


def test_of_who_was_never_here_it_is_empty_and_answers_alike(world: World):
    lived_through(world)

    never = report(world, vorm="gezamenlijk", vNummer="9999999999")["inzage"]
    no_receipt = {"pseudoniem": "ab" * 16, "logposities": [3]}
    unknown = report(world, vorm="gezamenlijk", wisbewijs=no_receipt)["inzage"]

    assert never["casussen"] == unknown["casussen"] == []
    assert never.keys() == unknown.keys()


def test_by_the_receipt_of_an_erasure_the_lines_are_found_and_no_salt(world: World):
    lived_through(world)
    [mine] = [each for each in casussen(world) if each["bronhouder"]["code"] == "sndvu"]
    places = [line["index"] for line in mine["regels"]]

    receipt = {"pseudoniem": mine["pseudoniem"], "logposities": places}
    [found] = casussen(world, vorm="gezamenlijk", wisbewijs=receipt)

    assert found["gewist"]
    assert found["casusId"] is None
    assert found["bronhouder"]["code"] == "sndvu"
    assert [line["index"] for line in found["regels"]][: len(places)] == places
    assert not [line for line in found["regels"] if "zout" in line]


def test_after_erasure_only_its_receipt_leads_to_what_remains(world: World):
    """AVG-11: by number it is as if the casus never was; the entries stay, and nothing opens."""
    begun = world.now
    lived_through(world)
    [mine] = [each for each in casussen(world) if each["bronhouder"]["code"] == "sndvu"]
    receipt = erase_casus(world.parts, bronhouder("sndvu"), mine_id(mine))

    by_number = casussen(world)
    named = {name: receipt[name] for name in ("pseudoniem", "logposities")}
    [by_receipt] = casussen(world, vorm="gezamenlijk", wisbewijs=named)
    asked = Question(ontvanger="IND", van=begun, tot=begun + timedelta(days=1))
    affected = find_affected(world.parts, OFFICER.herkomst, asked)

    assert [each["bronhouder"]["code"] for each in by_number] == ["seguro"]
    assert [line["index"] for line in by_receipt["regels"]] == receipt["logposities"]
    assert mine["pseudoniem"] in affected.gewist
    with pytest.raises(NotFoundError):
        disclose_verstrekkingen(world.parts, bronhouder("sndvu"), mine_id(mine))
    assert world.log_is_sound()


def test_a_receipt_with_a_place_that_is_not_its_own_finds_nothing(world: World):
    lived_through(world)
    one, other = casussen(world)

    mixed = {"pseudoniem": one["pseudoniem"], "logposities": [other["regels"][0]["index"]]}

    assert casussen(world, vorm="gezamenlijk", wisbewijs=mixed) == []


def test_it_is_made_also_when_no_policy_is_in_force(world: World):
    """Causes in the system never stop access (design 2.5)."""
    lived_through(world)
    world.now += timedelta(days=3650)

    with pytest.raises(SystemRefusalError):
        world.page("IND")

    assert casussen(world)


def test_the_salt_of_one_line_opens_no_other(embedded: World):
    lived_through(embedded)
    disclosed = [line for line in lines(casussen(embedded)) if "zout" in line]

    salts = [line["zout"] for line in disclosed if line["deelVan"]["soort"] != "casus_ingezien"]

    assert len(set(salts)) >= len({line["deelVan"]["index"] for line in disclosed}) - 1


# An organisation's own report


def test_an_organisation_sees_who_received_its_own_casus_and_no_salt(world: World):
    lived_through(world)
    [mine] = [each for each in casussen(world) if each["bronhouder"]["code"] == "sndvu"]

    body = disclose_verstrekkingen(world.parts, bronhouder("sndvu"), mine_id(mine)).body

    told = json.loads(body)["verstrekkingen"]["casus"]
    shown = [line["index"] for line in told["regels"]]
    assert shown[: len(mine["regels"])] == [line["index"] for line in mine["regels"]]
    assert "zout" not in json.dumps(told)
    [other] = [each for each in casussen(world) if each["bronhouder"]["code"] == "seguro"]
    assert other["pseudoniem"] not in body.decode()


def test_an_organisation_cannot_tell_from_its_own_report_whether_another_knows_the_person(world):
    """Of a question about one person, the place of the answer tells how many casussen there are."""
    consent = a_consent(doelen=[*DOELEN, "bewaringstoets"])
    known, alone = a_samenvatting(vNummer=NUMBER), a_samenvatting(vNummer="0000000041")
    [both] = world.casus(an_item(samenvatting=known, toestemmingen=[consent]))
    other = a_consent(doelen=[*DOELEN, "bewaringstoets"])
    [one] = world.casus(an_item(samenvatting=alone, toestemmingen=[other]))
    world.casus(an_item(samenvatting=known), by="seguro")
    for number in (NUMBER, "0000000041"):
        Receipts(world).toets(number)
        report(world, vorm="gezamenlijk", vNummer=number)

    def parts_of(casus):
        body = disclose_verstrekkingen(world.parts, bronhouder("sndvu"), UUID(casus)).body
        return [line["deelVan"] for line in json.loads(body)["verstrekkingen"]["casus"]["regels"]]

    told = parts_of(both)
    assert {"soort": "inzage"} in told
    assert told == parts_of(one)


def test_a_casus_of_an_organisation_that_takes_part_no_more_is_in_the_report(world: World):
    lived_through(world)
    left = tuple(each for each in world.parts.settings.bronhouders if each.code != "seguro")
    world.parts = replace(world.parts, settings=replace(world.parts.settings, bronhouders=left))

    assert {each["bronhouder"]["code"] for each in casussen(world)} == {"sndvu", "seguro"}


def test_it_says_what_is_left_of_a_casus(world: World):
    [casus] = world.casus(an_item())
    restrict_casus(world.parts, bronhouder("sndvu"), UUID(casus), RESTRICTED)
    [held] = casussen(world)
    restrict_casus(world.parts, bronhouder("sndvu"), UUID(casus), RESTRICTED | {"beperkt": False})
    world.push(an_item(toestemmingen=[], standVan="2020-04-02T08:00:00Z"))
    [trace] = casussen(world)
    receipt = erase_casus(world.parts, bronhouder("sndvu"), UUID(casus))
    named = {name: receipt[name] for name in ("pseudoniem", "logposities")}
    [gone] = casussen(world, vorm="gezamenlijk", wisbewijs=named)

    assert (held["blijft"], held["beperkt"]) == (["inhoud", "spoor", "logboek"], True)
    assert (trace["blijft"], trace["beperkt"]) == (["spoor", "logboek"], False)
    assert (gone["blijft"], gone["gewist"]) == (["logboek"], True)


def test_another_organisations_casus_is_as_one_that_does_not_exist(world: World):
    lived_through(world)
    [other] = [each for each in casussen(world) if each["bronhouder"]["code"] == "seguro"]

    with pytest.raises(NotFoundError):
        disclose_verstrekkingen(world.parts, bronhouder("sndvu"), mine_id(other))


def test_of_what_is_written_meanwhile_nothing_is_missed(embedded: World, monkeypatch):
    """Between the first reading of the log and the question itself."""
    lived_through(embedded)
    before = inzage.trace

    def and_then(parts, names):
        found = before(parts, names)
        embedded.casus(*people(2, start=50))
        embedded.push(
            an_item(
                samenvatting=a_samenvatting(lijn="2"),
                toestemmingen=[a_consent()],
                standVan="2020-04-02T08:00:00Z",
            )
        )
        return found

    monkeypatch.setattr(inzage, "trace", and_then)
    told = report(embedded, **ASKED)["inzage"]

    newest = max(line["index"] for line in lines(told["casussen"]))
    assert newest >= told["omvang"] - 2
