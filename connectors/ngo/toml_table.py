"""Reads a TOML table key by key and collects every fault, so that one run names them all."""

from collections.abc import Collection
from typing import Any, Final

_ONTBREEKT: Final = "ontbreekt"


class Tabel:
    """One table of a mapping file. A faulty key reads as empty, with a sentence in `fouten`."""

    def __init__(self, waarden: dict[str, Any], naam: str, fouten: list[str]) -> None:
        self._waarden = waarden
        self._gelezen: set[str] = set()
        self.naam = naam
        self.fouten = fouten

    def __contains__(self, sleutel: str) -> bool:
        return sleutel in self._waarden

    def fault(self, sleutel: str, zin: str) -> None:
        """Note a fault of one key."""
        plaats = f"[{self.naam}] {sleutel}" if self.naam else sleutel
        self.fouten.append(f"{plaats}: {zin}")

    def text(self, sleutel: str, standaard: str | None = None) -> str:
        """A text; it must be there where there is no default."""
        waarde = self._take(sleutel, standaard)
        if waarde is None:
            return ""
        if isinstance(waarde, str) and waarde.strip():
            return waarde
        self.fault(sleutel, "hier hoort tekst tussen aanhalingstekens")
        return ""

    def texts(self, sleutel: str, standaard: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of texts, not empty where there is no default."""
        waarde = self._take(sleutel, standaard)
        if waarde is None:
            return ()
        goed = isinstance(waarde, list | tuple) and all(isinstance(x, str) for x in waarde)
        if goed and (waarde or standaard is not None):
            return tuple(waarde)
        self.fault(sleutel, "hier hoort een lijst van teksten")
        return ()

    def yes(self, sleutel: str) -> bool:
        """Whether the key says true; false where it is absent."""
        waarde = self._take(sleutel, standaard=False)
        if not isinstance(waarde, bool):
            self.fault(sleutel, "hier hoort true of false")
        return waarde is True

    def choice(self, sleutel: str, keuzes: Collection[str], standaard: str | None = None) -> str:
        """One text of a closed list."""
        waarde = self.text(sleutel, standaard)
        if waarde and waarde not in keuzes:
            self.fault(sleutel, f"onbekend; kies uit {', '.join(keuzes)}")
        return waarde

    def choices(
        self, sleutel: str, keuzes: Collection[str], standaard: tuple[str, ...] | None = None
    ) -> tuple[str, ...]:
        """Texts of a closed list."""
        waarden = self.texts(sleutel, standaard)
        for waarde in waarden:
            if waarde not in keuzes:
                self.fault(sleutel, f"'{waarde}' is onbekend; kies uit {', '.join(keuzes)}")
        return waarden

    def row_or_texts(self, sleutel: str, standaard: int) -> int | tuple[str, ...]:
        """A row number from 1, or words to look for."""
        waarde = self._waarden.get(sleutel, standaard)
        if isinstance(waarde, int) and not isinstance(waarde, bool):
            self._gelezen.add(sleutel)
            if waarde < 1:
                self.fault(sleutel, "rijen tellen vanaf 1")
            return max(waarde, 1)
        return self.texts(sleutel)

    def named_texts(self, sleutels: Collection[str]) -> dict[str, str]:
        """The whole table as names and texts; a name outside the list is a fault."""
        gevonden = {}
        for sleutel in self._waarden:
            if sleutel in sleutels:
                gevonden[sleutel] = self.text(sleutel)
            else:
                self._gelezen.add(sleutel)
                self.fault(sleutel, f"dit veld bestaat niet; kies uit {', '.join(sleutels)}")
        return gevonden

    def words(self) -> dict[str, str]:
        """The whole table as an organisation's own words and what they stand for."""
        return {sleutel: self.text(sleutel) for sleutel in self._waarden}

    def table(self, sleutel: str, *, optional: bool = False) -> "Tabel":
        """A table inside this one; empty where it may be absent and is."""
        naam = f"{self.naam}.{sleutel}" if self.naam else sleutel
        waarde = self._waarden.get(sleutel)
        self._gelezen.add(sleutel)
        if not isinstance(waarde, dict) and not (optional and waarde is None):
            self.fouten.append(f"[{naam}]: deze tabel {_ONTBREEKT}")
        return Tabel(waarde if isinstance(waarde, dict) else {}, naam, self.fouten)

    def close(self) -> None:
        """Every key that nobody asked for is a fault: most often a slip of the pen."""
        for sleutel in self._waarden:
            if sleutel not in self._gelezen:
                self.fault(sleutel, "deze sleutel bestaat niet")

    def _take(self, sleutel: str, standaard: Any) -> Any:
        self._gelezen.add(sleutel)
        if sleutel not in self._waarden and standaard is None:
            self.fault(sleutel, _ONTBREEKT)
        return self._waarden.get(sleutel, standaard)
