"""The body of every error answer (RFC 9457, ADR /core/error-handling)."""

from dataclasses import dataclass

from schemas.faults import Fout


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """An error as a caller sees it; `fouten` are all the faults of a body, without values.

    `type` is a reference to the page that explains this kind of problem.
    """

    type: str
    status: int
    title: str
    detail: str
    fouten: tuple[Fout, ...] = ()

    def to_wire(self) -> dict[str, object]:
        """Write the body of an `application/problem+json`."""
        body: dict[str, object] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.fouten:
            body["fouten"] = [fout_to_wire(fout) for fout in self.fouten]
        return body


def fout_to_wire(fout: Fout) -> dict[str, str]:
    """Write one fault: where, which field, which rule, and in words what to do."""
    return {
        "pointer": fout.pointer,
        "veld": fout.veld,
        "code": fout.code.value,
        "detail": f"{fout.code.wat} {fout.code.te_doen}",
    }
