"""A few sign-ins at a time: hashing a password costs time and memory on purpose."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from starlette.concurrency import run_in_threadpool

from aim.errors import TooManyAttemptsError

Words = ParamSpec("Words")
Result = TypeVar("Result")


class Turnstile:
    """Lets few through at once and few wait; a crowd is told to come back.

    Those who wait hold no thread, so the pages of those who are in stay quick.

    Examples
    --------
    >>> Turnstile(at_once=2, waiting=16).at_once
    2
    """

    def __init__(self, at_once: int = 2, waiting: int = 16) -> None:
        self.at_once, self.waiting = at_once, waiting
        self._inside = 0
        self._gate = asyncio.Semaphore(at_once)

    async def run(
        self, job: Callable[Words, Result], *words: Words.args, **named: Words.kwargs
    ) -> Result:
        """Do a job in a thread when it is its turn.

        Raises
        ------
        TooManyAttemptsError
            Too many wait already.
        """
        if self._inside >= self.at_once + self.waiting:
            raise TooManyAttemptsError(
                "Many people sign in at this moment. Wait a minute and try again."
            )
        self._inside += 1
        try:
            async with self._gate:
                return await run_in_threadpool(job, *words, **named)
        finally:
            self._inside -= 1
