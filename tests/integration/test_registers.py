"""The sample registers of five organisations, on both days, against `verwacht.json`."""

import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import pytest
from sqlalchemy import Engine, MetaData, Table, create_engine, insert, select, text

from connectors.ngo.intake import Register, read_register
from connectors.ngo.mapping import load_mapping
from connectors.ngo.words import load_words
from privacy._unseal import open_sealed
from schemas import nationaliteiten

ROOT = Path(__file__).parents[2]
REGISTERS = ROOT / "deploy/demo/registers"
BRONNEN = ROOT / "deploy/demo/bronnen"
VERWACHT = json.loads((ROOT / "tests/data/verwacht.json").read_text(encoding="utf-8"))["momenten"]
CASES = [(dag, bron) for dag, moment in VERWACHT.items() for bron in moment["bronnen"]]
PARTNERS = frozenset({"IND", "DT&V", "AVIM"})
URL = "http://127.0.0.1:8801/api/"

#: `verwacht.json` names rows and fields; the code beside each was found by looking at the row.
CODES = {
    ("2020-04-01", "sndvu"): ["bsn", "dubbel_gelijk", "geen_v_nummer", "volgorde"],
    ("2020-04-01", "vluchtelingenwerk"): [
        "geen_v_nummer",
        "volgorde",
        "ontbreekt",
        "onbekende_waarde",
    ],
    ("2020-04-01", "toevlucht"): [
        "ontbreekt",
        "dag_bestaat_niet",
        "dubbel_verschillend",
        "in_de_toekomst",
        "dubbel_verschillend",
        "ontbreekt",
    ],
    ("2020-04-01", "stil"): ["niet_geldig_op_de_dag", "ontbreekt", "in_de_toekomst"],
    ("2020-04-01", "seguro"): [
        "ontbreekt",
        "onbekende_waarde",
        "geen_v_nummer",
        "in_de_toekomst",
    ],
    ("2020-04-15", "sndvu"): ["bsn", "dubbel_gelijk", "geen_v_nummer", "volgorde"],
    ("2020-04-15", "vluchtelingenwerk"): [
        "ontbreekt",
        "volgorde",
        "onbekende_waarde",
        "voor_1900",
        "geen_v_nummer",
    ],
    ("2020-04-15", "toevlucht"): [
        "ontbreekt",
        "dag_bestaat_niet",
        "dubbel_verschillend",
        "dubbel_verschillend",
        "in_de_toekomst",
        "ontbreekt",
    ],
    ("2020-04-15", "stil"): ["niet_geldig_op_de_dag", "ontbreekt", "in_de_toekomst"],
    ("2020-04-15", "seguro"): [
        "ontbreekt",
        "onbekende_waarde",
        "geen_v_nummer",
        "in_de_toekomst",
    ],
}


def pseudonym(v_nummer: str) -> bytes:
    return sha256(v_nummer.encode()).digest()


def read(dag: str, bron: str, location: str | Path | None = None) -> Register:
    folder = REGISTERS / dag
    place = URL + "clients-1.json" if bron == "seguro" else None
    return read_register(
        load_mapping(BRONNEN / f"{bron}.toml"),
        location or place or folder / VERWACHT[dag]["bronnen"][bron]["bestand"],
        load_words(folder / bron / "woordenlijst.json"),
        date.fromisoformat(dag),
        kenmerk=pseudonym,
        ontvangers=PARTNERS,
        toestemming_id=lambda v_nummer, said: uuid5(NAMESPACE_OID, v_nummer + said),
        nationaliteiten=nationaliteiten.load(),
        fetch=lambda url: json.loads((folder / "seguro" / url.removeprefix(URL)).read_bytes()),
    )


def covered(register: Register, day: date) -> int:
    """Records with a statement that covers a partner that day, counted by hand."""
    return sum(
        any(
            each.eerste_dag <= day <= each.laatste_dag
            and (each.ingetrokken_op is None or day < each.ingetrokken_op)
            for each in record.toestemmingen
        )
        for record in register.goed
    )


@pytest.mark.parametrize(("dag", "bron"), CASES)
def test_a_register_gives_exactly_what_the_rules_make_of_it(dag, bron):
    verwacht = VERWACHT[dag]["bronnen"][bron]

    register = read(dag, bron)

    met = covered(register, date.fromisoformat(dag))
    assert {
        "rijen": register.rijen,
        "geldig": len(register.goed),
        "geweigerd": [{"rij": fout.rij, "veld": fout.veld} for fout in register.fouten],
        "metToestemming": met,
        "zonderToestemming": len(register.goed) - met,
    } == {name: verwacht[name] for name in verwacht if name not in ("bestand", "verdwenen")}
    assert [fout.code.value for fout in register.fouten] == CODES[dag, bron]


