"""Opens a register with the reader of its kind; the one place that knows all readers."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from connectors.ngo.mapping_values import Bladbron, Csvbron, Databasebron, Httpbron, Mapping
from connectors.ngo.readers.csv_file import read_csv
from connectors.ngo.readers.database import read_database
from connectors.ngo.readers.http_json import Fetch, read_http
from connectors.ngo.readers.ods import read_ods
from connectors.ngo.rows import Rij
from connectors.ngo.totals import totals_of


def open_register(
    mapping: Mapping, location: str | Path, day: date, fetch: Fetch | None
) -> Iterator[Rij]:
    """The rows of the register, as they stand there; RegisterError where it cannot be read.

    Rows come as they are read, so an error can come late: use nothing before the last.
    """
    match mapping.bron:
        case Bladbron(soort="xlsx") as bron:
            # Loading openpyxl takes longer than reading most registers.
            from connectors.ngo.readers.xlsx import read_xlsx

            return read_xlsx(Path(location), bron, mapping.kolommen)
        case Bladbron() as bron:
            return read_ods(Path(location), bron, mapping.kolommen)
        case Csvbron() as bron:
            return read_csv(Path(location), bron, mapping.kolommen, totals_of(mapping))
        case Databasebron() as bron:
            return read_database(
                location, bron, mapping.kolommen, mapping.toestemmingskolommen, day=day
            )
        case Httpbron() as bron:
            if fetch is None:
                raise TypeError("a register over HTTP needs fetch")
            lijst = mapping.toestemming.lijst
            apart = (lijst, mapping.toestemmingskolommen) if lijst is not None else None
            return read_http(str(location), bron, mapping.kolommen, apart, fetch=fetch)
