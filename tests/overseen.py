"""A gateway whose log is signed and witnessed: by the real programs, under the clock of the test.

The witness is the program that partners run; only its socket is not there, so that its clock is
the test's. `tests/integration/test_logtekenaar.py` does it once over a real one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from connectors.answer import Answer
from connectors.errors import UnreachableError
from connectors.problems import accept
from gateway.log_trust import hearing_of
from gateway.logtekenaar import SignerFolder
from gateway.services.controlepunten import Logtekenaar
from gateway.services.getuigen import Offering
from gateway.services.getuigenwacht import Getuigenwacht
from gateway.settings_getuigen import Getuige
from privacy.log.notes import Checkpoint, VerifierKey
from tests.getuigen import ORIGIN
from tests.integration.backups import Restorable
from tests.witness import getuige
from tests.world import _with_clock

AGAIN = timedelta(minutes=5)


@dataclass
class Ngo:
    """A witness with its database; it can be away, or have a clock of its own."""

    naam: str
    database: Path
    away: bool = False
    ahead: timedelta = timedelta()
    asked: list[str] = field(default_factory=list)

    def follow(self, log: VerifierKey) -> VerifierKey:
        words = ["aanmaken", "--naam", self.naam, "--log", log.encode()]
        assert getuige.main(["--database", str(self.database), *words]) == 0
        with getuige.closing(getuige.connect(self.database)) as db:
            return VerifierKey.parse(str(getuige.own_key(db)))

    @property
    def leaves(self) -> bytes:
        """The leaf hashes that it holds to be proven."""
        with getuige.closing(getuige.connect(self.database)) as db:
            return getuige.proven_leaves(db, getuige.book_of(db, ORIGIN))


@dataclass
class Wire:
    """Where `Transport` would be: what is posted to a witness, it answers."""

    world: "Overseen"
    ngos: dict[str, Ngo] = field(default_factory=dict)

    def post_once(
        self, url: str, body: bytes, headers: Mapping[str, str], wanted: frozenset[int]
    ) -> Answer:
        place = urlsplit(url)
        ngo = self.ngos[place.netloc]
        if ngo.away:
            raise UnreachableError(host=place.netloc)
        ngo.asked.append(place.path)
        now = int((self.world.now + ngo.ahead).timestamp())
        try:
            with getuige.alone(ngo.database) as db:
                told = getuige.WAYS[place.path](db, body, now)
        except getuige.Refused as refused:
            told = refused.antwoord
        answer = Answer(told.status, {"content-type": told.soort}, told.tekst.encode())
        return answer if answer.status in wanted else accept(answer, place.netloc)


class Overseen(Restorable):
    """A gateway that is signed and witnessed; `hours` after which silence stops it."""

    def __init__(
        self, folder: Path, database: str, *, witnesses: int = 1, enough: int = 1, hours: int = 4
    ) -> None:
        super().__init__(folder, database)
        self.passed = 0.0
        self.signer = SignerFolder.create(folder / "logtekenaar")
        self.wire = Wire(self)
        self.log_key = self.signer.vkey(ORIGIN)
        self.getuigen = tuple(self._witness(folder, at) for at in range(witnesses))
        self.parts = replace(
            self.parts,
            settings=replace(
                self.parts.settings,
                logtekenaar=folder / "logtekenaar",
                logherkomst=ORIGIN,
                logsleutel=self.log_key,
                getuigen=self.getuigen,
                getuigen_nodig=enough,
                getuige_termijn=hours,
            ),
        )
        self.wacht = Getuigenwacht()
        self.counts: dict[str, int] = {}
        self.hear_anew()

    def _witness(self, folder: Path, at: int) -> Getuige:
        naam = f"getuige-{at}.example"
        ngo = Ngo(naam, folder / f"{naam}.sqlite")
        self.wire.ngos[naam] = ngo
        return Getuige(naam, f"https://{naam}", ngo.follow(self.log_key))

    @property
    def ngo(self) -> Ngo:
        return self.wire.ngos["getuige-0.example"]

    def hear_anew(self) -> None:
        """As a process that starts: nothing is known but what the database says."""
        hearing = hearing_of(self.parts.settings)
        if hearing is not None:
            hearing._elapsed = lambda: self.passed
        self.parts = _with_clock(replace(self.parts, hearing=hearing), self.parts.clock)

    def start(self) -> None:
        super().start()
        self.hear_anew()

    def wait(self, **long: float) -> None:
        """Time goes by on every clock: that on the wall and the stopwatch."""
        self.now += timedelta(**long)
        self.passed += timedelta(**long).total_seconds()

    @property
    def tekenaar(self) -> Logtekenaar:
        """As a process that starts."""
        engine, clock = self.parts.engine, self.parts.clock
        offering = Offering(engine, clock, self.getuigen, AGAIN, self.wire, self.counts)
        folder = SignerFolder.open(self.signer.path)
        return Logtekenaar(engine, clock, folder, ORIGIN, offering)

    def sign(self) -> Checkpoint | None:
        """One round of the signer."""
        return self.tekenaar.round()

    def watch(self) -> None:
        """What the worker does every ten seconds."""
        self.wacht(self.parts)

    def kinds(self) -> list[str]:
        return [each["soort"] for each in self.entries()]
