"""A node's parts, opened for one run: its register's mapping, its rules, its keys, its gateway.

Everything is opened anew for each run, so that a policy or mapping that was changed counts from
the next run on, and a faulty one stops that run before anything is read.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from joserfc.jwk import ECKey
from sqlalchemy import Engine

from connectors.gateway_client import GatewayClient
from connectors.ngo.errors import MappingError
from connectors.ngo.mapping import load_mapping
from connectors.ngo.mapping_values import Mapping as Registermapping
from connectors.ngo.words import Words, load_words
from connectors.retries import Patience
from connectors.transport import Transport
from gateway.node.bron import Bron
from gateway.node.connection import make_client, make_transport, read_key, read_signing_key
from gateway.node.errors import BronError
from gateway.settings_safety import file_faults
from gateway.trace import Trace, begin_trace
from privacy.clock import Clock, real_clock, standing_on
from privacy.consent_signature import Ondertekensleutel
from privacy.entitlement import Rulebook
from privacy.errors import PrivacyError
from privacy.gate import PrivacyGate
from privacy.keys import KeyRing
from privacy.log.entries import Herkomst
from privacy.notice import load_notices
from privacy.policy import load_policies
from privacy.precision import Viewer
from privacy.question import PROCESSOR
from privacy.rules import FixedRules
from privacy.store.engine import make_engine
from privacy.store.key_proof import check_keys
from schemas.nationaliteiten import Nationaliteiten, load


@dataclass(frozen=True, slots=True)
class Node:
    """What a run needs. `trace` is the same here and in what the gateway logs of it.

    `transport` is the way to the register; to the gateway, `client` has its own.
    """

    bron: Bron
    mapping: Registermapping
    woorden: Words = field(repr=False)
    engine: Engine = field(repr=False)
    keys: KeyRing
    ondertekensleutel: Ondertekensleutel
    rulebook: Rulebook = field(repr=False)
    gate: PrivacyGate
    clock: Clock
    nationaliteiten: Nationaliteiten = field(repr=False)
    transport: Transport = field(repr=False)
    client: GatewayClient
    trace: Trace
    #: The restore of the gateway for which everything goes again.
    herstel: UUID | None = None

    @property
    def herkomst(self) -> Herkomst:
        """What every entry in the node's own log says of this run."""
        return {
            "organisatie": self.bron.bronhouder,
            "client": self.bron.client_id,
            "trace": self.trace.trace_id,
        }

    @property
    def viewer(self) -> Viewer:
        """The gateway, as the gate sees it."""
        return Viewer(PROCESSOR, self.clock.day(), self.keys.system_key("pseudoniem"))


@contextmanager
def open_node(bron: Bron, *, patience: Patience | None = None) -> Iterator[Node]:
    """Open the parts, and close them again. BronError where one of them cannot be used."""
    mapping, woorden = _register(bron)
    keys, rulebook, key = _rules_and_keys(bron)
    signs = read_signing_key(bron)
    if mapping.toestemming.verklaring not in rulebook.notices.versions:
        raise BronError((f"{bron.mapping.name}: de verklaring van [toestemming] is onbekend",))
    clock = real_clock() if bron.dag is None else standing_on(bron.dag)
    trace = begin_trace(None)
    way = make_transport(bron, patience, lambda: trace.header)
    # A register that answers over HTTP gets no certificate of ours, nor does our `ca` vouch for it.
    transport = Transport(patience=patience, traceparent=lambda: trace.header)
    engine = make_engine(bron.database)
    try:
        _check_keys(engine, keys)
        yield Node(
            bron=bron,
            mapping=mapping,
            woorden=woorden,
            engine=engine,
            keys=keys,
            ondertekensleutel=signs,
            rulebook=rulebook,
            gate=PrivacyGate(engine=engine, keys=keys, rules=FixedRules(rulebook), clock=clock),
            clock=clock,
            nationaliteiten=load(),
            transport=transport,
            client=make_client(bron, key, way, clock),
            trace=trace,
        )
    finally:
        way.close()
        transport.close()
        engine.dispose()


def _register(bron: Bron) -> tuple[Registermapping, Words]:
    try:
        mapping = load_mapping(bron.mapping)
        woorden: Mapping[str, Mapping[str, str]] = {}
        if bron.woordenlijst is not None:
            woorden = load_words(bron.woordenlijst)
    except MappingError as error:
        raise BronError(tuple(f"{error.bestand}: {fault}" for fault in error.fouten)) from None
    if mapping.bronhouder != bron.bronhouder:
        raise BronError((f"{bron.mapping.name}: de mapping is van een andere bronhouder",))
    return mapping, woorden


def _rules_and_keys(bron: Bron) -> tuple[KeyRing, Rulebook, ECKey]:
    faults = file_faults(bron.sleutels, bron.beleid, bron.verklaringen)
    if faults:
        raise BronError((*faults, "(sleutels maakt u met: agent sleutels)"))
    try:
        rulebook = Rulebook(load_policies(bron.beleid), load_notices(bron.verklaringen))
        return KeyRing.open(bron.sleutels), rulebook, read_key(bron)
    except PrivacyError as error:
        raise BronError((str(error),)) from None


def _check_keys(engine: Engine, keys: KeyRing) -> None:
    try:
        check_keys(engine, keys)
    except PrivacyError as error:
        raise BronError((str(error),)) from None
