"""Does time tell what an answer does not? Pairs of questions that must look alike, interleaved.

    python -m tests.bench.refusals                    both databases, 1,000 pairs of each kind
    python -m tests.bench.refusals --paren 200        fewer

Of each kind the median of the differences within a pair, with a 95 % interval by bootstrap. The
first of a pair is asked now before and now after the second, so that order favours neither.
From the view on: body, lookup, gate, log, signature, problem. What comes before (token, limits)
does not know what is asked. Not a test: it asks for a quiet machine.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any, Final

from flask import request
from rich.console import Console
from rich.table import Table
from werkzeug.test import create_environ

from gateway.app import Gateway, create_app
from gateway.caller import Caller
from gateway.services.aanleveringen import accept_aanlevering
from gateway.wiring import Parts, build
from privacy.clock import standing_on
from privacy.gate import PrivacyGate
from privacy.log.head import initialise
from privacy.store.engine import writing
from tests.api.world import settings_for
from tests.bench.hidden import MANY, RECIPIENT, Group, Hidden
from tests.builders import a_consent, a_samenvatting, an_item
from tests.postgres import databases, server
from tests.rules import adopt
from tests.schema import create_schema
from tests.signing import know_signers, signed
from tests.world import FIRST_DAY, bronhouder, ketenpartner

LIMIT_MS: Final = 0.2
_RESAMPLED: Final = 2_000
_WARM: Final = 200
_STORED: Final = 2_000
_LOT: Final = 500
Ask = Callable[[], float]


class Place:
    """A gateway with people in it, asked by callers that are known beforehand."""

    def __init__(self, folder: Path, database: str) -> None:
        create_schema(database)
        parts = build(replace(settings_for(folder, database), verzoeken_per_minuut=100_000))
        clock = standing_on(FIRST_DAY)
        gate = PrivacyGate(engine=parts.engine, keys=parts.keys, rules=parts.rules, clock=clock)
        self.parts: Parts = replace(parts, clock=clock, gate=gate)
        with writing(parts.engine) as tx:
            initialise(tx)
        adopt(parts.engine)
        know_signers(parts.engine)
        parts.rules_now()
        self.app: Gateway = create_app(self.parts)
        self._chance = random.Random(2020)  # noqa: S311  no secret
        self.casussen = self._fill()
        self.hidden = Hidden(self.parts)

    def ask(self, caller: Caller, path: str, body: dict[str, str] | None = None) -> float:
        """Milliseconds of one request, of which the caller was recognised beforehand."""
        method, content = ("GET", b"") if body is None else ("POST", json.dumps(body).encode())
        environ = create_environ(path, method=method, data=content, content_type="application/json")
        with self.app.request_context(environ) as context:
            context.request.known_caller = caller  # type: ignore[attr-defined]
            begun = time.perf_counter_ns()
            answer = self._answered()
            took = (time.perf_counter_ns() - begun) / 1e6
            answer.close()
        return took

    def _answered(self) -> Any:
        view = self.app.view_functions[str(request.endpoint)]
        try:
            return view(self.parts, request, **(request.view_args or {}))
        except Exception as error:  # noqa: BLE001  as the app itself answers it
            return self.app.handle_user_exception(error)

    def unknown(self) -> str:
        return f"{self._chance.randrange(5 * 10**9, 9 * 10**9):010d}"

    def known(self) -> str:
        """Someone of whom `sndvu` has a casus, without consent to a bewaringstoets."""
        return f"{self._chance.randrange(1, _STORED):010d}"

    def ended(self) -> str:
        """Someone who agreed to it, and whose guidance ended."""
        return f"{self._chance.randrange(_STORED + 1, 2 * _STORED):010d}"

    def others(self) -> str:
        return self._chance.choice(self.casussen)

    def nobodys(self) -> str:
        return f"{self._chance.getrandbits(128) | 1 << 127:032x}"

    def _fill(self) -> list[str]:
        ended = {"status": "uitgestroomd", "datumUitstroom": "2020-03-01"}
        agreed = ["aanmelding", "mutaties", "casusoverleg", "bewaringstoets"]
        found: list[str] = []
        for start in range(1, 2 * _STORED + 1, _LOT):
            over = start > _STORED
            items = [
                an_item(
                    samenvatting=a_samenvatting(
                        vNummer=f"{at:010d}",
                        **({**ended, "uitstroomreden": "overig"} if over else {}),
                    ),
                    toestemmingen=[a_consent(**({"doelen": agreed} if over else {}))],
                )
                for at in range(start, start + _LOT)
            ]
            answer = accept_aanlevering(
                self.parts,
                bronhouder("sndvu"),
                {"items": signed(items, "sndvu")},
                proef=False,
                idempotency=None,
            )
            found += [each["casusId"] for each in answer["resultaten"]]
        return found


def pairs(place: Place) -> dict[str, tuple[Ask, Ask]]:
    """What must not be told apart: first the unknown, then what is there."""
    avim, seguro = ketenpartner("AVIM"), bronhouder("seguro")

    def toets(number: Callable[[], str]) -> Ask:
        return lambda: place.ask(avim, "/v1/bewaringstoetsen", {"vNummer": number()})

    def search(number: Callable[[], str]) -> Ask:
        return lambda: place.ask(seguro, "/v1/casussen/zoekopdrachten", {"vNummer": number()})

    def show(name: Callable[[], str]) -> Ask:
        return lambda: place.ask(seguro, f"/v1/casussen/{_uuid(name())}")

    return {
        "toets: onbekend / geen toestemming": (toets(place.unknown), toets(place.known)),
        "toets: onbekend / afgelopen": (toets(place.unknown), toets(place.ended)),
        "zoeken: onbekend / van een ander": (search(place.unknown), search(place.known)),
        "tonen: onbekend / van een ander": (show(place.nobodys), show(place.others)),
    }


def hidden_pairs(place: Place) -> dict[str, tuple[Ask, Ask]]:
    """What differs in nothing that IND or AVIM may see: first without it, then with it."""
    ind, avim, hidden = ketenpartner(RECIPIENT), ketenpartner("AVIM"), place.hidden

    def page(at: int) -> Ask:
        query = f"na={hidden.cursor(at)}&limiet={MANY // 2}"
        return lambda: place.ask(ind, f"/v1/mutaties?{query}")

    def pack(group: Group) -> Ask:
        return lambda: place.ask(ind, f"/v1/overleggen/{group.overleg}/pakket")

    def toets(group: Group) -> Ask:
        numbers = cycle(group.number(at) for at in range(MANY))
        return lambda: place.ask(avim, "/v1/bewaringstoetsen", {"vNummer": next(numbers)})

    short, long, whole, partial = hidden.short, hidden.long, hidden.whole, hidden.partial
    return {
        "pagina: verborgen waarde kort / lang": (page(short.place), page(long.place)),
        "pagina: heel / deels ingetrokken": (page(whole.place), page(partial.place)),
        "pagina: niets / 1 stille regel": (page(hidden.nothing), page(hidden.one)),
        "pagina: 20 stille, onbekend / bekend": (page(hidden.unknown), page(hidden.known)),
        "pakket: verborgen waarde kort / lang": (pack(short), pack(long)),
        "pakket: heel / deels ingetrokken": (pack(whole), pack(partial)),
        "toets ja: verborgen waarde kort / lang": (toets(short), toets(long)),
        "toets: onbekend / ingetrokken": (
            lambda: place.ask(avim, "/v1/bewaringstoetsen", {"vNummer": place.unknown()}),
            toets(partial),
        ),
    }


def _uuid(text: str) -> str:
    bare = text.replace("-", "")
    return "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))


def differences(first: Ask, second: Ask, wanted: int) -> tuple[list[float], float]:
    """Per pair by how much the second took longer, and the median of the first; milliseconds."""
    for _ in range(_WARM):
        first()
        second()
    found, alone = [], []
    for at in range(wanted):
        if at % 2:
            after, before = second(), first()
        else:
            before, after = first(), second()
        found.append(after - before)
        alone.append(before)
    return found, statistics.median(alone)


def interval(found: list[float], chance: random.Random) -> tuple[float, float]:
    """The 95 % interval of the median, by bootstrap (percentiles)."""
    medians = sorted(
        statistics.median(chance.choices(found, k=len(found))) for _ in range(_RESAMPLED)
    )
    return medians[int(_RESAMPLED * 0.025)], medians[int(_RESAMPLED * 0.975)]


def main() -> None:
    """Measure, and print; nothing stays behind."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.refusals", description=__doc__)
    asked.add_argument("--paren", type=int, default=1_000)
    asked.add_argument("--database", choices=("postgresql", "sqlite"), action="append")
    options = asked.parse_args()
    console, chance = Console(width=110), random.Random(7)  # noqa: S311
    for name in options.database or ("postgresql", "sqlite"):
        table = Table("ms", "mediaan", "verschil", "95 % van", "tot", "binnen 0,2", title=name)
        with tempfile.TemporaryDirectory(prefix="lso-bench-") as made:
            folder = Path(made)
            folder.chmod(0o711)
            try:
                place = Place(folder, _database(name, folder))
                for kind, (first, second) in (pairs(place) | hidden_pairs(place)).items():
                    found, alone = differences(first, second, options.paren)
                    low, high = interval(found, chance)
                    within = "ja" if low >= -LIMIT_MS and high <= LIMIT_MS else "NEE"
                    shown = (alone, statistics.median(found), low, high)
                    table.add_row(kind, *(f"{each:+.3f}" for each in shown), within)
                place.parts.engine.dispose()
            finally:
                server.stop(folder)
                folder.mkdir(exist_ok=True)
        console.print(table)


def _database(name: str, folder: Path) -> str:
    if name == "sqlite":
        return f"sqlite:///{folder / 'gateway.sqlite'}"
    return databases.create(server.start(folder), "bench")


if __name__ == "__main__":
    main()
