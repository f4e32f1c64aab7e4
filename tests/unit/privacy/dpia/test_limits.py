"""Sentences about precision are read where they are of a known form, and left to a person else."""

import pytest

from privacy.dpia.limits import Grens, limits
from schemas.terms import Precisie
from tests.unit.privacy.dpia.examples import a_sample, read, set_single


def read_sentence(sentence: str) -> tuple[tuple[Grens, ...], tuple[str, ...]]:
    raw = a_sample()
    set_single(raw, "14.2", sentence)
    found = limits(read(raw))
    return found.grenzen, found.niet_gelezen


IND, PARTNERS = frozenset({"ind"}), frozenset({"ind", "dt&v"})


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "Geboortedatum gaat als jaartal naar IND en DT&V.",
            Grens("geboortedatum", Precisie.JAAR, PARTNERS),
        ),
        (
            "geboortedatum gaat alleen als jaar naar DT&V, IND",
            Grens("geboortedatum", Precisie.JAAR, PARTNERS),
        ),
        (
            "Geboortedatum gaat als leeftijdsgroep naar Immigratie- en Naturalisatiedienst.",
            None,  # the name of the party holds "en": a person reads it
        ),
        ("Naam gaat als pseudoniem naar IND.", Grens("naam", Precisie.PSEUDONIEM, IND)),
        (
            "Nationaliteit gaat als ja of nee naar IND.",
            Grens("nationaliteit", Precisie.JA_NEE, IND),
        ),
        (
            "Een medische reden van uitstroom (artikel 64) gaat naar niemand; zij telt als overig.",
            Grens("uitstroomreden", Precisie.GROEP, None),
        ),
        ("Rol gaat naar niemand.", Grens("rol", None, None)),
        ("Schoenmaat gaat als jaartal naar IND.", None),
        ("Geboortedatum gaat als sterrenbeeld naar IND.", None),
        ("Geboortedatum gaat als jaartal naar de KMar.", None),
        ("Geboortedatum gaat als jaartal naar IND; behalve in het MRT.", None),
        ("Per ontvanger en doel gaan alleen de genoemde gegevens over.", None),
        ("a gaat als b naar " * 1_000 + ";", None),
    ],
)
def test_a_sentence_is_read_or_left(sentence, expected):
    read_ones, left = read_sentence(sentence)

    assert read_ones == (() if expected is None else (expected,))
    assert (left == ()) is (expected is not None)


def test_the_sample_has_two_limits_and_one_sentence_for_a_person():
    found = limits(read(a_sample()))

    assert [each.veld for each in found.grenzen] == ["geboortedatum", "uitstroomreden"]
    assert len(found.niet_gelezen) == 1
    assert found.of("AVIM", "geboortedatum") == ()
    assert found.of("IND", "geboortedatum") != ()
