"""Templates to HTML. Everything is escaped, a name that is missing is an error, no script runs."""

from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from gateway.console.roles import NAMES

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("gateway.console"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: Any) -> str:
    """The page; `values` are texts and tables, never markup."""
    return _ENVIRONMENT.get_template(template).render(rolnamen=NAMES, **values)


def policy(*form_targets: str) -> dict[str, str]:
    """The header that lets a page do nothing but show itself and send its own forms.

    A form that ends in a redirect needs every host on the way (CSP 3, form-action).
    """
    targets = " ".join(["'self'", *form_targets]) if form_targets else "'none'"
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none';"
        f" form-action {targets}; frame-ancestors 'none'"
    }
