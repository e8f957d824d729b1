"""One-time codes of six digits (RFC 6238), and secrets kept sealed with the store's key."""

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from aim.errors import AccessError

STEP_S, DIGITS, DRIFT_STEPS = 30, 6, 1
_ISSUER = "AIM"
_SEAL = {"alg": "dir", "enc": "A256GCM"}


def make_one_time_secret() -> str:
    """Return a new secret of 160 bits, in base 32 as authenticator apps take it.

    Examples
    --------
    >>> len(make_one_time_secret())
    32
    """
    return base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def one_time_code(secret: str, step: int) -> str:
    """Return the code of one time step.

    Parameters
    ----------
    secret
        Base 32.
    step
        Whole half-minutes since 1970.

    Examples
    --------
    The first row of RFC 6238's table, its last six digits:

    >>> one_time_code(base64.b32encode(b"12345678901234567890").decode(), 59 // 30)
    '287082'
    """
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of_code(secret: str, code: str, now: datetime, after: int = 0) -> int | None:
    """Return the time step a code belongs to, None where it is wrong, stale or used.

    Parameters
    ----------
    secret
        Base 32.
    code
        As typed; spaces do not count.
    now
        The moment; a clock may be one step off either way.
    after
        The last step a code was taken of: none is taken twice.

    Examples
    --------
    >>> from datetime import UTC
    >>> secret = base64.b32encode(b"12345678901234567890").decode()
    >>> minute = datetime(1970, 1, 1, 0, 0, 59, tzinfo=UTC)
    >>> step_of_code(secret, "287 082", minute)
    1
    >>> step_of_code(secret, "287082", minute, after=1) is None
    True
    """
    typed = "".join(code.split())
    current = int(now.timestamp()) // STEP_S
    found = None
    for step in range(max(0, current - DRIFT_STEPS), current + DRIFT_STEPS + 1):
        same = hmac.compare_digest(one_time_code(secret, step).encode(), typed.encode())
        if same and step > after:
            found = step
    return found


def one_time_address(secret: str, account_id: str) -> str:
    """Return what an authenticator app reads.

    Parameters
    ----------
    secret
        Base 32.
    account_id
        Whose it is.

    Examples
    --------
    >>> one_time_address("GEZDGNBV", "ana")
    'otpauth://totp/AIM:ana?secret=GEZDGNBV&issuer=AIM'
    """
    return f"otpauth://totp/{_ISSUER}:{quote(account_id)}?secret={secret}&issuer={_ISSUER}"


def seal(text: str, key: bytes, purpose: str) -> str:
    """Encrypt a short text so that only who has the key can read or change it.

    Parameters
    ----------
    text
        What is sealed.
    key
        The store's key.
    purpose
        What the text is for; another purpose cannot open it.

    Examples
    --------
    >>> unseal(seal("x", b"k" * 32, "one-time"), b"k" * 32, "one-time")
    'x'
    """
    return jwe.encrypt_compact(_SEAL, text.encode("utf-8"), _sealing_key(key, purpose))


def unseal(sealed: str, key: bytes, purpose: str) -> str:
    """Read a sealed text.

    Parameters
    ----------
    sealed
        What ``seal`` returned.
    key, purpose
        Those it was sealed with.

    Raises
    ------
    AccessError
        It was sealed with another key, for another purpose, or changed.

    Examples
    --------
    >>> unseal("forged", b"k" * 32, "one-time")
    Traceback (most recent call last):
    aim.errors.AccessError: What was sealed for one-time cannot be read...
    """
    try:
        opened = jwe.decrypt_compact(
            sealed, _sealing_key(key, purpose), algorithms=list(_SEAL.values())
        )
    except (JoseError, ValueError) as error:
        raise AccessError(
            f"What was sealed for {purpose} cannot be read: it was changed, or sealed with another"
            " key. Begin again."
        ) from error
    return bytes(opened.plaintext or b"").decode("utf-8")


def _sealing_key(key: bytes, purpose: str) -> OctKey:
    # A key of its own for each purpose, so that no use of one tells of another.
    derived = hmac.new(key, f"aim seal {purpose}".encode(), hashlib.sha256).digest()
    return OctKey.import_key(derived)
