"""People of whom every value can be told apart, and where each of those values may come.

A *mark* is a value that stands nowhere else: a word, a V-nummer, a day, the month of a birth
date. `allowed_*` is written from the rules alone (REGELS, `oracle`), with nothing of the program.
Values of which there are only a few (a sex, a line, a code) are no marks.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tests.demo.oracle import covered, fault_of, status_of
from tests.demo.people import BRONNEN, EERSTE, PARTNERS, TWEEDE, Casus, Dag, Verklaring
from tests.demo.registers import in_order

WORD = "zq"
_LETTERS = "abcdefghijklmnop"
CODES = ("0315", "0300", "0149", "0000", "0499")


@dataclass
class Marks:
    """Draws values that were never drawn before."""

    draw: random.Random
    drawn: set[str] = field(default_factory=set)

    def word(self) -> str:
        return self._new(lambda: WORD + "".join(self.draw.choices(_LETTERS, k=8)))

    def name(self) -> str:
        return f"{self.word().title()} é van {self.word().title()}"

    def v_nummer(self) -> str:
        # No moment in seconds begins with these.
        return self._new(lambda: f"{self.draw.choice('03456789')}{self.draw.randrange(10**9):09d}")

    def birth(self, first: int = 1931, last: int = 2001) -> str:
        month = self._new(
            lambda: f"{self.draw.randint(first, last)}-{self.draw.randint(1, 12):02d}"
        )
        return self._new(lambda: f"{month}-{self.draw.randint(13, 28)}")

    def day(self, first: date, last: date) -> date:
        span = (last - first).days
        text = self._new(lambda: str(first + timedelta(days=self.draw.randint(0, span))))
        return date.fromisoformat(text)

    def _new(self, drawing) -> str:
        while (value := drawing()) in self.drawn:
            pass
        self.drawn.add(value)
        return value


@dataclass(frozen=True)
class Canary:
    """One person at one organisation: per day what is known, None where the record is gone."""

    bron: str
    days: dict[date, Casus | None]

    def until(self, last: date) -> list[tuple[date, Casus]]:
        """Its good versions up to and on a day; the latest is the one that counts."""
        return [
            (dag, casus)
            for dag, casus in self.days.items()
            if dag <= last and casus is not None and fault_of(casus) is None
        ]


@dataclass(frozen=True)
class Aviary:
    """Everyone, and the organisations' own words for the closed lists."""

    canaries: tuple[Canary, ...]
    words: dict[str, str]
    marks: frozenset[str]

    @property
    def notes(self) -> set[str]:
        """What stands in columns that no mapping names."""
        return {
            casus.notitie
            for each in self.canaries
            for casus in each.days.values()
            if casus is not None
        }

    @property
    def v_nummers(self) -> set[str]:
        return {
            casus.v_nummer
            for each in self.canaries
            for casus in each.days.values()
            if casus is not None
        }

    def as_known(self) -> dict[date, Dag]:
        return self._days(lambda casus: casus)

    def as_written(self) -> dict[date, Dag]:
        """With the organisation's own words where a closed list has a code."""
        return self._days(self._in_own_words)

    def _days(self, form) -> dict[date, Dag]:
        return {
            dag: {
                bron: in_order(bron, [form(casus) for casus in self._of(bron, dag)])
                for bron in BRONNEN
            }
            for dag in (EERSTE, TWEEDE)
        }

    def _of(self, bron: str, dag: date) -> Iterator[Casus]:
        for each in self.canaries:
            casus = each.days[dag]
            if each.bron == bron and casus is not None:
                yield casus

    def _in_own_words(self, casus: Casus) -> Casus:
        told = {code: word for word, code in self.words.items()}
        open_yet = casus.scenario == "niet_vastgesteld"
        return replace(
            casus,
            nationaliteit=told[casus.nationaliteit],
            scenario=casus.scenario if open_yet else told[casus.scenario],
            reden=None if casus.reden is None else told[casus.reden],
        )


def aviary(seed: int) -> Aviary:
    """Twenty people at each organisation, one of each kind that the rules know."""
    marks = Marks(random.Random(seed))  # noqa: S311
    codes = (*CODES, "verblijf", "vertrek", "medisch", "artikel_64", "terugkeer")
    words = {marks.word(): code for code in codes}
    canaries = tuple(each for bron in BRONNEN for each in _of_one(marks, bron))
    return Aviary(canaries, words, frozenset(marks.drawn))


def _of_one(marks: Marks, bron: str) -> Iterator[Canary]:
    def someone(*ontvangers: str, **changed) -> Casus:
        return _someone(marks, ontvangers, **changed)

    def stays(casus: Casus) -> Canary:
        return Canary(bron, {EERSTE: casus, TWEEDE: _noted(marks, casus)})

    def becomes(casus: Casus, **changed) -> Canary:
        later = replace(_noted(marks, casus), **changed)
        return Canary(bron, {EERSTE: casus, TWEEDE: later})

    everyone = (*PARTNERS, "gemeente")
    # Nobody may have anything of these, on either day.
    for casus in (
        replace(someone(), verklaringen=()),
        someone("gemeente"),
        _ended(
            marks, someone(*everyone), tot=marks.day(date(2020, 7, 1), EERSTE - timedelta(days=1))
        ),
        _withdrawn(marks, someone(*everyone), EERSTE),
        someone(*everyone, namens=None, geboren=marks.birth(2006, 2012)),
        replace(someone(*everyone), naam=""),
        replace(someone(*everyone), v_nummer=marks.word()),
    ):
        yield stays(casus)
    for partner in PARTNERS:
        yield stays(someone(partner))
    yield stays(someone("IND", "AVIM", "gemeente", geboren=marks.birth(2006, 2012)))
    yield stays(someone(*everyone, uitstroom=marks.day(*_GONE), reden="artikel_64"))
    new = _statement(marks, ("AVIM",))
    yield becomes(replace(someone(), verklaringen=()), verklaringen=(new,))
    waiting = someone(*everyone, instroom=None)
    yield becomes(waiting, instroom=marks.day(*_ENTRY))
    for reden in ("medisch", "artikel_64"):
        yield becomes(someone("IND", "DT&V"), uitstroom=marks.day(*_GONE), reden=reden)
    # What changes from the day on which consent is no longer there is told to nobody.
    stops = _withdrawn(marks, someone(*everyone), TWEEDE)
    before = replace(stops.verklaringen[0], ingetrokken=None)
    changed = {"naam": marks.name(), "uitstroom": marks.day(*_GONE), "reden": "medisch"}
    first = replace(stops, verklaringen=(before,))
    yield becomes(first, verklaringen=stops.verklaringen, **changed)
    narrow = _statement(marks, ("IND",))
    yield becomes(
        someone("IND", "AVIM"),
        verklaringen=(narrow,),
        naam=marks.name(),
        geboren=marks.birth(),
    )
    yield becomes(someone(*everyone), naam="")
    yield Canary(bron, {EERSTE: someone(*everyone), TWEEDE: None})


