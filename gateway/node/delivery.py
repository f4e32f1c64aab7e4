"""One run of a node: read the register, choose, send what changed. Read `aanleveren` downward.

Every way to end is an `Uitkomst`; only what cannot be begun at all raises (BronError).
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from connectors.errors import ConnectorError
from connectors.gateway_answers import Beleid
from connectors.ngo.errors import RegisterError
from connectors.ngo.intake import Register, read_register
from gateway.node.logstand import keep, seen
from gateway.node.memory import Herinnering, note_presence, recall_all, remember
from gateway.node.outcome import Afloop, Uitkomst
from gateway.node.parts import Node
from gateway.node.pins import differences
from gateway.node.selection import Selectie, select
from gateway.node.sending import Sent, send, send_endings
from gateway.node.statements import toestemming_ids
from gateway.node.vanished import is_too_many, newly_vanished, show, vanished
from gateway.runner_lock import take_turn
from privacy.errors import PolicyUnavailableError
from privacy.store.engine import reading, writing

#: How a run ends in which all was answered.
_ARRIVED: Final = frozenset({Afloop.GOED, Afloop.GEWEIGERD})
_BEZET: Final = "Er loopt al een aanlevering van deze node; deze is niet begonnen."


class Stopped(Exception):  # noqa: N818  no error: a run that ends between two batches
    """The process was asked to end; what is left goes next time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wijze:
    """How to run. `proef` asks the gateway nothing and writes nothing; `alles` sends it all.

    `toon`: whether somebody looks, to whom the V-nummers of vanished records are shown.
    `begin` is told how many items will be sent, and gives whom to tell of each batch.
    """

    proef: bool = False
    alles: bool = False
    toon: bool = True
    begin: Callable[[int], AbstractContextManager[Sent]] = lambda _total: nullcontext(_nobody)


def aanleveren(node: Node, wijze: Wijze) -> Uitkomst:
    """Deliver, if no other run of this node is under way."""
    start = Uitkomst(bronhouder=node.bron.bronhouder, dag=node.clock.day())
    with take_turn(node.engine, "agent") as turn:
        if turn is None:
            return replace(start, afloop=Afloop.BEZET, melding=_BEZET)
        gelezen_op = node.clock.now()
        try:
            register = _read(node)
        except RegisterError as error:
            return replace(start, afloop=Afloop.BRON, melding=str(error))
        found = _deliver(node, wijze, register, gelezen_op, start)
        if found.herstel is None or found.afloop not in _ARRIVED:
            return found
        return _send_again(node, wijze, register, gelezen_op, found)


def _send_again(
    node: Node, wijze: Wijze, register: Register, gelezen_op: datetime, before: Uitkomst
) -> Uitkomst:
    """After a restore of the gateway: everything goes once more, and then we say so.

    What the gateway then has of us and did not hear of again, ends there.
    """
    herstel = before.herstel
    if herstel is None:
        return before
    again, everything = replace(node, herstel=herstel), replace(wijze, alles=True)
    start = Uitkomst(bronhouder=node.bron.bronhouder, dag=node.clock.day())
    found = _deliver(again, everything, register, gelezen_op, start)
    if found.afloop not in _ARRIVED:
        return found
    try:
        node.client.report_restored(herstel)
    except ConnectorError as error:
        return replace(found, afloop=Afloop.GATEWAY, melding=_unanswered(error))
    return found


def _deliver(
    node: Node, wijze: Wijze, register: Register, gelezen_op: datetime, start: Uitkomst
) -> Uitkomst:
    with reading(node.engine) as tx:
        known = recall_all(tx, node.keys, node.bron.bronhouder)
    chosen = select(node, register, known, gelezen_op=gelezen_op, alles=wijze.alles)
    gone = vanished(register, known)
    new, stood = newly_vanished(register, known)
    found = replace(
        start,
        rijen=register.rijen,
        geldig=len(register.goed),
        fouten=register.fouten,
        thuis=chosen.thuis,
        te_verzenden=len(chosen.zendingen),
        overgeslagen=len(chosen.bekend),
        aantal_verdwenen=len(gone),
        verdwenen=show(node, gone) if wijze.toon else None,
    )
    if is_too_many(len(new), stood, node.bron.drempel_verdwenen):
        return replace(found, afloop=Afloop.VERDWENEN, melding=_too_many(node, len(new), stood))
    if wijze.proef:
        return found
    found = _send(node, wijze, chosen, found)
    if found.afloop in _ARRIVED:
        _settle(node, register, known, chosen, gelezen_op)
    return found


