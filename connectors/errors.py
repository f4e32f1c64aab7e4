"""What can go wrong with the others, sorted by what the caller must do next.

ConnectorError
├── UnreachableError         no answer, or half of one: nobody knows whether it arrived
├── NotTrustedError          the other could not prove by TLS who it is
├── TryLaterError            408, 425, 429 or 5xx: not now; perhaps after `retry_after` seconds
├── GeweigerdError           another 4xx: the same request will be refused again
├── NotUnderstoodError       an answer outside what was agreed
├── NotAuthenticError        a signature or proof that does not hold
└── UnusableAddressError     our own setting: this address is never called

No message, repr or attribute holds a query, a path, a body, a header or a token: at most the
host. The library beneath is not kept as cause or context, because its errors repeat the URL.
"""

from dataclasses import dataclass


class ConnectorError(Exception):
    """The other side, or the way to it, failed. `host` says where, if a host was known."""

    wat = "de uitwisseling is mislukt"

    def __init__(self, *, host: str = "") -> None:
        self.host = host
        super().__init__(f"{host}: {self.wat}" if host else self.wat)


class UnreachableError(ConnectorError):
    """No answer, or half of one. Whether the request arrived is unknown: repeat it."""

    wat = "niet bereikbaar, of de verbinding brak af"


class NotTrustedError(ConnectorError):
    """The TLS certificate does not hold. Nothing was sent; repeating does not help."""

    wat = "het TLS-certificaat of de versleutelde verbinding deugt niet"


class TryLaterError(ConnectorError):
    """The other cannot do it now. `retry_after` is what it asked for, in seconds."""

    wat = "kan het verzoek nu niet verwerken"

    def __init__(
        self, *, host: str = "", status: int, retry_after: float | None = None, title: str = ""
    ) -> None:
        self.status = status
        self.retry_after = retry_after
        self.title = title
        super().__init__(host=host)


class NotUnderstoodError(ConnectorError):
    """The other answered outside the agreement. `reden` is a fixed text of ours."""

    wat = "antwoordde iets dat niet is afgesproken"

    def __init__(self, reden: str, *, host: str = "") -> None:
        self.reden = reden
        super().__init__(host=host)
        self.args = (f"{self.args[0]}: {reden}",)


class NotAuthenticError(ConnectorError):
    """A signature, key or proof does not hold. What it was about is not to be used."""

    wat = "de handtekening of het bewijs klopt niet"

    def __init__(self, reden: str, *, host: str = "") -> None:
        self.reden = reden
        super().__init__(host=host)
        self.args = (f"{self.args[0]}: {reden}",)


class UnusableAddressError(ConnectorError):
    """An address or header that is never used: no TLS beyond loopback, a name in the URL."""

    wat = "dit adres wordt niet gebruikt (https vereist, zonder gebruikersnaam)"


@dataclass(frozen=True, slots=True)
class Wirefault:
    """One fault that the other named: where and which rule, never the value."""

    pointer: str
    veld: str
    code: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is kept of a problem+json body: its own `detail` is not, it may hold a value.

    `error` is a code of OAuth, from the body or from the challenge beside it; `soort` the kind of
    problem, by which a client chooses.
    """

    status: int
    title: str = ""
    fouten: tuple[Wirefault, ...] = ()
    error: str = ""
    soort: str = ""


class GeweigerdError(ConnectorError):
    """Refused: the same request will be refused again. `problem` says why, without values."""

    wat = "weigerde het verzoek"

    def __init__(self, problem: Problem, *, host: str = "") -> None:
        self.problem = problem
        super().__init__(host=host)
        self.args = (f"{self.args[0]} (status {problem.status})",)

    @property
    def status(self) -> int:
        return self.problem.status
