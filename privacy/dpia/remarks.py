"""What a person should know before approving a policy, though no machine can call it a fault.

Open questions of law, a DPIA that is not final, answers that contradict each other, sentences
that were not read. A warning names the question of the DPIA, so that it can be looked up.
"""

from collections.abc import Iterator
from typing import Final

from privacy.dpia.answers import EXCEPTIONS, Dpia
from privacy.dpia.fields import alike, name_of, purpose_of
from privacy.dpia.findings import Bevinding, Regel
from privacy.dpia.limits import PARAGRAPH, Grenzen
from privacy.dpia.sensitive import CLASS_OF
from privacy.dpia.support import CONSENT, Support, classes, processing
from privacy.policy import Policy
from schemas.sensitivity import Gevoeligheid

_FINAL: Final = "definitief"
_LONGEST_QUOTE: Final = 300


def remarks(policy: Policy, dpia: Dpia, limits: Grenzen) -> tuple[Bevinding, ...]:
    """Every warning about a policy and the DPIA beneath it, but for `joins`."""
    return (
        *_open_questions(policy, dpia),
        *_not_settled(dpia),
        *_about_this_file(policy, dpia),
        *_other_grounds(policy, dpia),
        *_contradictions(policy, dpia),
        *(_unread(sentence) for sentence in limits.niet_gelezen),
    )


def quoted(text: str) -> str:
    """Words of the DPIA on one line, cut off where they are long."""
    line = " ".join(text.split())
    return f"«{line if len(line) <= _LONGEST_QUOTE else line[:_LONGEST_QUOTE] + '…'}»"


def _about(regel: Regel, paragraph: str, text: str, field: str = "") -> Bevinding:
    return Bevinding("", field, regel, paragraph, text)


def _open_questions(policy: Policy, dpia: Dpia) -> Iterator[Bevinding]:
    """Once for each text: the same doubt under five purposes is one doubt."""
    used = {alike(rule.verwerking) for rule in policy.doelen.values()}
    told: dict[tuple[str, str], None] = {
        (each.paragraaf, each.tekst): None
        for each in dpia.open_questions
        if used & {alike(name) for name in each.verwerkingen}
    }
    for paragraph, text in told:
        number = paragraph.startswith(EXCEPTIONS[Gevoeligheid.NATIONAAL_NUMMER])
        law = " UAVG 46 eist een wettelijke grondslag voor het V-nummer, ook bij de organisaties."
        yield _about(
            Regel.OPEN_RECHTSVRAAG,
            paragraph,
            f"De DPIA vraagt nog advies: {quoted(text)}.{law if number else ''}",
            "vNummer" if number else "",
        )


def _not_settled(dpia: Dpia) -> Iterator[Bevinding]:
    settled = dpia.vaststelling
    if alike(settled.status) != _FINAL:
        status = quoted(settled.status) if settled.status else "niet ingevuld"
        yield _about(Regel.VASTSTELLING, "19.2", f"De status van de DPIA is {status}.")
    if settled.advies_op is None:
        yield _about(Regel.VASTSTELLING, "19.5.6", "Een advies van de FG met datum ontbreekt.")
    if not settled.ondertekend_op:
        yield _about(Regel.VASTSTELLING, "20.1.6", "De DPIA is niet ondertekend.")
    if not dpia.inzage:
        yield _about(
            Regel.VASTSTELLING, "15.1.1", "De DPIA beschrijft geen procedure voor inzage (AVG 15)."
        )


def _about_this_file(policy: Policy, dpia: Dpia) -> Iterator[Bevinding]:
    if dpia.gemaakt_op.isoformat() not in policy.dpia:
        yield _about(
            Regel.TEGENSTRIJDIG,
            "",
            f"Het beleid noemt een andere DPIA dan deze, van {dpia.gemaakt_op.isoformat()}.",
            "dpia",
        )
    for doel, rule in policy.doelen.items():
        if processing(dpia, rule.verwerking) and purpose_of(rule.verwerking) is None:
            yield Bevinding(
                f"doelen.{doel}",
                "verwerking",
                Regel.NIET_GECONTROLEERD,
                "3.1.1",
                "De gateway kent deze verwerking niet: kijk zelf na of zij bij dit doel hoort.",
            )


def _other_grounds(policy: Policy, dpia: Dpia) -> Iterator[Bevinding]:
    """A second ground puts in doubt that the person is free to refuse (AVG 7 lid 4)."""
    for doel, rule in policy.doelen.items():
        found = processing(dpia, rule.verwerking)
        grounds = Support(dpia, found).grounds if found else ()
        for ground in grounds:
            if alike(ground.grond) != alike(CONSENT):
                yield Bevinding(
                    f"doelen.{doel}",
                    "grondslag",
                    Regel.TEGENSTRIJDIG,
                    "11.1.1",
                    f"De DPIA noemt hier ook {quoted(ground.grond)}.",
                )


def _contradictions(policy: Policy, dpia: Dpia) -> Iterator[Bevinding]:
    for soort, question in EXCEPTIONS.items():
        named = [each.naam for each in dpia.gegevens if each.soort is soort]
        if named and not dpia.verwerkt[soort]:
            yield _about(
                Regel.TEGENSTRIJDIG,
                f"2.1.4, {question}.1",
                f"De DPIA noemt {quoted(named[0])} {soort}, en zegt ook dat zulke gegevens niet"
                " worden verwerkt.",
            )
    for field in sorted({name for rule in policy.doelen.values() for name in rule.velden}):
        said = classes(dpia, field)
        if CLASS_OF[field] in EXCEPTIONS and said and CLASS_OF[field] not in said:
            yield _about(
                Regel.TEGENSTRIJDIG,
                "2.1.4",
                f"De DPIA noemt {name_of(field)} {', '.join(sorted(said))}; in de gateway geldt"
                f" het als {CLASS_OF[field]}.",
                field,
            )


def _unread(sentence: str) -> Bevinding:
    return _about(Regel.NIET_GECONTROLEERD, PARAGRAPH, f"Lees zelf na: {quoted(sentence)}")
