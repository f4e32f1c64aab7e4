"""Sets up one gateway in a folder, as an operator would: keys, settings, database, clients.

All of it is thrown away afterwards. The same functions make a real installation.
"""

import json
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Final

from joserfc.jwk import ECKey

from connectors.gateway_client import GatewayClient
from connectors.jwk import new_key, to_jwks, to_pem
from connectors.ngo.mapping import load_mapping
from connectors.ontvangstboek import Ontvangstboek
from connectors.tokens import Client as Tokenclient
from connectors.tokens import TokenSource
from connectors.transport import Transport
from gateway.auth.permission_map import scopes_for
from gateway.auth.public_keys import read_signing_jwk
from gateway.database import upgrade
from gateway.demo.cast import CRON, GEMEENTE, LEVERING, client_id
from gateway.demo.officers import adopt
from gateway.demo.registers import Organisatie, Registers
from gateway.logtekenaar import SignerFolder
from gateway.parties import Levering, Soort
from gateway.signer import Signer
from gateway.store.clients import Client, add_client
from gateway.store.ondertekenaars import Ondertekenaar, add_ondertekenaar
from privacy.clock import real_clock
from privacy.keys import KeyRing
from privacy.log.notes import VerifierKey
from privacy.log.trust import Trust
from privacy.policy import Policies
from privacy.store.engine import make_engine, writing
from schemas.terms import Doel

#: What the log of the demo is called in its checkpoints.
ORIGIN: Final = "demo.lso-gateway.example"
STANDARD_BELEID: Final = Path(str(files("privacy").joinpath("pia")))
STANDARD_VERKLARINGEN: Final = Path(str(files("privacy").joinpath("verklaringen")))
#: What the partners' clients may ask for; the other purposes are not played.
PARTNER_PURPOSES: Final = frozenset({Doel.AANMELDING, Doel.MUTATIES, Doel.CASUSOVERLEG})


