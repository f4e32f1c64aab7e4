"""The gateway keeps what an organisation signed, takes nothing else, and can prove it later."""

import json
from dataclasses import fields
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from gateway.cli import cli
from gateway.refusals import ConflictError, InvalidRequestError
from gateway.services.handtekeningcontrole import Bevinding, check_stored
from gateway.store.ondertekenaars import (
    Ondertekenaar,
    add_ondertekenaar,
    keys_now,
    withdraw_ondertekenaar,
)
from privacy.consent_changes import details_table
from privacy.consent_signature import Ondertekensleutel, text_of
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading, writing
from privacy.store.tables import casus as casus_table
from privacy.store.tables import toestemming
from schemas.canonical import canonical
from schemas.faults import Foutcode
from schemas.records import Toestemming, camel
from tests.builders import a_consent, a_samenvatting, an_item
from tests.signing import public_jwk, signed_consent, signing_key
from tests.world import World

POINTER = "/items/0/toestemmingen/0/handtekening"
FIELDS = [each.name for each in fields(Toestemming) if each.name != "handtekening"]
#: How each field can be changed in the store and still be a ground.
OTHER: dict[str, Any] = {
    "toestemming_id": UUID("7d0f3cb2-3d5e-4a6b-8a44-0c2f2c1f7a11"),
    "ontvangers": ["AVIM"],
    "doelen": ["mrt"],
    "eerste_dag": date(2019, 12, 31),
    "laatste_dag": date(2021, 12, 31),
    "verklaring": "2019-2",
    "ingetrokken_op": date(2020, 6, 1),
    "besluit": "geweigerd",
    "vorm": "mondeling",
    "taal": "nl",
    "tolk": False,
    "vertegenwoordiger": "ouder",
    "vertegenwoordiger_vereist": True,
    "bewijs_sha256": "a" * 64,
    "curatele": True,
}


def faults(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in result["problemen"]]


def withdraw_key(world: World, code: str = "sndvu") -> None:
    with writing(world.parts.engine) as tx:
        assert withdraw_ondertekenaar(tx, code, signing_key(code).kid, world.now)


def by_another(consent: dict[str, Any]) -> str:
    """Their key, our kid."""
    mixed = Ondertekensleutel(signing_key("sndvu").kid, signing_key("seguro").key)
    return mixed.sign(text_of("sndvu", consent))


UNSIGNED = {
    "nothing": lambda _: None,
    "a word": lambda _: "onzin",
    "the form alone": lambda _: f"{'a' * 80}..{'b' * 86}",
    "the key of another organisation": lambda each: signed_consent(each, "seguro")["handtekening"],
    "the key of another under our name": by_another,
    "another statement": lambda _: signed_consent(a_consent(), "sndvu")["handtekening"],
    "another last day": lambda each: signed_consent({**each, "laatsteDag": "2020-11-30"}, "sndvu")[
        "handtekening"
    ],
}


@pytest.mark.parametrize("signature", UNSIGNED.values(), ids=UNSIGNED)
def test_33_a_consent_that_the_organisation_did_not_sign_is_refused(world: World, signature):
    consent = a_consent()
    consent["handtekening"] = signature(consent)

    [result] = world.push(an_item(toestemmingen=[consent]))

    assert result["resultaat"] == "geweigerd"
    assert [pointer for pointer, _ in faults(result)] == [POINTER]
    assert {code for _, code in faults(result)} <= {
        Foutcode.HANDTEKENING_ONGELDIG.value,
        Foutcode.ONBEKENDE_WAARDE.value,
    }
    assert world.feed("AVIM") == []


def test_33_a_consent_alone_must_be_signed_too(world: World):
    [casus] = world.casus(an_item())

    with pytest.raises(InvalidRequestError) as refused:
        world.give(casus, a_consent(handtekening=None))

    assert [each.pointer for each in refused.value.fouten] == ["/toestemming/handtekening"]


def test_a_bad_consent_takes_no_good_item_along(world: World):
    good = an_item(samenvatting=a_samenvatting(vNummer="0000000021"))
    bad = an_item(toestemmingen=[a_consent(handtekening=None)])

    results = world.push(good, bad)

    assert [each["resultaat"] for each in results] == ["aangenomen", "geweigerd"]


