"""Finding what the log says of somebody: only by who knows the pseudonym, and never by an index."""

from uuid import UUID

import pytest
from sqlalchemy import inspect

from gateway.services.casussen import show_casus
from gateway.services.wissingen import erase_casus
from privacy.log.search import entries_at, entries_of, positions_of, pseudonyms_since
from privacy.log.terms import Auditsoort
from privacy.store.dossiers import Lock, load_by_id
from privacy.store.engine import reading
from tests.builders import people
from tests.world import World, bronhouder


def pseudoniem_of(world: World, casus: str) -> str:
    with reading(world.parts.engine) as tx:
        [dossier] = load_by_id(tx, world.parts.keys, [UUID(casus)], Lock.NONE).values()
    return dossier.keys.pseudoniem()


def test_every_entry_of_a_casus_is_found_with_the_page_that_closes_over_it(world: World):
    casussen = world.casus(*people(4))
    names = [pseudoniem_of(world, each) for each in casussen]
    world.pack("AVIM", world.frozen(*casussen))
    world.page("IND", limiet=6)
    show_casus(world.parts, bronhouder("sndvu"), UUID(casussen[2]))
    told = list(enumerate(world.entries(), start=world.installed))

    with reading(world.parts.engine) as tx:
        found = entries_of(tx, names[1:3])
        positions = positions_of(tx, names[1:3])
        again = entries_at(tx, positions)

    expected = [at for at, each in told if each.get("pseudoniem") in names[1:3]]
    assert [each.nummer for each in found] == positions == expected
    assert again == found
    lines = dict(told)
    alone = {each.entry.told["soort"] for each in found if each.page is None}
    assert alone == {"agendapunt"}
    for each in found:
        page = each.page
        if page is None:
            continue
        assert page.told == lines[page.nummer]
        first = page.nummer - page.told["onderdelen"]
        assert first + each.place == each.nummer
        assert each.entry.told == lines[each.nummer]
    closed = {each.page.told["soort"] for each in found if each.page}
    assert closed == {"aanlevering", "pakket", "pagina", "casus_ingezien"}


def test_an_entry_on_its_own_has_no_page(world: World):
    casus, other = world.casus(*people(2))
    erase_casus(world.parts, bronhouder("sndvu"), UUID(casus))
    # Directly behind it, and with a count that is of no entries.
    world.put_on_agenda(world.overleg(), other)
    world.put_on_agenda(world.overleg(), other)
    at = world.installed + len(world.entries())

    with reading(world.parts.engine) as tx:
        found = entries_at(tx, range(at - 5, at))

    kinds = {each.entry.told["soort"]: (each.page, each.place) for each in found}
    assert kinds["casus_gewist"] == (None, 0)


def test_from_a_number_on_only_what_came_after_is_found(world: World):
    [casus] = world.casus(*people(1))
    name = pseudoniem_of(world, casus)
    with reading(world.parts.engine) as tx:
        [first] = positions_of(tx, [name])
    show_casus(world.parts, bronhouder("sndvu"), UUID(casus))

    with reading(world.parts.engine) as tx:
        assert len(positions_of(tx, [name], since=first + 1)) == 1
        taken = pseudonyms_since(tx, [Auditsoort.CASUS_AANGENOMEN], 0)
        assert taken == {name}
        assert pseudonyms_since(tx, [Auditsoort.CASUS_GEWIST], 0) == set()


@pytest.mark.parametrize("text", ["", "%", "0" * 31, "G" * 32, '"', "0" * 32 + "'"])
def test_what_is_no_pseudonym_is_refused(embedded: World, text: str):
    with reading(embedded.parts.engine) as tx, pytest.raises(ValueError, match="pseudonym"):
        entries_of(tx, [text])


def test_nothing_is_found_for_a_name_that_nobody_has(world: World):
    world.casus(*people(1))

    with reading(world.parts.engine) as tx:
        assert entries_of(tx, ["0" * 32]) == []
        assert entries_of(tx, []) == []


def test_no_index_of_the_database_links_the_entries_of_one_casus(world: World):
    indexes = inspect(world.parts.engine).get_indexes("auditregel")

    assert indexes == []
