"""A real gateway over real HTTP on this machine, and nodes that are set up as in real life.

`Loopback` keeps what reached it, and can break the connection after it committed.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

from click.testing import CliRunner, Result
from sqlalchemy import select
from werkzeug.serving import make_server

from connectors.retries import NO_PATIENCE
from gateway.app import create_app
from gateway.auth.permission_map import scopes_for
from gateway.auth.public_keys import read_public_jwks, read_signing_jwk
from gateway.cli import cli
from gateway.config import Settings
from gateway.database import upgrade
from gateway.node.bron import load_bron
from gateway.node.delivery import Wijze, aanleveren
from gateway.node.outcome import Uitkomst
from gateway.node.parts import open_node
from gateway.parties import Bronhouder, Gemeente, Ketenpartner, Levering, Soort
from gateway.signer import Signer
from gateway.store.clients import Client, add_client
from gateway.store.ondertekenaars import Ondertekenaar, add_ondertekenaar
from gateway.wiring import Parts, build
from privacy._unseal import open_sealed
from privacy.keys import KeyRing
from privacy.log.verify import verify
from privacy.store import tables
from privacy.store.dossiers import Lock, load_by_id, load_stands
from privacy.store.engine import reading, writing
from tests.architecture.checkout import ROOT
from tests.rules import adopt
from tests.unit.connectors.ngo.registers import mapping_text, write_csv

REGISTERS = ROOT / "deploy" / "demo" / "registers"
MAPPINGS = ROOT / "deploy" / "demo" / "bronnen"
FILES = {
    "sndvu": "register.xlsx",
    "vluchtelingenwerk": "export.csv",
    "toevlucht": "register.ods",
    "stil": "stil.sqlite",
    "seguro": "clients-1.json",
}
PARTNERS = ("IND", "DT&V", "AVIM")
FIRST, SECOND = date(2020, 4, 1), date(2020, 4, 15)


@dataclass(frozen=True)
class Kept:
    """One casus as the gateway keeps it."""

    casus: UUID
    bronhouder: str
    inhoud: Mapping[str, str | None]
    toestemmingen: int
    gedekt: Mapping[str, Any]


class Loopback:
    """The gateway, served by threads of this process, on a port of its own."""

    def __init__(self, folder: Path, database: str, **settings: Any) -> None:
        """`settings` differ from those of a node's own day; `uitgever` is by default the port."""
        self.folder = folder
        self._settings = settings
        self.requests: list[str] = []
        self.received: list[bytes] = []
        #: Called after a POST there was committed and before its answer goes out; True breaks it.
        self.after_commit: Callable[[], bool] = lambda: False
        self.breaks_at = "/v1/aanleveringen"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        KeyRing.create(folder / "sleutels")
        Signer.create(folder / "sleutels")
        self._database = database
        self._server: Any = None
        self.parts = self._build(FIRST)
        upgrade(self.parts.engine)
        adopt(self.parts.engine)
        self.parts.rules_now()
        self.up()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def up(self) -> None:
        app = self._watched(create_app(self.parts))
        self._server = make_server("127.0.0.1", self._port, app, threaded=True)
        self._server.daemon_threads = False
        threading.Thread(target=self._server.serve_forever, args=(0.02,)).start()

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def stand_on(self, day: date) -> None:
        self.down()
        self.parts.engine.dispose()
        self.parts = self._build(day)
        self.up()

    def close(self) -> None:
        self.down()
        self.parts.engine.dispose()

    def register(self, code: str, jwks: str, **more: Any) -> None:
        """What `client toevoegen` does."""
        soort = more.get("soort", Soort.BRONHOUDER)
        told = {
            "client_id": f"{code}-node",
            "organisatie": code,
            "soort": soort,
            "jwks": read_public_jwks(jwks.encode()),
            "scopes": scopes_for(soort),
            "doelen": frozenset(),
        }
        with writing(self.parts.engine) as tx:
            add_client(tx, Client(**told | more))

    def know_signer(self, code: str, jwk: Path) -> None:
        """What `ondertekenaar toevoegen` does."""
        kid, shown = read_signing_jwk(jwk.read_bytes())
        with writing(self.parts.engine) as tx:
            add_ondertekenaar(tx, Ondertekenaar(kid, code, shown, self.parts.clock.now()))

    def kept(self, bronhouder: str | None = None) -> list[Kept]:
        """Every casus with its summary opened, as only a test may; without one its number."""
        parts = self.parts
        with reading(parts.engine) as tx:
            ids = tx.execute(select(tables.casus.c.id)).scalars().all()
            dossiers = load_by_id(tx, parts.keys, ids, Lock.NONE).values()
            held = [(one, one.stand_nummer) for one in dossiers if one.stand_nummer is not None]
            stands = load_stands(tx, held)
            numbers = dict(tx.execute(select(tables.casus.c.id, tables.casus.c.nummer)).all())
            assert verify(tx).sound
        return [
            Kept(
                one.casus,
                one.label.bronhouder,
                (
                    {"vNummer": one.keys.decrypt_spoor(numbers[one.casus], "nummer", 0).decode()}
                    if one.stand_nummer is None
                    else open_sealed(stands[one.stand_nummer])
                ),
                sum(each.holds_on(parts.clock.day()) for each in one.statements),
                one.gedekt,
            )
            for one in dossiers
            if bronhouder in {None, one.label.bronhouder}
        ]

    def forget_everything(self) -> None:
        """As after a restored backup from before anybody delivered."""
        with writing(self.parts.engine) as tx:
            for table in (tables.casusreferentie, tables.mutatie, tables.toestemming, tables.casus):
                tx.execute(table.delete())

    def _build(self, day: date) -> Parts:
        told: dict[str, Any] = {
            "database": self._database,
            "sleutels": self.folder / "sleutels",
            "uitgever": self.url,
            "demo": True,
            "dag": day,
            "bronhouders": tuple(Bronhouder(code, code) for code in FILES),
            "ketenpartners": tuple(Ketenpartner(p, p, Levering.OPHALEN) for p in PARTNERS),
            "gemeente": Gemeente("utrecht", "Gemeente Utrecht"),
        }
        return build(Settings(**told | self._settings))

    def _watched(self, app: Any) -> Any:
        def watched(environ: dict[str, Any], start: Any) -> Any:
            path = environ["PATH_INFO"]
            self.requests.append(path)
            is_delivery = path == "/v1/aanleveringen"
            if is_delivery:
                body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
                self.received.append(body)
                environ["wsgi.input"] = BytesIO(body)
            answer = app(environ, start)
            post = path == self.breaks_at and environ["REQUEST_METHOD"] == "POST"
            if post and self.after_commit():
                environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
                raise ConnectionResetError
            return answer

        return watched


