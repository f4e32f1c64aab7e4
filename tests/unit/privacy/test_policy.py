"""A policy or notice that is not right is refused, and every fault of it is named."""

from pathlib import Path

import pytest

from privacy.errors import PolicyFaultError, PolicyUnavailableError
from privacy.notice import load_notice, load_notices
from privacy.policy import load_policies, load_policy
from schemas.terms import Doel, Precisie

POLICY = """
ontvanger = "IND"
naam = "Immigratie- en Naturalisatiedienst"
dpia = "dpia, 2026"
herzien_voor = 2027-10-05

[doelen.mutaties]
grondslag = "toestemming"
bron = "DPIA 6.1.1"
bewaartermijn = "P1Y"
anker = "uitstroom"

[doelen.mutaties.velden]
vNummer = "volledig"
geboortedatum = "jaar"
"""
NOTICE = """
versie = "2019-1"
titel = "Toestemming"

[ontvangers.IND.mutaties]
vNummer = "volledig"
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
    turned = POLICY.replace('vNummer = "volledig"\n', "") + 'vNummer = "volledig"\n'
    other = load_policy(written(tmp_path, POLICY.replace('"jaar"', '"maand"'))).digest
    later = load_policy(written(tmp_path, POLICY.replace("2027", "2028"))).digest

    assert commented == one
    assert load_policy(written(tmp_path, turned)).digest == one
    assert len({one, other, later}) == 3


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


# Notices


def test_a_notice_says_what_was_explained_and_nothing_of_the_rest(tmp_path):
    notice = load_notice(written(tmp_path, NOTICE))

    assert dict(notice.fields("IND", Doel.MUTATIES)) == {"vNummer": Precisie.VOLLEDIG}
    assert dict(notice.fields("IND", Doel.MRT)) == dict(notice.fields("AVIM", Doel.MUTATIES)) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(NOTICE.replace("versie", "versi"), "versie of titel", id="no version"),
        pytest.param(
            NOTICE.replace('"2019-1"', "2019"), "versie of titel", id="a number for a version"
        ),
        pytest.param('versie = "1"\ntitel = "t"', "[ontvangers] ontbreekt", id="no recipients"),
        pytest.param('versie = "1"\ntitel = "t"\nontvangers = 3', "[ontvangers]", id="a number"),
        pytest.param(
            'versie = "1"\ntitel = "t"\n[ontvangers]\nIND = "alles"',
            "[ontvangers.IND] is geen tabel",
            id="a recipient as text",
        ),
        pytest.param(NOTICE.replace("mutaties", "reclame"), "dit doel", id="no such purpose"),
        pytest.param(NOTICE.replace("vNummer", "bsn"), "dit veld bestaat niet", id="no such field"),
        pytest.param(NOTICE + "\n[ontvanger.AVIM]\n", "ontvanger: deze sleutel", id="a typo"),
    ],
)
def test_each_fault_of_a_notice_is_named(tmp_path, text, expected):
    found = faults(load_notice, tmp_path, text)

    assert any(expected in fault for fault in found), found


def test_two_notices_of_one_version_are_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(NOTICE)

    with pytest.raises(PolicyFaultError, match="bestaat al"):
        load_notices(tmp_path)


def test_an_unknown_notice_explains_nothing(tmp_path):
    written(tmp_path, NOTICE)
    notices = load_notices(tmp_path)

    assert notices.of("2031-1") is None
    assert notices.versions == {"2019-1"}
    assert notices.digests()["2019-1"].startswith("sha256:")
