"""`lso-gateway bewaren` as an operator types it: counts, and nothing of a person."""

from datetime import date

from click.testing import CliRunner
from sqlalchemy import update

from gateway.commands import bewaren
from privacy.store import tables
from privacy.store.engine import writing
from tests.builders import people
from tests.world import World


class _Opened:
    """The parts of this world, as the command opens its own."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __call__(self) -> "_Opened":
        return self

    def __enter__(self) -> object:
        return self._world.parts

    def __exit__(self, *_error: object) -> None:
        """The world closes itself."""


def test_it_counts_what_was_let_go_and_warns_of_what_it_could_not_read(
    embedded: World, monkeypatch
):
    monkeypatch.setattr(bewaren, "opened", _Opened(embedded))
    embedded.casus(*people(2))
    embedded.go_to(date(2021, 1, 1))
    nothing = CliRunner().invoke(bewaren.retention)
    with writing(embedded.parts.engine) as tx:
        one = tables.casus.select().with_only_columns(tables.casus.c.id).limit(1)
        damaged = update(tables.casus).where(tables.casus.c.id == one.scalar_subquery())
        tx.execute(damaged.values(spoor_sleutel=b"\x01" + bytes(60)))
    embedded.go_to(date(2030, 1, 1))

    jumped = CliRunner().invoke(bewaren.retention)
    something = CliRunner().invoke(bewaren.retention, ["--klok-klopt"])

    assert (nothing.exit_code, jumped.exit_code, something.exit_code) == (0, 1, 1)
    assert jumped.output.splitlines()[1] == (
        "LET OP nagegaan tot en met 04-01-2021, en de klok staat op 01-01-2030. "
        "Staat die goed: lso-gateway bewaren --klok-klopt."
    )
    assert nothing.output == "Inhoud vernietigd: 2. Bewaartermijn verstreken: 0.\n"
    assert something.output.splitlines() == [
        "Inhoud vernietigd: 0. Bewaartermijn verstreken: 1.",
        "LET OP onleesbaar, en dus niet nagegaan: 1.",
    ]
