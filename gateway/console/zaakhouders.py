"""For the officers: people of whom more than one organisation says that it is zaakhouder."""

from gateway.console.table import Cel, Tabel, Toon, code, moment_text
from gateway.services.zaakhouders import Zaakhouder, find_zaakhouders
from gateway.wiring import Parts


def double_zaakhouders(parts: Parts) -> list[Tabel]:
    """One table with a row per casus, and where it matters one of what could not be read."""
    found = find_zaakhouders(parts)
    tables = [
        Tabel(
            naam="zaakhouders",
            titel="Meer dan één zaakhouder",
            kop=("Casus", "Organisatie", "Zaakhouder sinds", "Persoon", "Telt"),
            rijen=tuple(
                _row(each, number, first=each is group[0])
                for number, group in enumerate(found.personen, start=1)
                for each in group
            ),
            leeg=f"Van niemand. Casussen bekeken: {found.casussen}.",
            uitleg="Wie het eerst zaakhouder was, telt. Geen van de organisaties weet hiervan, en"
            " ketenpartners zien elke casus alsof er geen andere is. Bespreek het met hen.",
        )
    ]
    if found.onleesbaar:
        tables.append(_unreadable(found.onleesbaar))
    return tables


def _row(each: Zaakhouder, number: int, *, first: bool) -> tuple[Cel, ...]:
    return (
        code(str(each.casus)),
        Cel(each.bronhouder),
        Cel(moment_text(each.sinds)),
        Cel(str(number)),
        Cel("ja", Toon.GOED) if first else Cel("nee", Toon.LET_OP),
    )


def _unreadable(number: int) -> Tabel:
    row = (Cel(str(number), Toon.FOUT), Cel("De sleutel opent niet: vraag de beheerder."))
    return Tabel("onleesbaar", "Niet bekeken", ("Casussen", "Waarom"), (row,), leeg="")
