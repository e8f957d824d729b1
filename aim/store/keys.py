"""The secret kept beside the store: for row identities and the seals of the audit chain."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from aim.errors import ConfigError

KEY_BYTES = 32


def key_path(store_file: Path, key_file: Path | None) -> Path:
    """Return where the key of a store is."""
    return key_file or store_file.with_name(f"{store_file.name}.key")


def read_key(path: Path) -> bytes:
    """Read a key file.

    Raises
    ------
    ConfigError
        The file is missing or holds no key.
    """
    try:
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError as error:
        raise ConfigError(
            f"The store's key was looked for at {path} and is not there. Put the key file back, or"
            " name it with AIM_KEY_FILE; without it the store cannot be used."
        ) from error
    except (OSError, ValueError) as error:
        raise ConfigError(f"The key file {path} cannot be read: {error}. Mend it.") from error
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError(
            f"{path} must hold {2 * KEY_BYTES} hexadecimal digits and holds something else."
            " Put the store's own key file back."
        )
    return key


def make_key(path: Path) -> bytes:
    """Write a new key file that only its owner can read, and return the key.

    Raises
    ------
    ConfigError
        The file exists or cannot be written.
    """
    key = secrets.token_bytes(KEY_BYTES)
    try:
        # The mode is set when the file is made: a moment of open reading would be enough.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
            file.write(key.hex() + "\n")
    except OSError as error:
        raise ConfigError(f"The key file {path} cannot be written: {error}.") from error
    return key


def fingerprint(key: bytes) -> str:
    """Return a short mark by which a key is known again and from which it cannot be found."""
    return hmac.new(key, b"aim store key", hashlib.sha256).hexdigest()[:32]
