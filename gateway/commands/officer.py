"""Who acts where an officer works on the command line of the gateway itself."""

from typing import Final

from gateway.caller import Caller
from gateway.config import Settings
from gateway.parties import Soort
from gateway.trace import begin_trace
from privacy.question import PROCESSOR

#: As a client is named in the log; no client is registered by this name.
OPDRACHTREGEL: Final = "opdrachtregel"


def officer(settings: Settings) -> Caller:
    """The officer of the municipality; of the gateway where the settings name no municipality."""
    gemeente = settings.gemeente
    return Caller(
        client_id=OPDRACHTREGEL,
        organisatie=PROCESSOR if gemeente is None else gemeente.code,
        soort=Soort.FG,
        scopes=frozenset({"audit:lezen"}),
        doelen=frozenset(),
        trace_id=begin_trace(None).trace_id,
    )
