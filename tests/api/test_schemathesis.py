"""schemathesis asks all that the description allows, and what it does not; every check is on.

As whoever may, with a real proof for each call; as nobody; as another; without the scope. The
first of these asks over a thousand cases where `CI` is set, and some hundreds elsewhere.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from gateway.app import create_app
from gateway.auth.permission_map import ALL_SCOPES, OPEN, PERMISSIONS
from gateway.limits import Limits
from gateway.openapi_operations import OPERATIONS
from gateway.parties import Soort
from tests.api.calling import Calls
from tests.api.world import add, machine, registered
from tests.builders import a_consent, a_samenvatting, an_item

LONG = "CI" in os.environ
#: Valid data may still break what a schema cannot say: a rule between fields or of the day (400),
#: or the state of things (409). All else about it is checked as always.
CONFIG = """
seed = 20260504
[generation]
max-examples = {examples}
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "304", "400", "401", "403", "404", "406", "409"]
[phases.coverage]
enabled = {coverage}
[phases.stateful]
enabled = {stateful}
# A faulty item is no fault of the whole: it gets its own result, and the answer is 200.
[[operations]]
include-path = "/aanleveringen"
[operations.checks.negative_data_rejection]
expected-statuses = ["200", "400", "401", "403", "404", "405", "406", "409", "415"]
"""
KEY = "Idempotency-Key"
A_DAY_OF_THE_EXAMPLES = date(2026, 5, 4)
PROTECTED = {name for name in OPERATIONS if PERMISSIONS[name] is not OPEN}
#: Those for which not every token will do.
SCOPED = {name for name in PROTECTED if PERMISSIONS[name].scopes}


@dataclass
class Report:
    """What became of a run: how many cases, which checks failed, which statuses there were."""

    cases: int = 0
    checks: Counter[str] = field(default_factory=Counter)
    failures: set[str] = field(default_factory=set)
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))

    def note(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.NonFatalError | events.FatalError):
            self.failures.add(repr(event))
        if not isinstance(event, events.ScenarioFinished):
            return
        recorder = event.recorder
        self.cases += len(recorder.cases)
        for checked in recorder.checks.values():
            for each in checked:
                self.checks[each.name] += 1
                if each.failure_info:
                    failure = each.failure_info.failure
                    self.failures.add(f"{failure.operation}: {failure.title}: {failure.message}")
        self._note_statuses(recorder)

    def _note_statuses(self, recorder) -> None:
        for name, interaction in recorder.interactions.items():
            case = recorder.cases[name].value
            if interaction.response is None or case.method.lower() != case.operation.method:
                continue
            self.statuses[endpoint_of(case)][interaction.response.status_code] += 1


def run(calls: Calls, prepare: Callable, *, examples: int, coverage: bool = False) -> Report:
    """Ask the whole document; `prepare` dresses each case before it is sent."""
    on = {True: "true", False: "false"}
    text = CONFIG.format(examples=examples, coverage=on[coverage], stateful=on[coverage and LONG])
    loaded = schemathesis.openapi.from_wsgi(
        "/v1/openapi.json", calls.web.application, config=SchemathesisConfig.from_str(text)
    )

    @loaded.auth(refresh_interval=None)
    class _Dressed:
        def get(self, _case, _context):
            return "each case gets a proof of its own"

        def set(self, case, _data, _context):
            prepare(case)

    report = Report()
    for event in from_schema(loaded).execute():
        report.note(event)
    return report


def endpoint_of(case) -> str:
    return case.operation.definition.raw["operationId"].replace("-", ".")


def prove(calls: Calls, case, who: str, token: str | None = None) -> None:
    """Give the case a token of this machine, and a proof for exactly this call."""
    known = calls.machines[who]
    held = token or calls.tokens.setdefault(who, known.token(calls.web))
    proof = known.proof(case.method.upper(), f"/v1{case.formatted_path}", held)
    case.headers = {**(case.headers or {}), "Authorization": f"DPoP {held}", "DPoP": proof}


@pytest.fixture
def wide(calls: Calls) -> Calls:
    """No limit on how often: that is not what is asked here."""
    parts = replace(calls.world.parts, limits=Limits(1_000_000))
    return Calls(calls.world, create_app(parts).test_client(), calls.machines)


@pytest.mark.slow
def test_whatever_is_asked_is_answered_as_described(wide: Calls):
    wide.world.go_to(A_DAY_OF_THE_EXAMPLES)
    made = iter(range(10**9))

    def as_whoever_may(case) -> None:
        endpoint = endpoint_of(case)
        # The only partner whose policy has that purpose.
        who = "avim" if endpoint == "bewaringstoetsen.answer" else wide.who_may(endpoint)
        if case.headers and str(case.headers.get(KEY, "")).startswith("voorbeeld"):
            # The example's key for one body only; else most cases would end in a conflict.
            case.headers[KEY] = f"geval-{next(made):06d}"
        if who is not None:
            prove(wide, case, who)

    report = run(wide, as_whoever_may, examples=40 if LONG else 2, coverage=True)

    assert report.failures == set()
    assert report.cases >= (1_000 if LONG else 300)
    # The document itself was asked before, to know all this.
    assert set(report.statuses) == set(OPERATIONS) - {"openapi.document"}
    every = sum(report.statuses.values(), Counter())
    assert not [status for status in every if status >= 500]
    # A reference that was made up leads nowhere; all else was also answered well.
    unheard = {name: dict(told) for name, told in report.statuses.items() if min(told) >= 300}
    assert not {name: told for name, told in unheard.items() if 404 not in told}
    assert {"ignored_auth", "unsupported_method", "negative_data_rejection"} <= set(report.checks)


@pytest.mark.slow
def test_without_a_token_nothing_that_asks_one_says_more_than_401(wide: Calls):
    report = run(wide, lambda _case: None, examples=8 if LONG else 3)

    assert report.failures == set()
    for endpoint in PROTECTED:
        assert set(report.statuses[endpoint]) <= {401, 404}, endpoint


@pytest.mark.slow
def test_with_a_token_of_another_kind_everything_is_403(wide: Calls):
    def as_another_kind(case) -> None:
        soorten = PERMISSIONS[endpoint_of(case)].soorten
        others = [each.value for each in Soort if each not in soorten]
        prove(wide, case, others[0] if soorten and others else "gemeente")

    report = run(wide, as_another_kind, examples=8 if LONG else 3)

    assert report.failures == set()
    for endpoint in PROTECTED:
        if set(PERMISSIONS[endpoint].soorten) != set(Soort):
            assert set(report.statuses[endpoint]) <= {403, 404}, endpoint


@pytest.mark.slow
def test_with_another_organisations_token_its_casus_and_consent_are_not_there(wide: Calls):
    consent = a_consent()
    item = an_item(samenvatting=a_samenvatting(vNummer="0000000082"), toestemmingen=[consent])
    references = {
        "toestemmingId": consent["toestemmingId"],
        "casusId": wide.world.casus(item)[0],
    }

    def as_another_organisation(case) -> None:
        for name in set(case.path_parameters or {}) & set(references):
            case.path_parameters[name] = references[name]
        who = wide.who_may(endpoint_of(case))
        if who is not None:
            prove(wide, case, "andere" if who == "bronhouder" else who)

    before = wide.world.entries()
    report = run(wide, as_another_organisation, examples=8 if LONG else 3)

    assert report.failures == set()
    for endpoint in ("toestemmingen.show", "toestemmingen.withdraw", "casussen.show"):
        assert report.statuses[endpoint], endpoint
        assert not [s for s in report.statuses[endpoint] if s < 400], endpoint
    told = wide.world.entries()[len(before) :]
    assert not [each for each in told if each["soort"] == "toestemming_ingetrokken"]
    mine = wide.call("bronhouder", "GET", f"/v1/toestemmingen/{consent['toestemmingId']}")
    assert mine.get_json()["ingetrokkenOp"] is None


@pytest.mark.slow
def test_without_its_scope_every_operation_is_403_and_says_which_would_do(wide: Calls):
    tokens = {name: _without(wide, name) for name in sorted(SCOPED)}

    def without_the_scope(case) -> None:
        endpoint = endpoint_of(case)
        if endpoint in tokens:
            prove(wide, case, *tokens[endpoint])

    report = run(wide, without_the_scope, examples=8 if LONG else 3)

    assert report.failures == set()
    for endpoint in SCOPED:
        assert set(report.statuses[endpoint]) <= {403, 404}, endpoint
        assert report.statuses[endpoint][403], endpoint


@pytest.mark.slow
@pytest.mark.parametrize("scope", sorted(ALL_SCOPES))
def test_with_one_scope_missing_exactly_what_asks_for_it_is_403(wide: Calls, scope: str):
    tokens = {name: _with(wide, name, ALL_SCOPES - {scope}) for name in sorted(SCOPED)}

    def with_one_scope_less(case) -> None:
        endpoint = endpoint_of(case)
        if endpoint in tokens:
            prove(wide, case, *tokens[endpoint])

    report = run(wide, with_one_scope_less, examples=5 if LONG else 1)

    assert report.failures == set()
    # IND has no purpose for a bewaringstoets, which is a 403 of another kind.
    for endpoint in SCOPED - {"bewaringstoetsen.answer"}:
        refused = PERMISSIONS[endpoint].scopes <= {scope}
        assert (403 in report.statuses[endpoint]) is refused, endpoint
        assert not refused or set(report.statuses[endpoint]) <= {403, 404}, endpoint


def _without(calls: Calls, endpoint: str) -> tuple[str, str]:
    return _with(calls, endpoint, ALL_SCOPES - PERMISSIONS[endpoint].scopes)


def _with(calls: Calls, endpoint: str, scopes: frozenset[str]) -> tuple[str, str]:
    """A machine of the right kind, and its token that has only these scopes."""
    who = calls.who_may(endpoint)
    name = f"alles-{who}"
    if name not in calls.machines:
        usual = registered(calls.machines[who], *_party(who))
        known = machine(name, calls.machines[who].hands)
        calls.machines[name] = known
        add(
            calls.world.parts,
            replace(registered(known, usual.organisatie, usual.soort), scopes=ALL_SCOPES),
        )
    return name, calls.machines[name].token(calls.web, scope=" ".join(sorted(scopes)))


def _party(who: str) -> tuple[str, Soort]:
    soort = Soort(who)
    codes = {Soort.BRONHOUDER: "sndvu", Soort.KETENPARTNER: "IND"}
    return codes.get(soort, "utrecht"), soort
