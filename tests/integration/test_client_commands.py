"""`lso-gateway client`: what can be registered, changed and seen, and what is refused."""

import json
import shutil
from datetime import timedelta

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from joserfc.jwk import RSAKey
from sqlalchemy import select

from connectors.jwk import key_id, new_key, to_jwks
from gateway.auth.permission_map import ALL_SCOPES, scopes_for
from gateway.cli import cli
from gateway.commands.client_rules import RESERVED
from gateway.parties import Soort
from gateway.signer import Signer
from privacy.clock import real_clock
from privacy.keys import KeyRing
from privacy.log.head import initialise
from privacy.log.tables import auditregel
from privacy.store.engine import make_engine, reading, writing
from schemas.terms import Doel
from tests.certificates import Authority
from tests.getuigen import GETUIGE, LOGSLEUTEL

OIN, OTHER_OIN = "00000003123456780000", "00000003876543210000"
PARTIES = f"""
[[bronhouder]]
code = "sndvu"
naam = "SNDVU"
oin = "{OIN}"

[[bronhouder]]
code = "klein"
naam = "Klein"

[[ketenpartner]]
code = "IND"
naam = "IND"
levering = "ophalen"
"""
NODE, IND = "sndvu-node", "ind-client"
WEAK_RSA = rsa.generate_private_key(65_537, 1_024)  # noqa: S505  it is what is refused
URI = "https://sleutels.example.nl/jwks"


@pytest.fixture(scope="module")
def installed(tmp_path_factory, sqlite_template):
    """Keys and a database with the schema, made once and copied for every test."""
    folder = tmp_path_factory.mktemp("installatie")
    KeyRing.create(folder / "sleutels")
    Signer.create(folder / "sleutels")
    shutil.copyfile(sqlite_template, folder / "gateway.sqlite")
    engine = make_engine(f"sqlite:///{folder / 'gateway.sqlite'}")
    with writing(engine) as tx:
        initialise(tx)
    engine.dispose()
    return folder


@pytest.fixture
def environ(installed, tmp_path, monkeypatch):
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    (tmp_path / "gateway.toml").write_text(LOGSLEUTEL + PARTIES + GETUIGE)
    variables = {
        "LSO_GATEWAY_INSTELLINGEN": str(tmp_path / "gateway.toml"),
        "LSO_GATEWAY_DATABASE": f"sqlite:///{tmp_path / 'gateway.sqlite'}",
        "LSO_GATEWAY_SLEUTELS": str(tmp_path / "sleutels"),
        "LSO_GATEWAY_UITGEVER": "https://gateway.example",
        "LSO_GATEWAY_LOGKOPIE": str(tmp_path),
        "LSO_GATEWAY_CONTACT": "lso@gemeente.example",
    }
    monkeypatch.setattr("os.environ", variables)
    return variables


def told(environ):
    """What the log says of clients."""
    engine = make_engine(environ["LSO_GATEWAY_DATABASE"])
    with reading(engine) as tx:
        lines = [json.loads(each) for each in tx.execute(select(auditregel.c.regel)).scalars()]
    engine.dispose()
    about = [each for each in lines if each["soort"].startswith("client_")]
    return [(each["soort"], each["client"], each.get("reden")) for each in about]


@pytest.fixture
def run(environ):
    """A command over an installation that is ready, with the variables of `environ`."""
    return lambda *words: CliRunner().invoke(cli, ("client", *words))


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def jwks(tmp_path):
    """Writes a key set to a file of its own."""

    def write(*keys, **more):
        kept = [{**each.as_dict(private=False), **more} for each in keys or (new_key(),)]
        file = tmp_path / f"{key_id(new_key())}.json"
        file.write_text(json.dumps({"keys": kept}))
        return str(file)

    return write


def add(run, *more, client=NODE, code="sndvu", soort="bronhouder"):
    return run("toevoegen", client, "--organisatie", code, "--soort", soort, *more)


def add_ind(run, *more):
    return add(run, *more, client=IND, code="IND", soort="ketenpartner")


def shown(run, client=NODE):
    (row,) = json.loads(run("tonen", client, "--json").output)["clients"]
    return row


def refused(answer, option, *secrets):
    assert answer.exit_code == 2, answer.output
    assert option in answer.output
    assert "Traceback" not in answer.output
    assert not any(secret in answer.output for secret in secrets)
    return True


# Adding


