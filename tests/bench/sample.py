"""One round of one kind of work, and what several rounds say together."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.bench.raw import Cost


@dataclass(frozen=True)
class Sample:
    """Seconds of CPU of so many calls, in this process and in the database's."""

    calls: int
    client: float
    database: float
    raw: Cost | None = None

    @property
    def each(self) -> float:
        return (self.client + self.database) / self.calls


@dataclass
class Samples:
    """All rounds of one kind of work at one size of the store."""

    rounds: list[Sample] = field(default_factory=list)

    @property
    def least(self) -> float:
        return min(sample.each for sample in self.rounds)

    @property
    def middle(self) -> float:
        return statistics.median(sample.each for sample in self.rounds)

    @property
    def database_share(self) -> float:
        """The database's part, over all rounds: it is counted too coarsely for one."""
        total = sum(sample.client + sample.database for sample in self.rounds)
        return sum(sample.database for sample in self.rounds) / total

    @property
    def raw(self) -> Cost | None:
        """The cheapest round of each raw cost."""
        costs: Sequence[Cost] = [sample.raw for sample in self.rounds if sample.raw]
        if not costs:
            return None
        return Cost(
            min(cost.store for cost in costs),
            min(cost.digest for cost in costs),
            min(cost.encrypt for cost in costs),
        )
