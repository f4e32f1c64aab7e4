"""A policy or notice that is not right is refused, and every fault of it is named."""

from pathlib import Path

import pytest

from privacy.errors import PolicyFaultError, PolicyUnavailableError
from privacy.policy import load_policies, load_policy, parse_policy
from schemas.terms import Doel, Precisie

POLICY = """
ontvanger = "IND"
naam = "Immigratie- en Naturalisatiedienst"
dpia = "dpia, 2026"
herzien_voor = 2027-10-05

[doelen.mutaties]
grondslag = "toestemming"
verwerking = "Delen van mutaties"
bron = "DPIA 6.1.1"
bewaartermijn = "P1Y"
anker = "uitstroom"

[doelen.mutaties.velden]
vNummer = "volledig"
geboortedatum = "jaar"

[doelen.mutaties.motivering]
vNummer = "Om de wijziging bij de juiste persoon te plaatsen."
"""


def faults(load, tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "bestand.toml"
    file.write_text(text)
    with pytest.raises(PolicyFaultError) as refused:
        load(file)
    assert refused.value.source == "bestand.toml"
    return list(refused.value.faults)


def written(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "bestand.toml"
    file.write_text(text)
    return file


def test_a_good_policy_says_what_leaves_for_a_purpose_and_nothing_for_another(tmp_path):
    policy = load_policy(written(tmp_path, POLICY))

    assert dict(policy.fields(Doel.MUTATIES)) == {
        "vNummer": Precisie.VOLLEDIG,
        "geboortedatum": Precisie.JAAR,
    }
    assert dict(policy.fields(Doel.MRT)) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param('ontvanger = "IND"', "", "ontvanger: ontbreekt", id="no recipient"),
        pytest.param('dpia = "dpia, 2026"', 'dpia = " "', "dpia: ontbreekt", id="an empty source"),
        pytest.param(
            "herzien_voor = 2027-10-05", "", "herzien_voor: een datum ontbreekt", id="no review"
        ),
        pytest.param(
            "herzien_voor = 2027-10-05",
            "herzien_voor = 2027-10-05T00:00:00Z",
            "herzien_voor: een datum ontbreekt",
            id="a moment for a day",
        ),
        pytest.param(
            'naam = "Imm', 'nam = "x"\nnaam = "Imm', "nam: deze sleutel bestaat niet", id="a typo"
        ),
        pytest.param(
            "doelen.mutaties", "doelen.reclame", "[doelen.reclame] dit doel", id="no such purpose"
        ),
        pytest.param('"toestemming"', '"wettelijk"', "[doelen.mutaties] grondslag", id="a ground"),
        pytest.param('"P1Y"', '"1 jaar"', "bewaartermijn: geen termijn", id="a term in words"),
        pytest.param('"P1Y"', '"P"', "bewaartermijn: geen termijn", id="half a term"),
        pytest.param('"uitstroom"', '"ooit"', "anker: dit ijkpunt", id="no such anchor"),
        pytest.param(
            'bron = "DPIA', 'bran = "DPIA', "bran: deze sleutel", id="a typo in a purpose"
        ),
        pytest.param(
            'verwerking = "Delen van mutaties"', "", "verwerking: ontbreekt", id="no processing"
        ),
        pytest.param('"IND"', '"de IND"', "ontvanger: letters", id="a name that no token has"),
        pytest.param('"P1Y"', '"P1D1Y"', "bewaartermijn: geen termijn", id="units out of order"),
        pytest.param('"P1Y"', '"PT1H"', "bewaartermijn: geen termijn", id="hours"),
        pytest.param(
            "motivering]\nvNummer",
            "motivering]\nnaam",
            "[doelen.mutaties.motivering] naam: dit veld staat niet bij velden",
            id="a reason for what does not leave",
        ),
        pytest.param(
            '"Om de wijziging', '" " # ', "motivering] vNummer: ontbreekt", id="an empty reason"
        ),
        pytest.param(
            '"Om de', '"Om\\u202e de', "zonder stuurtekens", id="a reason that reads backwards"
        ),
        pytest.param(
            '"Om de', '"' + "x" * 1000 + " de", "hoogstens 1000 tekens", id="an endless reason"
        ),
        pytest.param(
            "[doelen.mutaties.motivering]\nvNummer",
            "[doelen.mutaties]\nmotivering",
            "niet te lezen",
            id="a table twice",
        ),
        pytest.param("vNummer =", "bsn =", "bsn: dit veld bestaat niet", id="no such field"),
        pytest.param('"jaar"', '"ongeveer"', "deze precisie bestaat niet", id="no such precision"),
        pytest.param('"jaar"', "3", "deze precisie bestaat niet", id="a number"),
        pytest.param('"jaar"', "[]", "deze precisie bestaat niet", id="a list"),
        pytest.param('"jaar"', '"groep"', "niet toegestaan", id="a precision of other fields"),
        pytest.param(
            'geboortedatum = "jaar"',
            'uitstroomreden = "volledig"',
            "niet toegestaan",
            id="a reason for leaving in full",
        ),
        pytest.param("[doelen.mutaties", "[doel.mutaties", "[doelen] ontbreekt", id="no purposes"),
    ],
)
def test_each_fault_of_a_policy_is_named(tmp_path, old, new, expected):
    assert old in POLICY

    found = faults(load_policy, tmp_path, POLICY.replace(old, new))

    assert any(expected in fault for fault in found), found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("dit is geen TOML", "niet te lezen", id="not TOML"),
        pytest.param('doelen = "alles"', "[doelen] ontbreekt", id="purposes as text"),
        pytest.param("[doelen]\nmutaties = 3", "[doelen.mutaties.velden] is geen", id="a number"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path, text, expected):
    assert any(expected in fault for fault in faults(load_policy, tmp_path, text))


