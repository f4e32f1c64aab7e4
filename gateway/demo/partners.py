"""The partners' side of the wire: pull or be told, keep it, and know whom a recall is about."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from connectors.bewijscontrole import BewijsError
from connectors.errors import ConnectorError, TryLaterError, UnreachableError
from connectors.evidence import Bewijs, open_disclosed
from connectors.gateway_client import GatewayClient
from connectors.ketenpartners.ontvangst import Partnerdossier
from connectors.ontvangstboek import Boekstand, Ontvangstboek
from gateway.demo.errors import DemoError
from gateway.demo.loopback import Answering, Question, Reply

Item = dict[str, Any]
#: Where a delivery is brought.
DELIVERY_PATH: Final = "/mutaties"
#: Where the items stand, in a page and in a pack.
_ITEMS: Final = {"mutaties": "items", "pakket": "casussen"}


@dataclass(frozen=True, slots=True)
class Teruggeroepen:
    """A recall with what the partner's own dossier says of the casus."""

    bron: str | None = field(repr=False)
    v_nummer: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ontvangen:
    """What one partner received on one day, as it received it.

    `bewijzen` is how many of its receipts it had found in the log by then, of all days.
    """

    mutaties: tuple[Item, ...] = field(repr=False)
    terugroepingen: tuple[Teruggeroepen, ...] = field(repr=False)
    pakket: tuple[Item, ...] = field(repr=False)
    bewijzen: int = 0


class Partner:
    """One partner with its own client, cursor, dossier, and perhaps a book of receipts."""

    def __init__(self, code: str, client: GatewayClient, book: Ontvangstboek | None = None) -> None:
        self.code = code
        self._client = client
        self._book = book
        self._dossier = Partnerdossier(code, client.keys.keys)
        self._cursor: str | None = None
        self._told = 0
        self._recalled = 0
        self._answers: dict[int, Sequence[Item]] = {}

    def pull(self) -> None:
        """Read the feed from where it was left until there is no more."""
        more = True
        while more:
            page = self._client.get_mutaties(self._cursor)
            self._dossier.receive_mutaties(page.body, page.signature)
            self._keep(page.bewijs, page.body)
            self._cursor, more = page.volgende, page.meer

    def receive(self) -> Answering:
        """What its own server answers to a delivery: 2xx only once it is checked and kept."""

        def answer(question: Question) -> Reply:
            if (question.method, question.path) != ("POST", DELIVERY_PATH):
                return Reply(HTTPStatus.NOT_FOUND)
            signature = question.headers.get("payload-signature", "")
            try:
                self._dossier.receive_mutaties(question.body, signature)
                keys = self._client.keys.keys
                opened = open_disclosed("mutaties", question.body, signature, keys)
                self._keep(opened.bewijs, question.body)
            except (UnreachableError, TryLaterError):
                # The gateway's keys could not be had: it may bring this again.
                return Reply(HTTPStatus.SERVICE_UNAVAILABLE)
            except ConnectorError:
                return Reply(HTTPStatus.BAD_REQUEST)
            return Reply(HTTPStatus.OK, b"{}")

        return answer

    def close_day(self, overleg_id: UUID) -> Ontvangen:
        """Get the pack, and take together what came since the day before.

        DemoError where a recall names a casus that this partner never received.
        """
        pack = self._client.get_pakket(overleg_id)
        casussen = self._dossier.receive_pakket(pack.body, pack.signature)["casussen"]
        self._keep(pack.bewijs, pack.body)
        mutaties, recalls = self._dossier.mutaties, self._dossier.terugroepingen
        received = Ontvangen(
            mutaties=tuple(mutaties[self._told :]),
            terugroepingen=tuple(self._resolve(recall) for recall in recalls[self._recalled :]),
            pakket=tuple(each["samenvatting"] for each in casussen),
        )
        self._told, self._recalled = len(mutaties), len(recalls)
        return received

    def check_receipts(self) -> Boekstand | None:
        """Look its receipts up in the log, and check them; None where it keeps no book.

        DemoError where the log does not fit what this partner received.
        """
        if self._book is None:
            return None
        try:
            return self._book.check(self._client)
        except BewijsError as error:
            raise DemoError(f"{self.code} houdt het auditlog voor onjuist: {error}.") from None

    @property
    def answers(self) -> Mapping[int, Sequence[Item]]:
        """Every item it received, by the entry of the log that its page or pack came with."""
        return self._answers

    @property
    def recalls(self) -> Sequence[Item]:
        """Every recall it received."""
        return self._dossier.terugroepingen

    def v_nummer(self, item: Item) -> str | None:
        """Whom an item is about, as its own dossier has it."""
        who = self._dossier.betrokkene(item["casusreferentie"])
        return None if who is None else who.v_nummer

    def newest_proof(self) -> str | None:
        """Its last receipt with the checkpoint that it was proven by, to show to others."""
        if self._book is None:
            return None
        proofs = [each.bewijs for each in self._book.receipts() if each.bewijs is not None]
        return proofs[-1] if proofs else None

    def _keep(self, bewijs: Bewijs, body: bytes) -> None:
        told = json.loads(body)
        (name,) = _ITEMS.keys() & told
        self._answers[bewijs.index] = told[name][_ITEMS[name]]
        if self._book is not None:
            self._book.keep(bewijs, body)

    def _resolve(self, recall: Item) -> Teruggeroepen:
        who = self._dossier.betrokkene(recall["casusreferentie"])
        if who is None:
            raise DemoError(f"{self.code} kent een casus niet die wordt teruggeroepen.")
        return Teruggeroepen(who.bronhouder, who.v_nummer)
