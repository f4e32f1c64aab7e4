"""Rows in and out by the statements of privacy.store: alike for one and for very many."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, bindparam, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from privacy.received import Given
from privacy.store import engine as store_engine
from privacy.store.bulk import insert_rows
from privacy.store.chosen import in_chunks, over
from privacy.store.direct import Direct
from privacy.store.engine import looking, reading, writing
from privacy.store.references import note_disclosed, told_since
from privacy.store.tables import casus, casusreferentie

NOW = datetime(2026, 5, 4, 9, 30, 0, 123_456, tzinfo=UTC)
FEW, MANY = 3, 60


def a_casus(number: int, **differs: object) -> dict[str, object]:
    return {
        "id": UUID(int=number),
        "bronhouder": "sndvu",
        "blind_index": number.to_bytes(32),
        "epoch": 1,
        "inhoud_sleutel": b"\x00\xff" * 30,
        "spoor_sleutel": None,
        "versie": 2**31 - 1,
        "stand_nummer": 2**40 + number,
        "stand_van": NOW,
        "vingerafdruk": b"",
        "gedekt": {"DT&V": {"mutaties": 2**40}},
        "gedekt_tot": date(2027, 1, 1),
        "opgenomen": NOW,
        "nummer": None,
        "ankers": None,
        "beperkt_sinds": NOW,
        "beperking": b"",
        "gewist_op": None,
        **differs,
    }


def _one_twice(tx: Connection) -> None:
    insert_rows(tx, casus, [a_casus(1)])
    insert_rows(tx, casus, [a_casus(1)])


def stored(engine: Engine) -> list[dict[str, object]]:
    with reading(engine) as tx:
        return [dict(row._mapping) for row in tx.execute(select(casus).order_by(casus.c.id))]


@pytest.mark.parametrize("count", [1, FEW, MANY])
def test_rows_come_back_as_they_went_in_however_many(engine: Engine, count: int):
    rows = [a_casus(number) for number in range(count)]

    with writing(engine) as tx:
        insert_rows(tx, casus, rows)

    assert stored(engine) == rows


@pytest.mark.parametrize("count", [1, FEW, MANY])
def test_of_rows_of_which_one_is_there_already_none_is_stored(engine: Engine, count: int):
    with writing(engine) as tx:
        insert_rows(tx, casus, [a_casus(0)])

    with pytest.raises(IntegrityError) as refused, writing(engine) as tx:
        insert_rows(tx, casus, [a_casus(number) for number in reversed(range(count))])

    assert len(stored(engine)) == 1
    assert "sndvu" not in str(refused.value)


@pytest.mark.parametrize("count", [1, FEW, MANY])
def test_a_value_that_cannot_be_stored_is_refused_unseen(engine: Engine, count: int):
    rows = [a_casus(number, stand_van=NOW.replace(tzinfo=None)) for number in range(count)]

    with pytest.raises(StatementError) as refused, writing(engine) as tx:
        insert_rows(tx, casus, rows)

    assert "sndvu" not in str(refused.value)


@pytest.mark.parametrize("count", [0, 1, FEW, 2_500])
def test_chosen_rows_are_found_however_many_are_chosen(engine: Engine, count: int):
    with writing(engine) as tx:
        insert_rows(tx, casus, [a_casus(number) for number in range(2_500)])
    by_index = over(casus.c.blind_index, select(casus.c.id).where)
    by_number = over(casus.c.stand_nummer, select(casus.c.id).where)

    with reading(engine) as tx:
        found = in_chunks(tx, by_index, [number.to_bytes(32) for number in range(count)] * 2)
        same = in_chunks(tx, by_number, [2**40 + number for number in range(count)])

    assert sorted(row.id.int for row in found) == list(range(count))
    assert sorted(row.id.int for row in same) == list(range(count))


@pytest.mark.parametrize("count", [1, FEW, MANY])
def test_a_first_disclosure_is_remembered_and_a_second_changes_nothing(engine: Engine, count: int):
    ids = [UUID(int=number) for number in range(count)]
    with writing(engine) as tx:
        insert_rows(tx, casus, [a_casus(number) for number in range(count)])
    for number in (7, 8):
        with writing(engine) as tx:
            given = {each: Given(UUID(int=each.int + 9_000), velden=3) for each in ids}
            note_disclosed(tx, "DT&V", given, number)

    with reading(engine) as tx:
        rows = tx.execute(select(casusreferentie.c.casus_id, casusreferentie.c.referentie)).all()
        assert told_since(tx, "DT&V", ids) == dict.fromkeys(ids, 7)
        assert told_since(tx, "IND", ids) == {}
    assert {row.referentie.int - row.casus_id.int for row in rows} == {9_000}


def test_who_only_looks_leaves_the_connection_as_it_was(engine: Engine):
    with looking(engine) as connection:
        assert connection.execute(select(casus.c.id)).all() == []

    with pytest.raises(IntegrityError), writing(engine) as tx:
        _one_twice(tx)

    assert stored(engine) == []


def test_what_goes_straight_to_the_driver_is_what_sqlalchemy_would_ask_and_answer(engine: Engine):
    query = select(casus).where(casus.c.stand_van == bindparam("moment")).order_by(casus.c.id)
    index = Direct(update(casus).where(casus.c.versie == bindparam("old")), ["blind_index"])
    with writing(engine) as tx:
        insert_rows(tx, casus, [a_casus(number, versie=number) for number in range(FEW)])
        index.write(tx, *({"old": at, "blind_index": bytes([at] * 32)} for at in range(FEW)))

        asked = tx.execute(query, {"moment": NOW}).all()
        straight = Direct(query).rows(tx, {"moment": NOW})

    assert [row._asdict() for row in straight] == [row._asdict() for row in asked]
    assert [row.blind_index for row in straight] == [bytes([at] * 32) for at in range(FEW)]


def test_a_value_that_the_column_cannot_hold_is_not_asked_after(engine: Engine):
    query = Direct(select(casus.c.id).where(casus.c.stand_van == bindparam("moment")))

    with pytest.raises(StatementError), reading(engine) as tx:
        query.rows(tx, {"moment": NOW.replace(tzinfo=None)})


@pytest.mark.parametrize("column", [casus.c.versie, casus.c.stand_van])
def test_a_parameter_that_is_not_given_is_not_asked_after_as_null(engine: Engine, column):
    query = Direct(select(casus.c.id).where(column == bindparam("wanted")))

    with pytest.raises((KeyError, DBAPIError), match="wanted"), reading(engine) as tx:
        query.rows(tx)


def test_a_connection_that_breaks_is_told_of_and_not_used_again(
    postgres_engine: Engine, cut: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store_engine, "_FRESH", 3_600.0)
    one = Direct(select(literal(1).label("one")))
    with reading(postgres_engine) as tx:
        one.rows(tx)
    cut()

    with pytest.raises(DBAPIError) as broken, looking(postgres_engine) as tx:
        one.rows(tx)

    assert broken.value.connection_invalidated
    with looking(postgres_engine) as tx:
        assert one.rows(tx) == [(1,)]


@pytest.fixture
def cut(postgres_engine: Engine) -> Callable[[], None]:
    """Ends every other connection to the database, as a server does that stops."""
    query = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    outside = store_engine.make_engine(postgres_engine.url.render_as_string(hide_password=False))

    def end() -> None:
        with writing(outside) as connection:
            connection.execute(query)

    yield end
    outside.dispose()


def test_a_connection_that_lay_still_while_its_server_went_is_made_anew(
    postgres_engine: Engine, cut: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(store_engine, "_FRESH", 0.0)
    with reading(postgres_engine) as one, reading(postgres_engine) as other:
        one.execute(text("SELECT 1"))
        other.execute(text("SELECT 1"))
    cut()

    for _ in range(2):
        with reading(postgres_engine) as connection:
            assert connection.scalar(text("SELECT 1")) == 1


def test_a_connection_that_was_just_used_is_not_asked_whether_it_lives(
    postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    asked = []
    monkeypatch.setattr(store_engine, "_FRESH", 3_600.0)
    monkeypatch.setattr(postgres_engine.dialect, "do_ping", asked.append)

    for _ in range(3):
        with looking(postgres_engine) as connection:
            connection.execute(text("SELECT 1"))

    assert asked == []
