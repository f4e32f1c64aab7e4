"""Which addresses are ever called: https, or this machine itself.

A user name, a fragment, a blank, a backslash or a letter outside ASCII is refused: readers of
URLs disagree about those, and the check must see the host that will be called.
"""

from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from connectors.errors import UnusableAddressError

_FIRST_VISIBLE, _LAST_VISIBLE = "!", "~"


def check_address(url: str, *, allow_plain_http: bool) -> str:
    """Give host and port, fit for a message, of an address that may be called."""
    parts = _split(url)
    if parts is None or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise UnusableAddressError
    host = parts.hostname
    plain_allowed = allow_plain_http or _is_this_machine(host)
    if parts.scheme != "https" and not (parts.scheme == "http" and plain_allowed):
        raise UnusableAddressError(host=host)
    return host if parts.port is None else f"{host}:{parts.port}"


def _split(url: str) -> SplitResult | None:
    if "\\" in url or not all(_FIRST_VISIBLE <= letter <= _LAST_VISIBLE for letter in url):
        return None
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  a port out of range shows itself only when asked
    except ValueError:
        return None
    return parts


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
