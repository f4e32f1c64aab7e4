"""A notice: what is explained before someone agrees, in every language the same, or refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from privacy.errors import PolicyFaultError
from privacy.notice import Notices, load_notice, load_notices, parse_notice
from privacy.notice_texts import Richting
from schemas.terms import Doel, Precisie

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "privacy" / "verklaringen"
SHIPPED = (FOLDER / "2019-1.toml").read_text(encoding="utf-8")
ARABIC = (ROOT / "tests" / "data" / "verklaringen" / "arabisch.toml").read_text(encoding="utf-8")


def faults(text: str) -> tuple[str, ...]:
    with pytest.raises(PolicyFaultError) as refused:
        parse_notice("een verklaring", text)
    assert refused.value.source == "een verklaring"
    return refused.value.faults


def test_the_shipped_notice_is_there_in_dutch_english_and_french():
    notice = load_notices(FOLDER).of("2019-1")

    assert notice is not None
    assert notice.talen == ("en", "fr", "nl")
    assert {each.richting for each in notice.teksten.values()} == {Richting.LTR}


def test_every_language_tells_of_every_recipient_and_says_everything():
    notice = parse_notice("2019-1.toml", SHIPPED + ARABIC)
    recipients = {recipient for recipient, _ in notice.velden}

    for told in notice.teksten.values():
        assert set(told.ontvangers) == recipients
        for name in ("titel", "inleiding", "gebruik", "bewaren", "weigeren", "stoppen", "klagen"):
            assert getattr(told, name)


def test_a_language_that_runs_from_right_to_left_is_a_language_like_the_others():
    notice = parse_notice("2019-1.toml", SHIPPED + ARABIC)

    assert notice.teksten["ar"].richting is Richting.RTL


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("nl", "nl"),
        ("en", "en"),
        ("fa", "fa-AF"),
        ("fa-AF", "fa-AF"),
        ("en-GB", "en"),
        ("ti", None),
    ],
)
def test_someone_reads_the_notice_in_the_own_language_whatever_the_script_or_country(asked, read):
    persian = ARABIC.replace("teksten.ar", "teksten.fa-AF")

    assert parse_notice("2019-1.toml", SHIPPED + persian).closest(asked) == read


def test_statement_33_a_new_text_or_another_word_is_another_notice():
    plain = parse_notice("x", SHIPPED).digest

    assert parse_notice("x", "# een opmerking\n" + SHIPPED).digest == plain
    assert parse_notice("x", SHIPPED.replace("dezelfde hulp", "dezelfde steun")).digest != plain
    assert (
        parse_notice("x", SHIPPED.replace("AVIM is politie", "AVIM is ook politie")).digest != plain
    )
    assert parse_notice("x", SHIPPED + ARABIC).digest != plain
    assert parse_notice("x", SHIPPED.replace('"groep"', '"ja_nee"', 1)).digest != plain


def test_a_notice_from_its_text_is_the_notice_from_its_file():
    assert parse_notice("2019-1.toml", SHIPPED) == load_notice(FOLDER / "2019-1.toml")


def test_a_notice_says_what_was_explained_and_nothing_of_the_rest():
    notice = parse_notice("x", SHIPPED)

    assert notice.fields("IND", Doel.CASUSOVERLEG)["geboortedatum"] is Precisie.JAAR
    assert dict(notice.fields("IND", Doel.BEWARINGSTOETS)) == {}
    assert dict(notice.fields("gemeente", Doel.MUTATIES)) == {}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("teksten.nl", "teksten.de", "[teksten.nl] ontbreekt", id="no Dutch"),
        pytest.param(
            'stoppen = """\nYou', 'stop = """\nYou', "[teksten.en] stoppen: ontbreekt", id="a key"
        ),
        pytest.param(
            'stoppen = """\nYou', 'stop = """\nYou', "[teksten.en] stop: deze sleutel", id="a typo"
        ),
        pytest.param('"AVIM (immigration police)"', '" "', "AVIM] naam: ontbreekt", id="a blank"),
        pytest.param(
            "[teksten.fr.ontvangers.AVIM]",
            "[teksten.fr.ontvangers.DJI]",
            "[teksten.fr] ontvangers.AVIM: ontbreekt",
            id="a recipient that one language is silent on",
        ),
        pytest.param(
            "[teksten.fr.ontvangers.AVIM]",
            "[teksten.fr.ontvangers.DJI]",
            "ontvangers.DJI: deze ontvanger staat niet",
            id="a recipient that gets nothing",
        ),
        pytest.param("teksten.en", "teksten.engels", "geen BCP 47", id="no language"),
        pytest.param("teksten.en", "teksten.EN", "geen BCP 47", id="a language in capitals"),
        pytest.param('richting = "ltr"', 'richting = "ttb"', "richting: ltr of rtl", id="a way"),
        pytest.param(
            'richting = "ltr"', 'richting = "rtl"', "past niet bij het schrift", id="turned"
        ),
        pytest.param(
            "[ontvangers.IND.mutaties]", "[ontvangers.IND.reclame]", "dit doel", id="purpose"
        ),
        pytest.param('vNummer = "vol', 'bsn = "vol', "dit veld bestaat niet", id="a field"),
        pytest.param("ontvangers.AVIM", 'ontvangers."A V"', "letters, cijfers", id="a name"),
        pytest.param('versie = "2019-1"', 'versie = "2019 1"', "versie: letters", id="a version"),
        pytest.param('versie = "2019-1"', "", "versie of titel ontbreekt", id="no version"),
        pytest.param("uw dossier niet", "uw dossier\\u202E niet", "niet te lezen is", id="a turn"),
        pytest.param("versie =", "versie", "niet te lezen", id="no TOML"),
    ],
)
def test_each_fault_is_named(old, new, expected):
    assert old in SHIPPED

    found = faults(SHIPPED.replace(old, new))

    assert any(expected in fault for fault in found), found


def test_all_faults_are_named_at_once():
    broken = SHIPPED.replace('"groep"', '"soms"').replace('richting = "ltr"', 'richting = ""')

    assert len(faults(broken)) == 3 + 3


def test_text_that_is_no_table_is_a_fault_and_no_crash():
    for given in ("teksten = 3", 'teksten = {nl = "ja"}', "teksten = {nl = {ontvangers = 1}}"):
        head, tables = SHIPPED.split("[teksten.nl]")[0], SHIPPED[SHIPPED.index("[ontvangers.IND") :]
        assert faults(f"{head}\n{given}\n{tables}")


def test_a_notice_is_recalled_by_its_version_and_stays_known():
    moment = datetime(2020, 2, 3, tzinfo=UTC)
    notices = Notices({"2019-1": parse_notice("x", SHIPPED)}, {"2019-1": moment})

    assert notices.versions == {"2019-1"}
    assert notices.of("2019-1") is not None


def test_two_notices_of_one_version_are_refused(tmp_path):
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(SHIPPED, encoding="utf-8")

    with pytest.raises(PolicyFaultError, match="bestaat al"):
        load_notices(tmp_path)
