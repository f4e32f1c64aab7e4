"""A value of a register per field and precision, and what a partner gets of it.

`beneath` is another value that looks the same in that precision, `beside` one that does not;
None where there is none. Together the cases are every pair that a policy may name.
"""

from dataclasses import dataclass
from typing import Final

from schemas.terms import Precisie

#: What a pseudonym looks like; which one it is, only the gateway's key says.
PSEUDONYM: Final = "[0-9a-f]{32}"


@dataclass(frozen=True)
class Case:
    """`held` is what the gateway gets to hold: what the partner gets, unless said otherwise."""

    field: str
    precisie: Precisie
    value: str | None
    told: str | None
    beneath: str | None = None
    beside: tuple[str | None, str | None] | None = None
    held: str | None = None

    def __str__(self) -> str:
        return f"{self.field} {self.precisie}"


def _whole(field: str, value: str, other: str) -> Case:
    return Case(field, Precisie.VOLLEDIG, value, value, beside=(other, other))


def _presence(field: str, value: str, other: str, *, may_be_empty: bool = False) -> Case:
    gone = (None, "nee") if may_be_empty else None
    return Case(field, Precisie.JA_NEE, value, "ja", beneath=other, beside=gone)


def _dated(field: str, *, may_be_empty: bool) -> tuple[Case, ...]:
    value = "2019-07-11"
    return (
        _whole(field, value, "2019-07-12"),
        Case(field, Precisie.MAAND, value, "2019-07", "2019-07-31", ("2019-08-11", "2019-08")),
        Case(field, Precisie.JAAR, value, "2019", "2019-12-31", ("2018-07-11", "2018")),
        _presence(field, value, "2018-01-01", may_be_empty=may_be_empty),
    )


def _code(field: str, value: str, other: str, *, may_be_empty: bool = False) -> tuple[Case, ...]:
    whole = _whole(field, value, other)
    return whole, _presence(field, value, other, may_be_empty=may_be_empty)


CASES: Final = (
    _whole("vNummer", "0902224584", "0902224585"),
    Case(
        "vNummer",
        Precisie.PSEUDONIEM,
        "0902224584",
        PSEUDONYM,
        beside=("0902224585", PSEUDONYM),
        held="0902224584",
    ),
    Case("vNummer", Precisie.JA_NEE, "0902224584", "ja", "0902224585", held="0902224584"),
    _whole("naam", "Ngọc Farahani", "Ngọc Farahanie"),
    Case("naam", Precisie.PSEUDONIEM, "Ngọc Farahani", PSEUDONYM, "Amina Tekle", held="ja"),
    _presence("naam", "Ngọc Farahani", "Amina Tekle"),
    _whole("geboortedatum", "1987-03-14", "1987-03-15"),
    Case(
        "geboortedatum",
        Precisie.MAAND,
        "2004-04-01",
        "2004-04",
        "2004-04-30",
        ("2004-03", "2004-03"),
    ),
    Case("geboortedatum", Precisie.JAAR, "2004-04-01", "2004", "2004-12", ("2003", "2003")),
    Case(
        "geboortedatum",
        Precisie.LEEFTIJDSGROEP,
        "2004-04-01",
        "16-17",
        "2003-11",
        ("2004-04-02", "12-15"),
    ),
    _presence("geboortedatum", "2004-04-01", "1950", may_be_empty=True),
    *_code("geslacht", "M", "V"),
    *_code("nationaliteit", "0149", "0315"),
    *_code("status", "in_begeleiding", "uitgestroomd"),
    *_code("lijn", "1", "2", may_be_empty=True),
    *_dated("datumAanmelding", may_be_empty=False),
    *_dated("datumInstroom", may_be_empty=True),
    *_dated("datumUitstroom", may_be_empty=True),
    Case("uitstroomreden", Precisie.GROEP, "medisch", "overig", "artikel_64", ("mob", "mob")),
    _presence("uitstroomreden", "medisch", "mob", may_be_empty=True),
    *_code("begeleidingsscenario", "verblijf", "vertrek", may_be_empty=True),
    Case("bronhouder", Precisie.VOLLEDIG, "sndvu", "sndvu"),
    Case("bronhouder", Precisie.JA_NEE, "sndvu", "ja", held="sndvu"),
    *_code("rol", "zaakhouder", "medebegeleiding"),
)
