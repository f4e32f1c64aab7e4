"""What the exports tell of a small gateway, since it was set up."""

from dataclasses import replace
from typing import Any

from gateway.caller import Caller
from gateway.exports.otlp import Vorm
from gateway.services.uitvoer import tell
from tests.world import World

SUBJECT = "dpl.core.data_subject_id"
ACTIVITY = "dpl.core.processing_activity_id"
VELDEN = "lso_gateway.velden"


def records(world: World, vorm: Vorm = Vorm.LDV, since: int | None = None) -> list[dict[str, Any]]:
    """Every record; reading them out adds an entry to the log, of which no record is made."""
    found: list[dict[str, Any]] = []
    tell(world.parts, vorm, found.append, world.installed if since is None else since)
    return found


def of_people(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in told if SUBJECT in each["attributes"]]


def named(told: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [each for each in told if each["name"] == name]


def asks_as(caller: Caller, **told: Any) -> Caller:
    """The same caller, in a trace of its own."""
    return replace(caller, **told)
