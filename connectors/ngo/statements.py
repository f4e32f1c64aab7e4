"""From the cells of one statement of consent to what it says, or to why it cannot be read.

A statement that names nobody is no statement: registers fill in language and interpreter for
everyone. Read that way, clearing the names is enough to withdraw. But a part that nobody can read
is a fault even there: whom it named, or that it was withdrawn, may be just what is lost.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from connectors.ngo.mapping_values import Mapping as Registermapping
from connectors.ngo.mapping_values import Toestemmingsvorm
from connectors.ngo.rows import Cell, Onleesbaar, Rij
from connectors.ngo.values import day_of, sound_text
from connectors.ngo.words import plain
from schemas.errors import RefusedValueError
from schemas.faults import Foutcode
from schemas.rules import toestemming_faults
from schemas.texts import text_fault

_TAAL: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class Verklaard:
    """What one statement says. `ontvangers` are partners only, without who gets totals only."""

    ontvangers: tuple[str, ...]
    eerste_dag: date
    laatste_dag: date
    ingetrokken_op: date | None
    taal: str
    tolk: bool
    vertegenwoordiger: str | None
    curatele: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Gelezen:
    """All statements of one record: what they say, the first fault, and a form to compare.

    `inhoud` holds every mapped cell of every statement, normalised where it could be read, so
    that two records can be told apart by their consent.
    """

    verklaard: tuple[Verklaard, ...]
    fout: Foutcode | None
    inhoud: tuple[object, ...]


def read_statements(
    rij: Rij, mapping: Registermapping, ontvangers: frozenset[str], day: date
) -> Gelezen:
    """Every statement of a row, wherever this register keeps them."""
    found = [
        _Lezer(cellen, rij, mapping, ontvangers).read(day)
        for cellen in ([rij.cellen] if rij.toestemmingen is None else rij.toestemmingen)
    ]
    fouten = [each.fout for each in found if each.fout is not None]
    inhoud = sorted((each.inhoud for each in found), key=repr)
    verklaard = tuple(each.verklaard for each in found if each.verklaard is not None)
    return Gelezen(verklaard, fouten[0] if fouten else None, tuple(inhoud))


@dataclass(frozen=True, slots=True, repr=False)
class _Een:
    verklaard: Verklaard | None
    fout: Foutcode | None
    inhoud: tuple[object, ...]


class _Lezer:
    """Reads the cells of one statement; the first fault is the one that is told."""

    def __init__(
        self,
        cellen: Mapping[str, Cell],
        rij: Rij,
        mapping: Registermapping,
        ontvangers: frozenset[str],
    ) -> None:
        self._cellen = cellen
        self._nuldag = rij.nuldag
        self._samengevoegd = rij.samengevoegd
        self._vormen = mapping.datumvormen
        self._vorm = mapping.toestemming
        self._ontvangers = ontvangers
        self._fouten: list[Foutcode] = []
        self._lost = False
        self._inhoud: list[object] = []

    def read(self, day: date) -> _Een:
        named = self._take("ontvangers", lambda cell: named_of(cell, self._vorm))
        eerste = self._take("eersteDag", self._day)
        laatste = self._take("laatsteDag", self._day)
        ingetrokken = self._take("ingetrokkenOp", self._day)
        taal = self._take("taal", taal_of)
        tolk = self._take("tolk", lambda cell: yes_or_no(cell, self._vorm))
        namens = self._take("vertegenwoordiger", _who_of)
        curatele = self._under_curatele()
        inhoud = tuple(self._inhoud)
        if named == ():
            return _Een(None, Foutcode.VERKEERD_TYPE if self._lost else None, inhoud)
        partners = tuple(sorted(set(named or ()) - self._vorm.alleen_totalen))
        self._check(
            partners,
            {"eerste_dag": eerste, "laatste_dag": laatste, "ingetrokken_op": ingetrokken},
            day,
        )
        complete = eerste is not None and laatste is not None and None not in (taal, tolk)
        if not complete:
            self._fouten.append(Foutcode.ONTBREEKT)
        if self._fouten or eerste is None or laatste is None:
            return _Een(None, self._fouten[0], inhoud)
        spoken = taal or "", bool(tolk), namens, curatele
        said = Verklaard(partners, eerste, laatste, ingetrokken, *spoken)
        return _Een(said if partners else None, None, inhoud)

    def _under_curatele(self) -> bool:
        """No, where a register does not say; what it says and cannot be read is a fault."""
        if "curatele" not in self._vorm.velden:
            return False
        return bool(self._take("curatele", lambda cell: yes_or_no(cell, self._vorm)))

    def _check(self, partners: Sequence[str], days: dict[str, date | None], day: date) -> None:
        if not self._ontvangers.issuperset(partners):
            self._fouten.append(Foutcode.ONBEKENDE_ONTVANGER)
        self._fouten.extend(fout.code for fout in toestemming_faults(days, day))

    def _day(self, cell: Cell) -> date | None:
        return day_of(cell, self._vormen, self._nuldag)

    def _take(self, veld: str, read: Callable[[Cell], Any]) -> Any:
        """The value of one part; what cannot be read counts as a fault and compares as it stood."""
        kolom = self._vorm.velden.get(veld)
        cell = self._vorm.vast.get(veld) if kolom is None else self._cellen.get(kolom)
        lost = cell is Onleesbaar.CEL or kolom in self._samengevoegd
        self._lost = self._lost or lost
        try:
            if lost:
                raise RefusedValueError(Foutcode.VERKEERD_TYPE)  # noqa: TRY301  as any other
            value = read(cell)
        except RefusedValueError as error:
            self._fouten.append(error.code)
            self._inhoud.append((veld, repr(cell)))
            return None
        self._inhoud.append(value)
        return value


def named_of(cell: Cell, vorm: Toestemmingsvorm) -> tuple[str, ...]:
    """Who a statement names, by code, in alphabetical order; () where it names nobody."""
    parts = cell if isinstance(cell, tuple) else (sound_text(cell) or "").split(vorm.scheiding)
    words = {plain(word): code for word, code in vorm.ontvangerwoorden.items()}
    names = {words.get(plain(part), part.strip()) for part in parts}
    return tuple(sorted(names - {""}))


def taal_of(cell: Cell) -> str | None:
    """A language by its code (BCP 47)."""
    text = sound_text(cell)
    if text is not None and not _TAAL.fullmatch(text):
        raise RefusedValueError(Foutcode.ONBEKENDE_WAARDE)
    return text


def yes_or_no(cell: Cell, vorm: Toestemmingsvorm) -> bool | None:
    """Yes or no in the organisation's own words; a box that is ticked needs none."""
    if isinstance(cell, bool):
        return cell
    text = sound_text(cell)
    if text is None:
        return None
    if plain(text) in {plain(word) for word in vorm.ja}:
        return True
    if plain(text) in {plain(word) for word in vorm.nee}:
        return False
    raise RefusedValueError(Foutcode.ONBEKENDE_WAARDE)


def _who_of(cell: Cell) -> str | None:
    text = sound_text(cell)
    fault = None if text is None else text_fault(text)
    if fault is not None:
        raise RefusedValueError(fault)
    return text
