"""Other people than those of the sample, on two days; drawn from a seed, never the same counts.

A `Casus` is what an organisation knows of one person on one day. Days: the 3rd and 24th of
August 2020. Nothing here knows how a register is written (`registers`) or what must come of it
(`oracle`).
"""

import random
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

EERSTE, TWEEDE = date(2020, 8, 3), date(2020, 8, 24)
BRONNEN = ("seguro", "sndvu", "stil", "toevlucht", "vluchtelingenwerk")
PARTNERS = ("IND", "DT&V", "AVIM")
REDENEN = ("verblijfsvergunning", "terugkeer", "mob", "medisch", "artikel_64", "overig", "bbb")


@dataclass(frozen=True)
class Verklaring:
    """One statement, as the register notes it."""

    ontvangers: tuple[str, ...]
    gegeven: date
    tot: date
    ingetrokken: date | None = None
    namens: str | None = None


@dataclass(frozen=True)
class Casus:
    """One record of a register. `geboren` is None, a year, or a day."""

    v_nummer: str
    naam: str
    geboren: str | None
    geslacht: str
    nationaliteit: str
    aangemeld: date
    instroom: date | None = None
    uitstroom: date | None = None
    reden: str | None = None
    lijn: str | None = None
    scenario: str = "niet_vastgesteld"
    rol: str = "zaakhouder"
    verklaringen: tuple[Verklaring, ...] = field(default=())
    notitie: str = "geheim"  # in a column that no mapping names


Dag = dict[str, list[Casus]]


def two_days(seed: int) -> dict[date, Dag]:
    """Registers of every organisation on both days; two organisations share a V-nummer."""
    draw = random.Random(seed)  # noqa: S311  people, not keys
    numbers = iter(draw.sample(range(10**9), 2_000))
    first = {
        bron: [_someone(draw, f"{next(numbers):010d}") for _ in range(draw.randint(22, 30))]
        for bron in BRONNEN
    }
    first["stil"][0] = replace(first["stil"][0], v_nummer=first["sndvu"][0].v_nummer)
    second = {bron: [_later(draw, each) for each in first[bron]] for bron in BRONNEN}
    for bron in BRONNEN:
        # At most one in ten may vanish before a node stops.
        gone = draw.randrange(1, len(second[bron]))
        if _covers_anyone(first[bron][gone], EERSTE):
            del second[bron][gone]
        second[bron] += [_someone(draw, f"{next(numbers):010d}") for _ in range(draw.randint(0, 4))]
        # Refused from now on; what was known of this person stays.
        blank = draw.randrange(len(second[bron]))
        second[bron][blank] = replace(second[bron][blank], naam="")
        draw.shuffle(second[bron])
    first["seguro"][2] = replace(first["seguro"][2], v_nummer="12345")
    return {EERSTE: first, TWEEDE: second}


def _someone(draw: random.Random, v_nummer: str) -> Casus:
    aangemeld = EERSTE - timedelta(days=draw.randint(0, 300))
    instroom = _between(draw, aangemeld, EERSTE) if draw.random() < 0.8 else None
    gone = instroom is not None and draw.random() < 0.2
    return Casus(
        v_nummer=v_nummer,
        naam=f"{draw.choice('ABDFGHKLMNRST')}{draw.choice(('ïda', 'mir', 'olé', 'una', 'ên'))}"
        f" {draw.choice(('van Zuylen', 'Öztürk', 'Çelik', 'Haddad', 'Ba'))}",
        geboren=draw.choice((None, "1979", f"{draw.randint(1950, 2014)}-03-14", "2004-08-03")),
        geslacht=draw.choice("MVO"),
        nationaliteit=draw.choice(("0315", "0300", "0149", "0000", "0499")),
        aangemeld=aangemeld,
        instroom=instroom,
        uitstroom=_between(draw, instroom, EERSTE) if gone else None,
        reden=draw.choice(REDENEN) if gone else None,
        lijn=draw.choice(("1", "2", None)),
        scenario=draw.choice(("verblijf", "vertrek", "niet_vastgesteld")),
        rol=draw.choice(("zaakhouder", "medebegeleiding")),
        verklaringen=_statements(draw, aangemeld),
    )


def _statements(draw: random.Random, aangemeld: date) -> tuple[Verklaring, ...]:
    if draw.random() < 0.15:
        return ()
    ontvangers = tuple(each for each in PARTNERS if draw.random() < 0.75)
    gegeven = _between(draw, aangemeld, EERSTE)
    return (
        Verklaring(
            (*ontvangers, "gemeente"),
            gegeven,
            # A few end on the way, most go on.
            draw.choice((EERSTE, TWEEDE - timedelta(days=1), TWEEDE, *[date(2021, 1, 1)] * 6)),
            namens=draw.choice((None, "ouder", "voogd")),
        ),
    )


def _later(draw: random.Random, casus: Casus) -> Casus:
    """The same person on the second day; half of them unchanged."""
    happens = _HAPPENS.get(draw.randrange(12))
    return casus if happens is None else replace(casus, **happens(draw, casus))


def _enters(draw: random.Random, casus: Casus) -> dict[str, Any]:
    if casus.instroom is not None:
        return {}
    return {"instroom": _between(draw, EERSTE, TWEEDE), "lijn": casus.lijn or "2"}


def _leaves(draw: random.Random, casus: Casus) -> dict[str, Any]:
    if casus.instroom is None or casus.uitstroom is not None:
        return {}
    return {"uitstroom": _between(draw, EERSTE, TWEEDE), "reden": draw.choice(REDENEN)}


def _comes_back(_draw: random.Random, casus: Casus) -> dict[str, Any]:
    if casus.uitstroom is None:
        return {}
    return {"uitstroom": None, "reden": None, "instroom": TWEEDE}


def _changes_line(_draw: random.Random, casus: Casus) -> dict[str, Any]:
    if casus.lijn is None or casus.instroom is None:
        return {}
    return {"lijn": "2" if casus.lijn == "1" else "1"}


def _withdraws(draw: random.Random, casus: Casus) -> dict[str, Any]:
    return {
        "verklaringen": tuple(
            replace(each, ingetrokken=_between(draw, EERSTE, TWEEDE)) for each in casus.verklaringen
        )
    }


def _signs_anew(_draw: random.Random, _casus: Casus) -> dict[str, Any]:
    """In place of whatever there was."""
    everyone = (*PARTNERS, "gemeente")
    return {"verklaringen": (Verklaring(everyone, TWEEDE, date(2021, 8, 1), namens="voogd"),)}


def _is_renamed(_draw: random.Random, casus: Casus) -> dict[str, Any]:
    return {"naam": casus.naam.upper(), "scenario": "vertrek"}


_HAPPENS = dict(
    enumerate((_enters, _leaves, _comes_back, _changes_line, _withdraws, _signs_anew, _is_renamed))
)


def _covers_anyone(casus: Casus, dag: date) -> bool:
    return any(
        each.gegeven <= dag <= each.tot and each.namens and len(each.ontvangers) > 1
        for each in casus.verklaringen
    )


def _between(draw: random.Random, first: date, last: date) -> date:
    return first + timedelta(days=draw.randint(0, (last - first).days))
