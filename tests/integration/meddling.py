"""Somebody who may do anything in the database, and the four who look at what is left of it."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, insert, select, update

from deploy.controle import controleer
from gateway.log_trust import trust_of
from gateway.services.bewijzen import show_bewijs
from privacy.log.entries import encode
from privacy.log.errors import SignerRefusedError
from privacy.log.export import export_checkpoints, export_entries
from privacy.log.head import Head
from privacy.log.high_water import note_seen
from privacy.log.merkle import Frontier, leaf_hash
from privacy.log.notes import Kind, VerifierKey
from privacy.log.tables import audithoofd, auditregel, audittegel, controlepunt, medeondertekening
from privacy.log.tiles import complete
from privacy.log.verify import Verification, verify
from privacy.store.engine import reading, writing
from tests.overseen import Overseen
from tests.unit.privacy.log.examples import NOW, an_entry
from tests.witness import getuige

FORGED = encode(an_entry(pseudoniem="0f" * 32))


def lines_of(world: Overseen) -> list[bytes]:
    with reading(world.parts.engine) as tx:
        return list(tx.execute(select(auditregel.c.regel).order_by(auditregel.c.nummer)).scalars())


def rewrite(world: Overseen, lines: Sequence[bytes]) -> None:
    """Another log, in which all fits: leaf hashes, tiles and head. Checkpoints stay."""
    leaves = [leaf_hash(line) for line in lines]
    tree = Frontier()
    tree.extend(leaves)
    head = Head(tree.size, tree.to_bytes(), tree.root(), NOW)
    with writing(world.parts.engine) as tx:
        for table in (auditregel, audittegel):
            tx.execute(delete(table))
        rows = [
            {"nummer": at, "regel": line, "blad": leaf, "opgenomen": NOW}
            for at, (line, leaf) in enumerate(zip(lines, leaves, strict=True))
        ]
        tx.execute(insert(auditregel), rows)
        complete(tx, 0, tree.size)
        tx.execute(update(audithoofd).values(**head._asdict()))
        # What a process remembers is for docs/herstel.md: here it is a new one.
        note_seen(world.parts.engine, tree.size, NOW)


def forget_checkpoints(world: Overseen, beyond: int) -> None:
    with writing(world.parts.engine) as tx:
        for table in (medeondertekening, controlepunt):
            tx.execute(delete(table).where(table.c.omvang > beyond))


@dataclass(frozen=True)
class Onlookers:
    """Who looks: the gateway itself, an outsider, the signer, and the witness."""

    world: Overseen
    folder: Path

    def inside(self) -> Verification:
        with reading(self.world.parts.engine) as tx:
            return verify(tx, trust_of(self.world.parts.settings))

    def export(self) -> Path:
        file = self.folder / "export.jsonl"
        with reading(self.world.parts.engine) as tx:
            told = [*export_entries(tx), *export_checkpoints(tx)]
        file.write_text("".join(f"{line}\n" for line in told))
        return file

    @property
    def keys(self) -> list[str]:
        witness = self.world.getuigen[0].sleutel
        public = b64encode(bytes([Kind.COSIGNATURE]) + witness.public).decode()
        vkey = f"{witness.name}+{witness.key_id.hex()}+{public}"
        assert VerifierKey.parse(vkey) == witness
        return ["--sleutel", self.world.log_key.encode(), "--getuige", vkey]

    def outside(self, *copies: Path) -> int:
        """By the program for outsiders, over an export; with copies that lay elsewhere."""
        more = [word for copy in copies for word in ("--kopie", str(copy))]
        return controleer.main(["log", str(self.export()), *more, *self.keys])

    def signer(self) -> str | None:
        """What the signer refuses at its next round; None where it signs."""
        try:
            self.world.sign()
        except SignerRefusedError as refused:
            return refused.rule
        return None

    def witness(self) -> int:
        """By the tiles that the witness keeps."""
        database = str(self.world.ngo.database)
        return getuige.main(["--database", database, "vergelijk", str(self.export())])

    def receipt(self, index: int) -> Path:
        """What a partner kept on the day that it got this entry."""
        file = self.folder / f"{index}.tlog-proof"
        file.write_text(show_bewijs(self.world.parts, index)["bewijs"])
        return file
