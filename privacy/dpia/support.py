"""What a DPIA supports for one processing: each question of the form asked once.

Data are given as our fields. None is "the DPIA has no answer at all", an empty set is "it
answers, and none of our fields is in it": a person must be told which of the two it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from privacy.dpia.answers import Dpia
from privacy.dpia.fields import alike, field_of, fields_in, is_party, party_of
from privacy.dpia.rows import Bewaartermijn, Grond, Partij, Uitzondering, Verwerking
from schemas.sensitivity import Gevoeligheid

CONSENT: Final = "Rechtsgrond toestemming"
_RECEIVES: Final = "ontvanger"
#: The answers of the form by which a use is no other use than the data were collected for.
_AGREES: Final = ("verenigbaar", "toelaatbaar", "niet van toepassing (geen verdere verwerking)")


def recipients(dpia: Dpia) -> tuple[str, ...]:
    """The parties that receive something, in the order of the form (6.1.1)."""
    names = (party_of(each.naam) for each in dpia.partijen if _receives(each))
    return tuple({alike(name): name for name in names}.values())


def processings_for(dpia: Dpia, recipient: str) -> tuple[str, ...]:
    """The processings in which a party receives something, in the order of the form (6.1.1)."""
    names = {alike(each.verwerking): each.verwerking for each in _rows_for(dpia, recipient)}
    return tuple(names.values())


def data_for(dpia: Dpia, recipient: str, name: str) -> tuple[str, ...]:
    """The data that a party receives in a processing, in the words and order of the form."""
    found = {
        datum: None
        for each in _rows_for(dpia, recipient)
        if alike(each.verwerking) == alike(name)
        for datum in each.gegevens
    }
    return tuple(found)


def processing(dpia: Dpia, name: str) -> Verwerking | None:
    """The processing of that name (3.1.1)."""
    return next((each for each in dpia.verwerkingen if alike(each.naam) == alike(name)), None)


def classes(dpia: Dpia, field: str) -> frozenset[Gevoeligheid]:
    """The classes that the DPIA gives a field (2.1.4); none where it does not name the field."""
    return frozenset(each.soort for each in dpia.gegevens if field_of(each.naam) == field)


def _receives(partij: Partij) -> bool:
    return _RECEIVES in map(alike, partij.rollen)


def _rows_for(dpia: Dpia, recipient: str) -> tuple[Partij, ...]:
    return tuple(
        each for each in dpia.partijen if _receives(each) and is_party(each.naam, recipient)
    )


@dataclass(frozen=True, slots=True)
class Support:
    """What a DPIA says about one processing."""

    dpia: Dpia
    verwerking: Verwerking

    @property
    def named(self) -> frozenset[str]:
        """Fields among the personal data (2.1)."""
        return fields_in(each.naam for each in self.dpia.gegevens)

    @property
    def used(self) -> frozenset[str]:
        """Fields that the processing uses (3.1.3)."""
        return fields_in(self.verwerking.gegevens)

    @property
    def is_a_purpose(self) -> bool:
        """Whether what the processing is for is among the purposes (5.1.1)."""
        return any(self._is_aim(each) for each in self.dpia.doeleinden)

    def received_by(self, recipient: str) -> frozenset[str] | None:
        """Fields that a recipient gets in this processing (6.1.1.4)."""
        return _together(
            each.gegevens
            for each in _rows_for(self.dpia, recipient)
            if alike(each.verwerking) == alike(self.verwerking.naam)
        )

    @property
    def bound(self) -> frozenset[str] | None:
        """Fields whose use for this purpose agrees with why they were collected (13.1.1)."""
        return _together(
            each.gegevens
            for each in self.dpia.doelbinding
            if self._is_aim(each.doel) and alike(each.uitkomst).startswith(_AGREES)
        )

    @property
    def kept(self) -> frozenset[str] | None:
        """Fields that have a term for this purpose (10.1.1.3)."""
        return _together(each.gegevens for each in self._terms)

    def terms_of(self, fields: Iterable[str]) -> tuple[Bewaartermijn, ...]:
        """The terms that touch any of the fields (10.1.1)."""
        wanted = frozenset(fields)
        return tuple(each for each in self._terms if fields_in(each.gegevens) & wanted)

    @property
    def grounds(self) -> tuple[Grond, ...]:
        """The legal grounds of the processing (11.1.1)."""
        return tuple(
            each
            for each in self.dpia.gronden
            if alike(each.verwerking) == alike(self.verwerking.naam)
        )

    def exceptions(self, soort: Gevoeligheid, field: str) -> tuple[Uitzondering, ...]:
        """Why a field of a protected class may be used in this processing (12.1 to 12.3)."""
        return tuple(
            each
            for each in self.dpia.uitzonderingen.get(soort, ())
            if alike(self.verwerking.naam) in map(alike, each.verwerkingen)
            and field in fields_in(each.gegevens)
        )

    @property
    def _terms(self) -> tuple[Bewaartermijn, ...]:
        return tuple(each for each in self.dpia.termijnen if self._is_aim(each.doel))

    def _is_aim(self, words: str) -> bool:
        return alike(words) == alike(self.verwerking.doel)


def _together(lists: Iterable[Iterable[str]]) -> frozenset[str] | None:
    found = [fields_in(each) for each in lists]
    return frozenset().union(*found) if found else None