def test_a_client_is_strict_unless_told_otherwise(run, jwks):
    key = new_key()
    assert add(run, "--jwks", jwks(key)).exit_code == 0
    row = shown(run)
    assert (row["profiel"], row["binding"], row["oin"]) == ("nlgov", "dpop", OIN)
    assert row["scopes"] == sorted(scopes_for(Soort.BRONHOUDER))
    assert row["sleutels"] == [{"kid": key.thumbprint(), "alg": "ES256"}]
    assert not row["bevroren"]
    assert row["ingetrokkenVoor"] is None


def test_a_client_may_publish_its_keys_itself(run):
    assert add(run, "--jwks-uri", URI).exit_code == 0
    assert shown(run)["jwksUri"] == URI
    assert shown(run)["sleutels"] == []


@pytest.mark.parametrize(
    "uri",
    [
        "http://sleutels.example.nl/jwks",
        "https://ik:geheim@example.nl/",
        "https://127.0.0.1/jwks",
        "https://localhost/",
        "https://10.0.0.8/",
        "ftp://example.nl/",
        "geen adres",
        "https://",
    ],
)
def test_an_address_that_would_never_be_called_is_not_registered(run, uri):
    assert refused(add(run, "--jwks-uri", uri), "--jwks-uri", uri)


def test_keys_come_in_one_way(run, jwks):
    assert refused(add(run), "--jwks")
    assert refused(add(run, "--jwks", jwks(), "--jwks-uri", URI), "--jwks")


@pytest.mark.parametrize("name", [*sorted(RESERVED), "met spatie", "é", "", "a" * 49, "-b", "a/b"])
def test_a_name_that_the_gateway_uses_or_cannot_log_is_refused(run, jwks, name):
    assert refused(add(run, "--jwks", jwks(), "--", client=name), "CLIENT_ID")


def test_every_objection_is_named_at_once(run):
    answer = add(run, "--scope", "mutaties:lezen", "--doel", "mrt", "--binding", "geen")
    for option in ("--scope", "--doel", "--binding", "--jwks"):
        assert refused(answer, option)


@pytest.mark.parametrize("scope", sorted(ALL_SCOPES - scopes_for(Soort.BRONHOUDER)))
def test_a_scope_of_another_kind_of_organisation_is_refused(run, jwks, scope):
    assert refused(add(run, "--jwks", jwks(), "--scope", scope), "--scope")


def test_only_a_partner_has_purposes_and_it_has_one_that_its_scopes_can_use(run, jwks):
    keys = ("--jwks", jwks())
    assert refused(add(run, *keys, "--doel", "aanmelding"), "--doel")
    assert refused(add_ind(run, *keys), "--doel")
    scope = ("--scope", "mutaties:lezen")
    assert refused(add_ind(run, *keys, *scope, "--doel", "mrt"), "--doel")
    assert add_ind(run, *keys, *scope, "--doel", "mutaties").exit_code == 0
    assert shown(run, IND)["doelen"] == ["mutaties"]


@pytest.mark.parametrize("doel", list(Doel))
def test_a_partner_with_all_its_scopes_may_have_any_purpose(run, jwks, doel):
    assert add_ind(run, "--jwks", jwks(), "--doel", doel.value).exit_code == 0


def test_a_token_bound_to_nothing_is_for_the_demo_alone(run, jwks, environ):
    words = ("--jwks", jwks(), "--binding", "geen")
    assert refused(add(run, *words), "--binding")
    environ["LSO_GATEWAY_DEMO"] = "true"
    assert refused(add(run, *words, "--profiel", "fapi"), "--binding")
    assert add(run, *words).exit_code == 0


def test_mtls_needs_a_certificate_or_an_oin_to_know_one_by(run, jwks, authority):
    words = ("--jwks", jwks(), "--binding", "mtls")
    assert add(run, *words).exit_code == 0
    assert refused(add(run, *words, client="klein-node", code="klein"), "--binding")
    certificate = str(authority.give("klein").certificate)
    again = add(run, *words, "--certificaat", certificate, client="klein-node", code="klein")
    assert again.exit_code == 0
    assert len(shown(run, "klein-node")["certificaten"]) == 1


def test_a_client_through_fsc_needs_fsc_in_the_settings_and_brings_no_keys(run, jwks, tmp_path):
    assert refused(add(run, "--binding", "fsc"), "--binding")
    sleutels = tmp_path / "manager.json"
    sleutels.write_text(json.dumps(to_jwks({"een": new_key()})))
    table = f'[fsc]\npeer = "{OTHER_OIN}"\ngroep = "groep"\ndienst = "lso"\n'
    table += f'inways = ["10.0.0.1/32"]\nsleutels = "{sleutels}"\n'
    (tmp_path / "gateway.toml").write_text(LOGSLEUTEL + PARTIES + GETUIGE + table)
    assert refused(add(run, "--binding", "fsc", "--jwks", jwks()), "--jwks")
    assert add(run, "--binding", "fsc").exit_code == 0


