"""The partner's side: what a partner does with what the gateway gives it, pulled or delivered.

`Partnerdossier` believes nothing whose signature, recipient or log entry does not hold. Pages may
come twice, overlap or come back: an item counts once, by its id. A recall names a casus by its
casusreferentie; the dossier knows from what it kept whom that is about. It can be for some
purposes only: the rest may still be used, and what is told anew for a purpose is given anew.
A casus that is restricted is kept and not used, and a field that was wrong is wrong, until they
are told anew.

Kept in memory; `to_plain` and `from_plain` carry it over. Where that is stored, and that a
recalled casus is really destroyed there, is the partner's own duty.
"""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from connectors.errors import NotAuthenticError
from connectors.evidence import Opened, open_disclosed
from connectors.jwks import Keyring
from connectors.ketenpartners.items import Feeditem, Item, read_feeditem, read_names, read_who
from schemas.terms import Doel, Kennisgevingssoort

_EVERY: Final = frozenset(doel.value for doel in Doel)
#: A pack does not say which of the two it is for.
_OF_PACKS: Final = (Doel.CASUSOVERLEG.value, Doel.MRT.value)


@dataclass(frozen=True, slots=True)
class Betrokkene:
    """Whom a casusreferentie is about, as far as this partner was told. The repr tells nothing."""

    bronhouder: str | None = field(repr=False)
    v_nummer: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Nieuw:
    """What a page brought that was not there yet, in order."""

    mutaties: tuple[Item, ...] = field(repr=False)
    terugroepingen: tuple[Item, ...] = field(repr=False)
    kennisgevingen: tuple[Item, ...] = field(default=(), repr=False)


