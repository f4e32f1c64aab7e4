"""Databases on the server: made from a template, dropped after use."""

import secrets

import psycopg
from psycopg import sql
from sqlalchemy import make_url


def plain(url: str) -> str:
    """The URL as both libpq and SQLAlchemy read it, without the name of a driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def create(server_url: str, run: str, template: str = "template0") -> str:
    """A new database with what the template holds; returns its URL."""
    name = f"{run}_{secrets.token_hex(4)}"
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
    return make_url(server_url).set(database=name).render_as_string(hide_password=False)


def drop(server_url: str, url: str) -> None:
    """Drop a database, with whoever is still connected to it."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        _drop(connection, name_of(url))


def drop_all(server_url: str, run: str) -> None:
    """Drop what a run left, also when its workers were killed."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        found = connection.execute("SELECT datname FROM pg_database").fetchall()
        for (name,) in found:
            if name.startswith(run):
                _drop(connection, name)


def name_of(url: str) -> str:
    return str(make_url(url).database)


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )
