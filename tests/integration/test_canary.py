"""Every value of every person can be told apart: where each of them came, and where none came.

The whole demo, with its real processes; what crosses the wire goes through a proxy that keeps
it. Who may have what is written from the rules alone (`tests.demo.canaries`).
"""

import base64
import hashlib
import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from itertools import product
from pathlib import Path

import pytest
from click.testing import CliRunner

import gateway.demo.stage
from gateway.cli import cli
from gateway.demo.cast import client_id
from gateway.demo.installation import Installation
from gateway.demo.loopback import Answering, Question, Reply, serving
from gateway.demo.partners import DELIVERY_PATH
from gateway.demo.processes import Finished, Processes
from tests.demo.canaries import (
    Aviary,
    allowed_at_gateway,
    allowed_at_partner,
    allowed_at_rest,
    aviary,
)
from tests.demo.comparison import differences
from tests.demo.hiding_places import write_with_notes
from tests.demo.oracle import expected
from tests.demo.people import EERSTE, PARTNERS, TWEEDE
from tests.demo.trail import digests_in, marks_in
from tests.integration.recording import Recording, recording
from tests.integration.test_serve import free_port

pytestmark = pytest.mark.slow

SEED = 1_989
#: What a mark is planted in: bytes as of a database with ciphertext.
BURY = random.Random(1).randbytes(20_000)  # noqa: S311
#: What no one but the organisation may read, whoever it is about.
NEVER = (b"zaakhouder", b"medebegeleiding", b'"rol"', b"medisch", b"artikel_64", b"eigen woord")
#: In each child process: every message in full, of every logger, also below the level it is at.
EAVESDROP = """
import logging, os, pathlib, traceback

def write(record):
    told = [record.name, record.getMessage(), repr(record.__dict__.get("sleutels"))]
    if record.exc_info:
        told += traceback.format_exception(*record.exc_info)
    with (pathlib.Path({folder!r}) / str(os.getpid())).open("a") as file:
        file.write(" ".join(told) + "\\n")

call = logging.Logger.callHandlers
logging.Logger.callHandlers = lambda self, record: (write(record), call(self, record))[1]
level = logging.Logger.setLevel
logging.Logger.setLevel = lambda self, given: level(self, 1 if self is logging.root else given)
logging.root.setLevel(1)
"""


@dataclass
class Played:
    """One demo over registers full of marks, and everything it left."""

    folder: Path
    birds: Aviary
    wire: Recording
    delivered: list[tuple[str, bytes]] = field(default_factory=list)
    acknowledged: list[bytes] = field(default_factory=list)
    #: What each process that ran to its end wrote for the demo to read.
    told: list[str] = field(default_factory=list)
    output: str = ""
    wal: bytes = b""

    def found(self, raw: bytes) -> frozenset[str]:
        return _found(raw, self.birds.marks)

    def received(self, partner: str, dag: date | None = None) -> bytes:
        """Everything that reached a partner, whichever way."""
        phase = None if dag is None else str(dag)
        brought = [
            body for when, body in self.delivered if partner == "DT&V" and phase in {None, when}
        ]
        return b"\n".join([self.wire.received(client_id(partner), phase), *brought])

    @property
    def crossed(self) -> bytes:
        """Everything that went over any wire from or to the gateway."""
        brought = [body for _, body in self.delivered]
        return b"\n".join([self.wire.sent(), self.wire.received(), *brought])

    @cached_property
    def at_rest(self) -> bytes:
        """The gateway's database: every page that was ever written to it."""
        files = sorted((self.folder / "werk").glob("gateway.sqlite*"))
        return b"\n".join([self.wal, *(file.read_bytes() for file in files)])

    @cached_property
    def logs(self) -> bytes:
        """What the processes wrote on their standard error, and gateway and worker on both."""
        return b"\n".join(file.read_bytes() for file in (self.folder / "werk" / "logs").iterdir())

    @cached_property
    def messages(self) -> bytes:
        """Every message of every logger in every process, whether or not it was written."""
        return b"\n".join(file.read_bytes() for file in (self.folder / "gehoord").iterdir())


@cache
def _found(raw: bytes, marks: frozenset[str]) -> frozenset[str]:
    return frozenset(marks_in(raw, marks))


@pytest.fixture
def played(tmp_path: Path) -> Iterator[Played]:
    folder = tmp_path
    birds = aviary(SEED)
    write_with_notes(folder / "registers", birds)
    heard = folder / "gehoord"
    (folder / "haak").mkdir()
    heard.mkdir()
    hook = EAVESDROP.format(folder=str(heard))
    (folder / "haak" / "sitecustomize.py").write_text(hook, encoding="utf-8")
    with recording() as wire, pytest.MonkeyPatch.context() as patch:
        result = Played(folder, birds, wire)
        _play(result, patch)
        yield result


