"""The caller of a request, as its token and its registration say; never as the request says."""

from dataclasses import dataclass

from gateway.parties import Soort
from schemas.terms import Doel


@dataclass(frozen=True, slots=True)
class Caller:
    """`organisatie` is the bronhouder, recipient or municipality that the client acts for.

    `scopes` and `doelen` are those of the token that the registration still gives now.
    """

    client_id: str
    organisatie: str
    soort: Soort
    scopes: frozenset[str]
    doelen: frozenset[Doel]
    trace_id: str