@dataclass(frozen=True, slots=True)
class Installation:
    """One gateway in a folder, and the private keys of those who talk to it.

    `console` is the table of settings for the console, as TOML; empty: there is none.
    """

    folder: Path
    address: str
    beleid: Path
    registers: Registers
    policies: Policies = field(repr=False)
    console: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Where the gateway is, and what its tokens name as issuer."""
        return f"http://{self.address}"

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'gateway.sqlite'}"

    @property
    def settings(self) -> dict[str, str]:
        """The environment in which the gateway's own commands run."""
        return {"LSO_GATEWAY_INSTELLINGEN": str(self.folder / "gateway.toml")}

    @property
    def _logtekenaar(self) -> Path:
        return self.folder / "logtekenaar"

    @property
    def log_key(self) -> VerifierKey:
        """By which anybody checks what the log's signer signs; once it was built."""
        return SignerFolder.open(self._logtekenaar).vkey(ORIGIN)

    def key_file(self, code: str) -> Path:
        """The private key of a party's client."""
        return self.folder / "clients" / f"{client_id(code)}.pem"

    def stand_on(self, dag: date, delivery_url: str) -> None:
        """Write the settings file, with `day` on this day."""
        lines = [
            f"database = {toml_text(self.database)}",
            f"sleutels = {toml_text(self.folder / 'sleutels')}",
            f"uitgever = {toml_text(self.url)}",
            'contact = "lso-gateway@gemeente.example"',
            f"luister = {toml_text(self.address)}",
            f"beleid = {toml_text(self.beleid)}",
            f"logkopie = {toml_text(self.folder / 'logkopie')}",
            f"logtekenaar = {toml_text(self._logtekenaar)}",
            f"logherkomst = {toml_text(ORIGIN)}",
            f"logsleutel = {toml_text(self.log_key.encode())}",
            f"demo = true\ndag = {dag.isoformat()}",
            *(_bronhouder(each) for each in self.registers.organisaties),
            *(self._partner(code, delivery_url) for code in LEVERING),
            f"[gemeente]\ncode = {toml_text(GEMEENTE.code)}\nnaam = {toml_text(GEMEENTE.naam)}",
            self.console,
        ]
        fresh = self.folder / "gateway.toml.nieuw"
        fresh.write_text("\n".join(lines) + "\n", encoding="utf-8")
        fresh.replace(self.folder / "gateway.toml")

    def _partner(self, code: str, delivery_url: str) -> str:
        head = _party("ketenpartner", code, self.policies.of(code).naam)
        brought = f"\ncron = {toml_text(CRON)}\nurl = {toml_text(delivery_url)}"
        more = brought if LEVERING[code] is Levering.BEZORGEN else ""
        return f"{head}\nlevering = {toml_text(LEVERING[code].value)}{more}"

    def build(self) -> None:
        """Make keys and database, switch on policies and notices, and register every client."""
        KeyRing.create(self.folder / "sleutels")
        Signer.create(self.folder / "sleutels")
        SignerFolder.create(self._logtekenaar)
        (self.folder / "clients").mkdir()
        (self.folder / "logkopie").mkdir()
        parties = {
            **{each.code: Soort.BRONHOUDER for each in self.registers.organisaties},
            **dict.fromkeys(LEVERING, Soort.KETENPARTNER),
            GEMEENTE.code: Soort.GEMEENTE,
        }
        keys = {code: self._new_key(code) for code in parties}
        engine = make_engine(self.database)
        upgrade(engine)
        adopt(engine, self.beleid, STANDARD_VERKLARINGEN, real_clock().now())
        with writing(engine) as connection:
            for code, soort in parties.items():
                add_client(connection, _registration(code, soort, keys[code]))
        engine.dispose()

    def add_signer(self, code: str, jwk: Path) -> None:
        """Know the key with which an organisation signs, as `ondertekenaar toevoegen` does."""
        kid, shown = read_signing_jwk(jwk.read_bytes())
        engine = make_engine(self.database)
        with writing(engine) as connection:
            add_ondertekenaar(connection, Ondertekenaar(kid, code, shown, real_clock().now()))
        engine.dispose()

    def client(self, code: str, transport: Transport) -> GatewayClient:
        """A client that speaks for a partner or for the municipality."""
        known = Tokenclient(
            token_url=f"{self.url}/oauth/token",
            audience=self.url,
            client_id=client_id(code),
            key=ECKey.import_key(self.key_file(code).read_bytes()),
        )
        return GatewayClient(self.url, transport, TokenSource(known, transport, real_clock().now))

    def receipt_book(self, code: str) -> Ontvangstboek:
        """Where a partner keeps what it can prove; it was told by hand which key is the log's."""
        (self.folder / "ontvangstboeken").mkdir(exist_ok=True)
        file = self.folder / "ontvangstboeken" / f"{client_id(code)}.sqlite"
        return Ontvangstboek(file, Trust(ORIGIN, self.log_key))

    def _new_key(self, code: str) -> ECKey:
        key = new_key()
        file = self.key_file(code)
        file.touch(0o600)
        file.write_bytes(to_pem(key))
        return key


def _registration(code: str, soort: Soort, key: ECKey) -> Client:
    return Client(
        client_id=client_id(code),
        organisatie=code,
        soort=soort,
        jwks=json.dumps(to_jwks({key.thumbprint(): key})),
        scopes=scopes_for(soort),
        doelen=PARTNER_PURPOSES if soort is Soort.KETENPARTNER else frozenset(),
    )


def _bronhouder(organisatie: Organisatie) -> str:
    """One organisation; its staff speak what its own node holds them to speak."""
    talen = sorted(load_mapping(organisatie.mapping).toestemming.talen)
    spoken = [toml_text(each.partition("-")[0]) for each in talen]
    head = _party("bronhouder", organisatie.code, organisatie.naam)
    return f"{head}\ntalen = [{', '.join(spoken)}]"


def _party(table: str, code: str, naam: str) -> str:
    """One party, with an address that nobody has."""
    mail = f"privacy@{client_id(code)}.example"
    lines = {"code": code, "naam": naam, "adres": "Voorbeeldstraat 1, Utrecht", "contact": mail}
    return "\n".join((f"[[{table}]]", *(f"{key} = {toml_text(v)}" for key, v in lines.items())))


def toml_text(value: str | Path) -> str:
    """A text as TOML writes it: the strings of JSON are strings of TOML."""
    return json.dumps(str(value), ensure_ascii=False)
