"""The wire as JSON Schema 2020-12; `python -m schemas.json_schema DIR` writes the files.

JSON Schema cannot say all: the rules between fields and those of the day stand in `rules`,
and which recipients and notices exist is configuration.
"""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Final

from schemas.aanlevering import AanleveringSchema, item_schema
from schemas.fields import Json
from schemas.mutatie import (
    beperking_schema,
    mutatie_schema,
    rectificatie_schema,
    terugroeping_schema,
)
from schemas.samenvatting import samenvatting_schema
from schemas.toestemming import toestemming_schema

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
#: What is exported does not depend on the day, and says nothing of configuration.
_ANY_DAY: Final = date(2020, 1, 1)
_NONE: Final[frozenset[str]] = frozenset()


def documents() -> dict[str, Json]:
    """Give every schema by the name of its file."""
    item = item_schema(_ANY_DAY, _NONE, _NONE).json_schema()
    aanlevering = AanleveringSchema().json_schema() | {"$defs": {"aanleveringsitem": item}}
    schemas = {
        "casussamenvatting": samenvatting_schema(_ANY_DAY).json_schema(),
        "toestemming": toestemming_schema(_ANY_DAY, _NONE, _NONE).json_schema(),
        "aanleveringsitem": item,
        "aanlevering": aanlevering,
        "mutatie": mutatie_schema().json_schema(),
        "terugroeping": terugroeping_schema().json_schema(),
        "beperkingsbericht": beperking_schema().json_schema(),
        "rectificatiebericht": rectificatie_schema().json_schema(),
    }
    return {name: {"$schema": _DIALECT, **schema} for name, schema in schemas.items()}


def export(folder: Path) -> list[Path]:
    """Write every schema to its file in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in documents().items():
        path = folder / f"{name}.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004  the program and the folder
        sys.exit("gebruik: python -m schemas.json_schema DIR")
    export(Path(sys.argv[1]))
