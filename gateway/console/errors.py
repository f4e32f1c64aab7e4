"""Why the console says no. What a person then reads is in `faults`.

ConsoleError
├── NoSessionError       nobody is signed in with this browser
├── IdleError            was signed in, and did nothing for too long
├── OverError            was signed in, for as long as one may
├── NoRoleError          known at the provider, nothing here
├── BothOfficersError    the claims make one person both officers, who must be two
├── NotYourRoleError     signed in, but this page is for another role
└── ForgedFormError      a form that did not come from a page of ours
"""


class ConsoleError(Exception):
    """Base of the refusals that a person sees. No message holds a value."""


class NoSessionError(ConsoleError):
    """Also for a cookie that nobody knows: it tells no more than having none."""


class IdleError(ConsoleError):
    """`minutes` is how long one may do nothing."""

    def __init__(self, minutes: int) -> None:
        super().__init__()
        self.minutes = minutes


class OverError(ConsoleError):
    """The longest time is over, however active."""


class NoRoleError(ConsoleError):
    """No value of the claim is one of the settings."""


class BothOfficersError(ConsoleError):
    """Neither officer may act alone, so nobody may be both."""


class NotYourRoleError(ConsoleError):
    """The permission table names other roles; `persoon` is who asked, for the access log."""

    def __init__(self, persoon: str) -> None:
        super().__init__()
        self.persoon = persoon


class ForgedFormError(ConsoleError):
    """No token of this session, or sent from another site."""
