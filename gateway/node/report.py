"""What a person at an organisation sees of a run: progress, counts, and tables of what to mend.

No value of a record is shown, but for the V-nummers of vanished records, which the gate let out
to this organisation itself.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from connectors.ngo.intake import Rijfout
from gateway.node.outcome import Afloop, Uitkomst, Weigering
from gateway.node.sending import Sent
from schemas.fault_texts import TEKSTEN
from schemas.terms import Itemresultaat

_ONBEKEND: Final = ("Dit gegeven kan zo niet worden gedeeld.", "Vraag de beheerder.")
_GOED: Final = "green"
_FOUT: Final = "red"


@contextmanager
def progress(
    console: Console, naam: str
) -> Iterator[Callable[[int], AbstractContextManager[Sent]]]:
    """Shows what is going on; gives what shows the batches, for `Wijze.begin`."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        # How long reading takes nobody knows beforehand: the bar runs to and fro.
        bar.add_task(f"{escape(naam)}: lezen en vergelijken", total=None)

        def begin(total: int) -> AbstractContextManager[Sent]:
            # A run can begin to send twice: after a restore of the gateway everything goes again.
            for task in bar.task_ids:
                bar.remove_task(task)
            task = bar.add_task(f"{escape(naam)}: verzenden", total=total)
            return nullcontext(lambda items: bar.advance(task, items))

        yield begin


def show(console: Console, found: Uitkomst, *, naam: str, proef: bool) -> None:
    """The whole run, the most urgent last, where the eye is."""
    if found.afloop is not Afloop.BEZET and found.rijen:
        console.print(_counts(found, naam, proef=proef))
        if found.thuis:
            console.print(_at_home(found.thuis), highlight=False)
        if found.fouten:
            console.print(_refused(found.fouten))
        if found.aantal_verdwenen:
            console.print(_vanished(found.v_nummers()), highlight=False)
        if found.tally.geweigerd:
            console.print(_refused_there(found.tally.geweigerd))
    if found.melding:
        console.print(escape(found.melding), style=_FOUT, highlight=False)
    elif proef:
        console.print("Proef: er is niets verstuurd en niets onthouden.", style=_GOED)
    else:
        console.print("De aanlevering is klaar.", style=_GOED)


def _counts(found: Uitkomst, naam: str, *, proef: bool) -> Table:
    table = Table(title=f"{escape(naam)}, {found.dag:%d-%m-%Y}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    rows = [
        ("rijen in het register", found.rijen),
        ("goed", found.geldig),
        ("met toestemming", found.geldig - len(found.thuis)),
        ("blijft thuis, zonder toestemming", len(found.thuis)),
        ("ongewijzigd, dus niet verstuurd", found.overgeslagen),
    ]
    if proef:
        rows.append(("zou worden verstuurd", found.te_verzenden))
    else:
        rows += [(f"gateway: {each}", found.tally.counted[each]) for each in Itemresultaat]
    for text, count in rows:
        table.add_row(text, str(count))
    return table


def _at_home(waar: Sequence[str]) -> str:
    return f"Zonder toestemming die vandaag geldt, en dus thuis gebleven: {', '.join(waar)}."


def _refused(fouten: Sequence[Rijfout]) -> Table:
    table = Table(title="Deze gegevens kloppen niet; de rij is niet gebruikt", show_lines=True)
    for heading in ("blad", "rij", "veld", "wat is er mis", "wat te doen"):
        table.add_column(heading)
    for fout in fouten:
        where = fout.rij if fout.bladrij is None else fout.bladrij
        code = fout.code
        table.add_row(escape(fout.blad or ""), str(where), fout.veld, code.wat, code.te_doen)
    return table


def _vanished(v_nummers: Sequence[str]) -> str:
    return (
        "Staat niet meer in het register; de laatste versie blijft gelden: "
        f"{', '.join(v_nummers)}. Is iemand weg, of is de toestemming voorbij? Leg dat vast in "
        "het register."
    )


def _refused_there(geweigerd: Sequence[Weigering]) -> Table:
    table = Table(title="Geweigerd door de gateway", show_lines=True)
    for heading in ("waar", "veld", "wat is er mis", "wat te doen"):
        table.add_column(heading)
    for each in geweigerd:
        wat, te_doen = TEKSTEN.get(each.code, _ONBEKEND)
        table.add_row(escape(each.waar or "eerder verstuurd"), escape(each.veld), wat, te_doen)
    return table
