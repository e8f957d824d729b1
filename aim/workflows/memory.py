"""Answers kept while the data they came from stay the same."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from aim.store import Store

Answer = TypeVar("Answer")


class Memory(Generic[Answer]):
    """The newest answers of each store, by data version and question.

    Parameters
    ----------
    most
        How many answers of a store are kept; the one longest unasked goes first.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: WeakKeyDictionary[Store, OrderedDict[Hashable, Answer]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def recall(self, store: Store, question: Hashable, make: Callable[[], Answer]) -> Answer:
        """Return the answer to a question of a store's data as they are, made if it is new."""
        key = (store.data_version(), question)
        with self._lock:
            kept = self._kept.setdefault(store, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        # Made outside the lock: one slow answer keeps nobody else waiting.
        answer = make()
        with self._lock:
            kept[key] = answer
            while len(kept) > self._most:
                kept.popitem(last=False)
        return answer
