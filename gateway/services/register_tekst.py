"""The register of processing to be read: Markdown, a chapter for each part of AVG 30."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_UNREADABLE = str.maketrans({"|": r"\|", "\n": " ", "<": "&lt;", "[": r"\["})


def as_markdown(register: Mapping[str, Any]) -> str:
    """All of it; what is missing stands on top."""
    return "\n".join(_lines(register)) + "\n"


def _lines(register: Mapping[str, Any]) -> Iterator[str]:
    yield "# Register van verwerkingen"
    yield ""
    yield f"Gemaakt op {register['gemaaktOp']} uit het beleid en de instellingen (AVG 30)."
    yield f"Versie: `{register['versie']}`."
    if register["ontbreekt"]:
        yield from ("", "**Er ontbreekt nog:**", "")
        yield from (f"- {_shown(each)}" for each in register["ontbreekt"])
    yield from _parties(register)
    yield from ("", "## Verwerkingen")
    for each in register["verwerkingen"]:
        yield from _verwerking(each)
    yield from ("", "## Beveiliging (AVG 32)", "")
    yield from (f"- **{_shown(e['naam'])}**: {_shown(e['tekst'])}" for e in register["maatregelen"])


def _parties(register: Mapping[str, Any]) -> Iterator[str]:
    roles = register["rollen"]
    verwerker = [register["verwerker"]] if register["verwerker"] else []
    for title, role, parties in (
        ("Verstrekkers", roles["verstrekker"], register["verstrekkers"]),
        ("Ontvangers", roles["ontvanger"], register["ontvangers"]),
        ("Gateway", roles["gateway"], verwerker),
        ("Regievoerder", roles["regievoerder"], register["regievoerder"]),
    ):
        yield from ("", f"## {title}", "", f"Rol: {role}.", "")
        yield from _table(
            ("naam", "oin", "adres", "contact", "fg"),
            ("Naam", "OIN", "Adres", "Contact", "FG"),
            parties,
        )


def _verwerking(told: Mapping[str, Any]) -> Iterator[str]:
    yield from ("", f"### {_shown(told['naam'])}", "")
    for key, label in (
        ("adres", "Adres in dit register"),
        ("doel", "Doel"),
        ("grondslag", "Grondslag"),
        ("betrokkenen", "Betrokkenen"),
        ("ontvanger", "Ontvanger"),
        ("ontvangers", "Ontvangers"),
        ("bron", "Bron"),
        ("doorgifte", "Doorgifte"),
        ("vanaf", "Geldig vanaf"),
    ):
        if key in told:
            yield f"- {label}: {_shown(told[key])}"
    yield from _more(told)
    if isinstance(told.get("gegevens"), list):
        yield ""
        names = ("veld", "precisie", "soort", "motivering")
        yield from _table(names, ("Veld", "Precisie", "Soort", "Waarom"), told["gegevens"])


def _more(told: Mapping[str, Any]) -> Iterator[str]:
    term, fields = told.get("bewaartermijn"), told.get("gegevens")
    if isinstance(term, Mapping):
        yield f"- Bewaartermijn: {term['termijn']} vanaf {_shown(term['vanaf'].replace('_', ' '))}"
    elif term:
        yield f"- Bewaartermijn: {_shown(term)}"
    if isinstance(fields, str):
        yield f"- Gegevens: {_shown(fields)}"
    if "dpia" in told:
        yield f"- DPIA: {_shown(', '.join(str(each) for each in told['dpia'].values()))}"
    for period in told.get("geldig", ()):
        until = "heden" if period["tot"] is None else period["tot"]
        yield f"- In gebruik: van {period['van']} tot {until}"


def _table(
    keys: Iterable[str], labels: Iterable[str], rows: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    names, shown = tuple(keys), tuple(labels)
    yield f"| {' | '.join(shown)} |"
    yield f"|{'---|' * len(shown)}"
    for row in rows:
        yield f"| {' | '.join(_shown(row.get(name, '')) for name in names)} |"


def _shown(text: object) -> str:
    """What a policy or a setting says is text, never markup."""
    return str(text).translate(_UNREADABLE)
