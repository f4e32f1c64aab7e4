"""Whether a contract of the register carries this call, now (FSC-04, FSC-05). Pure.

FSC proves that the peers signed a grant; that our organisation stands behind it, for which
client and on whose behalf, only our own register says.
"""

from datetime import datetime

from gateway.config import Settings
from gateway.fsc.token import Toegang
from gateway.store.clients import Binding, Client
from gateway.store.contracten import Contract
from privacy.clock import AMSTERDAM


def carries(
    contract: Contract, client: Client, toegang: Toegang, settings: Settings, now: datetime
) -> bool:
    """True only where contract, client, token and settings all say the same."""
    fsc = settings.fsc
    return (
        fsc is not None
        and contract.dienst == fsc.dienst
        and contract.peer == toegang.peer
        and holds_at(contract, now)
        and client.binding is Binding.FSC
        and not client.bevroren
        and settings.takes_part(client.soort, client.organisatie)
        and settings.oin_of(client.soort, client.organisatie) == contract.acts_for
        and _delegation_fits(contract, toegang, now)
    )


def holds_at(contract: Contract, now: datetime) -> bool:
    """Whether a contract is in force; a withdrawal is final."""
    return contract.ingetrokken_op is None and contract.geldig_van <= now < contract.geldig_tot


def _delegation_fits(contract: Contract, toegang: Toegang, now: datetime) -> bool:
    """Who calls for itself needs a contract of its own; who does not, one that was looked into."""
    told = toegang.delegation
    if told is None or contract.delegator is None:
        return told is None and contract.delegator is None
    if not contract.referentie or contract.geverifieerd_op is None:
        return False
    return (
        told.delegator == contract.delegator
        and told.referentie in {None, contract.referentie}
        and contract.geverifieerd_op <= now.astimezone(AMSTERDAM).date()
    )
