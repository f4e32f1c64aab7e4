"""Builds the real parts from the settings, once; tests pass others in the same bundle."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from connectors.jwk import private_key
from connectors.openid import OpenIdLogin, RelyingParty
from connectors.retries import Patience
from connectors.transport import Transport
from gateway.config import Settings, SettingsError
from gateway.copy_place import look_at_start
from gateway.limits import Limits
from gateway.log_trust import hearing_of
from gateway.receipt.words import PACKAGED, Woorden, load_words
from gateway.signer import Signer
from privacy.clock import Clock, real_clock, standing_on
from privacy.entitlement import Rulebook
from privacy.errors import RestoredError
from privacy.gate import PrivacyGate
from privacy.keys import KeyRing
from privacy.log.hearing import Hearing
from privacy.notice import Notices
from privacy.policy import Policies
from privacy.rules import Rules, StoredRules
from privacy.store.door import Door, hold_door, read_door
from privacy.store.engine import make_engine, reading
from privacy.store.epochs import keep_up
from privacy.store.key_proof import check_epochs, check_keys
from schemas.nationaliteiten import Nationaliteiten, load
from schemas.rvig import import_rvig

#: Somebody looks at an empty page meanwhile.
_A_PERSON_WAITS: Final = Patience(attempts=2, total_seconds=8.0)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a use case needs from the outside. Opened once per process, after any fork."""

    settings: Settings
    engine: Engine = field(repr=False)
    clock: Clock
    keys: KeyRing
    rules: Rules = field(repr=False)
    gate: PrivacyGate
    nationaliteiten: Nationaliteiten = field(repr=False)
    signer: Signer
    limits: Limits = field(repr=False)
    #: None where the settings name no witness: then silence stops nothing.
    hearing: Hearing | None = field(default=None, repr=False)
    #: None where the installation has no console.
    aanmelding: OpenIdLogin | None = None
    #: What receipts are written with, by language.
    woorden: Mapping[str, Woorden] = field(default_factory=lambda: load_words(PACKAGED), repr=False)

    @property
    def rulebook(self) -> Rulebook:
        """The policies and notices in force, as last read."""
        return self.rules.rulebook

    def on(self, day: date) -> "Parts":
        """The same, as of one day; for a work that must not judge by another halfway."""
        return replace(self, clock=Clock(self.clock.now, lambda: day))

    def hold_rules(self, tx: Connection) -> Rulebook:
        """As they are now; until this transaction ends they stay so, and `rulebook` is these."""
        self.hold(tx)
        return self.rulebook

    def hold(self, tx: Connection) -> Door:
        """As `hold_rules`, for who asks of the door itself; the keys too stay as they are."""
        door = hold_door(tx)
        keep_up(tx, self.keys, door)
        self.rules.at(tx, door)
        return door

    def look(self, tx: Connection) -> Rulebook:
        """The rules and keys of this moment, for a transaction that only reads."""
        door = read_door(tx)
        keep_up(tx, self.keys, door)
        return self.rules.at(tx, door)

    def rules_now(self) -> Rulebook:
        """As they are now, for who asks outside a transaction."""
        with reading(self.engine) as tx:
            return self.look(tx)

    @property
    def policies(self) -> Policies:
        """The policies in force, as last read."""
        return self.rulebook.policies

    @property
    def notices(self) -> Notices:
        """Every known notice, as last read."""
        return self.rulebook.notices


def build(settings: Settings) -> Parts:
    """The parts as the settings describe them. Raises before anything is served.

    PrivacyError where keys are faulty. A partner without a policy is no reason to stay down: the
    policy is switched on here, and until then nothing is disclosed.
    """
    clock = real_clock() if settings.dag is None else standing_on(settings.dag)
    keys = KeyRing.open(settings.sleutels)
    engine = _engine(settings.database, keys)
    look_at_start(settings, engine, keys, clock)
    rules = _rules(settings, engine, keys)
    hearing = hearing_of(settings)
    return Parts(
        settings=settings,
        engine=engine,
        clock=clock,
        keys=keys,
        rules=rules,
        gate=PrivacyGate(engine=engine, keys=keys, rules=rules, clock=clock, hearing=hearing),
        nationaliteiten=_nationaliteiten(settings),
        signer=Signer.open(settings.sleutels, clock.now),
        limits=Limits(settings.verzoeken_per_minuut),
        hearing=hearing,
        aanmelding=_aanmelding(settings),
        woorden=load_words(PACKAGED, settings.verklaringen / "woorden"),
    )


def _engine(database: str, keys: KeyRing) -> Engine:
    """The database, if these keys are its own. One that is away now is asked by /health/ready."""
    engine = make_engine(database)
    try:
        check_keys(engine, keys)
        check_epochs(engine, keys)
    except DBAPIError:  # away, or of before an upgrade: whoever serves refuses that by itself
        pass
    except BaseException:
        engine.dispose()
        raise
    return engine


def _rules(settings: Settings, engine: Engine, keys: KeyRing) -> Rules:
    """What was switched on in this database. One without tables yet is asked again later.

    The keys too go along with its door from the start; KeysUnavailableError where they cannot.
    """
    rules = StoredRules(frozenset(each.code for each in settings.ketenpartners))
    with suppress(DBAPIError, RestoredError), reading(engine) as tx:
        door = read_door(tx)
        keep_up(tx, keys, door)
        rules.at(tx, door)
    return rules


def _aanmelding(settings: Settings) -> OpenIdLogin | None:
    """Opened without a call: the provider may be away now, and the gateway still serves."""
    console = settings.console
    if console is None:
        return None
    try:
        key = private_key(console.sleutel.read_bytes())
    except (OSError, ValueError):
        raise SettingsError(("console sleutel: geen geheime sleutel van P-256",)) from None
    party = RelyingParty(
        issuer=console.aanbieder,
        client_id=console.client_id,
        key=key,
        redirect_uri=f"{settings.uitgever}/console/terugkeer",
        acr=console.acr,
        role_claim=console.rolclaim,
    )
    return OpenIdLogin(party, Transport(patience=_A_PERSON_WAITS))


def _nationaliteiten(settings: Settings) -> Nationaliteiten:
    if settings.nationaliteiten is None:
        return load()
    return Nationaliteiten(import_rvig(settings.nationaliteiten))
