"""Passwords: hashed with Argon2id, checked in the same time whether or not there is an account."""

import secrets
from dataclasses import dataclass
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from aim.errors import ParameterError

SHORTEST, LONGEST = 12, 200
FEWEST_DIFFERENT = 5
# Pieces of passwords that guessers try first.
_COMMON = ("password", "passw0rd", "qwerty", "letmein", "welcome", "12345", "abcde", "iloveyou")
# No letter that is mistaken for another when read from a slip of paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@dataclass(frozen=True, slots=True)
class HashCost:
    """What one guess costs; the default is RFC 9106's second recommendation.

    Attributes
    ----------
    passes
        Argon2's time cost.
    memory_kib
        Memory of one hash, KiB.
    lanes
        Argon2's parallelism.
    """

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


STANDARD = HashCost()


def hash_password(password: str, cost: HashCost = STANDARD) -> str:
    """Hash a password with a salt of its own.

    Parameters
    ----------
    password
        As typed.
    cost
        What one guess shall cost.

    Returns
    -------
    str
        Algorithm, parameters, salt and hash in one text.

    Examples
    --------
    >>> hash_password("lantern street 9", HashCost(1, 64, 1)).startswith("$argon2id$")
    True
    """
    return _hasher(cost).hash(password)


def is_password(held: str, password: str, cost: HashCost = STANDARD) -> bool:
    """Tell whether a password is the one a hash was made of; slow on purpose.

    Parameters
    ----------
    held
        What ``hash_password`` returned; empty where there is no account or it has no password,
        which takes as long as a wrong one.
    password
        As typed; one that is longer than any password may be is never hashed whole.
    cost
        What the answer to an unknown name costs.

    Examples
    --------
    >>> cheap = HashCost(1, 64, 1)
    >>> is_password(hash_password("lantern street 9", cheap), "lantern street 9", cheap)
    True
    >>> is_password("", "lantern street 9", cheap)
    False
    """
    try:
        _hasher(cost).verify(held or _nobodys_hash(cost), password[: LONGEST + 1])
    except (Argon2Error, InvalidHashError):
        return False
    return bool(held) and len(password) <= LONGEST


def is_outdated(held: str, cost: HashCost = STANDARD) -> bool:
    """Tell whether a hash was made at another cost than is asked today.

    Parameters
    ----------
    held
        What ``hash_password`` returned.
    cost
        What one guess shall cost today.

    Examples
    --------
    >>> is_outdated(hash_password("lantern street 9", HashCost(1, 64, 1)), HashCost(1, 64, 1))
    False
    """
    return _hasher(cost).check_needs_rehash(held)


def make_password() -> str:
    """Return a random first password that can be read from paper: 79 bits, in four groups.

    Examples
    --------
    >>> len(make_password())
    19
    """
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def check_new_password(password: str, account_id: str, old: str = "") -> None:
    """Refuse a password that is easily guessed.

    Parameters
    ----------
    password
        The one a person chose.
    account_id
        Whose it is to be.
    old
        The one it takes the place of.

    Raises
    ------
    ParameterError
        It is too short, too long, too monotonous, or holds the id or a common word; every fault
        is named, the password is not.

    Examples
    --------
    >>> check_new_password("lantern street 9", "ana")
    >>> check_new_password("aaaa", "ana")
    Traceback (most recent call last):
    aim.errors.ParameterError: Choose another password: use at least 12 characters; use at least...
    """
    folded = password.casefold()
    checks = (
        (len(password) < SHORTEST, f"use at least {SHORTEST} characters"),
        (len(password) > LONGEST, f"use at most {LONGEST} characters"),
        (len(set(password)) < FEWEST_DIFFERENT, f"use at least {FEWEST_DIFFERENT} different ones"),
        (account_id.casefold() in folded, "leave your account's name out"),
        (password == old, "take another than the old one"),
        (any(word in folded for word in _COMMON), "leave out words that everybody tries first"),
    )
    faults = [text for fault, text in checks if fault]
    if faults:
        raise ParameterError(f"Choose another password: {'; '.join(faults)}.")


@lru_cache(maxsize=8)
def _hasher(cost: HashCost) -> PasswordHasher:
    return PasswordHasher(
        time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes
    )


@lru_cache(maxsize=8)
def _nobodys_hash(cost: HashCost) -> str:
    return hash_password(secrets.token_urlsafe(16), cost)
