"""Who plays a part beside the organisations: the partners with their way of delivery, the chair.

Names of partners come from their policies.
"""

from typing import Final

from gateway.parties import Gemeente, Levering

#: A partner that pulls, or to which the worker brings by schedule.
LEVERING: Final = {
    "IND": Levering.OPHALEN,
    "DT&V": Levering.BEZORGEN,
    "AVIM": Levering.OPHALEN,
}
#: Every second, so that nobody has to wait for the demo; in earnest it is every night or hour.
CRON: Final = "*/1 * * * * *"
GEMEENTE: Final = Gemeente("utrecht", "Gemeente Utrecht")


def client_id(code: str) -> str:
    """What a party's machine is called at the gateway."""
    return f"demo-{''.join(letter for letter in code.lower() if letter.isalnum())}"