def test_oau_12_a_key_for_rs256_does_not_go_with_fapi(run, jwks):
    file = jwks(RSAKey.generate_key(2048), alg="RS256")
    assert refused(add(run, "--jwks", file, "--profiel", "fapi"), "--profiel")
    assert add(run, "--jwks", file, "--profiel", "nlgov").exit_code == 0
    assert refused(run("wijzigen", NODE, "--profiel", "fapi"), "--profiel")


# Certificates


def test_certificates_are_known_by_thumbprint_in_pem_and_in_der(run, jwks, authority, tmp_path):
    first, second = authority.give("een", OIN), authority.give("twee")
    read = x509.load_pem_x509_certificate(second.certificate.read_bytes())
    der = tmp_path / "twee.der"
    der.write_bytes(read.public_bytes(Encoding.DER))
    words = ("--certificaat", str(first.certificate), "--certificaat", str(der))
    assert add(run, "--jwks", jwks(), *words).exit_code == 0
    assert len(shown(run)["certificaten"]) == 2
    assert {len(each) for each in shown(run)["certificaten"]} == {43}


def test_a_file_that_is_not_one_good_certificate_of_this_organisation_is_refused(
    run, jwks, authority, tmp_path
):
    good = authority.give("goed")
    of_another = authority.give("ander", OTHER_OIN).certificate
    wrong = {
        "a private key": good.key.read_bytes(),
        "a certificate with its key": good.certificate.read_bytes() + good.key.read_bytes(),
        "a chain": good.certificate.read_bytes() + authority.file.read_bytes(),
        "of another organisation": of_another.read_bytes(),
        "no certificate": b"geen certificaat",
        "half a certificate": good.certificate.read_bytes()[:200],
        "nothing": b"",
    }
    file = tmp_path / "certificaat.pem"
    for sentence, content in wrong.items():
        file.write_bytes(content)
        answer = add(run, "--jwks", jwks(), "--certificaat", str(file))
        assert refused(answer, "--certificaat", "BEGIN", "MII"), sentence
    assert json.loads(run("tonen", "--json").output) == {"clients": []}


@pytest.mark.parametrize(
    ("key", "until"),
    [
        pytest.param(ec.generate_private_key(ec.SECP256R1()), timedelta(days=-1), id="expired"),
        pytest.param(WEAK_RSA, timedelta(days=1), id="weak RSA"),
        pytest.param(ec.generate_private_key(ec.SECP192R1()), timedelta(days=1), id="weak EC"),
        pytest.param(ed25519.Ed25519PrivateKey.generate(), timedelta(days=1), id="another kind"),
    ],
)
def test_a_certificate_that_is_over_or_weak_is_refused(run, jwks, tmp_path, key, until):
    name = x509.Name([])
    now = real_clock().now()
    made = x509.CertificateBuilder(name, name, key.public_key(), 1)
    made = made.not_valid_before(now - timedelta(days=9)).not_valid_after(now + until)
    file = tmp_path / "certificaat.pem"
    digest = None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256()
    file.write_bytes(made.sign(key, digest).public_bytes(Encoding.PEM))
    assert refused(add(run, "--jwks", jwks(), "--certificaat", str(file)), "--certificaat")


# Changing


def test_what_is_not_named_stays_as_it_is(run, jwks):
    add_ind(run, "--jwks", jwks(), "--doel", "mutaties", "--doel", "mrt")
    before = shown(run, IND)
    assert run("wijzigen", IND, "--doel", "mutaties").exit_code == 0
    assert shown(run, IND) == before | {"doelen": ["mutaties"]}


def test_a_change_meets_the_rules_of_a_new_registration_and_else_changes_nothing(run, jwks):
    add_ind(run, "--jwks", jwks(), "--doel", "mutaties")
    before = shown(run, IND)
    assert refused(run("wijzigen", IND, "--scope", "pakketten:lezen"), "--doel")
    assert refused(run("wijzigen", IND, "--scope", "casussen:aanleveren"), "--scope")
    assert refused(run("wijzigen", IND, "--binding", "mtls"), "--binding")
    assert refused(run("wijzigen", IND), "--scope")
    assert shown(run, IND) == before


