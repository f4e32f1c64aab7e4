"""What the gateway itself does is in its register: each kind of entry once, and every version."""

from collections import Counter
from datetime import date

from gateway.exports.vaste import NOT_ABOUT_PEOPLE, Vast, fixed, measures, valid_on
from privacy.log.entries import Auditsoort

#: What is told by the purpose of its recipient: the policy is its processing.
BY_POLICY = {
    Auditsoort.VERSTREKKING,
    Auditsoort.WEIGERING,
    Auditsoort.PAKKET,
    Auditsoort.PAGINA,
    Auditsoort.BEWARINGSTOETS,
}


def newest() -> dict[str, Vast]:
    return {each.id: each for each in sorted(fixed(), key=lambda each: each.versie)}


def test_every_kind_of_entry_is_of_one_processing_or_about_nobody():
    told = Counter(soort for each in newest().values() for soort in each.soorten)

    assert set(told) | NOT_ABOUT_PEOPLE | BY_POLICY == set(Auditsoort)
    assert not set(told) & (NOT_ABOUT_PEOPLE | BY_POLICY)
    assert set(told.values()) == {1}


def test_versions_are_numbered_from_one_and_each_begins_later():
    for name in newest():
        versions = [each for each in fixed() if each.id == name]
        assert [each.versie for each in versions] == list(range(1, len(versions) + 1))
        days = [each.vanaf for each in versions]
        assert days == sorted(set(days))


def test_the_version_of_a_day_is_the_last_that_had_begun_and_before_all_the_first():
    first = fixed()[0]
    second = Vast(**{**_told(first), "versie": 2, "vanaf": date(2030, 1, 1)})

    assert valid_on([second, first], date(2029, 12, 31)) == first
    assert valid_on([second, first], date(2030, 1, 1)) == second
    assert valid_on([second, first], date(1999, 1, 1)) == first


def test_security_is_told_in_general_words():
    assert all(each.naam and each.tekst for each in measures())


def _told(vast: Vast) -> dict[str, object]:
    return {name: getattr(vast, name) for name in Vast.__slots__}
