"""The newest checkpoint of the audit chain, kept beside the key.

Whoever has the store alone cannot wind it back. It is written after each transaction that added
entries. A crash in between leaves it a little behind, which is no fault: the chain must hold what
it saw, and may hold more.
"""

import json
import secrets
from contextlib import suppress
from pathlib import Path

from aim.model.audit import Checkpoint

SUFFIX = ".audit"


def witness_path(key_path: Path, store: str) -> Path:
    """Return where the checkpoint of a store lies: beside the key, by the store's own name."""
    return key_path.with_name(f"{key_path.stem}-{store}{SUFFIX}")


def read(path: Path) -> Checkpoint | None:
    """Return the checkpoint, None where there is none or it cannot be read."""
    try:
        return Checkpoint.from_plain(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(path: Path, checkpoint: Checkpoint) -> None:
    """Keep a checkpoint whatever was there before; a folder that cannot be written is left alone.

    A change that is kept already must not fail for it; ``aim audit verify`` tells.
    """
    unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_text(json.dumps(checkpoint.as_plain()), encoding="utf-8")
        unfinished.replace(path)
    except OSError:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