@dataclass
class Nodes:
    """Nodes of organisations, each in a folder of its own, run by the command line."""

    folder: Path
    gateway: Loopback
    day: date = FIRST
    source_url: str = ""
    #: Where the nodes find the gateway; by default at its own port.
    url: str = ""
    #: More lines for bron.toml by table; under "" what stands above the tables, under "gateway"
    #: what comes after the lines that are always there.
    more: dict[str, str] = field(default_factory=dict)

    def keeps(self, code: str, *rows: Mapping[str, object]) -> None:
        """From now on this organisation's register is a small one of our own: these rows."""
        folder = self._folder(code)
        text = mapping_text().replace('"voorbeeld"', f'"{code}"')
        text = text.replace('"mutaties"]', '"mutaties", "casusoverleg"]')
        (folder / "mapping.toml").write_text(text, encoding="utf-8")
        write_csv(folder / "register.csv", rows)

    def bron(self, code: str) -> Path:
        """Write bron.toml for today; the same node as before, if there was one."""
        folder = self._folder(code)
        path = folder / "bron.toml"
        path.write_text(
            f'bronhouder = "{code}"\nnaam = "{code}"\ndemo = true\ndag = {self.day}\n'
            f"{self.more.get('', '')}\n[register]\n{self._register(code)}\n"
            f'[gateway]\nurl = "{self.url or self.gateway.url}"\nclient_id = "{code}-node"\n'
            f'sleutel = "client.pem"\n{self.more.get("gateway", "")}\n'
            '[opslag]\ndatabase = "sqlite:///node.sqlite"\nsleutels = "sleutels"\n'
            + "".join(
                f"[{table}]\n{told}\n"
                for table, told in self.more.items()
                if table not in {"", "gateway"}
            ),
            encoding="utf-8",
        )
        return path

    def _register(self, code: str) -> str:
        if (self._folder(code) / "register.csv").exists():
            return 'mapping = "mapping.toml"\nplaats = "register.csv"'
        folder = REGISTERS / self.day.isoformat() / code
        place = folder / FILES[code]
        over_http = f"{self.source_url}/{place.relative_to(REGISTERS)}"
        return (
            f'mapping = "{MAPPINGS / code}.toml"\nwoordenlijst = "{folder / "woordenlijst.json"}"\n'
            f'plaats = "{over_http if code == "seguro" else place}"'
        )

    def _folder(self, code: str) -> Path:
        folder = self.folder / code
        folder.mkdir(exist_ok=True, parents=True)
        return folder

    def make(self, *codes: str, **registered: Any) -> None:
        """`agent sleutels`, and the public key brought to the gateway."""
        for code in codes:
            made = run("sleutels", self.bron(code))
            assert made.exit_code == 0, made.output
            self.gateway.register(code, made.stdout, **registered)
            self.gateway.know_signer(code, self._folder(code) / "sleutels" / "ondertekening.jwk")

    def deliver(self, code: str, *words: str) -> Result:
        return run("aanleveren", self.bron(code), "--json", *words)

    def fails(self, code: str) -> Uitkomst:
        """Deliver without the patience that a person at a terminal has."""
        with open_node(load_bron(self.bron(code)), patience=NO_PATIENCE) as node:
            return aanleveren(node, Wijze())

    def told(self, code: str, *words: str) -> dict[str, Any]:
        """Deliver, which must succeed; what it told."""
        done = self.deliver(code, *words)
        assert done.exit_code == 0, done.output
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def run(task: str, bron: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["agent", task, "--bron", str(bron), *words])


class _Pages(SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Say nothing."""

    def guess_type(self, path: object) -> str:
        return "application/json"


@contextmanager
def pages_of(folder: Path) -> Iterator[str]:
    """The files of a folder as a system that answers over HTTP."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(folder)))
    server.daemon_threads = False
    threading.Thread(target=server.serve_forever, args=(0.02,)).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
