"""The demo from beginning to end, as the command asks for it."""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from gateway.demo.cast import LEVERING
from gateway.demo.installation import Installation
from gateway.demo.not_received import fields_kept_back, require_nothing_more
from gateway.demo.outcome import to_wire
from gateway.demo.outsider import ask_outsider
from gateway.demo.place import choose_address, working_folder
from gateway.demo.registers import find_registers
from gateway.demo.stage import Stage, opened
from gateway.demo.story import Story
from gateway.demo.verslag import make_verslag
from privacy.policy import load_policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for. `folder` None is one that is gone afterwards; so is `out` not made."""

    registers: Path
    beleid: Path
    folder: Path | None = None
    out: Path | None = None
    port: int | None = None


def perform(wish: Wish, console: Console, stay: Callable[[Stage], None] | None) -> None:
    """Play every day, check the log, tell the story; DemoError unless every step worked.

    With `stay` the gateway stays up until that returns.
    """
    begun = time.monotonic()
    registers = find_registers(wish.registers)
    policies = load_policies(wish.beleid)
    address = choose_address(wish.port)
    with ExitStack() as stack:
        folder = stack.enter_context(working_folder(wish.folder))
        installation = Installation(folder, address, wish.beleid, registers, policies)
        story = Story(console, {each.code: each.naam for each in registers.organisaties})
        story.begin()
        stage = stack.enter_context(opened(installation))
        momenten = []
        for dag in registers.dagen:
            stage.end_day()
            with console.status("") as status:
                momenten.append(stage.play(dag, status.update))
            story.tell(momenten[-1])
        require_nothing_more(policies, momenten)
        story.tell_not_received(fields_kept_back(policies, list(LEVERING)))
        verslag, outsider = make_verslag(stage), ask_outsider(stage)
        story.tell_rights(verslag, outsider, stays=wish.folder is not None or stay is not None)
        proof = stage.prove()
        story.tell_proof(proof)
        story.tell_times(momenten, time.monotonic() - begun)
        if wish.out is not None:
            rights = {"inzage": verslag and verslag.to_wire(), "log": outsider.to_wire()}
            told = {**to_wire(momenten, proof.regels), "rechten": rights}
            _write(wish.out, json.dumps(told, ensure_ascii=False))
            console.print(f"Wat de ketenpartners ontvingen staat in {wish.out}.", markup=False)
        if stay is not None:
            stay(stage)


def _write(path: Path, text: str) -> None:
    """All of it or nothing: half a file would look like a result."""
    fresh = path.with_name(f"{path.name}.nieuw")
    fresh.write_text(text + "\n", encoding="utf-8")
    fresh.replace(path)
