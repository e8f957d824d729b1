"""The cellar: where incidents, wards, runs and the audit chain are kept."""

from aim.store.opening import init_store, open_store, restore_store
from aim.store.protocol import CodesOf, Store, Transaction

__all__ = ["CodesOf", "Store", "Transaction", "init_store", "open_store", "restore_store"]
