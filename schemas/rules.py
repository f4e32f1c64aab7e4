"""The rules of REGELS between the fields of one record; shared by node and gateway.

Node and gateway ask the same functions, so what the node sends is never refused for a rule
the node does not know. One fault per field; what only follows from another fault is not
reported beside it. A field that was not shared is not checked.

What crosses may be coarser than a register has it. Then a rule holds as far as the coarse
values let it be judged: of a year and a day within it neither is the earlier, and that there is
an exit is known from its year, or from `ja`, as well as from its day. A register itself never
has coarse values: with `complete` they are refused.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final

from schemas import nationaliteiten
from schemas.dates import birth_fault, precedes
from schemas.faults import Fout, Foutcode
from schemas.records import Casussamenvatting, Toestemming, wire_names
from schemas.terms import NIET_GEDEELD, V_NUMMER, JaOfNee, Leeftijdsgroep, Status
from schemas.texts import code_fault, text_fault

#: What a register must have of everyone (REGELS, Reading), beside the V-nummer.
VERPLICHT: Final = ("naam", "nationaliteit", "geslacht", "rol", "datum_aanmelding")
#: What is never empty where it is shared.
NEVER_EMPTY: Final = (*VERPLICHT, "status", "bronhouder")

_DATES: Final = ("datum_aanmelding", "datum_instroom", "datum_uitstroom")
#: Fields of which any text may be a full value: a name, a code that an organisation chose.
_ANY_TEXT: Final = frozenset({"v_nummer", "naam", "bronhouder"})
#: What is left of a value and has another form than the value.
_COARSE: Final = frozenset({*JaOfNee, *Leeftijdsgroep})
_EMPTY: Final = (None, JaOfNee.NEE)
#: A day, or as much as is known of one.
_DAY: Final = (date, str)
_SAMENVATTING: Final = wire_names(Casussamenvatting)
_TOESTEMMING: Final = wire_names(Toestemming)

#: Python name of a field to the rule it breaks; the first fault of a field stays.
_Found = dict[str, Foutcode]


def derive_status(instroom: date | None, uitstroom: date | None) -> Status:
    """The status that follows from the dates; it is never taken from a register."""
    return _status_of(instroom is not None, uitstroom is not None)


def _status_of(came: bool, left: bool) -> Status:  # noqa: FBT001  two facts, not options
    if left:
        return Status.UITGESTROOMD
    return Status.IN_BEGELEIDING if came else Status.AANGEMELD


def check_samenvatting(
    samenvatting: Casussamenvatting,
    day: date,
    *,
    complete: bool,
    at_fault: Collection[str] = (),
) -> list[Fout]:
    """What is wrong with a summary on that day, in the order of its fields.

    `complete` asks for every field that a register must have. `at_fault` names, by wire name,
    fields whose value was already refused: give those as NIET_GEDEELD (the V-nummer as ""),
    and neither they nor what follows from them is reported.
    """
    found: _Found = {}
    _check_filled(samenvatting, found, complete=complete)
    if complete:
        _check_whole(samenvatting, found)
    _check_values(samenvatting, day, found)
    _check_dates(samenvatting, day, found)
    _check_uitstroom(samenvatting, found)
    _check_status(samenvatting, found)
    return _report(found, _SAMENVATTING, at_fault) if found else []


def check_toestemming(toestemming: Toestemming, day: date) -> list[Fout]:
    """What is wrong with a statement of consent on that day."""
    return toestemming_faults({name: getattr(toestemming, name) for name in _TOESTEMMING}, day)


def toestemming_faults(values: Mapping[str, Any], day: date) -> list[Fout]:
    """`check_toestemming` for a statement of which some fields were already refused.

    Whether a representative was needed is the organisation's to say: it alone knows the full
    birth date. A withdrawal before the first day is no fault; such a statement covers nothing.
    """
    found: _Found = {}
    eerste, laatste = values.get("eerste_dag"), values.get("laatste_dag")
    for name in ("eerste_dag", "ingetrokken_op"):
        value = values.get(name)
        if value is not None and value > day:
            found[name] = Foutcode.IN_DE_TOEKOMST
    if eerste is not None and laatste is not None and laatste < eerste:
        found["laatste_dag"] = Foutcode.EINDE_VOOR_BEGIN
    _check_vertegenwoordiger(values, found)
    return _report(found, _TOESTEMMING) if found else []


def _check_vertegenwoordiger(values: Mapping[str, Any], found: _Found) -> None:
    if "vertegenwoordiger" not in values:
        return
    who = values["vertegenwoordiger"]
    fault = Foutcode.ONTBREEKT if who is None else text_fault(who)
    if fault is not Foutcode.ONTBREEKT and fault is not None:
        found["vertegenwoordiger"] = fault
    elif fault is not None and (values.get("vertegenwoordiger_vereist") or values.get("curatele")):
        # Under sixteen, and under curatele, a statement counts only with a representative
        # (UAVG 5 lid 1 en 2).
        found["vertegenwoordiger"] = Foutcode.VERTEGENWOORDIGER_ONTBREEKT


def _check_filled(samenvatting: Casussamenvatting, found: _Found, *, complete: bool) -> None:
    for name in NEVER_EMPTY:
        value = getattr(samenvatting, name)
        if value is None or (complete and value is NIET_GEDEELD and name in VERPLICHT):
            found[name] = Foutcode.ONTBREEKT


def _check_whole(samenvatting: Casussamenvatting, found: _Found) -> None:
    """Refuse, of a register, what is only left of a value."""
    for name in _SAMENVATTING.keys() - _ANY_TEXT:
        value = getattr(samenvatting, name)
        if value in _COARSE or (name in _DATES and isinstance(value, str)):
            found[name] = Foutcode.ONBEKENDE_WAARDE


def _check_values(samenvatting: Casussamenvatting, day: date, found: _Found) -> None:
    s = samenvatting
    if not V_NUMMER.fullmatch(s.v_nummer):
        found["v_nummer"] = Foutcode.GEEN_V_NUMMER
    if isinstance(s.naam, str):
        _note(found, "naam", text_fault(s.naam))
    if isinstance(s.geboortedatum, str) and s.geboortedatum not in _COARSE:
        _note(found, "geboortedatum", birth_fault(s.geboortedatum, day))
    if isinstance(s.nationaliteit, str) and s.nationaliteit != JaOfNee.JA:
        _note(found, "nationaliteit", nationaliteit_fault(s.nationaliteit, day))
    if isinstance(s.bronhouder, str):
        _note(found, "bronhouder", code_fault(s.bronhouder))


def nationaliteit_fault(code: str, day: date) -> Foutcode | None:
    """What is wrong with a nationality code on that day; a name is no code."""
    table = nationaliteiten.load()
    if table.is_valid(code, day):
        return None
    ended = code.isdecimal() and table.known(code)
    return Foutcode.NIET_GELDIG_OP_DE_DAG if ended else Foutcode.ONBEKENDE_WAARDE


def _check_dates(samenvatting: Casussamenvatting, day: date, found: _Found) -> None:
    """Registration ≤ entry ≤ exit ≤ the day; where the order is broken, the later is named."""
    for name in _DATES:
        value = getattr(samenvatting, name)
        if isinstance(value, _DAY) and precedes(day, value):
            found[name] = Foutcode.IN_DE_TOEKOMST
    entry = _sound(samenvatting.datum_instroom, "datum_instroom", found)
    registration = _sound(samenvatting.datum_aanmelding, "datum_aanmelding", found)
    departure = _sound(samenvatting.datum_uitstroom, "datum_uitstroom", found)
    if entry and registration and precedes(entry, registration):
        found["datum_instroom"] = Foutcode.VOLGORDE
    if samenvatting.datum_instroom in _EMPTY:
        # The missing entry explains all that is wrong with the order.
        if _is_filled(samenvatting.datum_uitstroom):
            found["datum_instroom"] = Foutcode.ONTBREEKT
        return
    # An entry before the registration explains an exit before it too.
    befores = (entry, None if "datum_instroom" in found and entry else registration)
    if departure and any(before and precedes(departure, before) for before in befores):
        found["datum_uitstroom"] = Foutcode.VOLGORDE


def _check_uitstroom(samenvatting: Casussamenvatting, found: _Found) -> None:
    """An exit date needs a reason and a reason a date; the missing one is named."""
    day, reason = samenvatting.datum_uitstroom, samenvatting.uitstroomreden
    if _is_filled(day) and reason in _EMPTY:
        found["uitstroomreden"] = Foutcode.ONTBREEKT
    if day in _EMPTY and _is_filled(reason):
        found["datum_uitstroom"] = Foutcode.ONTBREEKT


def _check_status(samenvatting: Casussamenvatting, found: _Found) -> None:
    """A shared status agrees with the dates it follows from, where both are shared and sound."""
    entry, departure = samenvatting.datum_instroom, samenvatting.datum_uitstroom
    if entry is NIET_GEDEELD or departure is NIET_GEDEELD or "datum_instroom" in found:
        return
    if not isinstance(samenvatting.status, Status) or "datum_uitstroom" in found:
        return
    if samenvatting.status is not _status_of(_is_filled(entry), _is_filled(departure)):
        found["status"] = Foutcode.STRIJDIG


def _is_filled(value: object) -> bool:
    """Whether there is a value, in whatever precision; not of what was not shared."""
    return value is not NIET_GEDEELD and value not in _EMPTY


def _sound(value: object, name: str, found: _Found) -> date | str | None:
    """What can be put in order: a day or a part of one."""
    if not isinstance(value, _DAY) or value in _EMPTY or name in found:
        return None
    return value


def _note(found: _Found, name: str, code: Foutcode | None) -> None:
    if code is not None:
        found[name] = code


def _report(found: _Found, names: dict[str, str], at_fault: Collection[str] = ()) -> list[Fout]:
    return [
        Fout(wire, found[name])
        for name, wire in names.items()
        if name in found and wire not in at_fault
    ]
