"""Making, checking, copying and bringing back the store."""

import importlib.metadata
import platform
import sys
from pathlib import Path

from aim import __version__
from aim.access import audit_entry, reach_of, require
from aim.model.people import Action, Actor
from aim.store import Store, init_store, open_store, restore_store
from aim.workflows.agreements import agreement_check

DISTRIBUTION = "active-intelligence-mapping"
Check = tuple[str, bool, str]


def make_store(actor: Actor, url: str, key_file: Path | None = None) -> list[str]:
    """Make the store, or bring it up to this program's version; say what was done.

    Raises
    ------
    SchemaVersionError
        The store was written by a newer program.
    """
    require(actor, Action.ADMINISTER)
    return init_store(url, key_file=key_file)


def back_up(store: Store, actor: Actor, path: Path) -> None:
    """Write a consistent copy of the store, also while others read and write.

    The copy holds a checkpoint of the audit chain as it was then.

    Raises
    ------
    StoreError
        The file exists already, or cannot be written.
    """
    require(actor, Action.BACK_UP)
    with store.transaction() as change:
        change.seal()
    store.backup(path)
    with store.transaction() as change:
        change.record(audit_entry(actor, Action.BACK_UP, kind="backup"))


def restore(actor: Actor, url: str, path: Path, key_file: Path | None = None) -> list[str]:
    """Put a backup in the store's place; the store as it was is kept beside it.

    Raises
    ------
    StoreError
        The file is not a backup, or the store is in use.
    """
    require(actor, Action.BACK_UP)
    done = restore_store(url, path, key_file=key_file)
    store = open_store(url, key_file=key_file)
    try:
        with store.transaction() as change:
            change.record(audit_entry(actor, Action.BACK_UP, kind="restore"))
    finally:
        store.close()
    return done


def doctor(store: Store | None, actor: Actor, trouble: str = "") -> list[Check]:
    """Check versions, packages and the store: name, whether it passed, what was found.

    Parameters
    ----------
    store
        The open store, or None where it could not be opened.
    trouble
        Why it could not be opened.
    """
    require(actor, Action.VIEW)
    checks: list[Check] = [
        ("AIM", True, __version__),
        ("Python", sys.version_info >= (3, 11), platform.python_version()),
        _namesake(),
    ]
    if store is None:
        return [*checks, ("store", False, trouble)]
    return [*checks, *store.check(), _wards(store, actor), agreement_check(store)]


def _namesake() -> Check:
    """Notice the unrelated package called aim, which takes the same import name."""
    try:
        other = importlib.metadata.version("aim")
    except importlib.metadata.PackageNotFoundError:
        return ("package name", True, f"{DISTRIBUTION} has the name aim to itself")
    return (
        "package name",
        False,
        f"another package called aim ({other}) is installed; uninstall it: pip uninstall aim",
    )


def _wards(store: Store, actor: Actor) -> Check:
    sets = store.ward_sets(reach_of(actor))
    current = next((one for one in sets if one.current), None)
    if current is None:
        return ("wards", False, "no ward set is loaded: aim wards load FILE")
    return ("wards", True, f"{current.name}, {current.areas} wards, of {len(sets)} sets loaded")
