"""The tables of the gateway, in an empty database."""

import pkgutil

import gateway
import privacy
from privacy.store.engine import make_engine
from privacy.store.metadata import metadata

HOLDERS = ("privacy.store", "privacy.log", "gateway.store", "gateway.node.memory")


def create_schema(url: str) -> None:
    """Make every table. The modules that describe one are all read first."""
    for package in (privacy, gateway):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.startswith(HOLDERS):
                pkgutil.resolve_name(module.name)
    engine = make_engine(url)
    metadata.create_all(engine)
    engine.dispose()
