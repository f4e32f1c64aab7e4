"""The whole log as lines of text, for who checks it elsewhere: entries first, then checkpoints.

An export tells no more than the log itself: names nobody, holds no value (design 7). Nothing is
checked here, and nothing is left out or mended: what was altered goes out as it stands, so that
who checks it finds it. The form of a line is promised in docs/controle.md.
"""

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, select

from privacy.log.tables import auditregel, controlepunt, medeondertekening

_CHUNK: Final = 1000


def export_entries(tx: Connection) -> Iterator[str]:
    """A JSON object for each entry: its number, its canonical text, and its stored leaf hash."""
    query = (
        select(auditregel.c.nummer, auditregel.c.regel, auditregel.c.blad)
        .order_by(auditregel.c.nummer)
        .execution_options(yield_per=_CHUNK)
    )
    with tx.execute(query) as rows:
        for nummer, regel, blad in rows:
            # Bytes that are no text were put there by someone: the leaf hash will tell.
            text = json.dumps(regel.decode(errors="replace"))
            leaf = b64encode(blad).decode()
            yield f'{{"nummer":{nummer},"regel":{text},"blad":"{leaf}"}}'


def export_checkpoints(tx: Connection) -> Iterator[str]:
    """A JSON object for each checkpoint: the signed note, with the cosignatures under it."""
    cosigned: dict[int, list[str]] = {}
    table = medeondertekening
    query = select(table.c.omvang, table.c.regel).order_by(table.c.omvang, table.c.getuige)
    for omvang, regel in tx.execute(query):
        cosigned.setdefault(omvang, []).append(f"{regel}\n")
    notes = select(controlepunt.c.omvang, controlepunt.c.tekst).order_by(controlepunt.c.omvang)
    for omvang, tekst in tx.execute(notes):
        note = tekst + "".join(cosigned.get(omvang, []))
        yield json.dumps({"controlepunt": note}, separators=(",", ":"))
