"""Tells the demo in words and tables, on any terminal and also when piped into a file.

No value of a record is shown: counts, fields, rows and rules. The data itself is in UIT.json.
"""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from gateway.demo.cast import LEVERING
from gateway.demo.not_received import Gemis
from gateway.demo.outcome import Geweigerd, Intake, Moment
from gateway.demo.outsider import Buitenstaander
from gateway.demo.partners import Ontvangen
from gateway.demo.stage import Proof
from gateway.demo.verslag import Verslag
from gateway.parties import Levering
from schemas.faults import Foutcode
from schemas.terms import Mutatiesoort

_PIPED_WIDTH: Final = 118
_DAGEN: Final = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_MAANDEN: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)
_WIJZE: Final = {Levering.OPHALEN: "haalt op", Levering.BEZORGEN: "krijgt bezorgd"}
_INLEIDING: Final = (
    "Vijf organisaties, drie ketenpartners en de gemeente, op één machine. Alle personen zijn"
    " verzonnen; de programma's, sleutels en handtekeningen zijn echt. Het beleid is aangezet door"
    " twee verzonnen officers, en niet vergeleken met een DPIA. Elke toestemming is ondertekend"
    " door haar organisatie, en van het auditlog staat een kopie buiten de database. Een eigen"
    " proces ondertekent wat het auditlog is; een getuige van buiten wordt hier niet gevraagd, en"
    " daarom stopt het verstrekken in de demo nooit bij gebrek aan een getuige. In het echt wel."
)


