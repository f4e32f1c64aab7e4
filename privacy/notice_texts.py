"""The words of a notice: what is said before someone agrees, in each of its languages.

Every language holds the same keys, so that nobody is told less than another. Which fields a
recipient gets is not among them: that follows from the notice's own tables, and cannot differ.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Final

#: BCP 47 as far as a notice needs it, each part in its usual case: language, script, region.
_TAG: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?", re.ASCII)
# Also the marks that turn the direction of reading: the script itself says which way it runs.
_CONTROL: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_LONGEST: Final = 2_000
_RECIPIENTS: Final = "ontvangers"
#: A notice is at least in the language of the country: every receipt can be made in it.
USUAL: Final = "nl"


class Richting(StrEnum):
    """Which way a script runs."""

    LTR = "ltr"
    RTL = "rtl"


@dataclass(frozen=True, slots=True)
class Ontvangertekst:
    """One recipient in plain words: what it is called, and what it is and does."""

    naam: str
    wie: str


@dataclass(frozen=True, slots=True)
class Verklaringstekst:
    """What is explained in one language: all of it, or the notice is refused.

    In the order in which it is said: what it is about, what happens to the data, how long, that
    refusing costs nothing, how to stop, where to complain, and who explains.
    """

    taal: str
    richting: Richting
    titel: str
    inleiding: str
    gebruik: str
    bewaren: str
    weigeren: str
    stoppen: str
    klagen: str
    uitleg: str
    ontvangers: Mapping[str, Ontvangertekst]


_SAID: Final = tuple(
    each.name
    for each in fields(Verklaringstekst)
    if each.name not in {"taal", "richting", _RECIPIENTS}
)
_SAID_OF_RECIPIENT: Final = tuple(each.name for each in fields(Ontvangertekst))


def primary(taal: str) -> str:
    """The language itself, without script and region."""
    return taal.partition("-")[0]


def read_texts(
    tables: object, recipients: Iterable[str], faults: list[str]
) -> Mapping[str, Verklaringstekst]:
    """`[teksten.<taal>]` of a notice about these recipients; each fault by table and key.

    Whether the words are good is not checked here, nor whether two languages say the same.
    """
    if not isinstance(tables, Mapping) or USUAL not in tables:
        faults.append(f"[teksten.{USUAL}] ontbreekt")
        return MappingProxyType({})
    wanted = sorted(recipients)
    return MappingProxyType(
        {taal: _text(taal, table, wanted, faults) for taal, table in sorted(tables.items())}
    )


def _text(taal: str, given: object, recipients: list[str], faults: list[str]) -> Verklaringstekst:
    where = f"[teksten.{taal}]"
    if not _TAG.fullmatch(taal):
        faults.append(f"{where} deze taal is geen BCP 47, zoals nl, tig of fa-AF")
    table = given if isinstance(given, Mapping) else {}
    said = _words(where, table, _SAID, {"richting", _RECIPIENTS}, faults)
    about = _recipients(where, table.get(_RECIPIENTS), recipients, faults)
    spoken = [*said.values(), *(word for each in about.values() for word in (each.naam, each.wie))]
    richting = _direction(where, table.get("richting"), spoken, faults)
    return Verklaringstekst(
        taal=taal, richting=richting, ontvangers=MappingProxyType(about), **said
    )


def _words(
    where: str,
    table: Mapping[str, object],
    wanted: Iterable[str],
    beside: Iterable[str],
    faults: list[str],
) -> dict[str, str]:
    names = tuple(wanted)
    unknown = sorted(set(table) - {*names, *beside})
    faults.extend(f"{where} {name}: deze sleutel bestaat niet" for name in unknown)
    said = {}
    for name in names:
        value = table.get(name)
        if not isinstance(value, str) or not value.strip():
            faults.append(f"{where} {name}: ontbreekt")
        elif len(value) > _LONGEST or _CONTROL.search(value):
            faults.append(f"{where} {name}: te lang, of met een teken dat niet te lezen is")
        said[name] = unicodedata.normalize("NFC", value).strip() if isinstance(value, str) else ""
    return said


def _recipients(
    where: str, given: object, recipients: list[str], faults: list[str]
) -> dict[str, Ontvangertekst]:
    tables = given if isinstance(given, Mapping) else {}
    faults.extend(
        f"{where} {_RECIPIENTS}.{code}: deze ontvanger staat niet in [ontvangers]"
        for code in sorted(set(tables) - set(recipients))
    )
    told = {}
    for code in recipients:
        table = tables.get(code)
        if isinstance(table, Mapping):
            below = f"{where[:-1]}.{_RECIPIENTS}.{code}]"
            told[code] = Ontvangertekst(**_words(below, table, _SAID_OF_RECIPIENT, (), faults))
        else:
            faults.append(f"{where} {_RECIPIENTS}.{code}: ontbreekt")
    return told


def _direction(where: str, word: object, spoken: Iterable[str], faults: list[str]) -> Richting:
    """As the file says, held to the script in which most of it is written."""
    if word not in [each.value for each in Richting]:
        faults.append(f"{where} richting: ltr of rtl")
        return Richting.LTR
    richting = Richting(str(word))
    written = _written(spoken)
    if written is not None and written is not richting:
        faults.append(f"{where} richting: {richting} past niet bij het schrift van deze teksten")
    return richting


def _written(spoken: Iterable[str]) -> Richting | None:
    """Which way the letters run (Unicode UAX 9); None where there is no letter."""
    ways = [unicodedata.bidirectional(sign) for text in spoken for sign in text]
    right, left = sum(way in {"R", "AL"} for way in ways), ways.count("L")
    if not right + left:
        return None
    return Richting.RTL if right > left else Richting.LTR
