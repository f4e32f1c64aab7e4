"""Statement 18: in the database a ciphertext opens where it was written, and nowhere else."""

from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import Table, select, update

from privacy.consent_changes import details_of
from privacy.errors import IntegrityError
from privacy.sealed import Label
from privacy.store.dossiers import Lock, load_by_id, load_stands
from privacy.store.engine import reading, writing
from privacy.store.tables import casus, mutatie, toestemming
from tests.builders import a_consent, people
from tests.world import World

_OF = {casus: "id", mutatie: "casus_id", toestemming: "casus_id"}


class Place(NamedTuple):
    """A column of the newest row that a casus has in a table; `older`: of its oldest."""

    table: Table
    column: str
    older: bool = False


INHOUD, SPOOR = Place(casus, "inhoud_sleutel"), Place(casus, "spoor_sleutel")
NUMMER, STAND = Place(casus, "nummer"), Place(mutatie, "stand")
CHANGE, DETAILS = Place(mutatie, "verandering"), Place(toestemming, "bijzonderheden")


@pytest.fixture
def two(embedded: World) -> list[UUID]:
    """Two casussen, each with two versions of its summary and two statements."""
    items = [{**each, "toestemmingen": [a_consent(), a_consent(taal="nl")]} for each in people(2)]
    names = embedded.casus(*items)
    for item in items:
        later = {**item["samenvatting"], "lijn": "2"}
        embedded.casus({**item, "standVan": "2020-04-02T08:00:00Z", "samenvatting": later})
    return [UUID(name) for name in names]


def read(world: World, place: Place, of: UUID) -> bytes:
    table = place.table
    order = table.c.id if table is casus else table.c.nummer
    if table is toestemming:
        order = table.c.toestemming_id
    query = select(table.c[place.column]).where(table.c[_OF[table]] == of)
    with reading(world.parts.engine) as tx:
        return list(tx.execute(query.order_by(order)).scalars())[0 if place.older else -1]


def put(world: World, place: Place, of: UUID, blob: bytes) -> None:
    with writing(world.parts.engine) as tx:
        mine = place.table.c[_OF[place.table]] == of
        tx.execute(update(place.table).where(mine).values({place.column: blob}))


def open_all(world: World, of: UUID) -> Any:
    """Everything of a casus that is ciphertext."""
    ring = world.parts.keys
    with reading(world.parts.engine) as tx:
        dossier = load_by_id(tx, ring, [of], Lock.NONE)[of]
        load_stands(tx, [(dossier, dossier.stand_nummer)])
        row = tx.execute(select(mutatie).where(mutatie.c.nummer == dossier.stand_nummer)).one()
        nummer = tx.execute(select(casus.c.nummer).where(casus.c.id == of)).scalar_one()
    label = Label(of, dossier.label.bronhouder, b"", row.versie)
    dossier.keys.decrypt_change(row.verandering, label)
    dossier.keys.index_again(ring, dossier.label.bronhouder, nummer)
    return [details_of(dossier.keys, event) for event in dossier.events]


@pytest.mark.parametrize("place", [INHOUD, SPOOR, NUMMER, STAND, CHANGE, DETAILS])
def test_statement_18_of_another_casus_it_does_not_open(embedded, two, place):
    one, other = two
    assert open_all(embedded, one)
    put(embedded, place, one, read(embedded, place, other))

    with pytest.raises(IntegrityError):
        open_all(embedded, one)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (SPOOR, INHOUD),
        (INHOUD, SPOOR),
        (STAND, CHANGE),
        (CHANGE, STAND),
        (DETAILS, NUMMER),
        (NUMMER, DETAILS),
        (Place(mutatie, "stand", older=True), STAND),
        (Place(toestemming, "bijzonderheden", older=True), DETAILS),
    ],
)
def test_statement_18_in_another_column_or_row_it_does_not_open(embedded, two, source, target):
    one, _other = two
    put(embedded, target, one, read(embedded, source, one))

    with pytest.raises(IntegrityError):
        open_all(embedded, one)
