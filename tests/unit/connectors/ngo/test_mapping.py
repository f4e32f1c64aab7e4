"""A mapping file is taken whole or refused with every fault by table and key."""

import json

import pytest

from connectors.ngo.errors import MappingError
from connectors.ngo.words import load_words
from tests.unit.connectors.ngo.registers import a_mapping, mapping_text

FAULTS = [
    pytest.param('naam = "naam"', 'achternaam = "naam"', "[velden] achternaam:", id="field"),
    pytest.param('naam = "naam"\n', "", "[velden] naam: ontbreekt", id="needed field"),
    pytest.param('rol = "rol"', 'status = "rol"', "[velden] status:", id="a derived field"),
    pytest.param('soort = "csv"', 'soort = "word"', "[register] soort:", id="soort"),
    pytest.param('bronhouder = "voorbeeld"', "", "[register] bronhouder: ontbreekt", id="who"),
    pytest.param('"voorbeeld"', '"Voor Beeld"', "[register] bronhouder:", id="no code"),
    pytest.param('"mutaties"]', '"reclame"]', "[toestemming] doelen: 'reclame'", id="doel"),
    pytest.param('"schriftelijk"', '"telepathisch"', "[toestemming] vorm:", id="vorm"),
    pytest.param('"iso"', '"mm/dd/jj"', "[datums] vormen: 'mm/dd/jj'", id="date form"),
    pytest.param('weg = "mob"', 'weg = "zoek"', "[woorden.uitstroomreden] 'weg':", id="word"),
    pytest.param('weg = "mob"', 'weg = "mob"\nWEG = "bbb"', "twee betekenissen", id="two senses"),
    pytest.param("[overslaan]", "[overslaan]\nlege = 3", "[overslaan] lege:", id="unknown key"),
    pytest.param(
        "[overslaan]", "[opslaan]", "opslaan: deze sleutel bestaat niet", id="unknown table"
    ),
    pytest.param("[datums]", "[data]", "[datums]: deze tabel ontbreekt", id="missing table"),
    pytest.param('taal = "taal"', "", "[toestemming.velden] taal:", id="no language"),
    pytest.param('delen"', 'delen"\nwie = "x"', "[toestemming.velden] wie:", id="unknown part"),
    pytest.param('reden"', '"', "[velden] uitstroomreden:", id="empty column"),
    pytest.param('soort = "csv"', 'soort = "csv"\nkoprij = 0', "[register] koprij:", id="row 0"),
    pytest.param(
        'ingetrokkenOp = "ingetrokken"\n',
        "",
        "[toestemming.velden] ingetrokkenOp:",
        id="nobody could withdraw",
    ),
    pytest.param(
        "[toestemming]",
        "[toestemming]\ngeen_intrekkingen = true",
        "[toestemming.velden] ingetrokkenOp:",
        id="withdrawal named and denied",
    ),
    pytest.param(
        "[toestemming]",
        '[toestemming]\ngeen_intrekkingen = "nee"',
        "[toestemming] geen_intrekkingen:",
        id="neither true nor false",
    ),
    pytest.param('talen = ["fr", "nl"]', 'talen = "fr"', "[toestemming] talen:", id="no list"),
]


@pytest.mark.parametrize(("good", "bad", "fault"), FAULTS)
def test_a_fault_names_its_table_and_key(tmp_path, good, bad, fault):
    text = mapping_text().replace(good, bad, 1)

    with pytest.raises(MappingError) as caught:
        a_mapping(tmp_path, text=text)

    assert fault in str(caught.value)
    assert caught.value.bestand == "bron.toml"


def test_a_register_without_withdrawals_says_so(tmp_path):
    text = mapping_text().replace('ingetrokkenOp = "ingetrokken"\n', "")
    text = text.replace("[toestemming]", "[toestemming]\ngeen_intrekkingen = true")

    assert "ingetrokken" not in a_mapping(tmp_path, text=text).kolommen


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    text = mapping_text().replace('naam = "naam"', 'name = "naam"').replace('"mutaties"]', '"x"]')

    with pytest.raises(MappingError) as caught:
        a_mapping(tmp_path, text=text)

    assert len(caught.value.fouten) == 3


def test_text_that_is_no_toml_is_refused_by_line(tmp_path):
    with pytest.raises(MappingError, match="regel 3"):
        a_mapping(tmp_path, text="[register]\n\nsoort = x\n")


def test_only_columns_that_the_mapping_names_may_be_read(tmp_path):
    mapping = a_mapping(tmp_path)

    assert "Opmerkingen" not in mapping.kolommen
    assert {"nummer", "delen", "ingetrokken"} <= set(mapping.kolommen)


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        pytest.param({"kleur": {"rood": "x"}}, "deze lijst bestaat niet", id="unknown list"),
        pytest.param({"nationaliteit": {"Mars": "9999"}}, "'Mars'", id="unknown code"),
        pytest.param({"uitstroomreden": ["mob"]}, "lijsten van woorden", id="no words"),
        pytest.param([], "lijsten van woorden", id="no object"),
    ],
)
def test_a_word_list_with_a_fault_is_refused_with_list_and_word(tmp_path, told, fault):
    path = tmp_path / "woordenlijst.json"
    path.write_text(json.dumps(told), encoding="utf-8")

    with pytest.raises(MappingError, match=fault):
        load_words(path)


@pytest.mark.parametrize("content", [None, b"{", b"\xff"])
def test_a_word_list_that_cannot_be_read_is_refused(tmp_path, content):
    path = tmp_path / "woordenlijst.json"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(MappingError):
        load_words(path)
