"""What can go wrong with a DPIA file, drawn as a tree. No message carries free text of the file.

PrivacyError
└── DpiaFaultError      the file is not a DPIA that we can read, fault by fault
"""

from privacy.errors import PrivacyError


class DpiaFaultError(PrivacyError):
    """A file of another form, version or shape; `faults` names each place and rule, in Dutch."""

    def __init__(self, source: str, faults: tuple[str, ...]) -> None:
        """`source` is the file's name."""
        super().__init__(f"{source}: {'; '.join(faults)}")
        self.source = source
        self.faults = faults
