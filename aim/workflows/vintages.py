"""Which vintage of wards and small areas the senders' own codes are of."""

import pandas as pd

from aim.analysis.quality import count_area_codes, describe_vintages
from aim.model.incidents import FeedResult
from aim.model.people import EVERYTHING, Reach
from aim.store import Store, Transaction


def keep_area_counts(store: Store, change: Transaction, batch_id: str, result: FeedResult) -> None:
    """Keep what area codes a delivery carried, where its feed has such a column."""
    if result.area_codes is None or not len(result.incidents):
        return
    wards = set().union(*_sets(store, EVERYTHING).values())
    counts = count_area_codes(result.incidents, result.area_codes, wards)
    change.save_area_counts(batch_id, counts)


def area_vintages(store: Store, reach: Reach) -> pd.DataFrame:
    """Say of each source and month which vintage its area codes are of, by the sets loaded now."""
    return describe_vintages(store.area_counts(reach), _sets(store, reach))


def _sets(store: Store, reach: Reach) -> dict[str, set[str]]:
    return {
        info.name: set(store.wards(reach, ward_set=info.name)["ward_code"])
        for info in store.ward_sets(reach)
    }
