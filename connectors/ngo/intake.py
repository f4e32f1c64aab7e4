"""The intake of one register: every row read, checked, compared with the others, and sealed.

All of it or nothing: a register that cannot be read to its end gives no records. What a person
may read of it afterwards is in `fouten`: where, which field, which rule, and never a value.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from connectors.ngo.consents import ToestemmingId, consents_of
from connectors.ngo.mapping_values import Mapping as Registermapping
from connectors.ngo.readers.http_json import Fetch
from connectors.ngo.rows import Rij
from connectors.ngo.sources import open_register
from connectors.ngo.statements import Gelezen, read_statements
from connectors.ngo.summaries import Samengevat, Samenvatter
from connectors.ngo.totals import totals_of
from connectors.ngo.words import Woorden
from privacy.sealed import Label, Sealed, seal
from schemas.duplicates import find_duplicates
from schemas.faults import Foutcode
from schemas.nationaliteiten import Nationaliteiten
from schemas.records import Casussamenvatting, Toestemming, wire_names

#: A V-nummer to its keyed pseudonym.
Kenmerk = Callable[[str], bytes]

_NAMES = wire_names(Casussamenvatting)
_TOESTEMMING = "toestemming"


@dataclass(frozen=True, slots=True)
class Registerrecord:
    """One good record: sealed in full wire form, with the statements that count."""

    rij: int
    sealed: Sealed
    toestemmingen: tuple[Toestemming, ...] = field(repr=False)
    blad: str | None = None
    bladrij: int | None = None

    @property
    def waar(self) -> str:
        """Where a person finds it: sheet and row as the sheet numbers them, or the ordinal."""
        if self.bladrij is None:
            return f"regel {self.rij}"
        return f"{self.blad or ''} rij {self.bladrij}".strip()


@dataclass(frozen=True, slots=True)
class Rijfout:
    """One fault of one record: its ordinal, where a person finds it, the field and the rule."""

    rij: int
    blad: str | None
    bladrij: int | None
    veld: str
    code: Foutcode


@dataclass(frozen=True, slots=True)
class Register:
    """What a register gave. `kenmerken` covers every V-nummer in it, of good and refused alike."""

    rijen: int
    goed: tuple[Registerrecord, ...]
    fouten: tuple[Rijfout, ...]
    kenmerken: frozenset[bytes]


@dataclass(frozen=True, slots=True, repr=False)
class _Record:
    rij: int
    blad: str | None
    bladrij: int | None
    samengevat: Samengevat
    toestemming: Gelezen

    @property
    def inhoud(self) -> object:
        return (self.samengevat.inhoud, self.toestemming.inhoud)

    def faults(self, double: Foutcode | None) -> dict[str, Foutcode]:
        """Every field at fault, once."""
        fouten = dict(self.samengevat.fouten)
        if double is not None:
            fouten["vNummer"] = double
        if self.toestemming.fout is not None:
            fouten[_TOESTEMMING] = self.toestemming.fout
        return fouten


def read_register(  # noqa: PLR0913  what the node knows and this package must not
    mapping: Registermapping,
    location: str | Path,
    woorden: Mapping[str, Mapping[str, str]],
    day: date,
    *,
    kenmerk: Kenmerk,
    ontvangers: frozenset[str],
    toestemming_id: ToestemmingId,
    nationaliteiten: Nationaliteiten,
    fetch: Fetch | None = None,
) -> Register:
    """The whole register as it stands on `day`.

    Raises RegisterError where it cannot be read. A record with a fault also counts when the
    same V-nummer is looked for: two that differ are both refused, whatever else is wrong.
    """
    summarise = Samenvatter(mapping, Woorden(mapping.woorden, woorden), nationaliteiten, day)
    records = [
        _Record(
            nummer,
            rij.blad,
            rij.bladrij,
            summarise.read(rij),
            read_statements(rij, mapping, ontvangers, day),
        )
        for nummer, rij in enumerate(_records(mapping, location, day, fetch), 1)
    ]
    double = find_duplicates((each.samengevat.v_nummer, each.inhoud) for each in records)
    goed: list[Registerrecord] = []
    fouten: list[Rijfout] = []
    for place, record in enumerate(records):
        if faults := record.faults(double.get(place)):
            fouten.extend(_row_faults(record, faults))
        else:
            goed.append(_sealed(record, mapping, kenmerk, toestemming_id))
    numbers = {each.samengevat.v_nummer for each in records} - {None}
    return Register(
        len(records),
        tuple(goed),
        tuple(fouten),
        frozenset(kenmerk(each) for each in numbers if each),
    )


def _records(
    mapping: Registermapping, location: str | Path, day: date, fetch: Fetch | None
) -> Iterator[Rij]:
    """The rows that are records: not those below the list that add it up."""
    is_total = totals_of(mapping)
    for rij in open_register(mapping, location, day, fetch):
        if not is_total(rij.cellen):
            yield rij


def _row_faults(record: _Record, faults: dict[str, Foutcode]) -> Iterator[Rijfout]:
    for veld in (*_NAMES.values(), _TOESTEMMING):
        if veld in faults:
            yield Rijfout(record.rij, record.blad, record.bladrij, veld, faults[veld])


def _sealed(
    record: _Record, mapping: Registermapping, kenmerk: Kenmerk, toestemming_id: ToestemmingId
) -> Registerrecord:
    wire = _wire(record.samengevat.samenvatting)
    v_nummer = record.samengevat.samenvatting.v_nummer
    label = Label(
        casus=None,
        bronhouder=mapping.bronhouder,
        kenmerk=kenmerk(v_nummer),
        status=wire["status"],
    )
    consents = consents_of(
        record.toestemming.verklaard,
        v_nummer,
        wire["geboortedatum"],
        mapping.toestemming,
        toestemming_id=toestemming_id,
    )
    return Registerrecord(record.rij, seal(label, wire), consents, record.blad, record.bladrij)


def _wire(samenvatting: Casussamenvatting) -> dict[str, str | None]:
    """Every field in wire form; a register shares them all with its own node."""
    found: dict[str, str | None] = {}
    for name, wire in _NAMES.items():
        value = getattr(samenvatting, name)
        found[wire] = None if value is None else str(value)
    return found
