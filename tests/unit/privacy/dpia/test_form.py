"""A file of another form, version or shape is refused, and told why; it never breaks the reader."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.dpia.answers import load_dpia, read_dpia
from privacy.dpia.errors import DpiaFaultError
from privacy.dpia.form import URN
from privacy.dpia.support import recipients
from tests.unit.privacy.dpia.examples import SAMPLE_FILE, a_sample, answer, as_bytes, read


def faults(content: bytes) -> list[str]:
    with pytest.raises(DpiaFaultError) as refused:
        read_dpia("dpia.json", content)
    assert refused.value.source == "dpia.json"
    return list(refused.value.faults)


def with_change(change: Callable[[dict[str, Any]], object]) -> bytes:
    raw = a_sample()
    change(raw)
    return as_bytes(raw)


def test_the_sample_is_read():
    dpia = load_dpia(SAMPLE_FILE)

    assert dpia.gemaakt_op.isoformat() == "2026-10-05"
    assert len(dpia.gegevens) == 16
    assert len(dpia.verwerkingen) == 6


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        pytest.param({"urn": "urn:nl:prescan:2.0"}, "metadata.urn", id="a pre-scan"),
        pytest.param({"urn": "urn:nl:dpia:2.0"}, "metadata.urn", id="an older version"),
        pytest.param({"urn": "urn:nl:dpia:3.1"}, "metadata.urn", id="a newer version"),
        pytest.param({"urn": "urn:nl:iama:1.0"}, "metadata.urn", id="another form"),
        pytest.param({"urn": ["urn:nl:dpia:3.0"]}, "metadata.urn", id="a list for a name"),
        pytest.param({"urn": None}, "metadata.urn", id="no name"),
        pytest.param({"createdAt": "gisteren"}, "metadata.createdAt", id="no moment"),
        pytest.param({"createdAt": "2026-10-05T09:30:00"}, "metadata.createdAt", id="no time zone"),
        pytest.param({"createdAt": "9999-12-31T09:30:00Z"}, "metadata.createdAt", id="far away"),
        pytest.param({"createdAt": 20261005}, "metadata.createdAt", id="a number"),
    ],
)
def test_another_form_or_version_is_refused_by_name(metadata, expected):
    found = faults(with_change(lambda raw: raw["metadata"].update(metadata)))

    assert [fault.split(":")[0] for fault in found] == [expected] or "getal" in found[0]


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param(None, id="none"),
        pytest.param("https://json-schema.org/draft/2020-12/schema", id="another"),
        pytest.param("https://example.nl/assessment-output.v1.schema.json", id="an older one"),
        pytest.param("https://example.nl/assessment-output.v3.schema.json", id="a newer one"),
        pytest.param(["assessment-output.v2.schema.json"], id="a list"),
    ],
)
def test_another_version_of_the_shape_is_refused_by_name(schema):
    found = faults(with_change(lambda raw: raw.update({"$schema": schema})))

    assert found == ["$schema: dit is geen uitvoer volgens assessment-output v2"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"", "geen JSON (regel 1, teken 1)", id="empty"),
        pytest.param(b"ontvanger = 'IND'", "geen JSON", id="a policy"),
        pytest.param(b"%PDF-1.7 \xff\xfe", "geen tekst in UTF-8", id="a PDF"),
        pytest.param("é".encode("latin-1"), "geen tekst in UTF-8", id="another encoding"),
        pytest.param("\ufeff{}".encode(), "geen JSON", id="a mark in front"),
        pytest.param(b"[]", "geen JSON-object", id="a list"),
        pytest.param(b'"dpia"', "geen JSON-object", id="a text"),
        pytest.param(b"{}", "$schema", id="nothing in it"),
        pytest.param(b"[" * 200_000, "te diep genest", id="deep"),
        pytest.param(b'{"a":' * 9 + b"{}" + b"}" * 9, "te diep genest", id="nine deep"),
        pytest.param(b" " * 10_000_001, "groter dan 10000000 bytes", id="huge"),
        pytest.param(b'{"a": 1.5}', "geen volgnummer", id="a fraction"),
        pytest.param(b'{"a": NaN}', "geen volgnummer", id="no number"),
        pytest.param(b'{"a": -1}', "geen volgnummer", id="less than nothing"),
        pytest.param(b'{"a": ' + b"9" * 5_000 + b"}", "geen volgnummer", id="an endless number"),
        pytest.param(b'{"a": 1, "a": 2}', "a: staat er twee keer", id="a key twice"),
        pytest.param(b'{"a": "\\ud800"}', "niet te zien", id="half a character"),
    ],
)
def test_what_is_no_form_at_all_is_refused_in_one_line(content, expected):
    [found] = [fault for fault in faults(content) if expected in fault]

    assert "\n" not in found


def test_a_key_that_stands_twice_is_named_by_its_place():
    text = json.dumps(a_sample())
    twice = text.replace('"6.1.1.4": ', '"6.1.1.4": {}, "6.1.1.4": ', 1)

    assert faults(twice.encode()) == ["answers.6.1.1[0].6.1.1.4: staat er twee keer"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            lambda raw: raw.pop("answers"), "answers: ontbreekt, of is geen object", id="no answers"
        ),
        pytest.param(
            lambda raw: raw.update(answers=[]),
            "answers: ontbreekt, of is geen object",
            id="answers as a list",
        ),
        pytest.param(
            lambda raw: raw["answers"].update({"zes": answer("x")}),
            "answers.zes: dit is geen nummer van een vraag",
            id="a word for a question",
        ),
        pytest.param(
            lambda raw: raw["answers"].update({"6.\u001b[31m": answer("x")}),
            "answers.(onleesbare sleutel): dit is geen nummer van een vraag",
            id="a key that colours the terminal",
        ),
        pytest.param(
            lambda raw: raw["answers"].update({"14.2": "tekst"}),
            "answers.14.2: dit is geen antwoord met value en lastEditedAt",
            id="a text without its answer",
        ),
        pytest.param(
            lambda raw: raw["answers"]["14.2"].pop("lastEditedAt"),
            "answers.14.2: dit is geen antwoord met value en lastEditedAt",
            id="an answer without its moment",
        ),
        pytest.param(
            lambda raw: raw["answers"]["14.2"].pop("value"),
            "answers.14.2: de waarde is geen tekst en geen lijst van teksten",
            id="an answer without its value",
        ),
        pytest.param(
            lambda raw: raw["answers"]["12.3.1"].update(value=True),
            "answers.12.3.1: de waarde is geen tekst en geen lijst van teksten",
            id="yes as a truth value",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3]["6.1.1.4"].update(value=["V-nummer", 3]),
            "answers.6.1.1[3].6.1.1.4: de waarde is geen tekst en geen lijst van teksten",
            id="a number in a list",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3].pop("_index"),
            "answers.6.1.1[3]: dit is geen regel met _index",
            id="a row without its index",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"].insert(3, "IND"),
            "answers.6.1.1[3]: dit is geen regel met _index",
            id="a text for a row",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3].update(naam=answer("x")),
            "answers.6.1.1[3].naam: dit is geen nummer van een vraag",
            id="a word in a row",
        ),
        pytest.param(
            lambda raw: raw["answers"]["14.2"].update(value="x" * 20_001),
            "answers.14.2: langer dan 20000 tekens",
            id="an endless text",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3]["6.1.1.4"].update(value=["x"] * 1_001),
            "answers.6.1.1[3].6.1.1.4: meer dan 1000 teksten",
            id="an endless list",
        ),
        pytest.param(
            lambda raw: raw["answers"].update({"6.1.1": [{"_index": 0}] * 1_001}),
            "answers.6.1.1: meer dan 1000 regels",
            id="endless rows",
        ),
        pytest.param(
            lambda raw: raw["answers"]["14.2"].update(value="naar IND\u001b[2K"),
            "answers.14.2.value: heeft tekens die niet te zien zijn",
            id="a text that wipes the line",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3]["6.1.1.1"].update(value="\u202eDNI"),
            "answers.6.1.1[3].6.1.1.1.value: heeft tekens die niet te zien zijn",
            id="a name that reads backwards",
        ),
    ],
)
def test_another_shape_is_refused_by_its_place_and_rule(change, expected):
    assert expected in faults(with_change(change))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            lambda raw: raw["answers"]["2.1"][0]["2.1.4"].update(value="geheim"),
            "answers.2.1[0].2.1.4: deze soort bestaat niet",
            id="a class that the form does not have",
        ),
        pytest.param(
            lambda raw: raw["answers"]["3.1"][1]["3.1.1"].update(
                value="Melden van een  AANMELDING"
            ),
            "answers.3.1[1].3.1.1: deze verwerking staat er twee keer",
            id="two processings of one name",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3]["6.1.1.4"].update(value="V-nummer"),
            "answers.6.1.1[3].6.1.1.4: dit antwoord is een tekst, geen lijst",
            id="a text for a list",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3]["6.1.1.1"].update(value=["IND"]),
            "answers.6.1.1[3].6.1.1.1: dit antwoord is een lijst, geen tekst",
            id="a list for a text",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3]["6.1.1.1"].update(value="IND\nAVIM"),
            "answers.6.1.1[3].6.1.1.1: een naam is hoogstens 200 tekens op één regel",
            id="two names in one",
        ),
        pytest.param(
            lambda raw: raw["answers"]["6.1.1"][3]["6.1.1.4"].update(value=["x" * 201]),
            "answers.6.1.1[3].6.1.1.4: een naam is hoogstens 200 tekens op één regel",
            id="a name that is a story",
        ),
        pytest.param(
            lambda raw: raw["answers"]["12.3.1"].update(value="misschien"),
            "answers.12.3.1: dit antwoord is geen ja of nee",
            id="perhaps",
        ),
        pytest.param(
            lambda raw: raw["answers"]["14.2"].update(value=None),
            "answers.14.2: dit antwoord ontbreekt",
            id="an answer that was cleared",
        ),
        pytest.param(
            lambda raw: raw["answers"].update({"6.1.1": []}),
            "answers.6.1.1: dit antwoord ontbreekt",
            id="no rows",
        ),
        pytest.param(
            lambda raw: raw["answers"].update({"6.1.1[2]": raw["answers"]["6.1.1"]}),
            "answers.6.1.1[2]: met een volgnummer is deze vraag niet te lezen",
            id="rows by number of the processing",
        ),
        pytest.param(
            lambda raw: raw["answers"].update({"19.5.6": answer("in mei")}),
            "answers.19.5.6: dit is geen dag (JJJJ-MM-DD)",
            id="no day",
        ),
    ],
)
def test_an_answer_of_another_kind_is_refused_by_its_place_and_rule(change, expected):
    assert any(fault.startswith(expected) for fault in faults(with_change(change)))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DpiaFaultError, match="niet te lezen"):
        load_dpia(tmp_path / "weg.json")


def test_the_digest_goes_by_the_content_and_not_by_the_writing():
    one = read(a_sample())
    spread = read_dpia("elders.json", json.dumps(a_sample(), indent=4, sort_keys=True).encode())
    changed = a_sample()
    changed["answers"]["14.1"] = answer("Anders.")

    assert one.digest == spread.digest
    assert read(changed).digest != one.digest


def test_what_is_known_of_the_approval_is_read_where_it_is_there():
    """Points 18 to 20: the sample has none of them; names of people are never read."""
    raw = a_sample()
    raw["answers"] |= {
        "18": answer("Samengevat."),
        "19.1": [
            {"_index": 0, "19.1.1": answer("0.9")},
            {"_index": 1, "19.1.1": answer("1.0"), "19.1.2": answer("2026-10-05")},
        ],
        "19.2": answer("definitief"),
        "19.5.4": answer("A. de Jong"),
        "19.5.6": answer("2026-10-04"),
        "19.5.7": answer("Akkoord"),
        "20.1": [{"_index": 0, "20.1.4": answer("B. Bakker"), "20.1.6": answer("2026-10-05")}],
    }

    settled = read(raw).vaststelling

    assert (settled.samenvatting, settled.versie, settled.status) == (
        "Samengevat.",
        "1.0",
        "definitief",
    )
    assert str(settled.advies_op) == "2026-10-04"
    assert [str(day) for day in settled.ondertekend_op] == ["2026-10-05"]
    assert "Jong" not in repr(read(raw))
    assert "Bakker" not in repr(read(raw))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_no_file_breaks_the_reader(content):
    with pytest.raises(DpiaFaultError):
        read_dpia("dpia.json", content)


@given(st.data())
def test_no_value_in_a_good_form_breaks_the_reader(data):
    """Whatever stands in one place of the sample: it is read, or refused with that place."""
    raw = a_sample()
    task = data.draw(st.sampled_from(sorted(raw["answers"])))
    given_there = raw["answers"][task]
    if isinstance(given_there, list):
        row = data.draw(st.sampled_from(given_there))
        row[data.draw(st.sampled_from(sorted(row)))] = data.draw(JSON)
    else:
        raw["answers"][task] = data.draw(JSON)

    with suppress(DpiaFaultError):
        read(raw)


def test_the_form_is_the_third_version_of_the_model():
    assert URN == "urn:nl:dpia:3.0"


def _as_the_form_exports_it(raw: dict[str, Any]) -> None:
    """The form groups purposes under 5.1, keeps empty rows, lists roles and holds pictures."""
    answers = raw["answers"]
    answers["5.1"] = [*answers.pop("5.1.1"), {"_index": 6}]
    answers["5.1.1"] = [{"_index": 1}, {"_index": 2}]
    answers["6.1.1"].insert(0, {"_index": 99})
    answers["1.2"] = [
        {"_index": 0, "1.2.1": {"value": {"data": "x" * 30_000}, "lastEditedAt": "2026-10-05"}}
    ]
    for row in answers["6.1.1"][1:]:
        row["6.1.1.2"] = answer(["Derde", row["6.1.1.2"]["value"]])


def test_what_the_form_itself_writes_otherwise_is_read_as_the_same():
    plain = read(a_sample())
    exported = read_dpia("dpia.json", with_change(_as_the_form_exports_it))

    assert exported.doeleinden == plain.doeleinden
    assert [each.naam for each in exported.partijen] == [each.naam for each in plain.partijen]
    assert recipients(exported) == recipients(plain)


def test_a_right_that_does_not_apply_is_no_fault_and_no_procedure():
    raw = a_sample()
    raw["answers"]["15.1.1"] = answer(None)

    assert read(raw).inzage is False


def test_an_export_that_never_names_a_processing_is_told_what_is_expected():
    """6.1.1.3 of the form asks for departments, and its export leaves out the processing."""

    def departments(raw: dict[str, Any]) -> None:
        for row in raw["answers"]["6.1.1"]:
            row["6.1.1.3"] = answer("Afdeling Asiel")

    [found] = faults(with_change(departments))

    assert found.startswith("answers.6.1.1: geen partij noemt in 6.1.1.3 een verwerking uit 3.1.1")
