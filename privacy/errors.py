"""What can go wrong on the way out, drawn as a tree. No message carries a value.

PrivacyError
├── SystemRefusalError            a cause in the system: answered 503 to every question alike
│   ├── PolicyUnavailableError    no policy in force: missing, faulty, or past its review date
│   ├── LogUnavailableError       the audit log cannot be appended to
│   ├── RestoredError             restored from a backup, and not yet reconciled (design 2.10)
│   ├── KeysUnavailableError      a key of the current epoch is missing or does not open
│   └── WitnessSilentError        no witness of the log was heard for too long
├── PlaceOutdatedError            a place in the outbox, told before a restore
├── IntegrityError                a ciphertext was moved, altered, or made for another casus
├── ErasedError                   the key of this casus has been destroyed
├── RolloverStoppedError          an old key is still needed, and so it is not destroyed
├── RuleStepError                 a policy or notice is not ready for what is asked of it
└── PolicyFaultError              a policy or notice file that cannot be used, fault by fault
"""


class PrivacyError(Exception):
    """Base of everything this package raises on purpose."""


class SystemRefusalError(PrivacyError):
    """The system cannot disclose to anyone now; never an answer about a person (design 2.5)."""


class PolicyUnavailableError(SystemRefusalError):
    """No usable policy: every question gets the same 503."""


class LogUnavailableError(SystemRefusalError):
    """The audit log cannot be written: no proof, no data (design 2.4)."""


class RestoredError(SystemRefusalError):
    """A restored backup stays closed until the nodes have spoken (design 2.10)."""


class KeysUnavailableError(SystemRefusalError):
    """The key store cannot be read or does not belong to this database."""


class WitnessSilentError(SystemRefusalError):
    """Nothing leaves while nobody outside could find out that the log was changed."""


class PlaceOutdatedError(PrivacyError):
    """The place in the outbox was told before a restore: it is looked up anew, nothing leaves."""

    def __init__(self, mark: int) -> None:
        """`mark` is that of the newest restore."""
        super().__init__("De plaats is van voor een herstel.")
        self.mark = mark


class IntegrityError(PrivacyError):
    """A ciphertext does not belong where it was found."""


class ErasedError(PrivacyError):
    """The key that opened this is gone, and so is what it opened."""


class RolloverStoppedError(PrivacyError):
    """Casussen still stand under an old epoch: nothing is destroyed that could still open one."""


class RuleStepError(PrivacyError):
    """A step in the life of a policy or notice that may not be taken; in Dutch, for people."""


class PolicyFaultError(PrivacyError):
    """A policy, notice or mapping of purposes is not usable; `faults` names each, in Dutch."""

    def __init__(self, source: str, faults: tuple[str, ...]) -> None:
        """`source` is the file's name; `faults` one sentence each, never a personal value."""
        super().__init__(f"{source}: {'; '.join(faults)}")
        self.source = source
        self.faults = faults
