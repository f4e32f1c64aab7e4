"""The nodes: one per organisation, each with its own settings, database and keys.

A node's settings file is the organisation's own; between the days only the register that it
reads and the day itself differ.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from gateway.database import upgrade
from gateway.demo.cast import client_id
from gateway.demo.errors import DemoError, InterruptedStepError
from gateway.demo.installation import Installation, toml_text
from gateway.demo.outcome import Intake, read_intake
from gateway.demo.persistence import persist
from gateway.demo.processes import Finished, Processes
from gateway.demo.registers import Organisatie
from gateway.demo.source import first_page
from gateway.node.bron import load_bron
from gateway.node.keys import make_node_keys
from privacy.store.engine import make_engine

#: The node's own word for: the gateway was not there. Nothing is lost, the next run completes.
_GATEWAY_GONE: Final = 4


@dataclass(frozen=True, slots=True)
class Node:
    """One organisation's node, run as a process for each of its tasks."""

    installation: Installation
    processes: Processes
    organisatie: Organisatie
    source_url: str

    @property
    def folder(self) -> Path:
        return self.installation.folder / "nodes" / self.organisatie.code

    def furnish(self) -> None:
        """Make its keys and its database, as `agent sleutels` does, and let the gateway know."""
        bron = load_bron(self.write_settings(self.installation.registers.dagen[0]))
        make_node_keys(bron)
        self.installation.add_signer(self.organisatie.code, bron.ondertekening.with_suffix(".jwk"))
        engine = make_engine(bron.database)
        upgrade(engine)
        engine.dispose()

    def deliver(self, dag: date) -> Intake:
        """Read the register as it stood on this day, and send what may leave."""
        return read_intake(self._run(dag, ["aanleveren"]))

    def nominate(self, dag: date, overleg_id: UUID) -> None:
        """Put everyone in guidance on the agenda who agreed to that."""
        self._run(dag, ["voordragen", "--overleg", str(overleg_id)])

    def write_settings(self, dag: date) -> Path:
        """The file `bron.toml` for this day."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"bron-{dag.isoformat()}.toml"
        path.write_text("\n".join(self._settings(dag)) + "\n", encoding="utf-8")
        return path

    def _settings(self, dag: date) -> Sequence[str]:
        registers, code = self.installation.registers, self.organisatie.code
        place: Path | str = registers.of(dag, self.organisatie)
        if self.organisatie.over_http:
            place = first_page(self.source_url, dag, self.organisatie)
        database = f"sqlite:///{self.folder / 'node.sqlite'}"
        return [
            f"bronhouder = {toml_text(code)}",
            f"naam = {toml_text(self.organisatie.naam)}",
            f"demo = true\ndag = {dag.isoformat()}",
            "[register]",
            f"mapping = {toml_text(self.organisatie.mapping)}",
            f"plaats = {toml_text(place)}",
            f"woordenlijst = {toml_text(registers.words(dag, self.organisatie))}",
            "[gateway]",
            f"url = {toml_text(self.installation.url)}",
            f"client_id = {toml_text(client_id(code))}",
            f"sleutel = {toml_text(self.installation.key_file(code))}",
            "[opslag]",
            f"database = {toml_text(database)}",
            f"sleutels = {toml_text(self.folder / 'sleutels')}",
            "[beleid]",
            f"map = {toml_text(self.installation.beleid)}",
        ]

    def _run(self, dag: date, task: Sequence[str]) -> Any:
        code = self.organisatie.code
        bron = self.folder / f"bron-{dag.isoformat()}.toml"
        arguments = ["agent", *task, "--bron", str(bron), "--json"]

        def once() -> Any:
            ended = self.processes.run("node", arguments, f"node-{code}")
            _require_success(self.organisatie, ended)
            return json.loads(ended.output)

        return persist(f"{self.organisatie.naam}: {task[0]}", once)


def _require_success(organisatie: Organisatie, ended: Finished) -> None:
    if ended.killed:
        raise InterruptedStepError("het proces is afgebroken")
    if ended.code == _GATEWAY_GONE:
        raise InterruptedStepError("de gateway was niet te bereiken")
    if ended.code != 0:
        told = f"De node van {organisatie.naam} stopte met code {ended.code}:"
        raise DemoError(f"{told}\n{ended.complaint}")
