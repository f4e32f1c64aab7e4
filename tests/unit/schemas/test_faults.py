import pytest
from marshmallow import ValidationError

from schemas.fault_texts import TEKSTEN
from schemas.faults import UNNAMED, Fout, Foutcode, faults_of
from schemas.problem import Problem


@pytest.mark.parametrize("code", Foutcode)
def test_every_fault_says_what_is_wrong_and_what_to_do(code):
    assert code.wat.endswith(".")
    assert code.te_doen.endswith(".")


def test_there_is_a_text_for_every_fault_and_no_other():
    assert set(TEKSTEN) == set(Foutcode)


def test_a_name_that_is_no_field_name_is_not_repeated():
    error = ValidationError({"Jan Jansen": ["onbekend_veld"], "": ["onbekend_veld"]})

    assert faults_of(error) == [Fout(UNNAMED, Foutcode.ONBEKEND_VELD)] * 2


def test_a_problem_lists_its_faults_without_values():
    fout = Fout("naam", Foutcode.ONTBREEKT, "/items/3/samenvatting/naam")

    body = Problem(
        type="/v1/docs#ongeldig", status=400, title="Ongeldig", detail="Niet goed.", fouten=(fout,)
    ).to_wire()

    assert body == {
        "type": "/v1/docs#ongeldig",
        "title": "Ongeldig",
        "status": 400,
        "detail": "Niet goed.",
        "fouten": [
            {
                "pointer": "/items/3/samenvatting/naam",
                "veld": "naam",
                "code": "ontbreekt",
                "detail": "Dit gegeven is verplicht en ontbreekt. Vul het in.",
            }
        ],
    }


def test_a_problem_without_faults_has_no_list_of_them():
    assert "fouten" not in Problem(type="#", status=404, title="?", detail="?").to_wire()