def test_a_key_that_was_withdrawn_stops_counting_at_once_and_what_it_signed_stays(world: World):
    item = an_item()
    world.casus(item)
    withdraw_key(world)

    [same] = world.push(item)
    [changed] = world.push(
        {**item, "toestemmingen": [{**item["toestemmingen"][0], "laatsteDag": "2021-12-31"}]}
    )
    [new] = world.push(an_item(samenvatting=a_samenvatting(vNummer="0000000022")))

    assert same["resultaat"] == "ongewijzigd"
    assert faults(changed) == faults(new) == [(POINTER, Foutcode.HANDTEKENING_ONGELDIG.value)]
    assert world.told("AVIM") == ["aanmelding", "instroom"]
    assert check_stored(world.parts).gebrekkig == ()


def test_the_keys_are_read_within_the_delivery_itself(world: World):
    with reading(world.parts.engine) as tx:
        assert list(keys_now(tx, "sndvu")) == [signing_key("sndvu").kid]
    withdraw_key(world)
    with reading(world.parts.engine) as tx:
        assert keys_now(tx, "sndvu") == {}


# A withdrawal never needs a signature


def without(consent: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {**consent, "handtekening": None, **other}


def test_an_item_that_only_ends_consents_is_taken_unsigned(world: World):
    item = an_item()
    [casus] = world.casus(item)
    [consent] = item["toestemmingen"]
    cursor = world.cursor("AVIM")
    withdraw_key(world)
    over = {"standVan": "2020-04-01T09:00:00Z", "casusId": casus}

    [ended] = world.push({**over, "toestemmingen": [without(consent, ingetrokkenOp="2020-04-01")]})

    assert ended["resultaat"] == "aangenomen"
    assert world.told("AVIM", cursor) == ["terugroeping"]


def test_an_item_without_consents_is_taken_unsigned(world: World):
    [casus] = world.casus(an_item())
    withdraw_key(world)

    [ended] = world.push(
        {"standVan": "2020-04-01T09:00:00Z", "casusId": casus, "toestemmingen": []}
    )

    assert ended["resultaat"] == "aangenomen"


def test_an_unsigned_refusal_is_taken_because_it_gives_nothing(world: World):
    [casus] = world.casus(an_item())
    cursor = world.cursor("AVIM")

    world.give(casus, without(a_consent(eersteDag="2020-04-01"), besluit="geweigerd"))

    assert world.told("AVIM", cursor) == ["terugroeping"]


def test_a_withdrawal_that_comes_with_an_unsigned_consent_counts_all_the_same(world: World):
    first, second = a_consent(ontvangers=["IND"]), a_consent(ontvangers=["AVIM"])
    item = an_item(toestemmingen=[first, second])
    world.casus(item)
    cursor = world.cursor("AVIM")

    ended = {**second, "ingetrokkenOp": "2020-04-01"}
    longer = without(first, laatsteDag="2021-12-31")
    new = without(a_consent(ontvangers=["AVIM"]))
    [result] = world.push(
        {**item, "standVan": "2020-04-01T09:00:00Z", "toestemmingen": [longer, ended, new]}
    )

    assert result["resultaat"] == "geweigerd"
    assert [pointer for pointer, _ in faults(result)] == [
        "/items/0/toestemmingen/0/handtekening",
        "/items/0/toestemmingen/2/handtekening",
    ]
    assert world.told("AVIM", cursor) == ["terugroeping"]
    assert world.told("IND") == ["aanmelding", "instroom"]


def test_what_is_delivered_again_unchanged_is_not_checked_again(world: World, monkeypatch):
    item = an_item()
    world.casus(item)
    checked: list[object] = []
    real = keys_now

    class Counting:
        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def verify(self, *told: Any) -> None:
            checked.append(told)
            self._inner.verify(*told)

    def counting(tx: Any, code: str) -> dict[str, Any]:
        return {kid: Counting(each) for kid, each in real(tx, code).items()}

    monkeypatch.setattr("gateway.services.delivery_plans.keys_now", counting)
    world.push(item)
    moved = {**item, "standVan": "2020-04-01T09:00:00Z"}
    world.push({**moved, "samenvatting": a_samenvatting(lijn="2")})

    assert checked == []


# What is stored can be checked


def test_33_what_is_stored_is_what_was_signed(world: World):
    world.casus(an_item())
    world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000023")), by="seguro")

    found = check_stored(world.parts)

    assert (found.aantal, found.gebrekkig) == (2, ())


def test_what_is_over_is_not_looked_at(world: World):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))
    world.withdraw(consent)

    assert check_stored(world.parts).aantal == 0


