"""The sample DPIA supports the shipped policy; each planted fault is found, named, and alone."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from privacy.dpia.check import check, check_text
from privacy.dpia.errors import DpiaFaultError
from privacy.dpia.findings import Bevinding, Regel
from privacy.dpia.lines import line_of
from privacy.dpia.sensitive import TO_WRITE
from tests.unit.privacy.dpia.examples import (
    FILES,
    SAMPLE,
    Json,
    a_sample,
    answer,
    as_bytes,
    cell,
    policy,
    read,
    set_cell,
    set_single,
    shipped,
)

LSO = "doelen.casusoverleg"


def faults_of(recipient: str, text: str, raw: Json) -> list[Bevinding]:
    _, found = check_text(FILES[recipient], text, read(raw))
    return list(found.fouten)


def named(found: Bevinding) -> tuple[str, str, Regel, str]:
    return found.plaats, found.veld, found.regel, found.paragraaf


@pytest.mark.parametrize("recipient", FILES)
def test_the_sample_supports_the_shipped_policy(recipient):
    assert check(policy(recipient), read(a_sample())).fouten == ()


# Faults planted in a policy

IN_POLICY = [
    pytest.param(
        "IND",
        "[doelen.aanmelding.velden]\n",
        '[doelen.aanmelding.velden]\nlijn = "volledig"\n',
        ("doelen.aanmelding.velden", "lijn", Regel.GEGEVEN, "6.1.1.4, 10.1.1.3, 13.1.1.2"),
        id="a field too many",
    ),
    pytest.param(
        "IND",
        f"[{LSO}.velden]\n",
        f'[{LSO}.velden]\nnaam = "volledig"\n',
        (f"{LSO}.velden", "naam", Regel.GEGEVEN, "6.1.1.4"),
        id="a field that another recipient may have",
    ),
    pytest.param(
        "IND",
        f"[{LSO}.velden]\n",
        f'[{LSO}.velden]\nrol = "volledig"\n',
        (f"{LSO}.velden", "rol", Regel.GEGEVEN, "2.1, 3.1.3, 6.1.1.4, 10.1.1.3, 13.1.1.2"),
        id="a field that the DPIA does not know",
    ),
    pytest.param(
        "IND",
        "bronhouder = ",
        "bsn = ",
        ("doelen.aanmelding.velden", "bsn", Regel.VORM, ""),
        id="a field that the schema does not know",
    ),
    pytest.param(
        "DT&V",
        '"P1Y"',
        '"P13M"',
        ("doelen.aanmelding", "bewaartermijn", Regel.TERMIJN, "10.1.1"),
        id="a term too long",
    ),
    pytest.param(
        "DT&V",
        '"P1Y"',
        '"P366D"',
        ("doelen.aanmelding", "bewaartermijn", Regel.TERMIJN, "10.1.1"),
        id="a term that is too long unless the year is a leap year",
    ),
    pytest.param(
        "DT&V",
        '"uitstroom"',
        '"verstrekking"',
        ("doelen.aanmelding", "anker", Regel.ANKER, "10.1.1"),
        id="another anchor",
    ),
    pytest.param(
        "AVIM",
        'ontvanger = "AVIM"',
        'ontvanger = "KMar"',
        ("", "ontvanger", Regel.PARTIJ, "6.1.1"),
        id="an unknown party",
    ),
    pytest.param(
        "AVIM",
        'ontvanger = "AVIM"',
        'ontvanger = "Gemeente"',
        ("", "ontvanger", Regel.PARTIJ, "6.1.1"),
        id="a party by half its name",
    ),
    pytest.param(
        "AVIM",
        '"Bespreken in het LSO"',
        '"Bespreken in de raad"',
        (LSO, "verwerking", Regel.DOEL, "3.1.1"),
        id="a purpose that the DPIA does not have",
    ),
    pytest.param(
        "AVIM",
        '"Toetsen voorafgaand aan vreemdelingenbewaring"',
        '"Bespreken in het LSO"',
        ("doelen.bewaringstoets", "verwerking", Regel.DOEL, "3.1.1"),
        id="a purpose that leans on the processing of another",
    ),
    pytest.param(
        "IND",
        "doelen.mrt",
        "doelen.bewaringstoets",
        ("doelen.bewaringstoets", "verwerking", Regel.DOEL, "3.1.1"),
        id="a purpose under the name of another",
    ),
    pytest.param(
        "IND",
        'geboortedatum = "jaar"',
        'geboortedatum = "maand"',
        (f"{LSO}.velden", "geboortedatum", Regel.PRECISIE, "14.2"),
        id="a precision finer than the DPIA",
    ),
    pytest.param(
        "IND",
        'nationaliteit = "Of iemand',
        f'nationaliteit = "{TO_WRITE}',
        (f"{LSO}.motivering", "nationaliteit", Regel.MOTIVERING, "14.2"),
        id="a reason that has yet to be written",
    ),
]


@pytest.mark.parametrize(("recipient", "old", "new", "expected"), IN_POLICY)
def test_a_fault_planted_in_a_policy_is_found_named_and_alone(recipient, old, new, expected):
    text = shipped(recipient)
    assert old in text
    everywhere = old.startswith("doelen.")  # a purpose has more than one table

    found = faults_of(recipient, text.replace(old, new, -1 if everywhere else 1), a_sample())

    assert [named(each) for each in found] == [expected]
    assert found[0].tekst.endswith(".")


def test_each_sensitive_field_needs_its_own_reason():
    """AVG 5 lid 1 c: classes by schemas.sensitivity, not by what a DPIA calls them."""
    text = shipped("IND")
    without = "\n".join(
        line
        for line in text.splitlines()
        if not line.startswith(('uitstroomreden = "IND', 'vNummer = "IND'))
    )

    found = faults_of("IND", without, a_sample())

    assert [named(each) for each in found] == [
        ("doelen.aanmelding.motivering", "vNummer", Regel.MOTIVERING, "14.2"),
        ("doelen.mutaties.motivering", "vNummer", Regel.MOTIVERING, "14.2"),
        ("doelen.mutaties.motivering", "uitstroomreden", Regel.MOTIVERING, "14.2"),
    ]


# Faults planted in a DPIA


def _row(raw: Json, task: str, **having: str) -> int:
    """The number of the one row that has these answers; cells are written with underscores."""
    wanted = {name.strip("_").replace("_", "."): value for name, value in having.items()}
    [found] = [
        at
        for at, row in enumerate(raw["answers"][task])
        if all(row[name]["value"] == value for name, value in wanted.items())
    ]
    return found


def _without(raw: Json, task: str, row: int, name: str, datum: str) -> None:
    set_cell(raw, task, row, name, [each for each in cell(raw, task, row, name) if each != datum])


def _special(raw: Json) -> None:
    set_cell(raw, "2.1", _row(raw, "2.1", _2_1_1="Naam"), "2.1.4", "bijzonder")


def _special_but_elsewhere(raw: Json) -> None:
    _special(raw)
    set_single(raw, "12.1.1", "true")
    raw["answers"]["12.1.2"] = [
        {
            "_index": 0,
            "12.1.2.1": answer(["Delen van mutaties"]),
            "12.1.2.3": answer(["Naam"]),
            "12.1.2.4": answer("Ras of etnische afkomst"),
            "12.1.2.5": answer("Uitdrukkelijke toestemming (AVG 9 lid 2 a)"),
        }
    ]


def _criminal(raw: Json) -> None:
    set_cell(raw, "2.1", _row(raw, "2.1", _2_1_1="Naam"), "2.1.4", "strafrechtelijk")


def _criminal_without_rows(raw: Json) -> None:
    _criminal(raw)
    set_single(raw, "12.2.1", "true")


IN_DPIA = [
    pytest.param(
        _special, (f"{LSO}.velden", "naam", Regel.UITZONDERING, "12.1.1"), id="a special category"
    ),
    pytest.param(
        _special_but_elsewhere,
        (f"{LSO}.velden", "naam", Regel.UITZONDERING, "12.1.2"),
        id="a special category excepted for another processing",
    ),
    pytest.param(
        _criminal, (f"{LSO}.velden", "naam", Regel.UITZONDERING, "12.2.1"), id="criminal data"
    ),
    pytest.param(
        _criminal_without_rows,
        (f"{LSO}.velden", "naam", Regel.UITZONDERING, "12.2.2"),
        id="criminal data without a ground for it",
    ),
    pytest.param(
        lambda raw: raw["answers"]["12.3.2"].pop(4),
        ("doelen.bewaringstoets.velden", "vNummer", Regel.UITZONDERING, "12.3.2"),
        id="a V-nummer without 12.3",
    ),
    pytest.param(
        lambda raw: set_cell(raw, "10.1.1", 2, "10.1.1.5", "zolang het nodig is"),
        (LSO, "bewaartermijn", Regel.TERMIJN, "10.1.1"),
        id="a term that does not parse",
    ),
    pytest.param(
        lambda raw: set_cell(raw, "10.1.1", 2, "10.1.1.4", "1 jaar na uitstroom"),
        (LSO, "bewaartermijn", Regel.TERMIJN, "10.1.1"),
        id="two terms that differ",
    ),
    pytest.param(
        lambda raw: set_cell(raw, "10.1.1", 2, "10.1.1.5", "6 maanden na de laatste bespreking"),
        (LSO, "bewaartermijn", Regel.TERMIJN, "10.1.1"),
        id="a shorter term",
    ),
    pytest.param(
        lambda raw: set_cell(raw, "10.1.1", 2, "10.1.1.5", "2 jaar"),
        (LSO, "anker", Regel.ANKER, "10.1.1"),
        id="a term without the anchor",
    ),
    pytest.param(
        lambda raw: raw["answers"]["10.1.1"].pop(2),
        (LSO, "bewaartermijn", Regel.TERMIJN, "10.1.1"),
        id="no term",
    ),
    pytest.param(
        lambda raw: set_cell(raw, "11.1.1", 2, "11.1.1.1", "Rechtsgrond taak van algemeen belang"),
        (LSO, "grondslag", Regel.GRONDSLAG, "11.1.1"),
        id="another ground",
    ),
    pytest.param(
        lambda raw: raw["answers"]["5.1.1"].pop(2),
        (LSO, "verwerking", Regel.DOEL, "5.1.1"),
        id="a purpose that is not among the purposes",
    ),
    pytest.param(
        lambda raw: set_cell(raw, "13.1.1", 2, "13.1.1.5", "Niet verenigbaar"),
        (LSO, "verwerking", Regel.DOEL, "13.1.1"),
        id="a use that does not agree with why it was collected",
    ),
    pytest.param(
        lambda raw: set_cell(raw, "6.1.1", 8, "6.1.1.2", "Verstrekker"),
        (LSO, "verwerking", Regel.PARTIJ, "6.1.1"),
        id="a recipient that only provides",
    ),
    pytest.param(
        lambda raw: _without(raw, "13.1.1", 2, "13.1.1.2", "Naam"),
        (f"{LSO}.velden", "naam", Regel.GEGEVEN, "13.1.1.2"),
        id="a field outside the purpose binding",
    ),
    pytest.param(
        lambda raw: set_single(raw, "14.2", "Naam gaat naar niemand."),
        (f"{LSO}.velden", "naam", Regel.PRECISIE, "14.2"),
        id="a field that goes to nobody",
    ),
    pytest.param(
        lambda raw: set_single(raw, "14.2", "Naam gaat als pseudoniem naar AVIM."),
        (f"{LSO}.velden", "naam", Regel.PRECISIE, "14.2"),
        id="a field that goes as a pseudonym",
    ),
]


@pytest.mark.parametrize(("plant", "expected"), IN_DPIA)
def test_a_fault_planted_in_the_dpia_is_found_named_and_alone(
    plant: Callable[[Json], Any], expected
):
    raw = a_sample()
    plant(raw)

    assert [named(each) for each in check(policy("AVIM"), read(raw)).fouten] == [expected]


def test_a_special_category_with_its_exception_is_supported():
    raw = a_sample()
    _special_but_elsewhere(raw)
    set_cell(raw, "12.1.2", 0, "12.1.2.1", ["Bespreken in het LSO"])

    assert check(policy("AVIM"), read(raw)).fouten == ()


def test_a_dpia_that_knows_no_national_number_supports_none():
    """UAVG 46; also where the DPIA calls the number ordinary."""
    raw = a_sample()
    set_single(raw, "12.3.1", "false")
    set_cell(raw, "2.1", 0, "2.1.4", "gewoon")

    found = check(policy("DT&V"), read(raw)).fouten

    assert {named(each)[1:] for each in found} == {("vNummer", Regel.UITZONDERING, "12.3.1")}
    assert len(found) == 4


def test_names_are_compared_without_case_and_spaces():
    raw = a_sample()
    set_cell(raw, "6.1.1", 8, "6.1.1.1", " avim ")
    set_cell(raw, "6.1.1", 8, "6.1.1.2", "ontvanger")
    set_cell(raw, "6.1.1", 8, "6.1.1.3", "bespreken  in het lso")

    assert check(policy("AVIM"), read(raw)).fouten == ()


def test_a_party_may_be_called_by_its_full_name():
    raw = a_sample()
    for row in raw["answers"]["6.1.1"]:
        if row["6.1.1.1"]["value"] == "IND":
            row["6.1.1.1"] = answer("Immigratie- en Naturalisatiedienst")

    assert check(policy("IND"), read(raw)).fouten == ()


def test_a_dpia_that_says_nothing_supports_nothing():
    """Default nothing: every purpose is at fault, and no check is passed for want of an answer."""
    raw = a_sample()
    for task in ("5.1.1", "10.1.1", "11.1.1", "12.3.2", "13.1.1"):
        raw["answers"][task] = raw["answers"][task][:1]
    raw["answers"]["6.1.1"] = raw["answers"]["6.1.1"][2:3]

    found = check(policy("AVIM"), read(raw)).fouten

    tables = {each.plaats.split(".")[1] for each in found}
    assert tables == {"mutaties", "casusoverleg", "mrt", "bewaringstoets"}


# Whatever is taken away

#: Rows that no policy stands on: data that are not shared, those who provide, and totals.
NOT_LEANED_ON = {
    "2.1": {"Medische begeleiding", "Contra-indicatie", "Toestemming"},
    "3.1": {"Verantwoorden met totalen"},
    "6.1.1": {"Maatschappelijke organisaties", "Gemeente Utrecht"},
}
LAST = {"5.1.1", "13.1.1", "11.1.1"}  # the totals are their last row
#: Answers that are read, per question.
READ = {
    "2.1": ("2.1.1", "2.1.4"),
    "3.1": ("3.1.1", "3.1.2", "3.1.3"),
    "5.1.1": ("5.1.1",),
    "6.1.1": ("6.1.1.1", "6.1.1.2", "6.1.1.3", "6.1.1.4"),
    "10.1.1": ("10.1.1.1", "10.1.1.3", "10.1.1.5"),
    "11.1.1": ("11.1.1.1", "11.1.1.2"),
    "12.3.2": ("12.3.2.1", "12.3.2.3", "12.3.2.4"),
    "13.1.1": ("13.1.1.2", "13.1.1.3", "13.1.1.5"),
}
SINGLE = ("1.1", "12.1.1", "12.2.1", "12.3.1", "14.2", "15.1.1")


def told_of(raw: Json) -> list[str]:
    """The questions that anything is found about, over all shipped policies."""
    try:
        dpia = read(raw)
    except DpiaFaultError as error:
        return list(error.faults)
    return [
        part
        for recipient in FILES
        for each in check(policy(recipient), dpia).fouten
        for part in each.paragraaf.split(", ")
    ]


def leaned_on(task: str, row: int) -> bool:
    given_there = SAMPLE["answers"][task]
    if task in LAST and row == len(given_there) - 1:
        return False
    first = given_there[row].get(f"{task}.1", answer(""))["value"]
    return not isinstance(first, str) or first not in NOT_LEANED_ON.get(task, set())


ROWS = [(task, row) for task in READ for row in range(len(SAMPLE["answers"][task]))]
LISTS = ("6.1.1.4", "10.1.1.3", "13.1.1.2", "12.3.2.3", "12.3.2.1")
ITEMS = [
    (name, row, datum)
    for name in LISTS
    for row, given_there in enumerate(SAMPLE["answers"][name.rpartition(".")[0]])
    for datum in given_there[name]["value"]
    if leaned_on(name.rpartition(".")[0], row)
]


@given(st.sampled_from(ROWS))
def test_without_a_row_that_a_policy_stands_on_a_fault_names_the_question(drawn):
    task, row = drawn
    raw = a_sample()

    raw["answers"][task].pop(row)

    told = told_of(raw)
    assert bool(told) is leaned_on(task, row)
    assert not told or any(each.startswith(task) for each in told)


@given(st.sampled_from([(task, row, name) for task, row in ROWS for name in READ[task]]))
def test_without_an_answer_in_a_row_a_fault_names_its_place_or_its_question(drawn):
    task, row, name = drawn
    raw = a_sample()

    raw["answers"][task][row].pop(name)

    told = told_of(raw)
    place = f"answers.{task}[{row}].{name}: dit antwoord ontbreekt"
    if task == name and not leaned_on(task, row):
        # Its only answer: an empty row, as the form leaves them, and nothing leans on this one.
        assert not told
    else:
        assert place in told or (name == "10.1.1.5" and "10.1.1" in told) or name in told


@given(st.sampled_from(SINGLE))
def test_without_a_single_answer_a_fault_names_its_place(task):
    raw = a_sample()

    raw["answers"].pop(task)

    assert f"answers.{task}: dit antwoord ontbreekt" in told_of(raw)


@given(st.sampled_from(ITEMS))
def test_without_one_datum_in_a_list_a_fault_names_the_question(drawn):
    """Whatever a recipient gets leans on the list: no datum can be missed."""
    name, row, datum = drawn
    raw = a_sample()

    _without(raw, name.rpartition(".")[0], row, name, datum)

    assert any(each.startswith(name.rpartition(".")[0]) for each in told_of(raw))


# Warnings


def warnings_of(recipient: str, raw: Json) -> list[tuple[str, str, Regel, str]]:
    return [named(each) for each in check(policy(recipient), read(raw)).waarschuwingen]


def test_the_open_question_of_the_organisations_ground_is_a_named_warning():
    """UAVG 46: the sample says that further advice of the FG is wanted."""
    found = [
        each
        for each in check(policy("IND"), read(a_sample())).waarschuwingen
        if each.regel is Regel.OPEN_RECHTSVRAAG
    ]

    assert [named(each) for each in found] == [("", "vNummer", Regel.OPEN_RECHTSVRAAG, "12.3.2.4")]
    assert "nader advies FG" in found[0].tekst
    assert "UAVG 46" in found[0].tekst


def test_open_questions_are_told_with_their_place_and_processing():
    asked = read(a_sample()).open_questions

    assert [each.plaats for each in asked] == [
        f"answers.12.3.2[{row}].12.3.2.4" for row in range(5)
    ]
    assert asked[4].verwerkingen == ("Toetsen voorafgaand aan vreemdelingenbewaring",)


def test_a_question_about_another_processing_is_no_warning():
    raw = a_sample()
    for row in range(4):
        set_cell(raw, "12.3.2", row, "12.3.2.4", "Vw 2000 art. 107")

    assert Regel.OPEN_RECHTSVRAAG not in {regel for *_, regel, _ in warnings_of("IND", raw)}
    assert Regel.OPEN_RECHTSVRAAG in {regel for *_, regel, _ in warnings_of("AVIM", raw)}


def test_a_dpia_that_is_not_settled_is_a_warning_until_it_is():
    raw = a_sample()
    before = {
        paragraph for *_, regel, paragraph in warnings_of("IND", raw) if regel is Regel.VASTSTELLING
    }
    raw["answers"] |= {
        "19.2": answer("definitief"),
        "19.5.6": answer("2026-10-01"),
        "20.1": [{"_index": 0, "20.1.6": answer("2026-10-02")}],
    }
    after = {regel for *_, regel, _ in warnings_of("IND", raw)}

    assert before == {"19.2", "19.5.6", "20.1.6"}
    assert Regel.VASTSTELLING not in after


def test_a_sentence_that_no_machine_reads_is_named_for_a_person():
    raw = a_sample()
    set_single(raw, "14.2", "Geslacht gaat als jaartal naar de KMar. Wij letten goed op.")

    found = [
        each.tekst
        for each in check(policy("IND"), read(raw)).waarschuwingen
        if each.regel is Regel.NIET_GECONTROLEERD
    ]

    assert found == [
        "Lees zelf na: «Geslacht gaat als jaartal naar de KMar.»",
        "Lees zelf na: «Wij letten goed op.»",
    ]


def test_a_dpia_that_contradicts_itself_is_a_warning():
    found = warnings_of("DT&V", a_sample())

    assert ("", "", Regel.TEGENSTRIJDIG, "2.1.4, 12.1.1") in found
    assert ("", "", Regel.TEGENSTRIJDIG, "2.1.4, 12.2.1") in found
    assert ("", "uitstroomreden", Regel.TEGENSTRIJDIG, "2.1.4") in found


def test_a_second_ground_is_a_warning():
    """AVG 7 lid 4: where another ground would do, is the person free to refuse?"""
    raw = a_sample()
    set_cell(raw, "11.1.1", 5, "11.1.1.2", "Bespreken in het LSO: afspraak 2a")

    assert (LSO, "grondslag", Regel.TEGENSTRIJDIG, "11.1.1") in warnings_of("IND", raw)


def test_a_policy_for_a_dpia_of_another_day_is_a_warning():
    raw = a_sample()
    raw["metadata"]["createdAt"] = "2027-01-05T09:30:00.000Z"

    assert ("", "dpia", Regel.TEGENSTRIJDIG, "") in warnings_of("IND", raw)


def test_a_processing_by_a_name_that_we_do_not_know_is_a_warning():
    old, new = "Bespreken in het LSO", "Praten in het LSO"
    raw = json.loads(as_bytes(a_sample()).decode().replace(old, new))

    _, found = check_text("ind.toml", shipped("IND").replace(old, new), read(raw))

    assert found.fouten == ()
    assert (LSO, "verwerking", Regel.NIET_GECONTROLEERD, "3.1.1") in map(
        named, found.waarschuwingen
    )


# Lines


def test_a_fault_is_found_on_its_line():
    text = shipped("IND").replace(
        "[doelen.aanmelding.velden]\n", '[doelen.aanmelding.velden]\nlijn = "volledig"\n'
    )
    [fault] = faults_of("IND", text, a_sample())

    number = line_of(text, fault)

    assert number is not None
    assert text.splitlines()[number - 1] == 'lijn = "volledig"'


@pytest.mark.parametrize(
    ("plaats", "veld", "line"),
    [
        pytest.param("", "ontvanger", 1, id="a key of the head"),
        pytest.param("doelen.mrt", "anker", 3, id="a key of a table"),
        pytest.param("doelen.mrt.velden", "vNummer", 5, id="a key in quotes"),
        pytest.param("doelen.mrt.velden", "naam", 4, id="a key that is not there"),
        pytest.param("doelen.mrt.motivering", "naam", 2, id="a table that is not there"),
        pytest.param("doelen.lso", "anker", None, id="nothing of it is there"),
    ],
)
def test_the_line_is_that_of_the_nearest_thing_that_is_there(plaats, veld, line):
    text = (
        'ontvanger = "IND"\n[ doelen.mrt ] # uitleg\nanker = "x"\n'
        '[doelen."mrt".velden]\n"vNummer" = "volledig"\n'
    )

    assert line_of(text, Bevinding(plaats, veld, Regel.VORM, "", "")) == line