_GONE = (date(2019, 7, 1), date(2020, 1, 31))
_ENTRY = (date(2017, 7, 1), date(2019, 6, 30))


def _someone(marks: Marks, ontvangers: tuple[str, ...], **changed) -> Casus:
    namens = changed.pop("namens", f"voogd {marks.word()}")
    draw = marks.draw
    casus = Casus(
        v_nummer=marks.v_nummer(),
        naam=marks.name(),
        geboren=marks.birth(),
        geslacht=draw.choice("MVO"),
        nationaliteit=draw.choice(CODES),
        aangemeld=marks.day(date(2015, 1, 1), date(2017, 6, 30)),
        instroom=marks.day(*_ENTRY),
        lijn=draw.choice(("1", "2", None)),
        scenario=draw.choice(("verblijf", "vertrek", "niet_vastgesteld")),
        rol=draw.choice(("zaakhouder", "medebegeleiding")),
        verklaringen=(_statement(marks, ontvangers, namens),),
        notitie=marks.word(),
    )
    return replace(casus, **changed)


def _statement(marks: Marks, ontvangers: tuple[str, ...], namens: str | None = "") -> Verklaring:
    return Verklaring(
        ontvangers,
        gegeven=marks.day(date(2020, 2, 1), date(2020, 6, 30)),
        tot=marks.day(date(2021, 1, 1), date(2022, 12, 31)),
        namens=f"curator {marks.word()}" if namens == "" else namens,
    )


def _ended(marks: Marks, casus: Casus, tot: date) -> Casus:
    return replace(casus, verklaringen=(replace(casus.verklaringen[0], tot=tot),))


def _withdrawn(marks: Marks, casus: Casus, by: date) -> Casus:
    day = marks.day(by - timedelta(days=19), by - timedelta(days=1))
    return replace(casus, verklaringen=(replace(casus.verklaringen[0], ingetrokken=day),))


def _noted(marks: Marks, casus: Casus) -> Casus:
    """The same person later, with another note."""
    return replace(casus, notitie=marks.word())


# Where a mark may come


def allowed_at_gateway(birds: Aviary, dag: date) -> set[str]:
    """What may reach the gateway on a day: what consented partners may have, and consents.

    Of who was sent before: also that consent ended, and no more.
    """
    allowed: set[str] = set()
    for each in birds.canaries:
        casus = each.days[dag]
        if casus is None or fault_of(casus) is not None:
            continue
        partners = _partners(casus, dag)
        if partners:
            allowed |= _in_feed(casus)
        if "AVIM" in partners:
            allowed |= _in_pack_of_avim(casus)
        if partners or any(_partners(old, day) for day, old in each.until(dag)):
            allowed |= {str(day) for day in _days_of_consent(casus)}
    return allowed


def allowed_at_rest(birds: Aviary) -> set[str]:
    """What may stand open in the gateway's database: the days of consents, and nothing else."""
    return {
        str(day)
        for each in birds.canaries
        for dag, casus in each.days.items()
        if casus is not None
        for day in _days_of_consent(casus)
        if str(day) in allowed_at_gateway(birds, dag)
    }


def allowed_at_partner(birds: Aviary, partner: str, dag: date) -> set[str]:
    """What a partner may be told on a day, of versions that are kept."""
    allowed: set[str] = set()
    for each in birds.canaries:
        kept = [casus for _, casus in each.until(dag)]
        if not kept or not covered(kept[-1], partner, dag):
            continue
        allowed |= _in_feed(kept[-1])
        if partner == "AVIM" and status_of(kept[-1]) == "in_begeleiding":
            allowed |= _in_pack_of_avim(kept[-1])
    return allowed


def _partners(casus: Casus, dag: date) -> set[str]:
    return {partner for partner in PARTNERS if covered(casus, partner, dag)}


def _in_feed(casus: Casus) -> set[str]:
    days = (casus.aangemeld, casus.instroom, casus.uitstroom)
    return {casus.v_nummer, *(str(day) for day in days if day is not None)}


def _in_pack_of_avim(casus: Casus) -> set[str]:
    words = {word.lower() for word in casus.naam.split() if word.lower().startswith(WORD)}
    return words | ({casus.geboren[:7], casus.geboren} if casus.geboren else set())


def _days_of_consent(casus: Casus) -> Iterator[date]:
    for each in casus.verklaringen:
        yield from filter(None, (each.gegeven, each.tot, each.ingetrokken))
