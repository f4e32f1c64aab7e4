"""The caller of a request, as its token and its registration say; never as the request says."""

from dataclasses import dataclass

from gateway.parties import Soort
from privacy.log.entries import Herkomst
from schemas.terms import Doel


@dataclass(frozen=True, slots=True)
class Caller:
    """`organisatie` is the bronhouder, recipient or municipality that the client acts for.

    Through FSC, `transactie` is the transaction id and `gemachtigde` the OIN of who acts on
    behalf of the organisation. `span` is where in its trace the caller asked. `scopes` and `doelen`
    are those of the token that the registration still gives now.
    """

    client_id: str
    organisatie: str
    soort: Soort
    scopes: frozenset[str]
    doelen: frozenset[Doel]
    trace_id: str
    transactie: str | None = None
    gemachtigde: str | None = None
    span: str | None = None

    @property
    def herkomst(self) -> Herkomst:
        """What every entry in the log says of this request."""
        return {
            "organisatie": self.organisatie,
            "client": self.client_id,
            "trace": self.trace_id,
            "span": self.span,
            "transactie": self.transactie,
            "gemachtigde": self.gemachtigde,
        }
