"""A partner's book of receipts: that what it received stands in the log, and stays there.

For each page and pack the gateway says under which number of its log it stands. The book gets the
proof of that once there is a checkpoint, and holds each later checkpoint against the earlier: a
log that was cut, rewritten or told differently elsewhere no longer fits what is in here. So a
partner can show, without the gateway, what it received and that this was logged.

The content itself is not in the book, only its digest; neither is anything of a person.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from connectors.bewijscontrole import (
    BewijsError,
    Gezien,
    check_grown,
    check_receipt,
    read_checkpoint,
)
from connectors.errors import GeweigerdError
from connectors.evidence import Bewijs
from connectors.gateway_answers import Controlepuntantwoord
from connectors.ontvangstbladen import Bladen, Ontvangst, Schakel
from privacy.log.trust import Trust
from schemas.canonical import canonical

#: The log may grow while it is asked; what is not bound then is bound the next time.
_ROUNDS: Final = 4
#: As the gateway itself says it; any other 404 is of something that stands between.
_NOT_FOUND: Final = "niet-gevonden"


class Bewijsbron(Protocol):
    """Who gives proofs: the client of the gateway."""

    def get_bewijs(self, index: int) -> str | None: ...
    def get_controlepunt(self, vanaf: int | None = None) -> Controlepuntantwoord: ...


@dataclass(frozen=True, slots=True)
class Boekstand:
    """How many receipts there are, how many are proven, and up to which size of the log."""

    ontvangen: int
    bewezen: int
    omvang: int


class Ontvangstboek:
    """The book of one partner, for one log. Safe for threads."""

    def __init__(self, file: Path, trust: Trust, *, read_only: bool = False) -> None:
        """`read_only`: to `verify` what is there, and nothing else."""
        self._bladen = Bladen(file, read_only=read_only)
        self._trust = trust

    def keep(self, bewijs: Bewijs, body: bytes) -> None:
        """Keep the receipt of a page or pack, as `evidence.open_disclosed` found it to hold.

        Twice is once. BewijsError where the gateway showed another entry of this number before.
        """
        regel, inhoud = canonical(bewijs.regel), sha256(body).hexdigest()
        self._bladen.keep(Ontvangst(bewijs.index, regel, bewijs.zout, inhoud, None))

    def check(self, bron: Bewijsbron) -> Boekstand:
        """Get the proofs that are still open, and hold the log against what was seen of it.

        BewijsError names the entry or checkpoint that does not fit; whatever was signed and does
        not fit is kept. A ConnectorError of the way there passes; what was done is kept.
        """
        for each in self._bladen.unproven():
            self._prove(each, bron)
        for _ in range(_ROUNDS):
            loose = [link.gezien for link in self._chain() if link.naar is None]
            for seen in loose:
                self._follow(seen, bron)
            if len(loose) < 2:  # noqa: PLR2004  the newest is bound to none
                break
        return self.stand()

    def verify(self) -> Boekstand:
        """Check again everything that is in the book, without asking anybody (statement 14)."""
        shown = {link.gezien.punt.size: link for link in self._chain()}
        for link in shown.values():
            self._verify_link(link, shown)
        for each in self._bladen.all():
            if each.bewijs is not None:
                seen = check_receipt(each.index, each.regel, each.bewijs, self._trust)
                _require_shown(seen, shown)
        return self.stand()

    def stand(self) -> Boekstand:
        """How far the book is."""
        receipts, chain = self._bladen.all(), self._chain()
        proven = sum(each.bewijs is not None for each in receipts)
        return Boekstand(len(receipts), proven, chain[-1].gezien.punt.size if chain else 0)

    def receipts(self) -> Iterator[Ontvangst]:
        """Every receipt, to show to others: with its content and salt the digest opens."""
        return iter(self._bladen.all())

    def contradictions(self) -> list[str]:
        """What the log signed and does not fit: evidence against it."""
        return self._bladen.contradictions()

    def _chain(self) -> list[Schakel]:
        return self._bladen.chain(self._trust.origin)

    def _prove(self, receipt: Ontvangst, bron: Bewijsbron) -> None:
        try:
            proof = bron.get_bewijs(receipt.index)
        except GeweigerdError as refused:
            if refused.problem.soort != _NOT_FOUND:
                raise  # a token that is over, say: that is no word about the log
            # The gateway signed that it stands there; an entry that is gone was taken away.
            raise BewijsError(f"regel {receipt.index} van het log: is er niet meer") from None
        if proof is None:
            return
        self._bladen.see(check_receipt(receipt.index, receipt.regel, proof, self._trust))
        self._bladen.prove(receipt.index, proof)

    def _follow(self, old: Gezien, bron: Bewijsbron) -> None:
        """Hold the newest checkpoint against one that was seen before."""
        try:
            told = bron.get_controlepunt(old.punt.size)
        except GeweigerdError:
            # Perhaps its log is shorter by now: then its own newest checkpoint says so.
            told = bron.get_controlepunt()
            if read_checkpoint(told.tekst, self._trust).punt.size >= old.punt.size:
                raise
        new = read_checkpoint(told.tekst, self._trust)
        try:
            check_grown(old.punt, new.punt, told.bewijs)
        except BewijsError:
            self._bladen.contradict(new)
            raise
        self._bladen.see(new)
        if new.punt.size > old.punt.size:
            self._bladen.bind(old.punt.size, new.punt.size, told.bewijs)

    def _verify_link(self, link: Schakel, shown: dict[int, Schakel]) -> None:
        _require_shown(read_checkpoint(link.gezien.tekst, self._trust), shown)
        if link.naar is not None:
            if link.naar not in shown:
                raise BewijsError(f"het controlepunt van omvang {link.naar}: ontbreekt in het boek")
            check_grown(link.gezien.punt, shown[link.naar].gezien.punt, link.pad)


def _require_shown(seen: Gezien, shown: dict[int, Schakel]) -> None:
    link = shown.get(seen.punt.size)
    if link is None or link.gezien.punt.root != seen.punt.root:
        raise BewijsError(f"het controlepunt van omvang {seen.punt.size}: past niet in het boek")
