"""Why a node cannot begin. No message holds the value of a setting.

BronError    bron.toml, its mapping, keys or database cannot be used; `faults` names each
"""


class BronError(Exception):
    """The node cannot begin; every fault is a Dutch sentence that names what to mend."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
