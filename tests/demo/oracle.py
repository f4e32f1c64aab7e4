"""What must come of registers: written from the rules alone, with nothing of the program.

Source: the rules that go with the sample (REGELS), the same that `verwacht.json` was made by.
Knows only the faults that `people` puts in: a name left out, a V-nummer that is none.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.demo.people import PARTNERS, Casus, Dag, Verklaring

_HEALTH = {"medisch": "overig", "artikel_64": "overig"}
_TELLS = ("status", "datumInstroom", "datumUitstroom", "uitstroomreden", "lijn")
_TAKES = {
    "instroom": ("status", "datumInstroom", "lijn"),
    "heropening": ("status", "datumInstroom", "datumUitstroom", "uitstroomreden", "lijn"),
    "doorstroom": ("lijn",),
    "uitstroom": ("datumUitstroom", "uitstroomreden", "status"),
    "correctie": _TELLS,
}


def expected(days: Mapping[date, Dag]) -> dict[str, Any]:
    """The `momenten` of the days, in their order."""
    momenten: dict[str, Any] = {}
    kept: dict[tuple[str, str], Casus] = {}
    before: date | None = None
    for dag, registers in days.items():
        known = dict(kept)
        kept |= {
            (bron, casus.v_nummer): casus
            for bron, casussen in registers.items()
            for casus in casussen
            if not fault_of(casus)
        }
        moment: dict[str, Any] = {
            "bronnen": {
                bron: _bron(casussen, dag, {v for b, v in known if b == bron})
                for bron, casussen in registers.items()
            },
            "pakketten": {p: list(_pack(kept, p, dag)) for p in PARTNERS},
        }
        if before is not None:
            moment["mutaties"] = {p: list(_told(known, kept, p, before, dag)) for p in PARTNERS}
            moment["terugroepingen"] = {
                p: [
                    {"bron": key[0], "vNummer": key[1]}
                    for key, casus in known.items()
                    if covered(casus, p, before) and not covered(kept[key], p, dag)
                ]
                for p in PARTNERS
            }
        momenten[dag.isoformat()] = moment
        before = dag
    return {"momenten": momenten}


def fault_of(casus: Casus) -> str | None:
    if not (len(casus.v_nummer) == 10 and casus.v_nummer.isdigit()):
        return "vNummer"
    return None if casus.naam else "naam"


def covered(casus: Casus, partner: str, dag: date) -> bool:
    return any(_covers(each, casus, partner, dag) for each in casus.verklaringen)


def _covers(verklaring: Verklaring, casus: Casus, partner: str, dag: date) -> bool:
    if partner not in verklaring.ontvangers or not verklaring.gegeven <= dag <= verklaring.tot:
        return False
    if verklaring.ingetrokken is not None and verklaring.ingetrokken <= dag:
        return False
    return verklaring.namens is not None or not _could_be_under_16(casus, verklaring.gegeven)


def _could_be_under_16(casus: Casus, on: date) -> bool:
    """A year alone leaves open every day of it; nothing at all counts as older."""
    if casus.geboren is None:
        return False
    latest = casus.geboren if len(casus.geboren) == 10 else f"{casus.geboren}-12-31"
    return latest > f"{on.year - 16}{on.isoformat()[4:]}"


def status_of(casus: Casus) -> str:
    if casus.uitstroom is not None:
        return "uitgestroomd"
    return "aangemeld" if casus.instroom is None else "in_begeleiding"


def _bron(casussen: list[Casus], dag: date, known: set[str]) -> dict[str, Any]:
    good = [each for each in casussen if fault_of(each) is None]
    agreed = [each for each in good if any(covered(each, p, dag) for p in PARTNERS)]
    return {
        "rijen": len(casussen),
        "geldig": len(good),
        "geweigerd": [
            {"rij": rij, "veld": fault_of(each)}
            for rij, each in enumerate(casussen, 1)
            if fault_of(each)
        ],
        "metToestemming": len(agreed),
        "zonderToestemming": len(good) - len(agreed),
        "verdwenen": sorted(known - {each.v_nummer for each in casussen}),
    }


def _pack(
    kept: Mapping[tuple[str, str], Casus], partner: str, dag: date
) -> Iterator[dict[str, Any]]:
    for (bron, v_nummer), casus in kept.items():
        if status_of(casus) != "in_begeleiding" or not covered(casus, partner, dag):
            continue
        avim = partner == "AVIM"
        born = casus.geboren if avim or casus.geboren is None else casus.geboren[:4]
        yield {
            "vNummer": v_nummer,
            "geboortedatum": born,
            "geslacht": casus.geslacht,
            "nationaliteit": casus.nationaliteit,
            "status": "in_begeleiding",
            "lijn": casus.lijn,
            "datumAanmelding": casus.aangemeld.isoformat(),
            "datumInstroom": _iso(casus.instroom),
            "begeleidingsscenario": casus.scenario,
            "bronhouder": bron,
            **({"naam": casus.naam} if avim else {}),
        }


def _told(
    known: Mapping[tuple[str, str], Casus],
    kept: Mapping[tuple[str, str], Casus],
    partner: str,
    before: date,
    dag: date,
) -> Iterator[dict[str, Any]]:
    for key, casus in kept.items():
        if not covered(casus, partner, dag):
            continue
        old = known.get(key)
        if old is not None and covered(old, partner, before):
            told = _changes(old, casus)
        else:
            told = _beginning(casus)
        for soort, velden in told:
            yield {"bron": key[0], "vNummer": key[1], "soort": soort, "velden": velden}


def _beginning(casus: Casus) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "aanmelding", {}
    if casus.instroom is not None:
        yield "instroom", {}
    if casus.uitstroom is not None:
        yield "uitstroom", {}


def _changes(old: Casus, new: Casus) -> Iterator[tuple[str, dict[str, Any]]]:
    before, after = _seen(old), _seen(new)
    changed = {name: after[name] for name in _TELLS if before[name] != after[name]}
    was, is_ = before["status"], after["status"]
    happened = {
        "instroom": was == "aangemeld" and is_ != "aangemeld",
        "heropening": (was, is_) == ("uitgestroomd", "in_begeleiding"),
        "doorstroom": (before["lijn"], after["lijn"]) == ("1", "2") and was == is_,
        "uitstroom": was != "uitgestroomd" and is_ == "uitgestroomd",
    }
    for soort, fields in _TAKES.items():
        taken = (
            {name: changed.pop(name) for name in fields if name in changed}
            if happened.get(soort, soort == "correctie")
            else {}
        )
        if taken:
            yield soort, taken


def _seen(casus: Casus) -> dict[str, str | None]:
    return {
        "status": status_of(casus),
        "datumInstroom": _iso(casus.instroom),
        "datumUitstroom": _iso(casus.uitstroom),
        "uitstroomreden": _HEALTH.get(casus.reden or "", casus.reden),
        "lijn": casus.lijn,
    }


def _iso(dag: date | None) -> str | None:
    return None if dag is None else dag.isoformat()
