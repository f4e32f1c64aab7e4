"""The faults a value can have: a code on the wire, what is wrong, and what to do about it.

A fault knows its field and its rule and nothing else, so it can be logged and answered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from marshmallow import ValidationError

from schemas.fault_texts import TEKSTEN


class Foutcode(StrEnum):
    """Every rule that can refuse a value."""

    ONTBREEKT = "ontbreekt"
    ONBEKEND_VELD = "onbekend_veld"
    VERKEERD_TYPE = "verkeerd_type"
    GEEN_V_NUMMER = "geen_v_nummer"
    DUBBEL_GELIJK = "dubbel_gelijk"
    DUBBEL_VERSCHILLEND = "dubbel_verschillend"
    GEEN_DATUM = "geen_datum"
    GEEN_TIJDSTIP = "geen_tijdstip"
    GEEN_UUID = "geen_uuid"
    DAG_BESTAAT_NIET = "dag_bestaat_niet"
    IN_DE_TOEKOMST = "in_de_toekomst"
    VOOR_1900 = "voor_1900"
    VOLGORDE = "volgorde"
    ONBEKENDE_WAARDE = "onbekende_waarde"
    NIET_GELDIG_OP_DE_DAG = "niet_geldig_op_de_dag"
    STRIJDIG = "strijdig"
    BSN = "bsn"
    TE_LANG = "te_lang"
    TE_WEINIG = "te_weinig"
    TE_VEEL = "te_veel"
    EINDE_VOOR_BEGIN = "einde_voor_begin"
    ONBEKENDE_ONTVANGER = "onbekende_ontvanger"
    ONBEKEND_DOEL = "onbekend_doel"
    ONBEKENDE_VERKLARING = "onbekende_verklaring"
    VERTEGENWOORDIGER_ONTBREEKT = "vertegenwoordiger_ontbreekt"
    TOLK_ONTBREEKT = "tolk_ontbreekt"
    HANDTEKENING_ONGELDIG = "handtekening_ongeldig"
    ONBEKENDE_CASUS = "onbekende_casus"
    VNUMMER_VAN_ANDERE_CASUS = "vnummer_van_andere_casus"
    GEEN_TOESTEMMING = "geen_toestemming"

    @property
    def wat(self) -> str:
        """What is wrong, in Dutch, for who keeps the records."""
        return TEKSTEN[self.value][0]

    @property
    def te_doen(self) -> str:
        """What to do about it, in Dutch."""
        return TEKSTEN[self.value][1]


@dataclass(frozen=True, slots=True)
class Fout:
    """One fault: the field by its wire name, the rule, and where it stands in the body."""

    veld: str
    code: Foutcode
    pointer: str = ""


#: Stands for a field whose name is not repeated; see `_is_spoken`.
UNNAMED: Final = "onbekend"
_LONGEST_NAME: Final = 40


def faults_of(error: ValidationError, prefix: str = "") -> list[Fout]:
    """The faults of one refused body, in the order of its fields, with JSON pointers.

    Reads names and codes only, never `error.data`. `prefix` is the pointer of the body itself.
    """
    named = [part for part in prefix.split("/") if not part.isdigit()]
    return list(_walk(error.messages, prefix, named[-1]))


def _walk(messages: Any, pointer: str, veld: str) -> Iterator[Fout]:
    if not isinstance(messages, Mapping):
        yield from (Fout(veld, Foutcode(code), pointer) for code in messages)
        return
    for key, below in messages.items():
        if key == "_schema":
            yield from _walk(below, pointer, veld)
        elif isinstance(key, int):
            yield from _walk(below, f"{pointer}/{key}", veld)
        elif _is_spoken(key):
            yield from _walk(below, f"{pointer}/{key}", key)
        else:
            yield from _walk(below, pointer, UNNAMED)


def _is_spoken(name: str) -> bool:
    """Whether a name is repeated: a sender may put a person's name where a field's belongs."""
    looks_like_a_field = name.isascii() and name.isalnum() and name[0].islower()
    return looks_like_a_field and len(name) <= _LONGEST_NAME