def test_all_faults_are_named_at_once(tmp_path):
    found = faults(load_policy, tmp_path, POLICY.replace("volledig", "x").replace("P1Y", "y"))

    assert len(found) == 2


def test_the_digest_goes_by_the_meaning_and_not_by_the_writing(tmp_path):
    one = load_policy(written(tmp_path, POLICY)).digest
    commented = load_policy(written(tmp_path, "# nieuw\n" + POLICY)).digest
    lines = ('vNummer = "volledig"\n', 'geboortedatum = "jaar"\n')
    turned = POLICY.replace("".join(lines), "".join(reversed(lines)))
    assert turned != POLICY
    other = load_policy(written(tmp_path, POLICY.replace('"jaar"', '"maand"'))).digest
    later = load_policy(written(tmp_path, POLICY.replace("2027", "2028"))).digest
    elsewhere = load_policy(written(tmp_path, POLICY.replace("Delen van", "Melden van"))).digest
    for_less = load_policy(written(tmp_path, POLICY.replace("Om de", "Om die"))).digest

    assert commented == one
    assert load_policy(written(tmp_path, turned)).digest == one
    assert len({one, other, later, elsewhere, for_less}) == 5


def test_a_policy_that_is_kept_as_text_is_the_same_policy(tmp_path):
    assert parse_policy("elders", POLICY) == load_policy(written(tmp_path, POLICY))


def test_a_text_that_is_no_policy_is_named_by_its_source():
    with pytest.raises(PolicyFaultError) as refused:
        parse_policy("versie 3", "a = " + "[" * 100_000)

    assert refused.value.source == "versie 3"


def test_two_policies_for_one_recipient_are_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(POLICY)

    with pytest.raises(PolicyFaultError, match="heeft al een beleid"):
        load_policies(tmp_path)


def test_a_folder_without_a_policy_is_refused(tmp_path):
    with pytest.raises(PolicyFaultError):
        load_policies(tmp_path)


def test_a_recipient_is_known_because_it_has_a_policy(tmp_path):
    written(tmp_path, POLICY)
    policies = load_policies(tmp_path)

    assert policies.recipients == {"IND"}
    assert policies.digests() == {"IND": policies.of("IND").digest}
    with pytest.raises(PolicyUnavailableError):
        policies.of("AVIM")
