"""What the signer takes away, once a day: nobody else may, and it may nothing else.

Old checkpoints, all but one of each day; and rows of the access log of which the log says that
their term is over. The tree is whole without either. Nothing is taken away while the log is not
what was signed: then what stands there is evidence.
"""

from dataclasses import dataclass, field

from sqlalchemy import Engine

from gateway.config import Settings
from gateway.log_trust import trust_of
from gateway.telemetry import log_event, log_failure
from privacy.clock import Clock
from privacy.log.access_term import Line, is_over, said_over, take_away
from privacy.log.thinning import still_needed, thin_some
from privacy.store.engine import reading, writing


@dataclass(frozen=True, slots=True)
class Logopruiming:
    """Call it after a round in which the log was signed."""

    engine: Engine = field(repr=False)
    clock: Clock
    settings: Settings

    def __call__(self) -> None:
        """Take away what may go; doing it again takes away nothing more."""
        self._thin()
        self._let_go()

    def attempt(self) -> None:
        """The same for who signs: whatever is wrong is said, and signing goes on."""
        try:
            self()
        except Exception as error:  # noqa: BLE001  the next day still comes
            log_failure(error, stap="opruimen")

    def _thin(self) -> None:
        now, thinned = self.clock.now(), 0
        begin: int | None = 0
        with reading(self.engine) as tx:
            needed = still_needed(tx, trust_of(self.settings))
        while begin is not None:
            with writing(self.engine) as tx:
                some, begin = thin_some(tx, needed, now, begin)
            thinned += some
        if thinned:
            log_event("controlepunten_uitgedund", aantal=thinned)

    def _let_go(self) -> None:
        before = self.clock.now() - self.settings.toegang_bewaard
        with reading(self.engine) as tx:
            line = said_over(tx) if is_over(tx, before) else Line()
        if line != Line():
            with writing(self.engine) as tx:
                gone = take_away(tx, line, before)
            log_event("toegangsregels_weg", aantal=gone)
