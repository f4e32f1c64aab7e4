"""Leaks that others had and we must not: each for every hidden field and route (design 10).

Filtering and sorting on a hidden field, and searching for it, are asked by every onlooker of
`test_inference.py`; here are counts and pages with hidden rows, the rejected value in an error,
real names where something is only shown, and delivery by other rules than pull.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from gateway.auth.permission_map import PERMISSIONS
from gateway.cli import cli
from gateway.console.overview import SHOWN
from gateway.console.pages import render
from gateway.console.zaakhouders import double_zaakhouders
from gateway.parties import Ketenpartner, Levering
from gateway.services.bezorging import CLIENT, Way, deliver
from gateway.services.mutaties import FEED, disclose_page
from schemas.terms import Doel
from tests.api.calling import Calls, whole_gateway
from tests.builders import PARTNERS, a_consent, a_samenvatting, an_item, people
from tests.integration.delivering import Receiver, receiving
from tests.integration.onlooker import Grounds, Onlooker, Who
from tests.integration.test_inference import CALLERS, RULES, alike
from tests.world import World, ketenpartner

#: Of every field a value that is refused, and that nobody would write by accident.
REFUSED: Final[Mapping[str, str]] = {
    "vNummer": "0902224584x",
    "naam": "Quirijn\u2028Zwaluwstaart",
    "geboortedatum": "31 maart 1987 omstreeks",
    "geslacht": "Quwoman",
    "nationaliteit": "Zwaluwlander",
    "status": "zwevend-quist",
    "lijn": "quinta",
    "datumAanmelding": "quatorze juillet",
    "datumInstroom": "quinze aout",
    "datumUitstroom": "seize quembre",
    "uitstroomreden": "quasi-vertrokken",
    "begeleidingsscenario": "quo vadis",
    "bronhouder": "quibus & zn",
    "rol": "quartiermeester",
}
#: Where the words of one delivery differ from another's, though what they tell is the same.
_OF_THE_MOMENT = re.compile(
    rb'"(?:volgende|zout|afdruk|trace|client)":"[^"]*"|"(?:index|onderdelen)":[0-9]+'
)

_AGENDA_LENGTH = re.compile(r'"onderdelen":[0-9](?=[^}]*"soort":"pakket")')


@pytest.fixture
def calls(embedded: World) -> Calls:
    return whole_gateway(embedded)


# The rejected value in an error


@pytest.mark.parametrize("veld", REFUSED)
@pytest.mark.parametrize("proef", ["", "?proef=true"], ids=["delivered", "tried"])
def test_a_refused_value_is_in_no_answer_to_a_delivery(calls: Calls, veld: str, proef: str):
    item = an_item(samenvatting=a_samenvatting(**{veld: REFUSED[veld]}))
    key = {"Idempotency-Key": f"sleutel-{veld.lower()}-00000000"}

    path = f"/v1/aanleveringen{proef}"
    answer = calls.call("bronhouder", "POST", path, json={"items": [item]}, headers=key)

    assert answer.status_code == 200
    assert f"/items/0/samenvatting/{veld}" in answer.text
    assert_silent(answer, REFUSED[veld])


@pytest.mark.parametrize("veld", REFUSED)
def test_a_value_that_is_sent_anywhere_comes_back_from_nowhere(calls: Calls, veld: str):
    """In the body, as a parameter, as a cursor: of every route and for whoever may ask there."""
    value = REFUSED[veld]
    asked = 0
    for endpoint, method, path in calls.routes():
        if not PERMISSIONS[endpoint].soorten:
            continue
        body: dict[str, Any] = {"json": {veld: value, "vNummer": value}} if method == "POST" else {}
        for query in ({veld: value}, {"na": value}, {"limiet": value}, {}):
            answer = calls.ask(endpoint, method, path, query_string=query, **body)
            assert_silent(answer, value)
            asked += 1
    assert asked > len(PERMISSIONS)


def assert_silent(answer: Any, value: str) -> None:
    told = f"{answer.headers} {answer.text}"
    assert value not in told
    assert json.dumps(value) not in told
    for word in re.findall(r"[A-Za-z]{5,}", value):
        assert word not in told, word


# Counts and pages that include hidden rows


@pytest.fixture(scope="module")
def grounds(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    made = Grounds(tmp_path_factory.mktemp("gronden"), sqlite_template, CALLERS, RULES)
    yield made
    made.close()


@pytest.mark.parametrize(
    "who",
    [each for each in CALLERS if each.soort.value == "ketenpartner"],
    ids=lambda who: who.client_id,
)
def test_rows_that_a_partner_may_not_see_are_in_no_count_and_no_page(grounds: Grounds, who: Who):
    """Before, between and after its own: people of whom it has no consent, or no longer."""
    one, other = (_with_hidden_rows(grounds, who, hidden) for hidden in (False, True))
    # The proof of a pack counts the items of the agenda, and that alone it may tell (design 6).
    for each in (one, other):
        each.seen = [_AGENDA_LENGTH.sub('"onderdelen":0', text) for text in each.seen]

    alike(one, other)


def _with_hidden_rows(grounds: Grounds, who: Who, hidden: bool) -> Onlooker:  # noqa: FBT001
    world = grounds.world()
    doelen = [each.value for each in Doel]
    elsewhere = next(name for name in PARTNERS if name != who.organisatie)
    casussen: list[str] = []
    for number, own in enumerate(people(8)):
        secret = number % 2 == 0
        consent = a_consent(doelen=doelen, ontvangers=[elsewhere] if secret else list(PARTNERS))
        told = {"vNummer": own["samenvatting"]["vNummer"], "status": "in_begeleiding"}
        if hidden or not secret:
            item = {**own, "samenvatting": told, "toestemmingen": [consent]}
            casussen += world.casus(item)
    overleg = world.frozen(*casussen)
    onlooker = grounds.looks(who, world)
    onlooker.references = {"overleggen 1": str(overleg)}
    onlooker.numbers = tuple(f"{number:010d}" for number in range(1, 9))
    onlooker.look(badly=False)
    return onlooker


# Real names where something is only shown


def test_what_is_shown_to_people_and_to_everyone_has_no_value_of_anyone(calls: Calls):
    values = {value for value in a_samenvatting().values() if value and len(value) > 4}
    world = calls.world
    shown = [
        render("zaakhouders.html", titel="x", tabellen=tables)
        for tables in (
            [table(world.parts) for tables in SHOWN.values() for table in tables],
            double_zaakhouders(world.parts),
        )
    ]
    for endpoint, method, path in calls.routes():
        if method == "GET" and not PERMISSIONS[endpoint].soorten:
            shown.append(calls.web.get(path).text)

    examples = {"1987-03-14", "2019-06-29", "2019-07-11", "in_begeleiding", "verblijf"}
    for text in shown:
        assert not [value for value in values - examples if value in text]


def test_a_trial_delivery_shows_nothing_of_who_is_stored(calls: Calls):
    """Of someone else of that number it tells nothing; of one's own it echoes nothing."""
    mine, theirs = an_item(), an_item(samenvatting=a_samenvatting(naam="Een Ander"))
    calls.world.push(theirs, by="seguro")

    path = "/v1/aanleveringen?proef=true"
    answer = calls.call("bronhouder", "POST", path, json={"items": [mine]})

    for value in ("Een Ander", mine["samenvatting"]["naam"], mine["samenvatting"]["vNummer"]):
        assert value not in answer.text


