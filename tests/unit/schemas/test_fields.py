"""Our fields keep marshmallow's contract, for whoever puts one in a schema of another kind."""

from uuid import UUID

import pytest
from marshmallow import Schema, ValidationError

from schemas.faults import Fout, Foutcode, faults_of
from schemas.fields import Kenmerk, Waarde
from tests.unit.schemas.wire import CASUS


class PlainSchema(Schema):
    casus = Kenmerk()


def test_a_field_works_in_a_schema_of_marshmallow():
    assert PlainSchema().load({"casus": str(CASUS)}) == {"casus": UUID(str(CASUS))}
    assert PlainSchema().dump({"casus": CASUS}) == {"casus": str(CASUS)}


def test_a_field_refuses_with_its_code_there_too():
    with pytest.raises(ValidationError) as refused:
        PlainSchema().load({"casus": "1"})

    assert faults_of(refused.value) == [Fout("casus", Foutcode.GEEN_UUID, "/casus")]


@pytest.mark.parametrize("ask", ["parse", "json_schema"])
def test_a_new_kind_of_field_must_say_how_it_reads(ask):
    with pytest.raises(NotImplementedError):
        getattr(Waarde(), ask)(*(["x"] if ask == "parse" else []))
