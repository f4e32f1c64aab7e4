"""Terms with an anchor: read from a DPIA's words or from ISO 8601, and compared with caution.

"1 jaar na uitstroom", "2 jaar na de laatste bespreking", "1 jaar en 6 maanden", "P1Y". A term
without an anchor runs from the verstrekking, the earliest that it can begin for a recipient.
One term is within another only where that is so whatever the months and the leap years.
"""

import re
from dataclasses import dataclass
from typing import Final

from privacy.dpia.fields import anchor_of

NO_ANCHOR: Final = "verstrekking"
_ISO: Final = re.compile(
    r"P(?=[0-9])(?:(?P<Y>[0-9]{1,4})Y)?(?:(?P<M>[0-9]{1,4})M)?"
    r"(?:(?P<W>[0-9]{1,4})W)?(?:(?P<D>[0-9]{1,4})D)?",
    re.ASCII,
)
_PART: Final = r"[0-9]{1,4} (?:jaar|jaren|maand|maanden|week|weken|dag|dagen)"
_WORDS: Final = re.compile(
    rf"(?P<term>{_PART}(?:(?: en|,)? {_PART}){{0,3}}|P[0-9YMWD]{{2,16}})(?: na (?P<anchor>.+))?",
    re.ASCII | re.IGNORECASE,
)
_COUNT: Final = re.compile(r"([0-9]{1,4}) ([a-z])", re.IGNORECASE)
_UNITS: Final = {"j": "Y", "m": "M", "w": "W", "d": "D"}
_MONTHS_A_YEAR: Final = 12
_DAYS_A_YEAR: Final = (365, 366)
_DAYS_A_MONTH: Final = (28, 31)
_DAYS_A_WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Duur:
    """A length of time. Years are months and weeks are days; months are no number of days."""

    months: int
    days: int

    def is_within(self, other: "Duur") -> bool:
        """True only where this is surely not longer."""
        if self.months <= other.months and self.days <= other.days:
            return True
        return self.at_most <= other.at_least

    @property
    def at_least(self) -> int:
        """The fewest days that this can be."""
        return self._in_days(0)

    @property
    def at_most(self) -> int:
        """The most days that this can be."""
        return self._in_days(1)

    def _in_days(self, bound: int) -> int:
        years, months = divmod(self.months, _MONTHS_A_YEAR)
        return years * _DAYS_A_YEAR[bound] + months * _DAYS_A_MONTH[bound] + self.days

    @property
    def iso(self) -> str:
        """As ISO 8601, in years where it is whole years."""
        years, months = divmod(self.months, _MONTHS_A_YEAR)
        parts = [(years, "Y"), (months, "M"), (self.days, "D")]
        written = "".join(f"{count}{unit}" for count, unit in parts if count)
        return f"P{written or '0D'}"


@dataclass(frozen=True, slots=True)
class Termijn:
    """A length of time from an anchor."""

    duur: Duur
    anker: str


def iso_duration(text: str) -> Duur | None:
    """The length that ISO 8601 writes; None where it is none."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    return _duration({unit: int(count or 0) for unit, count in found.groupdict().items()})


def read_term(words: str) -> Termijn | None:
    """The term that the words of a DPIA give; None where they give none for certain."""
    said = " ".join(words.split()).removesuffix(".")
    found = _WORDS.fullmatch(said)
    if found is None:
        return None
    duration = _spoken(found["term"])
    anchor = anchor_of(found["anchor"]) if found["anchor"] else NO_ANCHOR
    return Termijn(duration, anchor) if duration and anchor else None


def _spoken(term: str) -> Duur | None:
    if term.startswith(("P", "p")):
        return iso_duration(term.upper())
    counts: dict[str, int] = {}
    for count, letter in _COUNT.findall(term):
        unit = _UNITS[letter.lower()]
        if unit in counts:
            return None  # "1 jaar en 2 jaar": nobody knows which
        counts[unit] = int(count)
    return _duration(counts)


def _duration(counts: dict[str, int]) -> Duur:
    return Duur(
        months=counts.get("Y", 0) * _MONTHS_A_YEAR + counts.get("M", 0),
        days=counts.get("W", 0) * _DAYS_A_WEEK + counts.get("D", 0),
    )