@pytest.mark.parametrize("name", FIELDS)
def test_33_a_stored_consent_fails_after_a_change_of_any_field(world: World, name):
    consent = a_consent(ontvangers=["AVIM", "IND"])
    [casus] = world.casus(an_item(samenvatting={"vNummer": "0902224584"}, toestemmingen=[consent]))
    untouched = an_item(samenvatting=a_samenvatting(vNummer="0000000024"))
    world.casus(untouched)

    tamper(world, UUID(casus), name, OTHER[name])

    [wrong] = check_stored(world.parts).gebrekkig
    changed = OTHER[name] if name == "toestemming_id" else UUID(consent["toestemmingId"])
    assert wrong.toestemming_id == changed


def tamper(world: World, casus: UUID, name: str, value: Any) -> None:
    """What someone could do who has the database, and even the keys of this casus."""
    mine = toestemming.c.casus_id == casus
    with writing(world.parts.engine) as tx:
        if name == "besluit":
            tx.execute(update(toestemming).where(mine).values(soort=value))
        elif name in toestemming.c:
            tx.execute(update(toestemming).where(mine).values({name: value}))
        else:
            [dossier] = load_by_id(tx, world.parts.keys, [casus], Lock.NONE).values()
            [stored] = dossier.events
            of = details_table(stored.statement.toestemming_id), stored.statement.versie
            details = json.loads(dossier.keys.decrypt_spoor(stored.bijzonderheden, *of))
            details[camel(name)] = value
            blob = dossier.keys.encrypt_spoor(canonical(details), *of)
            tx.execute(update(toestemming).where(mine).values(bijzonderheden=blob))


def test_33_a_stored_consent_fails_with_another_casus(world: World):
    consent = a_consent()
    world.casus(an_item(toestemmingen=[consent]))
    [other] = world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000025")))

    with writing(world.parts.engine) as tx:
        tx.execute(
            update(toestemming)
            .where(toestemming.c.toestemming_id == UUID(consent["toestemmingId"]))
            .values(casus_id=UUID(other))
        )

    [wrong] = check_stored(world.parts).gebrekkig
    assert str(wrong.toestemming_id) == consent["toestemmingId"]
    assert wrong.bevinding is Bevinding.ONLEESBAAR


def test_33_a_signature_that_is_gone_is_missed(world: World):
    world.casus(an_item())
    with writing(world.parts.engine) as tx:
        tx.execute(update(toestemming).values(handtekening=None))

    [wrong] = check_stored(world.parts).gebrekkig

    assert wrong.bevinding is Bevinding.ONTBREEKT


def test_33_what_was_stored_after_its_key_was_withdrawn_does_not_hold(world: World):
    world.casus(an_item())
    world.now -= timedelta(hours=1)
    withdraw_key(world)

    [wrong] = check_stored(world.parts).gebrekkig

    assert wrong.bevinding is Bevinding.SLEUTEL_INGETROKKEN


