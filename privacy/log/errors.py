"""What can go wrong in the log, drawn as a tree. No message carries a value.

PrivacyError
├── SystemRefusalError
│   └── LogUnavailableError      cannot be appended to; anyone who discloses answers 503
├── EntryRefusedError            an entry says something that the log may not hold
└── CommitmentError              a salt and data that do not open a digest
"""

from privacy.errors import LogUnavailableError, PrivacyError

__all__ = ["CommitmentError", "EntryRefusedError", "LogUnavailableError"]


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