def _play(played: Played, patch: pytest.MonkeyPatch) -> None:
    """The demo, with the gateway behind the proxy, and its WAL held open to the end."""
    port, work = free_port(), played.folder / "werk"
    played.wire.upstream = f"127.0.0.1:{port}"
    patch.setenv("PYTHONPATH", str(played.folder / "haak"))
    patch.setattr(Installation, "url", property(lambda _self: played.wire.url))
    stand_on, run = Installation.stand_on, Processes.run

    def new_day(installation: Installation, dag: date, delivery_url: str) -> None:
        played.wire.phase = str(dag)
        stand_on(installation, dag, delivery_url)

    def overhear(processes: Processes, *words, **more) -> Finished:
        ended = run(processes, *words, **more)
        played.told.append(ended.output)
        return ended

    patch.setattr(Installation, "stand_on", new_day)
    patch.setattr(Processes, "run", overhear)
    patch.setattr(gateway.demo.stage, "serving", lambda answering: _heard(played, answering))
    with _reader(work / "gateway.sqlite", played.wire):
        done = CliRunner().invoke(
            cli,
            [
                *("demo", "--eenmalig", "--map", str(work), "--poort", str(port)),
                *("--registers", str(played.folder / "registers")),
                *("--json", str(played.folder / "uit.json")),
            ],
        )
        played.wal = (work / "gateway.sqlite-wal").read_bytes()
    played.output = done.output
    assert done.exit_code == 0, done.output


def _heard(played: Played, answering: Answering):
    def answer(question: Question) -> Reply:
        reply = answering(question)
        if question.path == DELIVERY_PATH:
            body = f"{question.headers}".encode() + question.body
            played.delivered.append((played.wire.phase, body))
            played.acknowledged.append(reply.body)
        return reply

    return serving(answer)


@contextmanager
def _reader(database: Path, wire: Recording) -> Iterator[None]:
    """Read from the first request on: as long as someone reads, no page leaves the WAL."""
    readers: list[sqlite3.Connection] = []

    def begin() -> None:
        if not readers:
            readers.append(sqlite3.connect(database, check_same_thread=False))
            readers[0].execute("BEGIN")
            readers[0].execute("SELECT count(*) FROM casus").fetchone()

    wire.seen = begin
    yield
    for reader in readers:
        reader.close()


def everything_that_had_to_cross_did_cross(played):
    told = json.loads((played.folder / "uit.json").read_text(encoding="utf-8"))

    assert differences(told, expected(played.birds.as_known())) == []


def only_what_a_consented_partner_may_have_reached_the_gateway(played):
    for dag in (EERSTE, TWEEDE):
        found = played.found(played.wire.sent(phase=str(dag)))

        assert found - allowed_at_gateway(played.birds, dag) == set(), dag


def at_the_first_delivery_all_that_a_consented_partner_may_have_reached_the_gateway(played):
    found = played.found(played.wire.sent(phase=str(EERSTE)))

    assert allowed_at_gateway(played.birds, EERSTE) - found == set()


def a_partner_received_only_the_fields_of_its_policy_in_their_precision(played):
    for partner, dag in product(PARTNERS, (EERSTE, TWEEDE)):
        found = played.found(played.received(partner, dag))
        allowed = allowed_at_partner(played.birds, partner, dag)

        assert found - allowed == set(), (partner, dag)
        assert len(found) > len(allowed) / 4


def only_avim_ever_gets_a_name_or_more_of_a_birth_date_than_the_year(played):
    private = {
        mark
        for each in played.birds.canaries
        for casus in each.days.values()
        if casus is not None
        for mark in (*casus.naam.lower().split(), casus.geboren, casus.geboren[:7])
    }

    for partner in ("IND", "DT&V"):
        assert played.found(played.received(partner)) & private == set()
    assert played.found(played.received("AVIM")) & private != set()


def no_answer_to_an_organisation_or_the_municipality_says_anything_of_a_person(played):
    others = [each for each in played.wire.exchanges if not _is_of_partner(each.client)]
    answers = b"\n".join([*(each.answer for each in others), *played.acknowledged])
    asked = played.wire.sent(client_id("utrecht"))

    assert len(others) > 0
    assert played.found(answers) == set()
    assert played.found(asked) == set()


def of_all_that_stands_in_the_gateways_database_only_days_of_consents_lie_open(played):
    assert len(played.wal) > 0

    assert played.found(played.at_rest) - allowed_at_rest(played.birds) == set()


def no_log_of_any_process_at_any_level_holds_a_value(played):
    assert b"verzoek" in played.messages

    assert played.found(played.logs) == set()
    assert played.found(played.messages) == set()
    assert played.found(played.output.encode()) == set()