def _read(node: Node) -> Register:
    bron = node.bron
    return read_register(
        node.mapping,
        bron.plaats,
        node.woorden,
        node.clock.day(),
        kenmerk=lambda v_nummer: node.keys.blind_index(bron.bronhouder, v_nummer),
        ontvangers=node.rulebook.policies.recipients,
        toestemming_id=toestemming_ids(node.keys.system_key("toestemming")),
        nationaliteiten=node.nationaliteiten,
        fetch=node.transport.fetch,
    )


def _send(node: Node, wijze: Wijze, chosen: Selectie, found: Uitkomst) -> Uitkomst:
    """Ends of consent first, whatever else is the matter; a policy never stops a withdrawal.

    Then the policies: nothing leaves for rules that the organisation did not approve.
    """
    endings = [each for each in chosen.zendingen if not each.entitled]
    others = [each for each in chosen.zendingen if each.entitled]
    try:
        with wijze.begin(len(chosen.zendingen)) as sent:
            send_endings(node, endings, found.tally, sent)
            node.rulebook.policies.require_in_force(node.clock.now())
            told = _get_beleid(node)
            found = replace(found, herstel=told.herstel)
            differing = differences(node.rulebook, told)
            if differing:
                return replace(found, afloop=Afloop.BELEID, melding="\n".join(differing))
            send(node, others, found.tally, sent)
    except PolicyUnavailableError as error:
        return replace(found, afloop=Afloop.BELEID, melding=str(error))
    except ConnectorError as error:
        return replace(found, afloop=Afloop.GATEWAY, melding=_unanswered(error))
    except Stopped:
        left = "De aanlevering is onderbroken; de rest gaat bij de volgende."
        return replace(found, afloop=Afloop.GATEWAY, melding=left)
    if found.tally.geweigerd:
        melding = "De gateway weigerde een deel; de rest is aangekomen."
        return replace(found, afloop=Afloop.GEWEIGERD, melding=melding)
    return found


def _get_beleid(node: Node) -> Beleid:
    """What is in force there; and we show what it last said of its log (`logstand`)."""
    with reading(node.engine) as tx:
        shown = seen(tx)
    told = node.client.get_beleid(shown)
    with writing(node.engine) as tx:
        keep(tx, told.logstand)
    return told


def _settle(
    node: Node,
    register: Register,
    known: Mapping[bytes, Herinnering],
    chosen: Selectie,
    gelezen_op: datetime,
) -> None:
    """Remember what was seen unchanged, who vanished, and who is back."""
    new, _ = newly_vanished(register, known)
    since: dict[bytes, datetime | None] = dict.fromkeys(new, gelezen_op)
    since |= {
        kenmerk: None
        for kenmerk, each in known.items()
        if each.verdwenen_sinds is not None and kenmerk in register.kenmerken
    }
    with writing(node.engine) as tx:
        remember(tx, chosen.bekend)
        note_presence(tx, since)


def _too_many(node: Node, gone: int, stood: int) -> str:
    return (
        f"Van de {stood} casussen die de gateway kent staan er {gone} niet meer in het register; "
        f"dat is meer dan {node.bron.drempel_verdwenen} %. Er is niets verstuurd. Kijk na of het "
        "register compleet is; klopt het, verhoog dan eenmalig drempel_verdwenen."
    )


def _unanswered(error: ConnectorError) -> str:
    return (
        f"De gateway heeft niet alles ontvangen ({error}). Er is niets verloren: wat nog niet is "
        "aangekomen gaat bij de volgende aanlevering mee."
    )


def _nobody(_items: int) -> None:
    """Tell nobody."""
