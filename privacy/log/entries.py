"""One entry of the log, and the only bytes that may stand for it.

The bytes are RFC 8785 of a closed set of keys, at most 4,096 of them; a key without a value is
left out. `encode` is the only way in; `privacy.log.form` is the same rules read backwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Final, Required, TypedDict

from privacy.log.errors import EntryRefusedError
from privacy.log.form import ALWAYS, MAX_BYTES, holds_ten_digits
from privacy.log.rules import FORMAT_VERSION, RULES
from privacy.log.terms import Auditsoort
from schemas.terms import Doel, Grondslag, Precisie

__all__ = ["AuditEntry", "Auditsoort", "Herkomst", "encode", "part_of"]

_FLAG: Final = b'"klok_terug":true,'


class Herkomst(TypedDict, total=False):
    """Who acts and along which way: the same in every entry of one request.

    `transactie` is the Fsc-Transaction-Id of what came through an Inway; `gemachtigde` the OIN
    of who acted on behalf of `organisatie` there (FSC-05: both are in the log). `span` is where
    in its own trace the caller asked (W3C Trace Context): of what stands under a page or pack,
    only that page or pack has it (`part_of`).
    """

    organisatie: Required[str]
    client: str | None
    trace: str | None
    span: str | None
    transactie: str | None
    gemachtigde: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What happened, told without a value, a name, a V-nummer or a member of staff (design 7).

    `organisatie` is who acts, `ontvanger` who gets. `pseudoniem` is the random one of the casus.
    `velden` are field names with the precision in which they left. `toestemmingen` are
    `id:version`, `beleid` and `afdruk` digests (the latter salted, `privacy.log.commitment`),
    `verklaringen` notice versions. `onderdelen`, of a page or pack, counts the entries of its
    casussen: they stand directly before it, so its first is its own number minus the count.
    `tot` is the number of the entry up to which something holds, that one too.
    `klok_terug` is set by `privacy.log.append` alone.

    Nothing is checked here: `encode` checks, and there is no other way into the log.
    """

    soort: Auditsoort
    tijd: datetime
    organisatie: str
    client: str | None = None
    ontvanger: str | None = None
    doel: Doel | None = None
    grondslag: Grondslag | None = None
    reden: str | None = None
    pseudoniem: str | None = None
    velden: Mapping[str, Precisie] = field(default_factory=dict)
    toestemmingen: tuple[str, ...] = ()
    beleid: str | None = None
    verklaringen: tuple[str, ...] = ()
    afdruk: str | None = None
    onderdelen: int | None = None
    tot: int | None = None
    trace: str | None = None
    span: str | None = None
    transactie: str | None = None
    gemachtigde: str | None = None
    klok_terug: bool = False
    v: int = FORMAT_VERSION


def part_of(herkomst: Herkomst) -> Herkomst:
    """The same for an entry that another closes over: its own parent is that entry."""
    return {**herkomst, "span": None}


_KEYS: Final = tuple(sorted(RULES))
_VALUES: Final = attrgetter(*_KEYS)
_WRITERS: Final = tuple((f'"{key}":', RULES[key].render, key in ALWAYS) for key in _KEYS)


def encode(entry: AuditEntry) -> bytes:
    """Write the canonical bytes of an entry that obeys every rule; EntryRefusedError otherwise.

    Room is kept for the flag of a clock that went backwards, which is known only later.
    """
    parts: list[str] = []
    for (name, render, always), value in zip(_WRITERS, _VALUES(entry), strict=True):
        if value is not None or always:
            try:
                text = render(value)
            except ValueError as broken:
                raise EntryRefusedError(_key_of(name), str(broken)) from None
            if text:
                parts.append(name + text)
    line = f"{{{','.join(parts)}}}".encode("ascii")
    if len(line) > MAX_BYTES - (0 if entry.klok_terug else len(_FLAG)):
        raise EntryRefusedError("regel", "te_lang")
    if holds_ten_digits(line):
        culprit = next(part for part in parts if holds_ten_digits(f"{part} ".encode("ascii")))
        raise EntryRefusedError(_key_of(culprit), "lijkt_v_nummer")
    return line


def _key_of(part: str) -> str:
    return part.split('"')[1]
