"""Databases, and how hard hypothesis tries. What belongs where: README.md in this folder.

PostgreSQL is never skipped: a run that cannot have it fails, and says what to do.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine

from privacy.store.engine import make_engine
from tests.log_watch import LogWatch
from tests.postgres import databases
from tests.postgres.run import Run
from tests.postgres.server import NoPostgresError
from tests.schema import create_schema

# A busy machine is no reason to fail: no deadline, and slow drawing is not a finding.
_PATIENT = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow], "print_blob": True}
settings.register_profile("dev", max_examples=25, **_PATIENT)
# Always the same: more of them find nothing that the first run of a change did not.
settings.register_profile("ci", max_examples=60, derandomize=True, database=None, **_PATIENT)
settings.register_profile("thorough", max_examples=200, **_PATIENT)
settings.register_profile("night", max_examples=5_000, **_PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))

RUN = pytest.StashKey[Run]()
WATCH = LogWatch()


def pytest_configure(config: pytest.Config) -> None:
    led = getattr(config, "workerinput", None)
    config.stash[RUN] = Run(Path(led["postgres_run"])) if led else Run.of_this_process()
    WATCH.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["postgres_run"] = str(node.config.stash[RUN].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    WATCH.end()
    if not hasattr(config, "workerinput") and RUN in config.stash:
        config.stash[RUN].close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow ones first, so that no worker is left with one when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(autouse=True)
def no_secret_is_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does, nothing that it makes anyone log is a secret or a person.

    A test that logs such a thing itself, to see what becomes of it, says so with
    `logs_on_purpose`.
    """
    WATCH.hear_all()
    yield
    if "tmp_path" in request.node.funcargs:
        WATCH.read_files(request.node.funcargs["tmp_path"])
    faults = WATCH.take()
    if request.node.get_closest_marker("logs_on_purpose") is None:
        assert not faults, "a log holds what none may hold"


@pytest.fixture(scope="session")
def postgres_server(pytestconfig: pytest.Config) -> str:
    """The URL of the maintenance database of a real server, one for the whole run."""
    try:
        return pytestconfig.stash[RUN].server_url()
    except NoPostgresError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def postgres_url(postgres_server: str, pytestconfig: pytest.Config) -> Iterator[str]:
    """A PostgreSQL database of this test alone, without tables."""
    url = databases.create(postgres_server, pytestconfig.stash[RUN].name)
    yield url
    databases.drop(postgres_server, url)


@pytest.fixture
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    """An engine on a PostgreSQL database without tables."""
    yield from _engine(postgres_url)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str, pytestconfig: pytest.Config) -> str:
    """The name of a database that has the schema, made once in a run."""
    run = pytestconfig.stash[RUN]

    def make() -> str:
        url = databases.create(postgres_server, run.name)
        create_schema(url)
        return databases.name_of(url)

    return run.once("template", make)


@pytest.fixture(scope="session")
def postgres_installed(
    postgres_server: str, postgres_template: str, pytestconfig: pytest.Config
) -> str:
    """The name of a database with the schema, a log and rules, made once in a run."""
    run = pytestconfig.stash[RUN]

    def make() -> str:
        url = databases.create(postgres_server, run.name, postgres_template)
        _install(url)
        return databases.name_of(url)

    return run.once("installed", make)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file that has the schema."""
    file = tmp_path_factory.mktemp("template") / "schema.sqlite"
    create_schema(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def sqlite_installed(sqlite_template: Path) -> Path:
    """A SQLite file that has the schema, a log and rules."""
    file = sqlite_template.with_name("installed.sqlite")
    shutil.copyfile(sqlite_template, file)
    _install(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Who asks for this, or for a fixture below, runs on both databases."""
    return request.param


@pytest.fixture
def empty_database_url(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A database of this test alone, without tables: for migrations and start-up."""
    if backend == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        yield request.getfixturevalue("postgres_url")


@pytest.fixture
def database_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test alone, with the schema."""
    yield from _copied(request, backend, f"{_template(backend)}_template", tmp_path)


@pytest.fixture
def installed_url(backend: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test alone, with what an installation begins with: a log and rules."""
    yield from _copied(request, backend, f"{_template(backend)}_installed", tmp_path)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`: the schema is there, and no row."""
    yield from _engine(database_url)


def _template(backend: str) -> str:
    return "sqlite" if backend == "sqlite" else "postgres"


def _copied(
    request: pytest.FixtureRequest, backend: str, template: str, folder: Path
) -> Iterator[str]:
    source = request.getfixturevalue(template)
    if backend == "sqlite":
        file = folder / "gateway.sqlite"
        shutil.copyfile(source, file)
        yield f"sqlite:///{file}"
        return
    server = request.getfixturevalue("postgres_server")
    url = databases.create(server, request.config.stash[RUN].name, source)
    yield url
    databases.drop(server, url)


def _install(url: str) -> None:
    from tests.world import install

    engine = make_engine(url)
    install(engine)
    engine.dispose()


def _engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    yield engine
    engine.dispose()