def test_help_and_refusals_of_the_command_line_hold_no_value(tmp_path: Path):
    policy = tmp_path / "nieuw.toml"
    policy.write_text('ontvanger = "IND"\nnaam = "\u0007"\n')

    told = CliRunner().invoke(cli, ["pia", "simuleer", str(policy)])

    assert told.exit_code == 1
    assert "\u0007" not in told.output


# Push with other rules than pull


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.mark.parametrize("partner", PARTNERS)
def test_what_is_delivered_is_what_would_have_been_pulled_byte_for_byte(
    world: World, receiver: Receiver, partner: str
):
    """With hidden fields, hidden people, a change, and a consent that was withdrawn."""
    consents = [a_consent() for _ in range(6)]
    for at, item in enumerate(people(6)):
        world.casus({**item, "toestemmingen": [consents[at]]})
    world.casus(*_of_others(partner))
    changed = a_samenvatting(vNummer="0000000002", lijn="2", naam="Een Ander")
    later = "2020-04-01T09:00:00Z"
    world.push(an_item(standVan=later, samenvatting=changed, toestemmingen=[consents[1]]))
    world.page(partner)  # so that a recall is owed
    world.withdraw(consents[3])

    deliver(world.parts, _brought(partner, receiver), Way())

    pulled = disclose_page(world.parts, ketenpartner(partner, tuple(FEED)), None, 100).body
    [brought] = receiver.bodies
    assert _told(brought) == _told(pulled)
    assert b"terugroeping" in brought
    assert len(json.loads(brought)["mutaties"]["items"]) > len(consents)
    assert CLIENT.encode() in brought


def _brought(partner: str, receiver: Receiver) -> Ketenpartner:
    return Ketenpartner(partner, partner, Levering.BEZORGEN, "0 0 1 1 *", receiver.url)


def _of_others(partner: str) -> list[dict[str, Any]]:
    """People of whom this partner has no consent."""
    told = {"status": "in_begeleiding", "datumInstroom": "2019-07-11"}
    named = [each for each in PARTNERS if each != partner]
    return [
        an_item(
            samenvatting={"vNummer": f"{number:010d}", **told},
            toestemmingen=[a_consent(ontvangers=named)],
        )
        for number in (51, 52)
    ]


def _told(body: bytes) -> bytes:
    return _OF_THE_MOMENT.sub(b"", body)