def what_no_mapping_names_stays_in_the_register_that_holds_it(played):
    work = played.folder / "werk"
    files = [*work.rglob("*"), played.folder / "uit.json"]
    # The database itself is in `at_rest`; compiled programs hold what the programs hold.
    known = {".sqlite", ".pyc"}
    kept = [each.read_bytes() for each in files if each.is_file() and each.suffix not in known]
    nodes = [each.read_bytes() for each in work.rglob("node.sqlite")]
    told = [played.messages, played.output.encode()]

    for place in (played.at_rest, played.crossed, *kept, *nodes, *told):
        assert played.found(place) & played.birds.notes == set()


def a_nodes_own_database_holds_nothing_in_the_open(played):
    nodes = b"\n".join(
        file.read_bytes() for file in (played.folder / "werk" / "nodes").rglob("node.sqlite*")
    )

    assert len(nodes) > 0
    assert played.found(nodes) == set()


def a_node_tells_of_nobody_but_its_own_organisations_vanished_by_number(played):
    vanished = {
        each.days[EERSTE].v_nummer for each in played.birds.canaries if each.days[TWEEDE] is None
    }

    assert played.found("".join(played.told).encode()) == vanished


def no_role_and_no_reason_that_tells_of_health_leaves_an_organisation(played):
    kept = [
        played.crossed,
        played.at_rest,
        played.logs,
        played.messages,
        played.output.encode(),
    ]

    # The description of the API names every code there is; nobody asked for it here.
    assert {word for word in NEVER for raw in kept if word in raw} == set()


def no_digest_without_a_key_of_a_v_nummer_stands_anywhere(played):
    places = (played.at_rest, played.logs, played.messages, played.crossed)

    assert {found for raw in places for found in digests_in(raw, played.birds.v_nummers)} == set()


def _is_of_partner(client: str | None) -> bool:
    return client in {client_id(partner) for partner in PARTNERS}


#: All of one demo: it is played once, and not once on every worker of the run.
PROMISES = (
    everything_that_had_to_cross_did_cross,
    only_what_a_consented_partner_may_have_reached_the_gateway,
    at_the_first_delivery_all_that_a_consented_partner_may_have_reached_the_gateway,
    a_partner_received_only_the_fields_of_its_policy_in_their_precision,
    only_avim_ever_gets_a_name_or_more_of_a_birth_date_than_the_year,
    no_answer_to_an_organisation_or_the_municipality_says_anything_of_a_person,
    of_all_that_stands_in_the_gateways_database_only_days_of_consents_lie_open,
    no_log_of_any_process_at_any_level_holds_a_value,
    what_no_mapping_names_stays_in_the_register_that_holds_it,
    a_nodes_own_database_holds_nothing_in_the_open,
    a_node_tells_of_nobody_but_its_own_organisations_vanished_by_number,
    no_role_and_no_reason_that_tells_of_health_leaves_an_organisation,
    no_digest_without_a_key_of_a_v_nummer_stands_anywhere,
)


def test_no_value_comes_where_it_may_not_come(played, subtests):
    for promise in PROMISES:
        with subtests.test(promise.__name__.replace("_", " ")):
            promise(played)


@pytest.mark.parametrize(
    "hide",
    [
        pytest.param(lambda value: value.encode(), id="as it is"),
        pytest.param(lambda value: value.upper().encode(), id="in capitals"),
        pytest.param(lambda value: value.encode("utf-16-le"), id="as UTF-16"),
        pytest.param(lambda value: value.encode().hex().encode(), id="as hex"),
        pytest.param(lambda value: value.encode().hex().upper().encode(), id="as HEX"),
        pytest.param(lambda value: base64.b64encode(b"x:" + value.encode()), id="as base64"),
        pytest.param(
            lambda value: base64.urlsafe_b64encode(b"x" + value.encode()), id="in a token"
        ),
        pytest.param(lambda value: json.dumps({"naam": value}).encode(), id="in JSON"),
    ],
)
def test_the_search_finds_every_mark_that_is_hidden_for_it(hide):
    birds = aviary(SEED)
    marks = sorted(birds.marks)

    for mark in (*marks[:3], *marks[-3:], *sorted(birds.v_nummers)[:2]):
        planted = BURY + hide(mark) + b"\x00\xff" + BURY
        assert marks_in(planted, birds.marks) >= {mark}


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize(
    "form",
    [
        pytest.param(bytes, id="raw"),
        pytest.param(lambda digest: digest.hex().encode(), id="hex"),
        pytest.param(lambda digest: b'"' + base64.b64encode(digest) + b'"', id="base64"),
        pytest.param(lambda digest: base64.urlsafe_b64encode(digest).rstrip(b"="), id="base64url"),
    ],
)
def test_the_search_finds_every_digest_that_is_hidden_for_it(name, form):
    number = "0902224584"
    digest = hashlib.new(name, number.encode(), usedforsecurity=False).digest()

    assert digests_in(BURY + form(digest) + b"\x00" + BURY, {number}) == {number}
