"""What stands on disk: no value of anybody, in whichever table, file or log."""

from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from privacy.store.engine import reading
from tests.builders import a_consent, a_samenvatting, an_item
from tests.world import World

V_NUMMER = "9081726354"
MARKERS = {
    "naam": "Merkteken Zeldzaam",
    "geboortedatum": "1903-07-29",
    "nationaliteit": "0499",
    "datumAanmelding": "2003-11-17",
    "datumInstroom": "2004-10-16",
    "datumUitstroom": "2005-09-15",
    "uitstroomreden": "eenzijdige_beeindiging",
    "begeleidingsscenario": "niet_vastgesteld",
}
CONSENT = {
    "taal": "kxz",
    "vertegenwoordiger": "Voogd Onvindbaar",
    "bewijsSha256": "fedcba9876543210" * 4,
}
#: Of the first summary: a mutation keeps what was, too.
BEFORE = {"naam": "Merkteken Eerder", "datumInstroom": "2004-08-14"}
#: So few letters turn up in random bytes or hex by chance: these are looked for as JSON has them.
_SHORT = 5
MARKED = tuple(
    f'"{marker}"' if len(marker) < _SHORT else marker
    for marker in (V_NUMMER, *MARKERS.values(), *CONSENT.values(), *BEFORE.values())
)


@pytest.fixture
def lived(world: World) -> World:
    """A person delivered, changed, disclosed to everybody, and withdrawn."""
    consent = a_consent(**CONSENT)
    gone = a_samenvatting(vNummer=V_NUMMER, status="uitgestroomd", **MARKERS)
    stayed = (
        gone
        | BEFORE
        | {
            "status": "in_begeleiding",
            "datumUitstroom": None,
            "uitstroomreden": None,
        }
    )
    [casus] = world.casus(an_item(samenvatting=stayed, toestemmingen=[consent]))
    overleg = world.frozen(casus)
    world.casus(
        an_item(standVan="2020-04-01T09:00:00Z", samenvatting=gone, toestemmingen=[consent])
    )
    for partner in ("IND", "AVIM"):
        world.feed(partner)
        world.pack(partner, overleg)
    world.withdraw(consent)
    world.pack("AVIM", overleg)
    return world


def stored(world: World, folder: Path) -> bytes:
    """Every byte that is kept: the files of SQLite with its WAL; all columns of PostgreSQL."""
    if world.parts.settings.sqlite:
        files = [file for file in folder.glob("gateway.sqlite*") if file.is_file()]
        assert any(file.name.endswith("-wal") for file in files)
        return b"".join(file.read_bytes() for file in files)
    kept = []
    with reading(world.parts.engine) as tx:
        for table in inspect(world.parts.engine).get_table_names():
            for row in tx.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608  our own names
                kept += [
                    value if isinstance(value, bytes) else str(value).encode() for value in row
                ]
    return b"\n".join(kept)


def test_no_value_stands_in_the_database(lived, tmp_path):
    """Statement 17."""
    kept = stored(lived, tmp_path)

    assert b"sndvu" in kept
    assert {marker for marker in MARKED if marker.encode() in kept} == set()


def test_no_plain_digest_of_a_v_nummer_stands_in_the_database(lived, tmp_path):
    """Statement 16: nor as a digest without a key."""
    kept = stored(lived, tmp_path)

    digest = sha256(V_NUMMER.encode())
    assert digest.digest() not in kept
    assert digest.hexdigest().encode() not in kept


def test_no_value_stands_in_the_log(lived):
    """Statement 16."""
    entries = str(lived.entries())

    assert "AVIM" in entries
    assert {marker for marker in MARKED if marker in entries} == set()


def test_the_log_names_a_casus_otherwise_than_any_recipient_or_table_does(lived):
    with reading(lived.parts.engine) as tx:
        ids = {str(row[0]) for row in tx.execute(text("SELECT id FROM casus"))}
    references = {item["casusreferentie"] for p in ("IND", "AVIM") for item in lived.feed(p)}
    log = str(lived.entries())

    names = {name.replace("-", "") for name in ids | references}
    assert len(names) == 3
    assert not any(name in log for name in names | ids | references)
