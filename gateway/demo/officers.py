"""Two invented officers, who switch on the policies and notices of the demo as real ones would.

The steps are those of every installation (`privacy.rule_changes`), all in one transaction. Only
the check is not: a demo has no DPIA of an organisation, and says so in what it records.
"""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from gateway.trace import begin_trace
from privacy.policy_file import read_text
from privacy.rule_changes import RuleChanges
from privacy.rule_life import Regelstand
from privacy.store.engine import writing

#: As the console names people: a digest, from which nobody learns who it is.
OFFICERS: Final = ("f0" * 32, "f1" * 32)
_CHECK: Final[dict[str, Any]] = {
    "dpia": None,
    "waarschuwingen": ["Alleen voor de demo: niet vergeleken met een DPIA."],
}


def adopt(engine: Engine, beleid: Path, verklaringen: Path, now: datetime) -> None:
    """Take in every notice and policy of two folders, and switch each policy on."""
    with writing(engine) as tx:
        steps = RuleChanges.begin(tx, now, begin_trace(None).trace_id)
        for file in sorted(verklaringen.glob("*.toml")):
            steps.take_in_notice(file.name, read_text(file))
        for file in sorted(beleid.glob("*.toml")):
            life, _ = steps.take_in_policy(file.name, read_text(file))
            if life.stand is Regelstand.ACTIEF:
                continue
            digest = steps.note_check(life.versie.digest, _CHECK).versie.digest
            for officer in OFFICERS:
                steps.approve(digest, officer)
            steps.activate(digest, now.date())
