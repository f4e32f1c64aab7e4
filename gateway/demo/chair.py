"""The municipality: plans the LSO of the day and freezes its agenda. It gets no casus."""

from datetime import date
from uuid import UUID

from connectors.gateway_client import GatewayClient


def plan_lso(client: GatewayClient, dag: date) -> UUID:
    """Plan the conference of this day, unless it is there: an answer may have been lost."""
    planned = [each for each in client.get_overleggen() if each.datum == dag]
    return (planned[0] if planned else client.create_overleg(dag)).overleg_id
