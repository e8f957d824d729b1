"""Our own store keeps the contract that every plug-in's must keep."""

from collections.abc import Iterator

import pytest

from aim.store import Store, open_store
from aim.testing.stores import MakeStore, StoreContract


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def new_store(self, tmp_path) -> Iterator[MakeStore]:
        opened: list[Store] = []

        def make() -> Store:
            opened.append(open_store(f"sqlite:///{tmp_path}/{len(opened)}.db", create=True))
            return opened[-1]

        yield make
        for store in opened:
            store.close()
