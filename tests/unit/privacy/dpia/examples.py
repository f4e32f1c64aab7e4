"""The sample DPIA and the shipped policies, to be changed by a test in one place."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from gateway.config import Settings
from privacy.dpia.answers import Dpia, read_dpia
from privacy.policy import Policy, parse_policy
from tests.architecture.checkout import ROOT

SAMPLE_FILE = ROOT / "tests/data/dpia-lvv-utrecht.json"
SAMPLE: Mapping[str, Any] = json.loads(SAMPLE_FILE.read_text(encoding="utf-8"))
BELEID = Settings.__dataclass_fields__["beleid"].default
FILES = {"IND": "ind.toml", "DT&V": "dtv.toml", "AVIM": "avim.toml"}

Json = dict[str, Any]


def a_sample() -> Json:
    """The sample, to change."""
    return deepcopy(dict(SAMPLE))


def as_bytes(raw: object) -> bytes:
    return json.dumps(raw, ensure_ascii=False).encode()


def read(raw: object) -> Dpia:
    return read_dpia("dpia.json", as_bytes(raw))


def shipped(recipient: str) -> str:
    """The text of the shipped policy."""
    return (BELEID / FILES[recipient]).read_text(encoding="utf-8")


def policy(recipient: str) -> Policy:
    return parse_policy(FILES[recipient], shipped(recipient))


def answer(value: str | list[str] | None) -> Json:
    return {"value": value, "lastEditedAt": "2026-10-05T09:30:00.000Z"}


def set_single(raw: Json, task: str, value: str | list[str] | None) -> None:
    raw["answers"][task] = answer(value)


def set_cell(raw: Json, task: str, row: int, cell: str, value: str | list[str] | None) -> None:
    raw["answers"][task][row][cell] = answer(value)


def cell(raw: Json, task: str, row: int, name: str) -> Any:
    return raw["answers"][task][row][name]["value"]
