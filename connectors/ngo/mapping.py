"""Reads a mapping file, and refuses it with every fault named by table and key, in Dutch.

Not checked here: whether the sheets and columns exist (that shows on reading), and whether the
notice version is known (the node knows its notices).
"""

import tomllib
from pathlib import Path
from typing import Any, Final

from connectors.ngo.errors import MappingError
from connectors.ngo.mapping_values import (
    Bladbron,
    Bron,
    Csvbron,
    Databasebron,
    Datumvorm,
    Httpbron,
    Mapping,
    Toestemmingsvorm,
)
from connectors.ngo.toml_table import Tabel
from connectors.ngo.words import WOORDVELDEN, word_faults
from schemas.records import Casussamenvatting, wire_names
from schemas.rules import VERPLICHT
from schemas.terms import Doel, Vorm
from schemas.texts import code_fault
from schemas.toml_place import toml_place

_NAMES: Final = wire_names(Casussamenvatting)
#: `status` follows from the dates and `bronhouder` from the mapping: neither is ever read.
VELDEN: Final = tuple(name for name in _NAMES.values() if name not in {"status", "bronhouder"})
_NODIG: Final = ("vNummer", *(_NAMES[name] for name in VERPLICHT))
TOESTEMMINGSVELDEN: Final = (
    "ontvangers",
    "eersteDag",
    "laatsteDag",
    "ingetrokkenOp",
    "taal",
    "tolk",
    "vertegenwoordiger",
    "curatele",
)
_TOESTEMMING_NODIG: Final = ("ontvangers", "eersteDag", "laatsteDag", "taal", "tolk")
_INTREKKEN: Final = (
    "noem de kolom met de dag van intrekking, of zeg in [toestemming] geen_intrekkingen = true "
    "als dit register die niet heeft; een van beide"
)
_SOORTEN: Final = ("xlsx", "ods", "csv", "database", "http")
_CODERINGEN: Final = ("utf-8", "cp1252", "iso-8859-15", "utf-16")


def load_mapping(path: Path) -> Mapping:
    """The mapping in this file; MappingError with all its faults where it cannot be used."""
    fouten: list[str] = []
    mapping = _read(Tabel(_toml(path), "", fouten))
    if fouten:
        raise MappingError(path.name, tuple(fouten))
    return mapping


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise MappingError(path.name, (f"geen geldige TOML ({toml_place(error)})",)) from None
    except UnicodeDecodeError:
        raise MappingError(path.name, ("het bestand is niet in UTF-8",)) from None
    except OSError:
        raise MappingError(path.name, ("dit bestand is er niet of mag niet gelezen",)) from None


def _read(top: Tabel) -> Mapping:
    register = top.table("register")
    bronhouder = register.text("bronhouder")
    if bronhouder and code_fault(bronhouder):
        register.fault("bronhouder", "een code van kleine letters, cijfers, - en _")
    naam = register.text("naam")
    bron = _bron(register)
    velden, vast = _velden(top)
    mapping = Mapping(
        bronhouder=bronhouder,
        naam=naam,
        bron=bron,
        velden=velden,
        vast=vast,
        datumvormen=_datumvormen(top.table("datums")),
        woorden=_woorden(top.table("woorden", optional=True)),
        nummer_begint_met=_overslaan(top.table("overslaan", optional=True)),
        toestemming=_toestemming(top.table("toestemming"), bron),
    )
    register.close()
    top.close()
    return mapping


def _bron(register: Tabel) -> Bron:
    match register.choice("soort", _SOORTEN):
        case "xlsx" | "ods" as soort:
            return Bladbron(soort, register.texts("bladen"), register.row_or_texts("koprij", 1))
        case "csv":
            teken = register.text("scheidingsteken", ";")
            if len(teken) != 1:
                register.fault("scheidingsteken", "hier hoort één teken")
            codering = register.choice("codering", _CODERINGEN, "utf-8")
            return Csvbron(teken, codering, register.row_or_texts("koprij", 1))
        case "database":
            apart = "toestemming_query" in register
            return Databasebron(
                query=register.text("query"),
                toestemming_query=register.text("toestemming_query") if apart else None,
                sleutel=register.text("sleutel") if apart else None,
            )
        case _:
            volgende = register.text("volgende") if "volgende" in register else None
            return Httpbron(register.text("lijst"), volgende)


def _velden(top: Tabel) -> tuple[dict[str, str], dict[str, str]]:
    tabel = top.table("velden")
    velden = tabel.named_texts(VELDEN)
    vast = top.table("vast", optional=True).named_texts(VELDEN)
    for veld in _NODIG:
        if veld not in velden and veld not in vast:
            tabel.fault(veld, "ontbreekt; dit gegeven is verplicht")
    if ("datumUitstroom" in velden) != ("uitstroomreden" in velden):
        tabel.fault("datumUitstroom", "hoort samen met uitstroomreden in de mapping")
    for veld in velden.keys() & vast.keys():
        tabel.fault(veld, "staat ook in [vast]")
    return velden, vast


def _datumvormen(tabel: Tabel) -> frozenset[Datumvorm]:
    vormen = tabel.choices("vormen", tuple(Datumvorm))
    tabel.close()
    return frozenset(Datumvorm(vorm) for vorm in vormen if vorm in tuple(Datumvorm))


def _woorden(tabel: Tabel) -> dict[str, dict[str, str]]:
    woorden = {veld: tabel.table(veld).words() for veld in WOORDVELDEN if veld in tabel}
    tabel.fouten.extend(f"[woorden.{fout}" for fout in word_faults(woorden))
    tabel.close()
    return woorden


def _overslaan(tabel: Tabel) -> tuple[str, ...]:
    begin = tabel.texts("nummer_begint_met", ())
    tabel.close()
    return begin


def _toestemming(tabel: Tabel, bron: Bron) -> Toestemmingsvorm:
    velden, vast = tabel.table("velden"), tabel.table("vast", optional=True)
    kolommen = velden.named_texts(TOESTEMMINGSVELDEN)
    vaste = vast.named_texts(("taal", "tolk"))
    for veld in _TOESTEMMING_NODIG:
        if veld not in kolommen and veld not in vaste:
            velden.fault(veld, "ontbreekt; zonder dit gegeven geldt geen toestemming")
    if tabel.yes("geen_intrekkingen") == ("ingetrokkenOp" in kolommen):
        velden.fault("ingetrokkenOp", _INTREKKEN)
    if "lijst" in tabel and not isinstance(bron, Httpbron):
        tabel.fault("lijst", "kan alleen bij soort http")
    doelen = tabel.choices("doelen", tuple(Doel))
    vorm = tabel.choice("vorm", tuple(Vorm))
    gelezen = Toestemmingsvorm(
        velden=kolommen,
        lijst=tabel.text("lijst") if "lijst" in tabel else None,
        vast=vaste,
        scheiding=tabel.text("scheiding", ","),
        ontvangerwoorden=tabel.table("ontvangerwoorden", optional=True).words(),
        alleen_totalen=frozenset(tabel.texts("alleen_totalen", ())),
        doelen=tuple(Doel(doel) for doel in doelen if doel in tuple(Doel)),
        verklaring=tabel.text("verklaring"),
        vorm=Vorm(vorm) if vorm in tuple(Vorm) else Vorm.SCHRIFTELIJK,
        talen=frozenset(tabel.texts("talen")),
        ja=frozenset(tabel.texts("ja", ("ja",))),
        nee=frozenset(tabel.texts("nee", ("nee",))),
    )
    tabel.close()
    return gelezen