class Partnerdossier:
    """What one partner received. Safe for threads; a page or pack counts whole or not at all."""

    def __init__(self, ontvanger: str, keyring: Keyring) -> None:
        self._ontvanger = ontvanger
        self._keyring = keyring
        self._lock = Lock()
        self._mutaties: dict[str, Item] = {}
        self._terugroepingen: dict[str, Item] = {}
        self._pakketten: dict[str, Item] = {}
        self._who: dict[str, dict[str, str]] = {}
        # Per casus and purpose, the log entry of the page that recalled it.
        self._recalled: dict[str, dict[str, int]] = {}
        self._kennisgevingen: dict[str, Item] = {}
        # The same of a casus that is restricted, and of each field that was wrong.
        self._restricted: dict[str, int] = {}
        self._wrong: dict[str, dict[str, int]] = {}
        self._volgende: str | None = None

    def __repr__(self) -> str:
        return f"<Partnerdossier of {self._ontvanger}>"

    def receive_mutaties(self, body: bytes, signature: str) -> Nieuw:
        """Check and apply a page, exactly as it came in; give what it brought."""
        opened = self._open("mutaties", body, signature)
        items = [read_feeditem(told) for told in opened.part.listed("items")]
        volgende = opened.part.text("volgende")
        with self._lock:
            fresh = [item for item in items if self._keep(item, opened.bewijs.index)]
            if fresh:
                self._volgende = volgende
        return Nieuw(
            tuple(deepcopy(item.item) for item in fresh if not item.is_notice),
            tuple(deepcopy(item.item) for item in fresh if item.is_recall),
            tuple(deepcopy(item.item) for item in fresh if item.is_notice and not item.is_recall),
        )

    def receive_pakket(self, body: bytes, signature: str) -> Item:
        """Check and keep a pack; of one overleg the one that was made last stays."""
        opened = self._open("pakket", body, signature)
        part = opened.part
        overleg, made = str(part.uuid("overlegId")), part.text("gemaaktOp")
        casussen = [
            (str(told.uuid("casusreferentie")), read_who(told), read_names(told))
            for told in part.listed("casussen")
        ]
        with self._lock:
            if overleg not in self._pakketten or self._pakketten[overleg]["gemaaktOp"] <= made:
                self._pakketten[overleg] = part.plain()
            for casusreferentie, who, velden in casussen:
                self._learn(casusreferentie, who)
                self._given_anew(casusreferentie, _OF_PACKS, velden, opened.bewijs.index)
        return deepcopy(part.plain())

    def betrokkene(self, casusreferentie: str) -> Betrokkene | None:
        """Tell who a recall is about, from what was kept; None if it was never received."""
        with self._lock:
            who = self._who.get(casusreferentie)
        return None if who is None else Betrokkene(who.get("bronhouder"), who.get("vNummer"))

    @property
    def volgende(self) -> str | None:
        """The cursor to pull from: of the last page that brought something."""
        return self._volgende

    @property
    def mutaties(self) -> list[Item]:
        """All mutaties as received, in order."""
        return self._copied(self._mutaties)

    @property
    def terugroepingen(self) -> list[Item]:
        """All recalls as received, in order."""
        return self._copied(self._terugroepingen)

    @property
    def kennisgevingen(self) -> list[Item]:
        """All other notices as received, in order: restrictions, and fields that were wrong."""
        return self._copied(self._kennisgevingen)

    @property
    def pakketten(self) -> list[Item]:
        """The last pack of each overleg, as received."""
        return self._copied(self._pakketten)

    @property
    def recalled(self) -> frozenset[str]:
        """The casusreferenties that may no longer be used at all (AVG 19)."""
        with self._lock:
            return frozenset(
                casus for casus, gone in self._recalled.items() if gone.keys() >= _EVERY
            )

    def recalled_for(self, doel: Doel) -> frozenset[str]:
        """The casusreferenties that may no longer be used for this purpose."""
        with self._lock:
            return frozenset(casus for casus, gone in self._recalled.items() if doel.value in gone)

    @property
    def restricted(self) -> frozenset[str]:
        """The casusreferenties that are kept and may not be used for now (AVG 18)."""
        with self._lock:
            return frozenset(self._restricted)

    def wrong_fields(self, casusreferentie: str) -> frozenset[str]:
        """The fields that were wrong when this casus was told, and were not told since (AVG 16)."""
        with self._lock:
            return frozenset(self._wrong.get(casusreferentie, ()))

    def to_plain(self) -> dict[str, Any]:
        """Show everything as JSON can hold it. It is personal data: store it accordingly."""
        with self._lock:
            return deepcopy(
                {
                    "ontvanger": self._ontvanger,
                    "volgende": self._volgende,
                    "mutaties": self._mutaties,
                    "terugroepingen": self._terugroepingen,
                    "pakketten": self._pakketten,
                    "betrokkenen": self._who,
                    "teruggeroepen": self._recalled,
                    "kennisgevingen": self._kennisgevingen,
                    "beperkt": self._restricted,
                    "onjuist": self._wrong,
                }
            )

    @classmethod
    def from_plain(cls, plain: dict[str, Any], keyring: Keyring) -> "Partnerdossier":
        """Continue from what `to_plain` gave. It is the partner's own: nothing is checked."""
        kept, dossier = deepcopy(plain), cls(plain["ontvanger"], keyring)
        dossier._mutaties = kept["mutaties"]
        dossier._terugroepingen = kept["terugroepingen"]
        dossier._pakketten = kept["pakketten"]
        dossier._who = kept["betrokkenen"]
        dossier._recalled = kept["teruggeroepen"]
        dossier._volgende = kept["volgende"]
        # What was kept before there were these has none of them.
        dossier._kennisgevingen = kept.get("kennisgevingen", {})
        dossier._restricted = kept.get("beperkt", {})
        dossier._wrong = kept.get("onjuist", {})
        return dossier

    def _open(self, name: str, body: bytes, signature: str) -> Opened:
        opened = open_disclosed(name, body, signature, self._keyring)
        if opened.ontvanger != self._ontvanger:
            raise NotAuthenticError("dit is voor een andere ontvanger")
        return opened

    def _keep(self, item: Feeditem, index: int) -> bool:
        kept = self._kept(item)
        if item.item_id in kept:
            return False
        kept[item.item_id] = item.item
        if item.is_notice:
            self._note(item, index)
            return True
        self._learn(item.casusreferentie, item.who)
        # The feed is in order: what is told after a recall has a ground that began after it.
        self._given_anew(item.casusreferentie, item.doelen, item.velden, index)
        return True

    def _kept(self, item: Feeditem) -> dict[str, Item]:
        if item.is_recall:
            return self._terugroepingen
        return self._kennisgevingen if item.is_notice else self._mutaties

    def _note(self, item: Feeditem, index: int) -> None:
        casus = item.casusreferentie
        if item.is_recall:
            self._recalled.setdefault(casus, {}).update(dict.fromkeys(item.doelen, index))
        elif item.soort == Kennisgevingssoort.BEPERKING:
            self._restricted[casus] = index
        else:
            self._wrong.setdefault(casus, {}).update(dict.fromkeys(item.velden, index))

    def _given_anew(
        self, casusreferentie: str, doelen: Iterable[str], velden: Iterable[str], index: int
    ) -> None:
        """The casus may be used again for these, unless by what was made before the notice."""
        gone, wrong = self._recalled.get(casusreferentie, {}), self._wrong.get(casusreferentie, {})
        for told, names in ((gone, doelen), (wrong, velden)):
            for name in names:
                if told.get(name, index) <= index:
                    told.pop(name, None)
        if self._restricted.get(casusreferentie, index) <= index:
            self._restricted.pop(casusreferentie, None)

    def _learn(self, casusreferentie: str, who: dict[str, str]) -> None:
        self._who.setdefault(casusreferentie, {}).update(who)

    def _copied(self, kept: dict[str, Item]) -> list[Item]:
        with self._lock:
            return deepcopy(list(kept.values()))
