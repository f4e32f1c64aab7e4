"""Where in a policy a finding is: one purpose of one recipient, and how to speak of its parts."""

from dataclasses import dataclass

from privacy.dpia.findings import Bevinding, Regel
from privacy.policy import PurposeRule


@dataclass(frozen=True, slots=True)
class Place:
    """One purpose of a policy, about which a check says something."""

    recipient: str
    rule: PurposeRule

    @property
    def table(self) -> str:
        """The table of the purpose."""
        return f"doelen.{self.rule.doel}"

    def on_key(self, key: str, regel: Regel, paragraaf: str, tekst: str) -> Bevinding:
        """A finding about a key of the purpose itself."""
        return Bevinding(self.table, key, regel, paragraaf, tekst)

    def on_field(self, field: str, regel: Regel, paragraaf: str, tekst: str) -> Bevinding:
        """A finding about one line of its fields."""
        return Bevinding(f"{self.table}.velden", field, regel, paragraaf, tekst)

    def on_reason(self, field: str, regel: Regel, paragraaf: str, tekst: str) -> Bevinding:
        """A finding about one line of its reasons."""
        return Bevinding(f"{self.table}.motivering", field, regel, paragraaf, tekst)
