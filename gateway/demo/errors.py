"""What can go wrong in the demo, drawn as a tree. Each message is one Dutch sentence or list.

DemoError
├── RegistersError          the folder of registers is not laid out as the demo needs it
├── InterruptedStepError    a process died or was not reachable: the step is repeated
└── ClosedError             the demo is ending, and starts nothing any more
"""


class DemoError(Exception):
    """The demo cannot go on; the message says what and why, without a value from a register."""


class RegistersError(DemoError):
    """Every fault of the folder, by its path inside that folder."""

    def __init__(self, folder: str, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join([f"De registers in {folder} deugen niet:", *faults]))
        self.faults = faults


class InterruptedStepError(DemoError):
    """A step did not come to its end, through no fault of its own."""


class ClosedError(DemoError):
    """Nobody hears of it: what ended the demo is what is told."""
