"""No answer depends on a field that its caller may not see: two worlds that differ in it alone.

For every recipient and purpose, every field that is hidden from it (not in the policy, not in
the notice, or coarser than what differs) and every route that the caller may call, both worlds
answer the same: status, headers, body, length, pages, tags, errors. Also over time, where the
field changes in one of them (design 10; AVG 5 lid 1 c).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID, uuid5

import pytest

import privacy
from gateway.auth.permission_map import PERMISSIONS
from gateway.parties import Soort
from gateway.services.overleggen import freeze, plan_overleg
from privacy.entitlement import Rulebook
from privacy.notice import Notices, load_notices
from privacy.policy import Policies, load_policies
from privacy.precision import SUPPORTED, finer
from schemas.terms import Doel, Precisie
from tests.api.calling import NOWHERE
from tests.builders import a_consent, an_item
from tests.integration.onlooker import PARTNERS, WAYS, Grounds, Onlooker, Who
from tests.unit.privacy.examples import a_policy, a_rulebook
from tests.world import FIRST_DAY, World, gemeente

pytestmark = pytest.mark.slow

_FOLDER = Path(privacy.__file__).parent
#: Somebody who may have everything, so that the gateway holds everything.
ALL_KNOWING: Final = "GGD"
NOT_SAID: Final = object()
Values = Mapping[str, Any]

WHOLE: Final[Values] = {
    "vNummer": "",
    "naam": "Ngọc Farahani",
    "geboortedatum": "1987-03-14",
    "geslacht": "M",
    "nationaliteit": "0149",
    "status": "in_begeleiding",
    "lijn": "1",
    "datumAanmelding": "2019-06-29",
    "datumInstroom": "2019-07-11",
    "datumUitstroom": None,
    "uitstroomreden": None,
    "begeleidingsscenario": "verblijf",
    "rol": "zaakhouder",
}
#: With these a day of entry or exit may be anything, or not be said at all.
_NO_STATUS: Final = {"status": NOT_SAID}
_NO_DAYS: Final = dict.fromkeys(("datumInstroom", "datumUitstroom", "uitstroomreden"), NOT_SAID)
_GONE: Final = {
    "status": "uitgestroomd",
    "datumUitstroom": "2020-03-01",
    "uitstroomreden": "overig",
}


def pairs(name: str, *values: tuple[Any, Any], also: Values = MappingProxyType({})) -> Any:
    """People of whom one thing differs between the worlds."""
    return [({**also, name: one}, {**also, name: other}) for one, other in values]


#: What may differ in a field that is hidden altogether: filled, empty, or not said.
HIDDEN: Final[Mapping[str, list[tuple[Values, Values]]]] = {
    "naam": pairs("naam", ("Ngọc Farahani", "Jan"), ("Ngọc Farahani", NOT_SAID)),
    "geboortedatum": pairs(
        "geboortedatum", ("1987-03-14", "2011"), (None, "1987-03-14"), ("1987-03-14", NOT_SAID)
    ),
    "geslacht": pairs("geslacht", ("M", "V"), ("O", NOT_SAID)),
    "nationaliteit": pairs("nationaliteit", ("0149", "0110"), ("0149", NOT_SAID)),
    "status": pairs(
        "status", ("in_begeleiding", "aangemeld"), ("aangemeld", NOT_SAID), also=_NO_DAYS
    ),
    "lijn": pairs("lijn", ("1", "2"), (None, "1"), ("2", NOT_SAID)),
    "datumAanmelding": pairs(
        "datumAanmelding", ("2019-06-29", "2019-06-01"), ("2019-06-29", NOT_SAID)
    ),
    "datumInstroom": pairs("datumInstroom", ("2019-07-11", "2019-12-31"), ("2019-07-11", NOT_SAID))
    + pairs("datumInstroom", (None, "2019-07-11"), also=_NO_STATUS),
    "datumUitstroom": pairs("datumUitstroom", ("2020-03-01", "2020-02-29"), also=_GONE)
    + pairs(
        "datumUitstroom",
        (None, "2020-03-01"),
        ("2020-03-01", NOT_SAID),
        also={**_NO_STATUS, "uitstroomreden": NOT_SAID},
    ),
    "uitstroomreden": pairs(
        "uitstroomreden", ("overig", "terugkeer"), ("terugkeer", NOT_SAID), also=_GONE
    )
    + pairs("uitstroomreden", (None, "mob"), also={"datumUitstroom": NOT_SAID}),
    "begeleidingsscenario": pairs(
        "begeleidingsscenario", ("verblijf", "vertrek"), (None, "vertrek"), ("verblijf", NOT_SAID)
    ),
    "rol": pairs("rol", ("zaakhouder", "medebegeleiding"), ("zaakhouder", NOT_SAID)),
}
#: What may differ beneath a precision.
BENEATH: Final[Mapping[tuple[str, Precisie], list[tuple[Values, Values]]]] = {
    ("geboortedatum", Precisie.MAAND): pairs(
        "geboortedatum", ("1987-03-14", "1987-03-31"), ("1987-03", "1987-03-01")
    ),
    ("geboortedatum", Precisie.JAAR): pairs(
        "geboortedatum", ("1987-03-14", "1987-11-02"), ("1987", "1987-12")
    ),
    ("geboortedatum", Precisie.LEEFTIJDSGROEP): pairs(
        "geboortedatum", ("1987-03-14", "1990-01-01"), ("1987", "1988-12")
    ),
    ("geboortedatum", Precisie.JA_NEE): pairs("geboortedatum", ("1987-03-14", "1950-01-01")),
    ("naam", Precisie.PSEUDONIEM): pairs("naam", ("Ngọc Farahani", "Jan")),
    ("naam", Precisie.JA_NEE): pairs("naam", ("Ngọc Farahani", "nee")),
    # Where it changes later it is another casus: here it differs from the start alone.
    ("vNummer", Precisie.JA_NEE): pairs("vNummer", ("0000000501", "0000000502")),
    ("geslacht", Precisie.JA_NEE): pairs("geslacht", ("M", "V")),
    ("nationaliteit", Precisie.JA_NEE): pairs("nationaliteit", ("0149", "0110")),
    ("status", Precisie.JA_NEE): pairs("status", ("in_begeleiding", "aangemeld"), also=_NO_DAYS),
    ("lijn", Precisie.JA_NEE): pairs("lijn", ("1", "2")),
    ("datumAanmelding", Precisie.MAAND): pairs("datumAanmelding", ("2019-06-29", "2019-06-01")),
    ("datumAanmelding", Precisie.JAAR): pairs("datumAanmelding", ("2019-06-29", "2019-01-31")),
    ("datumAanmelding", Precisie.JA_NEE): pairs("datumAanmelding", ("2019-06-29", "2018-01-31")),
    ("datumInstroom", Precisie.MAAND): pairs("datumInstroom", ("2019-07-11", "2019-07-12")),
    ("datumInstroom", Precisie.JAAR): pairs("datumInstroom", ("2019-07-11", "2019-12-31")),
    ("datumInstroom", Precisie.JA_NEE): pairs("datumInstroom", ("2019-07-11", "2020-01-01")),
    ("datumUitstroom", Precisie.MAAND): pairs(
        "datumUitstroom", ("2020-03-01", "2020-03-02"), also=_GONE
    ),
    ("datumUitstroom", Precisie.JAAR): pairs(
        "datumUitstroom", ("2020-03-01", "2020-01-01"), also=_GONE
    ),
    ("datumUitstroom", Precisie.JA_NEE): pairs(
        "datumUitstroom", ("2020-03-01", "2020-02-01"), also=_GONE
    ),
    ("uitstroomreden", Precisie.JA_NEE): pairs("uitstroomreden", ("overig", "mob"), also=_GONE),
    ("begeleidingsscenario", Precisie.JA_NEE): pairs(
        "begeleidingsscenario", ("verblijf", "vertrek")
    ),
    ("rol", Precisie.JA_NEE): pairs("rol", ("zaakhouder", "medebegeleiding")),
}
#: Fields that cannot differ: whoever delivers is the bronhouder; and the V-nummer, where a
#: partner is told it or asks by it, is no secret to that partner.
NEVER_DIFFERENT: Final = frozenset({"bronhouder", "vNummer"})
#: Nothing lies beneath these: the deliverer itself, a pseudonym that follows from the number, and
#: a group of reasons, since the gateway itself is never told more than that group.
NOTHING_BENEATH: Final = frozenset(
    {
        ("bronhouder", Precisie.JA_NEE),
        ("vNummer", Precisie.PSEUDONIEM),
        ("uitstroomreden", Precisie.GROEP),
    }
)


def shipped() -> Rulebook:
    """The shipped rules, and beside them somebody who may have all there is."""
    policies, notices = load_policies(_FOLDER / "pia"), load_notices(_FOLDER / "verklaringen")
    finest = {name: _finest(each) for name, each in SUPPORTED.items()}
    merged = {name: policies.of(name) for name in policies.recipients}
    merged[ALL_KNOWING] = a_policy(ALL_KNOWING, {Doel.CASUSOVERLEG: finest})
    notice = notices.by_version["2019-1"]
    explained = {**notice.velden, (ALL_KNOWING, Doel.CASUSOVERLEG): finest}
    return Rulebook(Policies(merged), Notices({"2019-1": replace(notice, velden=explained)}))


def _finest(precisies: frozenset[Precisie]) -> Precisie:
    first, *others = sorted(precisies)
    for each in others:
        first = finer(first, each)
    return first


def coarse(recipients: tuple[str, ...]) -> Rulebook:
    """Each next recipient gets of every field a coarser precision, for all that it asks for."""
    steps = {name: _coarser_ones(each) for name, each in SUPPORTED.items()}
    finest = {name: _finest(each) for name, each in SUPPORTED.items()}
    told = {
        recipient: {name: each[at % len(each)] for name, each in steps.items()}
        for at, recipient in enumerate(recipients)
    }
    allowed = {
        **{(name, doel): fields for name, fields in told.items() for doel in COARSE_DOELEN},
        (ALL_KNOWING, Doel.CASUSOVERLEG): finest,
    }
    return a_rulebook(allowed)


def _coarser_ones(precisies: frozenset[Precisie]) -> list[Precisie]:
    """From fine to coarse, but for the finest of all."""
    left, ordered = precisies - {Precisie.VOLLEDIG}, []
    while left:
        ordered.append(_finest(left))
        left -= {ordered[-1]}
    return ordered


#: In the feed and in the packs of both conferences.
COARSE_DOELEN: Final = frozenset(Doel) - {Doel.BEWARINGSTOETS}
#: As many as a field has precisions beneath the finest.
COARSE_PARTNERS: Final = (*PARTNERS, "RVB")
COARSE_RULES: Final = coarse(COARSE_PARTNERS)
COARSE_CALLERS: Final = tuple(
    Who(name, Soort.KETENPARTNER, COARSE_DOELEN) for name in COARSE_PARTNERS
)
RULES: Final = shipped()
GRANTED: Final = {
    (name, doel): RULES.lesser(name, doel, "2019-1")
    for name in PARTNERS
    for doel in Doel
    if RULES.lesser(name, doel, "2019-1")
}
#: Who sees nothing of any casus of sndvu, or only that it is on an agenda.
OUTSIDERS: Final = (Who("seguro", Soort.BRONHOUDER), Who("utrecht", Soort.GEMEENTE))
CALLERS: Final = (
    *(Who(name, Soort.KETENPARTNER, frozenset({doel})) for name, doel in GRANTED),
    *OUTSIDERS,
)


class Scene:
    """One of the two worlds: the same people, told of by `side` of every pair."""

    def __init__(self, world: World, differing: list[tuple[Values, Values]], side: int) -> None:
        self.world, self.differing = world, differing
        self.minute, self.born = 0, side
        self.casussen = [each["casusId"] for each in self.say(side)]
        self.overleggen = [self._overleg(soort, frozen=frozen) for soort, frozen in _AGENDAS]

    def say(self, side: int, **also: Any) -> list[dict[str, Any]]:
        """What sndvu delivers; and of someone whom no partner may know."""
        self.minute += 1
        items = [self._item(at, {**each[side], **also}) for at, each in enumerate(self.differing)]
        secret = a_consent(ontvangers=[ALL_KNOWING], toestemmingId=_name("verborgen"))
        items.insert(1, self._item(90, also) | {"toestemmingen": [secret]})
        results = self.world.push(*items)
        assert not [each for each in results if each["resultaat"] == "geweigerd"]
        return results

    @property
    def references(self) -> dict[str, str]:
        """What gets about: anyone may hear a reference, and ask."""
        return {
            **{f"overleggen {at}": str(each) for at, each in enumerate(self.overleggen)},
            **{f"casussen {at}": each for at, each in enumerate(self.casussen)},
            **{f"toestemmingen {at}": _name(at) for at, _ in enumerate(self.differing)},
        }

    @property
    def numbers(self) -> tuple[str, ...]:
        """The V-nummers that someone may happen to know."""
        told = (
            side.get("vNummer", _number(at))
            for at, each in enumerate(self.differing)
            for side in each
        )
        return tuple(dict.fromkeys(told))

    def _item(self, at: int, values: Values) -> dict[str, Any]:
        told = {"vNummer": _number(at), **{k: v for k, v in WHOLE.items() if v != ""}, **values}
        if "vNummer" in values:
            told["vNummer"] = self.differing[at][self.born]["vNummer"]
        consent = a_consent(
            ontvangers=sorted(self.world.parts.policies.recipients),
            doelen=[each.value for each in Doel],
            toestemmingId=_name(at),
        )
        return an_item(
            standVan=f"2020-04-01T08:{self.minute:02d}:00Z",
            samenvatting={name: value for name, value in told.items() if value is not NOT_SAID},
            toestemmingen=[consent],
        )

    def _overleg(self, soort: str, *, frozen: bool) -> UUID:
        day = FIRST_DAY + timedelta(days=1 + _AGENDAS.index((soort, frozen)))
        body = {"datum": day.isoformat(), "soort": soort}
        made = UUID(plan_overleg(self.world.parts, gemeente(), body)["overlegId"])
        self.world.put_on_agenda(made, *self.casussen)
        if frozen:
            freeze(self.world.parts, gemeente(), made)
        return made


_AGENDAS: Final = [("lso", True), ("mrt", True), ("lso", False)]


def _number(at: int) -> str:
    return f"{at + 100:010d}"


def _name(of: object) -> str:
    return str(uuid5(NOWHERE, f"toestemming {of}"))


@pytest.fixture(scope="module")
def grounds(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    made = Grounds(tmp_path_factory.mktemp("werelden"), sqlite_template, CALLERS, RULES)
    yield made
    made.close()


def watched(
    grounds: Grounds, who: Who, differing: list[tuple[Values, Values]], sides: tuple[int, int]
) -> Onlooker:
    """What a caller sees of a world told by one side, then by another, then changed openly."""
    first, second = sides
    scene = Scene(grounds.world(), differing, first)
    onlooker = grounds.looks(who, scene.world)
    onlooker.numbers, onlooker.references = scene.numbers, scene.references
    onlooker.look()
    scene.say(second)
    onlooker.look(badly=False)
    scene.say(second, **_VISIBLE)
    onlooker.look(badly=False)
    return onlooker


#: In the end something changes in both worlds that a partner may well be told of.
_VISIBLE: Final = {"lijn": "2", "geslacht": "V"}
#: Nothing changes; it differed from the start; it begins to differ later.
LIVES: Final = ((0, 0), (1, 0), (0, 1))


def all_alike(grounds: Grounds, who: Who, differing: list[tuple[Values, Values]]) -> None:
    """The same caller in three worlds; also what changes in one of them alone, it is not told."""
    quiet, *others = (watched(grounds, who, differing, sides) for sides in LIVES)
    for each in others:
        alike(quiet, each)


def together(differing: Iterable[tuple[Values, Values]]) -> list[tuple[Values, Values]]:
    """Fewer people, of whom more differs at once: what tells of one thing still tells of it."""
    people: list[tuple[Values, Values]] = []
    for one, other in differing:
        fits = (at for at, (first, _) in enumerate(people) if not first.keys() & one.keys())
        at = next(fits, None)
        if at is None:
            people.append((one, other))
        else:
            first, second = people[at]
            people[at] = ({**first, **one}, {**second, **other})
    return people


def alike(one: Onlooker, other: Onlooker, least: int = len(WAYS)) -> None:
    for first, second in zip(one.seen, other.seen, strict=False):
        assert first == second
    assert len(one.seen) == len(other.seen) > least


EVERYTHING: Final = together(each for of_field in HIDDEN.values() for each in of_field)


@pytest.fixture(scope="module")
def coarse_grounds(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Grounds]:
    folder = tmp_path_factory.mktemp("grovere werelden")
    made = Grounds(folder, sqlite_template, COARSE_CALLERS, COARSE_RULES)
    yield made
    made.close()


def all_beneath(name: str) -> list[tuple[Values, Values]]:
    """Everyone of whom something differs beneath what this recipient gets."""
    return [each for told in _fields_of(name).items() for each in BENEATH.get(told, [])]


def _fields_of(name: str) -> Values:
    return COARSE_RULES.lesser(name, Doel.MUTATIES, "2019-1")


def all_hidden_from(name: str, doel: Doel) -> list[tuple[Values, Values]]:
    """Everyone of whom something differs that this recipient may not see for this purpose."""
    fields = GRANTED.get((name, doel), {})
    return [
        each
        for veld in SUPPORTED
        if veld not in NEVER_DIFFERENT
        for each in (HIDDEN[veld] if veld not in fields else BENEATH.get((veld, fields[veld]), []))
    ]


@pytest.mark.parametrize(("name", "doel"), list(GRANTED))
def test_a_partner_cannot_tell_two_worlds_apart_by_what_it_may_not_see(grounds, name, doel):
    """Every route, asked well and badly, in pages of each size, again with the tag it got."""
    who = Who(name, Soort.KETENPARTNER, frozenset({doel}))

    all_alike(grounds, who, together(all_hidden_from(name, doel)))


@pytest.mark.parametrize("who", COARSE_CALLERS, ids=lambda who: who.organisatie)
def test_a_partner_cannot_tell_two_worlds_apart_by_what_lies_beneath_a_precision(
    coarse_grounds, who
):
    """Every field in every precision that it can have, in the feed, in packs and by every route."""
    all_alike(coarse_grounds, who, together(all_beneath(who.organisatie)))


def test_beneath_every_precision_of_every_field_something_differs_for_some_partner():
    """A precision still to come has to say here what lies beneath it, or fails."""
    possible = {
        (name, each) for name, precisies in SUPPORTED.items() for each in precisies
    } - NOTHING_BENEATH
    told = {each for name in COARSE_PARTNERS for each in _fields_of(name).items()}

    assert {each for each in possible if each[1] is not Precisie.VOLLEDIG} == set(BENEATH)
    assert told - NOTHING_BENEATH == set(BENEATH)


@pytest.mark.parametrize("who", OUTSIDERS, ids=lambda who: who.organisatie)
def test_who_may_see_nothing_of_a_casus_cannot_tell_two_worlds_apart_by_any_field(grounds, who):
    all_alike(grounds, who, EVERYTHING)


def test_what_is_for_everyone_is_the_same_whatever_is_stored(grounds):
    seen = []
    for side in (0, 1):
        scene = Scene(grounds.world(), EVERYTHING, side)
        onlooker = grounds.looks(OUTSIDERS[0], scene.world)
        onlooker.references = scene.references
        onlooker.look_at_open()
        seen.append(onlooker)

    alike(*seen, least=20)


def test_every_route_is_looked_at(grounds):
    """A route still to come has to say here what there is to ask, or fails."""
    [rules] = [grounds.looks(OUTSIDERS[0], grounds.world()).rules()]

    for_machines = {each.endpoint for each in rules if PERMISSIONS[each.endpoint].soorten}
    assert for_machines == set(WAYS)


def test_two_worlds_that_differ_in_what_may_be_seen_are_told_apart(grounds):
    """The check can fail: AVIM sees names."""
    who = Who("AVIM", Soort.KETENPARTNER, frozenset({Doel.CASUSOVERLEG}))
    one, other = (watched(grounds, who, HIDDEN["naam"], (side, side)) for side in (0, 1))

    with pytest.raises(AssertionError):
        alike(one, other)


def test_two_worlds_that_differ_within_a_precision_are_told_apart(coarse_grounds):
    """The check can fail: who gets the month is told of another month."""
    months = pairs("geboortedatum", ("1987-03-14", "1987-04-14"))
    who = COARSE_CALLERS[0]
    one, other = (watched(coarse_grounds, who, months, (side, side)) for side in (0, 1))

    with pytest.raises(AssertionError):
        alike(one, other)