def test_new_keys_replace_the_old_or_stand_beside_them(run, jwks, authority):
    first, second, third = new_key(), new_key(), new_key()
    add(run, "--jwks", jwks(first))

    assert run("roteren", NODE, "--jwks", jwks(second), "--erbij").exit_code == 0
    assert {key["kid"] for key in shown(run)["sleutels"]} == {key_id(first), key_id(second)}
    assert shown(run)["ingetrokkenVoor"] is None

    assert run("roteren", NODE, "--jwks", jwks(third)).exit_code == 0
    assert [key["kid"] for key in shown(run)["sleutels"]] == [key_id(third)]
    assert shown(run)["ingetrokkenVoor"] is not None

    certificates = [str(authority.give(name).certificate) for name in ("een", "twee")]
    assert run("roteren", NODE, "--certificaat", certificates[0]).exit_code == 0
    assert run("roteren", NODE, "--certificaat", certificates[1], "--erbij").exit_code == 0
    assert len(shown(run)["certificaten"]) == 2
    assert [key["kid"] for key in shown(run)["sleutels"]] == [key_id(third)]


def test_keys_in_a_file_and_published_keys_take_each_others_place(run, jwks):
    add(run, "--jwks", jwks())
    assert run("roteren", NODE, "--jwks-uri", URI).exit_code == 0
    assert (shown(run)["jwksUri"], shown(run)["sleutels"]) == (URI, [])
    assert refused(run("roteren", NODE, "--jwks", jwks(), "--erbij"), "--erbij")
    assert run("roteren", NODE, "--jwks", jwks()).exit_code == 0
    assert shown(run)["jwksUri"] is None
    assert refused(run("roteren", NODE, "--jwks-uri", URI, "--erbij"), "--erbij")
    assert refused(run("roteren", NODE), "--jwks")
    assert refused(run("roteren", NODE, "--jwks", jwks(), "--jwks-uri", URI), "--jwks-uri")


def test_one_kid_does_not_come_to_mean_two_keys(run, jwks):
    add(run, "--jwks", jwks(new_key(), kid="een"))
    assert refused(run("roteren", NODE, "--jwks", jwks(new_key(), kid="een"), "--erbij"), "--jwks")


def test_a_client_freezes_and_thaws_and_its_tokens_are_withdrawn(run, jwks, environ):
    add(run, "--jwks", jwks())
    assert run("bevriezen", NODE).exit_code == 0
    assert shown(run)["bevroren"]
    assert run("ontdooien", NODE).exit_code == 0
    assert not shown(run)["bevroren"]
    withdrawn = shown(run)["ingetrokkenVoor"]
    assert withdrawn is not None
    assert run("intrekken", NODE).exit_code == 0
    assert shown(run)["ingetrokkenVoor"] >= withdrawn
    assert run("roteren", NODE, "--jwks", jwks(new_key())).exit_code == 0
    # A backup of before knows nothing of it; the log does.
    assert told(environ) == [
        ("client_bevroren", NODE, None),
        ("client_ontdooid", NODE, None),
        ("client_gewijzigd", NODE, None),
        ("client_gewijzigd", NODE, "sleutels"),
    ]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(("tonen", "niemand"), id="tonen"),
        pytest.param(("bevriezen", "niemand"), id="bevriezen"),
        pytest.param(("ontdooien", "niemand"), id="ontdooien"),
        pytest.param(("intrekken", "niemand"), id="intrekken"),
        pytest.param(("wijzigen", "niemand", "--profiel", "fapi"), id="wijzigen"),
        pytest.param(("roteren", "niemand", "--jwks-uri", URI), id="roteren"),
    ],
)
def test_a_client_that_is_not_there_is_a_failure_and_not_a_success(run, words):
    answer = run(*words)
    assert answer.exit_code == 1
    assert "bestaat niet" in answer.output


# Showing


def test_what_is_shown_says_all_that_matters_and_no_key_in_full(run, jwks, authority):
    key = new_key()
    file = jwks(key)
    add(run, "--jwks", file, "--certificaat", str(authority.give("een").certificate))
    run("intrekken", NODE)

    told = run("tonen").output + run("tonen", NODE).output + run("tonen", "--json").output

    for word in (NODE, OIN, "nlgov", "dpop", key_id(key), "ES256", "einddatum onbekend", "actief"):
        assert word in told
    public = key.as_dict(private=False)
    assert public["x"] not in told
    assert public["y"] not in told
