"""What an organisation asks for a person: to restrict processing, or to correct (AVG 16, 18)."""

from dataclasses import dataclass, field
from typing import ClassVar, Final

from schemas.base import RecordSchema
from schemas.faults import Foutcode
from schemas.fields import Bekend, Code, JaNee
from schemas.nested import Lijst
from schemas.records import Casussamenvatting, wire_names
from schemas.sensitivity import KEY, Gevoeligheid
from schemas.terms import Beperkingsgrond

_GEWOON: Final = {KEY: Gevoeligheid.GEWOON}
_NAMES: Final = frozenset(wire_names(Casussamenvatting).values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Beperkingsverzoek:
    """On one ground processing is restricted from now on, or no longer."""

    grond: Beperkingsgrond = field(metadata=_GEWOON)
    beperkt: bool = field(metadata=_GEWOON)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectificatieverzoek:
    """Names of fields that were wrong, whatever they say now; never a value."""

    velden: tuple[str, ...] = field(metadata=_GEWOON)


class BeperkingsverzoekSchema(RecordSchema):
    """A restriction that begins or ends; saying it twice is saying it once."""

    record: ClassVar[type] = Beperkingsverzoek
    title: ClassVar[str] = "Beperking"

    grond = Code(Beperkingsgrond, required=True)
    beperkt = JaNee(required=True)


class RectificatieverzoekSchema(RecordSchema):
    """Fields by their wire name, each at most once."""

    record: ClassVar[type] = Rectificatieverzoek
    title: ClassVar[str] = "Rectificatie"

    velden = Lijst(
        Bekend(_NAMES, Foutcode.ONBEKENDE_WAARDE), least=1, most=len(_NAMES), required=True
    )
