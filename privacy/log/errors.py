"""What can go wrong in the log, drawn as a tree. No message carries a value.

PrivacyError
├── SystemRefusalError
│   ├── LogUnavailableError      cannot be appended to; anyone who discloses answers 503
│   └── RestoredError
│       └── LogShorterError      this process saw a longer log than the database now has
├── CopyError                    the copy outside the database cannot be used
│   ├── CopyUnavailableError     it cannot be read or written
│   ├── CopyForeignError         it is of another installation
│   ├── CopyDamagedError         a line in its midst is not what was written
│   └── CopyDiffersError         it holds what the database does not, or differently
├── EntryRefusedError            an entry says something that the log may not hold
├── CommitmentError              a salt and data that do not open a digest
├── NoteError                    a text is no signed note, or is signed by nobody that is trusted
├── ProofError                   a proof does not lead to the root that it is said to lead to
└── SignerRefusedError           the log is not what was signed before: nothing is signed
"""

from privacy.errors import LogUnavailableError, PrivacyError, RestoredError

__all__ = [
    "CommitmentError",
    "CopyDamagedError",
    "CopyDiffersError",
    "CopyError",
    "CopyForeignError",
    "CopyUnavailableError",
    "EntryRefusedError",
    "LogShorterError",
    "LogUnavailableError",
    "NoteError",
    "ProofError",
    "SignerRefusedError",
]


class LogShorterError(RestoredError):
    """The log was longer: the database was put back while this process ran (design 2.10)."""

    def __init__(self, seen: int) -> None:
        """`seen` is how many entries there were."""
        super().__init__("Het log is korter dan het was.")
        self.seen = seen


class CopyError(PrivacyError):
    """The copy of the log cannot be used; what to do stands in docs/herstel.md."""


class CopyUnavailableError(CopyError):
    """The file or its folder cannot be read, or not written."""

    def __init__(self) -> None:
        super().__init__("De kopie van het log is niet te lezen of niet te schrijven.")


class CopyForeignError(CopyError):
    """Neither merged nor a reason to shut the door: somebody pointed at the wrong folder."""

    def __init__(self) -> None:
        super().__init__("De kopie van het log is van een andere installatie.")


class CopyDamagedError(CopyError):
    """What comes after the damaged line is good; what stood in it is lost here."""

    def __init__(self, nummer: int) -> None:
        super().__init__(f"De kopie van het log is beschadigd bij regel {nummer}.")
        self.nummer = nummer


class CopyDiffersError(CopyError):
    """Either the database was put back, or the copy is older than a restore (design 2.10)."""

    def __init__(self) -> None:
        super().__init__("De kopie van het log en de database verschillen.")


class EntryRefusedError(PrivacyError):
    """`key` broke `rule`; nothing was appended. What was refused is in neither."""

    def __init__(self, key: str, rule: str) -> None:
        super().__init__(f"{key}: {rule}")
        self.key = key
        self.rule = rule


class CommitmentError(PrivacyError):
    """The digest was not made of this data with this salt."""

    def __init__(self) -> None:
        super().__init__("digest, salt and data do not belong together")


class ProofError(PrivacyError):
    """`rule` is what fails: index, omvang, lengte, hash or wortel."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"Het bewijs klopt niet: {rule}.")
        self.rule = rule


class NoteError(PrivacyError):
    """`rule` is what fails: vorm, onbekende_sleutel, handtekening or te_weinig_getuigen."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"De ondertekende verklaring klopt niet: {rule}.")
        self.rule = rule


class SignerRefusedError(PrivacyError):
    """`rule` is korter, andere_wortel, regel_gewijzigd, regel_ontbreekt or ander_controlepunt.

    `nummer` is the entry or the size that it is about, where there is one.
    """

    def __init__(self, rule: str, nummer: int | None = None) -> None:
        super().__init__(f"Er wordt niets ondertekend: {rule}.")
        self.rule = rule
        self.nummer = nummer
