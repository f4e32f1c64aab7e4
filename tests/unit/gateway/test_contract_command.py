"""The register of FSC contracts by the command line: what it refuses, and what it shows."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.auth.permission_map import scopes_for
from gateway.cli import cli
from gateway.parties import Soort
from gateway.signer import Signer
from gateway.store.clients import Binding, Client, add_client
from privacy.keys import KeyRing
from privacy.store.engine import make_engine, writing
from tests.getuigen import GETUIGE, LOGSLEUTEL
from tests.schema import create_schema

IND, SNDVU, HULP = "00000001001234560000", "00000003111111110000", "00000003222222220000"
GRANT = "$1$4$een-grant"
LOOKED_INTO = ("--referentie", "2026/7", "--geverifieerd-op", "2026-01-02")
LATER = "2999-01-01"
GIVEN = ("--van", "2026-01-01", "--tot", "2027-01-01")


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    database = f"sqlite:///{tmp_path / 'gateway.sqlite'}"
    create_schema(database)
    KeyRing.create(tmp_path / "sleutels")
    Signer.create(tmp_path / "sleutels")
    (tmp_path / "manager.json").write_text('{"keys": []}')
    settings = tmp_path / "lso.toml"
    settings.write_text(
        f'database = "{database}"\nsleutels = "{tmp_path / "sleutels"}"\n'
        'uitgever = "https://gateway.example"\n'
        f'contact = "lso@gemeente.example"\nlogkopie = "{tmp_path}"\n'
        f"{LOGSLEUTEL}{GETUIGE}"
        f'[[ketenpartner]]\ncode = "IND"\nnaam = "IND"\nlevering = "ophalen"\noin = "{IND}"\n'
        f'[[bronhouder]]\ncode = "sndvu"\nnaam = "SNDVU"\noin = "{SNDVU}"\n'
        '[fsc]\npeer = "00000004003214345001"\ngroep = "proef"\ndienst = "lso-gateway"\n'
        f'inways = ["127.0.0.2"]\nsleutels = "{tmp_path / "manager.json"}"\n'
    )
    monkeypatch.setenv("LSO_GATEWAY_INSTELLINGEN", str(settings))
    engine = make_engine(database)
    with writing(engine) as tx:
        add_client(tx, _client("ind-fsc", "IND", Soort.KETENPARTNER, Binding.FSC))
        add_client(tx, _client("ind-dpop", "IND", Soort.KETENPARTNER, Binding.DPOP))
        add_client(tx, _client("sndvu-fsc", "sndvu", Soort.BRONHOUDER, Binding.FSC))
    engine.dispose()

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, ["contract", *words])

    return run


def _client(client_id: str, code: str, soort: Soort, binding: Binding) -> Client:
    scopes = scopes_for(soort)
    return Client(client_id, code, soort, '{"keys":[]}', scopes, frozenset(), binding=binding)


def _shown(contract: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads(contract("tonen", "--json").stdout)["contracten"]
    return told


def test_a_contract_is_added_shown_and_withdrawn(contract: Any):
    added = contract("toevoegen", GRANT, "--peer", IND, "--client", "ind-fsc", *GIVEN)
    (shown,) = _shown(contract)
    withdrawn = contract("intrekken", GRANT)

    assert (added.exit_code, withdrawn.exit_code) == (0, 0)
    assert shown["geldigVan"] == "2025-12-31T23:00:00.000Z", "the day begins in Amsterdam"
    assert (shown["peer"], shown["dienst"]) == (IND, "lso-gateway")
    assert _shown(contract)[0]["ingetrokkenOp"] is not None
    assert contract("intrekken", GRANT).exit_code == 1
    assert "geldt niet" in contract("tonen").stdout


def test_a_delegated_contract_names_on_whose_behalf_and_the_day_it_was_looked_into(contract: Any):
    delegated = ("--delegator", SNDVU, *LOOKED_INTO)

    added = contract(
        "toevoegen", GRANT, "--peer", HULP, "--client", "sndvu-fsc", *GIVEN, *delegated
    )

    assert added.exit_code == 0, added.output
    (shown,) = _shown(contract)
    assert (shown["delegator"], shown["geverifieerdOp"]) == (SNDVU, "2026-01-02")


def test_one_grant_has_one_contract(contract: Any):
    words = ("toevoegen", GRANT, "--peer", IND, "--client", "ind-fsc", *GIVEN)

    assert contract(*words).exit_code == 0
    assert contract(*words).exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("--peer", HULP, "--client", "ind-fsc"), id="the peer is another"),
        pytest.param(("--peer", IND, "--client", "ind-dpop"), id="the client is not for FSC"),
        pytest.param(("--peer", IND, "--client", "niemand"), id="there is no client"),
        pytest.param(("--peer", "IND", "--client", "ind-fsc"), id="no OIN"),
        pytest.param(("--peer", IND, "--client", "ind-fsc", "--dienst", "x"), id="other service"),
        pytest.param(("--peer", IND, "--client", "ind-fsc", "--tot", "2026-01-01"), id="no time"),
        pytest.param(
            ("--peer", HULP, "--client", "sndvu-fsc", "--delegator", SNDVU), id="half a delegation"
        ),
        pytest.param(
            ("--peer", HULP, "--client", "ind-fsc", "--delegator", SNDVU, *LOOKED_INTO),
            id="the delegator is another",
        ),
        pytest.param(
            (
                "--peer",
                HULP,
                "--client",
                "sndvu-fsc",
                "--delegator",
                SNDVU,
                *LOOKED_INTO[:3],
                LATER,
            ),
            id="looked into in the future",
        ),
    ],
)
def test_what_would_never_or_wrongly_carry_a_call_is_refused(contract: Any, words: tuple[str, ...]):
    refused = contract("toevoegen", GRANT, *GIVEN, *words)

    assert refused.exit_code == 2
    assert _shown(contract) == []
