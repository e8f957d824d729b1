"""What every command needs: the settings, the store, who asks, and somebody to tell."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from aim.errors import AimError, ParameterError, UnknownFeedError

if TYPE_CHECKING:
    from aim.config import Settings
    from aim.model.people import Actor
    from aim.store import Store
    from aim.workflows.views import ExportedFile

WRONG_REQUEST, WRONG_COMMAND = 1, 2


def fail(error: AimError) -> NoReturn:
    """Tell the error in one line and leave with its exit code."""
    if os.environ.get("AIM_DEBUG", "").lower() in {"1", "true", "yes"}:
        raise error
    say(f"aim: {error}")
    sys.exit(WRONG_COMMAND if isinstance(error, UnknownFeedError) else WRONG_REQUEST)


def say(line: str) -> None:
    """Tell the person at the keyboard something that is not data."""
    typer.echo(line, err=True)


def settings_given(**given: object) -> "Settings":
    """Read the settings, with these in place of what they say."""
    from aim.config import read_settings

    return read_settings(**given)


def the_actor() -> "Actor":
    """Return who acts at this keyboard."""
    from aim.access import LOCAL_ANALYST

    return LOCAL_ANALYST


def open_the_store(settings: "Settings") -> "Store":
    """Open the store the settings name; closing it is the caller's."""
    from aim.store import open_store

    return open_store(settings.store_url, key_file=settings.key_file)


@contextmanager
def store_of(settings: "Settings") -> Iterator["Store"]:
    """Open the store for as long as the block runs."""
    store = open_the_store(settings)
    try:
        yield store
    finally:
        store.close()


@contextmanager
def open_hub() -> Iterator[tuple["Settings", "Store"]]:
    """Open the settings and their store for as long as the block runs."""
    settings = settings_given()
    with store_of(settings) as store:
        yield settings, store


@contextmanager
def waiting(what: str) -> Iterator[Callable[[float], None]]:
    """Show that work goes on, where a person watches; gives what to tell the share done."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda share: bar.update(task, total=1.0, completed=share)


def check_table_format(file_format: str) -> None:
    """Refuse a format that tables are not printed in."""
    if file_format not in {"table", "csv", "json"}:
        raise typer.BadParameter(
            f"{file_format!r} is not table, csv or json", param_hint="--format"
        )


def as_asked(
    file_format: str, text: Callable[[], str], export: Callable[..., "ExportedFile"]
) -> bytes:
    """Return what was found: as text for a terminal, or made today into a file of a format."""
    if file_format == "table":
        return text().encode()
    return export(file_format=file_format, made=today()).content


def write_out(content: bytes, out: Path | None) -> None:
    """Write to a file whole or not at all, or to standard output."""
    if out is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    from aim.workflows import write_whole

    write_whole(out, content)
    say(f"{out} written ({len(content):,} bytes).")


def make_folder(folder: Path) -> None:
    """Make a folder, or say why not."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(
            f"The folder {folder} was to be made; found: {error.strerror or error}."
        ) from error


def serve_hub(settings: "Settings", host: str, port: int) -> None:
    """Serve the hub until it is stopped."""
    from aim.service import serve

    announce: Callable[[str], None] = say
    serve(settings, host=host, port=port, tell=announce)


def today() -> Any:
    """Return the day it is in London."""
    from aim.model.times import LONDON

    return datetime.now(UTC).astimezone(LONDON).date()