@pytest.mark.parametrize("bron", VERWACHT["2020-04-15"]["bronnen"])
def test_a_good_record_that_stands_nowhere_in_the_next_register_has_vanished(bron):
    """One that was refused before has not: nobody had sent it."""
    first, second = (read(dag, bron) for dag in VERWACHT)

    before = [open_sealed(record.sealed)["vNummer"] for record in first.goed]
    gone = [number for number in before if pseudonym(number) not in second.kenmerken]

    assert sorted(gone) == sorted(VERWACHT["2020-04-15"]["bronnen"][bron]["verdwenen"])


@pytest.mark.parametrize("dag", VERWACHT)
def test_the_good_records_of_a_day_add_up_to_the_published_table(dag):
    records = [
        open_sealed(record.sealed)
        for bron in VERWACHT[dag]["bronnen"]
        for record in read(dag, bron).goed
    ]

    own = [record for record in records if record["rol"] == "zaakhouder"]
    present = [record for record in own if record["status"] == "in_begeleiding"]
    left = [record for record in own if record["status"] == "uitgestroomd"]
    cijfers = VERWACHT[dag]["cijfers"]
    assert (len(present), len(left)) == (cijfers["aanwezig"], cijfers["uitgestroomd"])
    for name, wire, counted in (
        ("uitstroomreden", "uitstroomreden", left),
        ("scenario", "begeleidingsscenario", present),
    ):
        found = [record[wire] for record in counted]
        assert {word: found.count(word) for word in cijfers[name]} == cijfers[name]


@pytest.mark.parametrize("dag", VERWACHT)
def test_whoever_is_in_a_pack_stands_there_with_the_values_of_the_register(dag):
    day = date.fromisoformat(dag)
    found = {}
    for bron in VERWACHT[dag]["bronnen"]:
        for record in read(dag, bron).goed:
            inside = open_sealed(record.sealed)
            covers = any(
                "AVIM" in each.ontvangers
                and each.eerste_dag <= day <= each.laatste_dag
                and (each.ingetrokken_op is None or day < each.ingetrokken_op)
                for each in record.toestemmingen
            )
            if covers and inside["status"] == "in_begeleiding":
                found[bron, inside["vNummer"]] = inside

    pack = VERWACHT[dag]["pakketten"]["AVIM"]
    # A record that vanished or is refused now stays in the pack from its last version.
    fresh = [part for part in pack if (part["bronhouder"], part["vNummer"]) in found]
    assert all(part.items() <= found[part["bronhouder"], part["vNummer"]].items() for part in fresh)
    assert len(fresh) == len(found)
    assert len(pack) - len(fresh) <= (0 if dag == "2020-04-01" else 3)


def test_the_same_database_on_postgresql_gives_the_same_register(postgres_engine: Engine):
    dag = "2020-04-01"
    file = REGISTERS / dag / "stil/stil.sqlite"
    copy_tables(file, postgres_engine)

    register = read(dag, "stil", postgres_engine.url.render_as_string(hide_password=False))

    expected = read(dag, "stil")
    assert [dict(open_sealed(record.sealed)) for record in register.goed] == [
        dict(open_sealed(record.sealed)) for record in expected.goed
    ]
    assert [record.toestemmingen for record in register.goed] == [
        record.toestemmingen for record in expected.goed
    ]
    assert register.fouten == expected.fouten
    assert register.kenmerken == expected.kenmerken


def test_a_stay_that_has_not_begun_counts_only_where_no_other_has(tmp_path):
    file = tmp_path / "stil.sqlite"
    file.write_bytes((REGISTERS / "2020-04-01/stil/stil.sqlite").read_bytes())
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO verblijf (client_id, aangemeld, begin, lijn, scenario, rol)"
                " VALUES (28, '2020-03-30', '2020-04-09', 1, 'vertrek', 'zaakhouder')"
            )
        )
    engine.dispose()

    register = read("2020-04-01", "stil", file)

    assert open_sealed(register.goed[0].sealed)["datumInstroom"] == "2019-04-01"


def copy_tables(file: Path, target: Engine) -> None:
    """Every table of a SQLite file, with its rows, in another database."""
    source = create_engine(f"sqlite:///{file}")
    tables = MetaData()
    tables.reflect(source)
    tables.create_all(target)
    with source.connect() as old, target.begin() as new:
        for table in tables.sorted_tables:
            rows = [dict(row) for row in old.execute(select(table)).mappings()]
            _insert(new, table, rows)
    source.dispose()


def _insert(connection, table: Table, rows: list[dict]) -> None:
    if rows:
        connection.execute(insert(table), rows)
