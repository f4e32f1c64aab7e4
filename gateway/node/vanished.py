"""Records that vanished: who they are, told to the organisation itself through its own gate."""

from collections.abc import Iterable, Mapping

from connectors.ngo.intake import Register
from gateway.node.memory import Herinnering
from gateway.node.parts import Node
from privacy.disclosure import Disclosure
from privacy.log.entries import Auditsoort
from privacy.question import Ask, Candidate, Gathered, Part
from schemas.terms import Grondslag

_ONLY: frozenset[str] = frozenset({"vNummer"})


def vanished(register: Register, known: Mapping[bytes, Herinnering]) -> list[Herinnering]:
    """Whoever was sent and stands nowhere in the register, good or refused."""
    return [each for kenmerk, each in known.items() if kenmerk not in register.kenmerken]


def newly_vanished(
    register: Register, known: Mapping[bytes, Herinnering]
) -> tuple[frozenset[bytes], int]:
    """Who stood in the register until now and does no more; and how many stood there.

    What had vanished before does not count again: else a register from which closed cases are
    taken out would one day never be sent.
    """
    stood = frozenset(each.kenmerk for each in known.values() if each.verdwenen_sinds is None)
    return stood - register.kenmerken, len(stood)


def is_too_many(gone: int, stood: int, percent: int) -> bool:
    """Whether more than so many percent is gone."""
    return gone * 100 > stood * percent


def show(node: Node, gone: Iterable[Herinnering]) -> Disclosure | None:
    """Their V-nummers, for the organisation's own screen; None where nobody vanished."""
    candidates = [_candidate(each) for each in gone]
    if not candidates:
        return None
    bron = node.bron
    ask = Ask(
        recipient=bron.bronhouder,
        purposes=frozenset(),
        herkomst=node.herkomst,
        soort=Auditsoort.PAGINA,
        name="",
        items="verdwenen",
        proof=False,
    )
    return node.gate.disclose(ask, lambda _tx, _day: Gathered(candidates))


def _candidate(gone: Herinnering) -> Candidate:
    return Candidate(
        casus=gone.keys.casus,
        bronhouder=gone.bronhouder,
        pseudoniem=gone.keys.pseudoniem(),
        statements=(),
        grondslag=Grondslag.EIGEN,
        purpose=None,
        parts=(Part("samenvatting", gone.sealed(), _ONLY),),
        salt=gone.keys.salt,
    )
