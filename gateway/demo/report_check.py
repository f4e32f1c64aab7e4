"""The report of one person against what the partners themselves kept of that person.

Both ways: each line about a partner opens, by the salt that stands in the report, exactly one item
of the very answer that the line names; and no partner keeps an item about the person that no line
opens. So the report leaves nothing out and makes nothing up, as far as partners can tell.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.demo.errors import DemoError
from gateway.demo.partners import Item, Partner
from privacy.log.commitment import opens
from privacy.log.entries import Auditsoort
from privacy.log.errors import CommitmentError
from schemas.canonical import canonical

Line = Mapping[str, Any]
#: A partner, the answer by its entry of the log, and which item of that answer.
_Place = tuple[str, int, int]
#: A partner, and a casusreferentie that it knows the person by.
_Known = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Nagerekend:
    """How many lines opened something, of how many partners, and how many answers got lost.

    Lost is an answer that was logged and that never reached the partner: its process was killed.
    """

    regels: int
    partners: int
    niet_aangekomen: int


def check_report(lines: Iterable[Line], partners: Sequence[Partner], v_nummer: str) -> Nagerekend:
    """Hold every line against the partners' own answers; DemoError where the two differ."""
    by_code = {each.code: each for each in partners}
    told = [line for line in lines if _is_about(line, by_code)]
    arrived = [line for line in told if _index(line) in by_code[_code(line)].answers]
    opened = [_opened(line, by_code[_code(line)]) for line in arrived]
    known = {(place[0], _item(place, by_code)["casusreferentie"]) for place in opened}
    kept = {place for each in partners for place in _kept_by(each, v_nummer, known)}
    strange = {_whom(place, by_code) for place in opened} - {v_nummer, None}
    if strange or len(set(opened)) != len(opened) or not kept <= set(opened):
        raise DemoError("Het verslag is niet gelijk aan wat de ketenpartners zelf bewaren.")
    codes = {code for code, _, _ in opened}
    return Nagerekend(len(opened), len(codes), len(told) - len(arrived))


def _is_about(line: Line, codes: Collection[str]) -> bool:
    return line["regel"]["soort"] == Auditsoort.VERSTREKKING and _code(line) in codes


def _code(line: Line) -> str:
    return str(line["ontvanger"]["code"])


def _index(line: Line) -> int:
    return int(line["deelVan"]["index"])


def _whom(place: _Place, by_code: Mapping[str, Partner]) -> str | None:
    """None where a policy keeps the number from this partner."""
    return by_code[place[0]].v_nummer(_item(place, by_code))


def _item(place: _Place, by_code: Mapping[str, Partner]) -> Item:
    code, index, at = place
    return by_code[code].answers[index][at]


def _opened(line: Line, partner: Partner) -> _Place:
    fitting = [at for at, item in enumerate(partner.answers[_index(line)]) if _opens(line, item)]
    if len(fitting) != 1:
        told = f"Regel {line['index']} van het verslag past niet op wat {partner.code} ontving."
        raise DemoError(told)
    return partner.code, _index(line), fitting[0]


def _opens(line: Line, item: Item) -> bool:
    try:
        opens(line["regel"]["afdruk"], canonical(item), bytes.fromhex(line["zout"]))
    except CommitmentError:
        return False
    return True


def _kept_by(partner: Partner, v_nummer: str, known: Collection[_Known]) -> Iterable[_Place]:
    """By the number; or by a reference of the person, where the number is kept from it."""
    for index, items in partner.answers.items():
        for at, item in enumerate(items):
            named = (partner.code, item["casusreferentie"])
            if partner.v_nummer(item) == v_nummer or named in known:
                yield partner.code, index, at