def make_console() -> Console:
    """The terminal as it is; wide enough for the tables where there is none."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that lacks a letter gets a question mark, and not a crash.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_PIPED_WIDTH)


class Story:
    """Prints as the demo goes."""

    def __init__(self, console: Console, namen: Mapping[str, str]) -> None:
        self._console = console
        self._namen = namen

    def begin(self) -> None:
        self._console.print("\n[bold]LSO-gateway: de uitwisseling van begin tot eind[/bold]")
        self._console.print(_INLEIDING)

    def tell(self, moment: Moment) -> None:
        """One day: what was delivered, refused, kept at home, and received."""
        self._console.print()
        self._console.rule(f"[bold]{in_words(moment.dag)}[/bold]", align="left")
        self._console.print(self._delivered(moment.bronnen))
        self._console.print(self._refused(moment.bronnen))
        self._console.print(self._received(moment.ontvangen))
        for code, ontvangen in moment.ontvangen.items():
            if count := len(ontvangen.terugroepingen):
                self._console.print(
                    f"{code} vond alle {count} teruggeroepen casussen terug in het eigen dossier,"
                    " aan de eigen casusreferentie."
                )

    def _delivered(self, bronnen: Mapping[str, Intake]) -> Table:
        table = _table("Wat elke organisatie aanleverde, en wie er thuis bleef", "bron")
        table.add_column("organisatie")
        for kop in ("regels", "goed", "geweigerd", "toestemming", "thuisgebleven", "verdwenen"):
            table.add_column(kop, justify="right")
        for code, intake in bronnen.items():
            table.add_row(
                code,
                self._namen[code],
                *_counts(
                    intake.rijen,
                    intake.geldig,
                    intake.rijen - intake.geldig,
                    intake.met_toestemming,
                    intake.zonder_toestemming,
                    len(intake.verdwenen),
                ),
            )
        return table

    def _refused(self, bronnen: Mapping[str, Intake]) -> Table:
        table = _table("Wat is geweigerd, en wat eraan te doen is", "bron")
        for kop in ("waar", "veld", "wat er mis is", "wat te doen"):
            table.add_column(kop)
        for code, intake in bronnen.items():
            for each in intake.geweigerd:
                fout = Foutcode(each.code)
                table.add_row(code, _place(each), each.veld, fout.wat, fout.te_doen)
        return table

    def _received(self, ontvangen: Mapping[str, Ontvangen]) -> Table:
        table = _table("Wat elke ketenpartner ontving", "")
        for code in ontvangen:
            table.add_column(f"{code} ({_WIJZE[LEVERING[code]]})", justify="right")
        received = ontvangen.values()
        told = [Counter(item["soort"] for item in each.mutaties) for each in received]
        for soort in Mutatiesoort:
            if any(count[soort] for count in told):
                table.add_row(soort.value, *_counts(*(count[soort] for count in told)))
        table.add_row("terugroeping", *_counts(*(len(each.terugroepingen) for each in received)))
        table.add_row("casus in het pakket", *_counts(*(len(each.pakket) for each in received)))
        if any(each.bewijzen for each in received):
            proven = _counts(*(each.bewijzen for each in received))
            table.add_row("ontvangstbewijzen gecontroleerd", *proven)
        return table

    def tell_not_received(self, gemis: Sequence[Gemis]) -> None:
        """Which fields each partner did not get, and which not in full."""
        table = _table("Welke velden een ketenpartner niet ontving", "ketenpartner")
        for kop in ("waarvoor", "niet", "alleen grover"):
            table.add_column(kop)
        alike: dict[tuple[str, str, str], list[str]] = {}
        for each in gemis:
            row = (each.doel, ", ".join(each.niet), ", ".join(each.grover) or "-")
            alike.setdefault(row, []).append(each.ontvanger)
        for row, ontvangers in alike.items():
            table.add_row(", ".join(ontvangers), *row)
        self._console.print()
        self._console.print(table)
        self._console.print(
            "Toelichtingen en andere kolommen die geen mapping noemt, zijn nooit gelezen."
        )

    def tell_rights(
        self, verslag: Verslag | None, outsider: Buitenstaander, *, stays: bool
    ) -> None:
        """The report of one person, and what somebody from outside finds in the log."""
        if verslag is not None:
            self._console.print("\n[bold]Wie heeft mijn gegevens gezien?[/bold]")
            self._console.print(_in_report(verslag))
            for code, count in verslag.eigen.items():
                self._console.print(
                    f"{self._namen[code]} ziet van de eigen casus dezelfde {count} regels, zonder"
                    " de sleutels die ze openen; de andere organisaties zien er niets van."
                )
            place = f"op papier {verslag.papier}, voor machines {verslag.data}."
            lost = "Het is straks weg, met de map van de demo; met --map MAP blijft het."
            shown = f"Het verslag: {place}" if stays else lost
            self._console.print(shown, soft_wrap=True, markup=False)  # a folder has any name
        self._console.print("\n[bold]Klopt het log ook voor wie de gateway niet gelooft?[/bold]")
        self._console.print(
            "Het log is uitgevoerd en nagelezen met controleer.py, een los programma dat geen regel"
            f" met de gateway deelt. Ernaast lagen {outsider.kopieen} ontvangstbewijzen van"
            " ketenpartners. Het zegt:"
        )
        for line in outsider.woorden:
            self._console.print(f"  {line}", markup=False)

    def tell_proof(self, proof: Proof) -> None:
        self._console.print(
            f"\nHet auditlog is nagelezen en klopt: [bold]{proof.regels} regels[/bold],"
            f" wortel {proof.wortel}."
        )

    def tell_times(self, momenten: Sequence[Moment], total: float) -> None:
        """How long each step took."""
        table = _table("Hoe lang het duurde (seconden)", "dag")
        steps = list(momenten[0].duur)
        for step in steps:
            table.add_column(step, justify="right")
        for moment in momenten:
            table.add_row(moment.dag.isoformat(), *(f"{moment.duur[step]:.1f}" for step in steps))
        self._console.print()
        self._console.print(table)
        self._console.print(f"Samen, met opzetten en starten: {total:.1f} s.")


def in_words(dag: date) -> str:
    """`woensdag 1 april 2020`."""
    return f"{_DAGEN[dag.weekday()]} {dag.day} {_MAANDEN[dag.month - 1]} {dag.year}"


def _in_report(verslag: Verslag) -> str:
    """How long it is, and that it was compared."""
    lines = verslag.nagerekend
    told = (
        f"Een van deze personen vraagt het. Het verslag telt [bold]{verslag.regels} regels[/bold];"
        f" {lines.regels} daarvan gaan over {lines.partners} ketenpartners. Elk van die"
        f" {lines.regels} is nagerekend met het antwoord dat de ketenpartner zelf bewaart, en"
        " geen van hen bewaart over deze persoon iets dat er niet in staat."
    )
    if lines.niet_aangekomen:
        told += f" Nog {lines.niet_aangekomen} gaan over een antwoord dat nooit aankwam."
    return told


def _table(titel: str, eerste: str) -> Table:
    table = Table(title=titel, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    table.add_column(eerste)
    return table


def _place(each: Geweigerd) -> str:
    """Where a person finds it: sheet and row, or else which record it is."""
    if each.bladrij is None:
        return f"regel {each.rij}"
    return f"rij {each.bladrij}" if each.blad is None else f"{each.blad}, rij {each.bladrij}"


def _counts(*counts: int) -> list[str]:
    return [str(count) if count else "-" for count in counts]