DAMAGE: dict[str, dict[str, Any]] = {
    "what is amiss": {"gebrek": b"\x01" * 40},
    "the details": {"bijzonderheden": b"\x01" * 40},
    "the signature": {"handtekening": b"\x01" * 40},
    "a word that is none": {"soort": "zomaar"},
    "a purpose that is none": {"doelen": ["zomaar"]},
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_does_not_open_is_named_and_holds_up_nothing(world: World, damage):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    others = [an_item(samenvatting=a_samenvatting(vNummer=f"000000003{at}")) for at in range(3)]
    world.casus(*others)
    [elsewhere] = world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000039")))
    with writing(world.parts.engine) as tx:
        mine = toestemming.c.casus_id == UUID(casus)
        tx.execute(update(toestemming).where(mine).values(**damage))
    tamper(world, UUID(elsewhere), "laatste_dag", date(2030, 1, 1))

    found = check_stored(world.parts)

    named = {str(each.toestemming_id): each.bevinding for each in found.gebrekkig}
    assert named.pop(consent["toestemmingId"]) is Bevinding.ONLEESBAAR
    assert list(named.values()) == [Bevinding.KLOPT_NIET]
    assert found.aantal == 5


def test_a_casus_whose_key_does_not_open_is_named_too(world: World):
    consent = a_consent()
    [casus] = world.casus(an_item(toestemmingen=[consent]))
    world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000031")))
    with writing(world.parts.engine) as tx:
        mine = casus_table.c.id == UUID(casus)
        tx.execute(update(casus_table).where(mine).values(spoor_sleutel=b"\x01" * 60))

    [wrong] = check_stored(world.parts).gebrekkig

    assert str(wrong.toestemming_id) == consent["toestemmingId"]
    assert wrong.bevinding is Bevinding.ONLEESBAAR


def test_a_signature_is_ciphertext_in_the_database(world: World):
    consent = signed_consent(a_consent(), "sndvu")
    world.casus(an_item(toestemmingen=[consent]))
    with reading(world.parts.engine) as tx:
        stored = tx.execute(select(toestemming.c.handtekening)).scalar_one()

    assert consent["handtekening"].encode() not in stored


# A signature is of one statement, given to one organisation


def test_33_a_signature_is_worth_nothing_at_another_organisation(world: World):
    consent = signed_consent(a_consent(), "sndvu")
    world.casus(an_item(toestemmingen=[consent]))
    [own] = world.casus(an_item(samenvatting=a_samenvatting(vNummer="0000000041")), by="seguro")

    [delivered] = world.push(an_item(toestemmingen=[consent]), by="seguro")
    with pytest.raises(InvalidRequestError):
        world.give(own, consent, by="seguro")

    assert faults(delivered) == [(POINTER, Foutcode.HANDTEKENING_ONGELDIG.value)]


def test_33_a_signed_statement_of_one_person_is_never_one_of_another(world: World):
    consent = signed_consent(a_consent(), "sndvu")
    world.casus(an_item(toestemmingen=[consent]))
    person = a_samenvatting(vNummer="0000000042")
    [other] = world.casus(an_item(samenvatting=person))

    [new] = world.push(
        an_item(samenvatting=a_samenvatting(vNummer="0000000043"), toestemmingen=[consent])
    )
    [known] = world.push(
        an_item(samenvatting=person, toestemmingen=[consent], standVan="2020-04-02T08:00:00Z")
    )
    with pytest.raises(ConflictError):
        world.give(other, consent)

    assert new["resultaat"] == known["resultaat"] == "geweigerd"
    assert world.told("AVIM").count("aanmelding") == 2


def test_33_one_signed_statement_for_two_people_in_one_delivery_is_of_neither(world: World):
    consent = signed_consent(a_consent(), "sndvu")
    people = (a_samenvatting(vNummer=f"000000004{at}") for at in (4, 5))

    results = world.push(*(an_item(samenvatting=each, toestemmingen=[consent]) for each in people))

    assert [each["resultaat"] for each in results] == ["geweigerd", "geweigerd"]
    assert world.told("AVIM") == []


def test_a_node_that_signs_with_a_new_key_changes_no_statement(world: World):
    consent = a_consent()
    item = an_item(toestemmingen=[consent])
    world.casus(item)
    new = signing_key("een nieuwe sleutel van sndvu")
    with writing(world.parts.engine) as tx:
        jwk = public_jwk("een nieuwe sleutel van sndvu")
        add_ondertekenaar(tx, Ondertekenaar(new.kid, "sndvu", jwk, world.now))
    withdraw_key(world)

    signed_anew = {**consent, "handtekening": new.sign(text_of("sndvu", consent))}
    [again] = world.push({**item, "toestemmingen": [signed_anew]})
    longer = {**consent, "laatsteDag": "2021-12-31"}
    longer["handtekening"] = new.sign(text_of("sndvu", longer))
    [changed] = world.push({**item, "toestemmingen": [longer], "standVan": "2020-04-02T08:00:00Z"})

    assert [again["resultaat"], changed["resultaat"]] == ["ongewijzigd", "aangenomen"]
    assert check_stored(world.parts).gebrekkig == ()


# Who signs


def run(world: World, monkeypatch: pytest.MonkeyPatch, *words: str) -> Result:
    settings = world.parts.settings
    parties = "".join(
        f'[[bronhouder]]\ncode = "{each.code}"\nnaam = "{each.naam}"\n'
        for each in settings.bronhouders
    )
    file = settings.sleutels.parent / "gateway.toml"
    file.write_text(parties)
    for name, told in {
        "INSTELLINGEN": file,
        "DATABASE": settings.database,
        "SLEUTELS": settings.sleutels,
        "UITGEVER": settings.uitgever,
        "DEMO": "true",
        "DAG": "2020-04-01",
        "CONTACT": "lso@gemeente.example",
    }.items():
        monkeypatch.setenv(f"LSO_GATEWAY_{name}", str(told))
    return CliRunner().invoke(cli, ["ondertekenaar", *words])


def test_a_key_is_added_shown_and_withdrawn_by_command(embedded: World, monkeypatch, tmp_path):
    file = tmp_path / "ondertekening.jwk"
    file.write_text(public_jwk("een nieuwe sleutel"))
    kid = signing_key("een nieuwe sleutel").kid

    added = run(embedded, monkeypatch, "toevoegen", "sndvu", "--jwk", str(file))
    again = run(embedded, monkeypatch, "toevoegen", "seguro", "--jwk", str(file))
    withdrawn = run(embedded, monkeypatch, "intrekken", "sndvu", kid)
    shown = json.loads(run(embedded, monkeypatch, "tonen", "--json").stdout)["ondertekenaars"]

    assert added.exit_code == 0, added.output
    assert kid in added.output
    assert again.exit_code == 1
    assert withdrawn.exit_code == 0
    [mine] = [each for each in shown if each["kid"] == kid]
    assert mine["bronhouder"] == "sndvu"
    assert mine["ingetrokkenOp"] is not None
    assert run(embedded, monkeypatch, "intrekken", "sndvu", kid).exit_code == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("onzin", id="no JSON"),
        pytest.param("[]", id="no object"),
        pytest.param('{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}', id="not on the curve"),
        pytest.param('{"kty": "oct", "k": "AAAA"}', id="a shared secret"),
    ],
)
def test_a_file_that_is_no_public_key_is_refused(embedded: World, monkeypatch, tmp_path, content):
    file = tmp_path / "sleutel.jwk"
    file.write_text(content)

    refused = run(embedded, monkeypatch, "toevoegen", "sndvu", "--jwk", str(file))

    assert refused.exit_code == 2
    assert content not in refused.output


def test_a_key_of_nobody_we_know_is_refused(embedded: World, monkeypatch, tmp_path):
    file = tmp_path / "sleutel.jwk"
    file.write_text(public_jwk("iemand"))

    assert run(embedded, monkeypatch, "toevoegen", "iemand", "--jwk", str(file)).exit_code == 2


def test_every_signature_is_checked_by_command(embedded: World, monkeypatch):
    consent = a_consent()
    embedded.casus(an_item(toestemmingen=[consent]))
    sound = run(embedded, monkeypatch, "nagaan")
    tamper(
        embedded,
        UUID(embedded.push(an_item(toestemmingen=[consent]))[0]["casusId"]),
        "laatste_dag",
        date(2030, 1, 1),
    )
    wrong = run(embedded, monkeypatch, "nagaan", "--json")

    assert sound.exit_code == 0, sound.output
    assert wrong.exit_code == 1
    assert json.loads(wrong.stdout)["gebrekkig"] == [
        {
            "bronhouder": "sndvu",
            "toestemmingId": consent["toestemmingId"],
            "bevinding": "klopt_niet",
        }
    ]
