"""The sender's words for what happened, looked up in the taxonomy."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from aim.feeds._seam import blank_texts, distinct_rows, filled, on_distinct, say_rows
from aim.model.incidents import Sensitivity
from aim.model.types import UNCLASSIFIED, Taxonomy

_MOST_WORDS = 5
_LONGEST_WORD = 60


def classify_words(words: Sequence[pd.Series], taxonomy: Taxonomy) -> pd.DataFrame:
    """Choose the type of each row: the first word the taxonomy knows, else the first word there is.

    Parameters
    ----------
    words
        Text columns on one index, the most exact first; blank for nothing.
    taxonomy
        The table to look the words up in.

    Returns
    -------
    pandas.DataFrame
        ``incident_type``, ``source_type`` (the word it came from) and ``gravest_type`` (a sensitive
        type any of the words names, else the type), on the same index.

    Examples
    --------
    >>> from aim.model.types import read_taxonomy
    >>> words = pd.Series(["Zorbing"]), pd.Series(["Flytip"])
    >>> classify_words(words, read_taxonomy()).source_type.tolist()
    ['Flytip']
    """
    codes, firsts = distinct_rows(words)
    chosen = _choose([word.iloc[firsts] for word in words], taxonomy)
    return chosen.iloc[codes].set_axis(words[0].index)


def _choose(words: Sequence[pd.Series], taxonomy: Taxonomy) -> pd.DataFrame:
    index = words[0].index
    source, kind = blank_texts(index), pd.Series(UNCLASSIFIED, index=index, dtype=object)
    gravest, unknown = blank_texts(index), pd.Series(data=True, index=index)
    grave = {
        slug for slug, one in taxonomy.types.items() if one.sensitivity == Sensitivity.SENSITIVE
    } - {UNCLASSIFIED}
    for word in words:
        if not filled(word).any():
            continue
        slugs = taxonomy.classify(word).astype(object)
        better = (slugs != UNCLASSIFIED) & unknown
        first = ~filled(source) & filled(word)
        source = source.mask(better | first, word)
        kind = kind.mask(better, slugs)
        unknown = unknown & ~better
        gravest = gravest.mask(slugs.isin(grave) & ~filled(gravest), slugs)
    columns = {"incident_type": kind, "source_type": source}
    return pd.DataFrame({**columns, "gravest_type": gravest.where(filled(gravest), kind)})


def join_texts(texts: Sequence[pd.Series], between: str = " ; ") -> pd.Series:
    """Join text columns row by row, leaving out what is blank.

    Examples
    --------
    >>> join_texts([pd.Series(["a", ""]), pd.Series(["b", "c"])], ", ").tolist()
    ['a, b', 'c']
    """
    rows = zip(*(text.to_numpy(dtype=object) for text in texts), strict=True)
    joined = np.empty(len(texts[0]), dtype=object)
    joined[:] = [between.join(filter(None, row)) for row in rows]
    return pd.Series(joined, index=texts[0].index, dtype=object)


def shortened(texts: pd.Series) -> pd.Series:
    """Cut the sender's words to a length a list can show."""
    return on_distinct(texts, lambda text: text[:_LONGEST_WORD])


def unknown_words(incidents: pd.DataFrame) -> tuple[str, ...]:
    """Say which of the sender's words the taxonomy does not know, the commonest first.

    Examples
    --------
    >>> rows = pd.DataFrame({"incident_type": ["unclassified"] * 2, "source_type": ["Zorbing"] * 2})
    >>> unknown_words(rows)[0]
    "2 rows say 'Zorbing', which types.toml does not know; kept as unclassified."
    """
    unknown = incidents.loc[incidents["incident_type"] == UNCLASSIFIED, "source_type"]
    unknown = unknown.fillna("")
    said = shortened(unknown[unknown != ""]).value_counts().reset_index()
    said = said.set_axis(["word", "rows"], axis=1)
    said = said.sort_values(["rows", "word"], ascending=[False, True], kind="stable")
    notes = [
        f"{say_rows(rows)} {'says' if rows == 1 else 'say'} '{word}', which types.toml does not"
        " know; kept as unclassified."
        for word, rows in said.head(_MOST_WORDS).itertuples(index=False)
    ]
    rest = said.iloc[_MOST_WORDS:]
    if len(rest):
        total = say_rows(int(rest["rows"].sum()))
        notes.append(f"{total} more with {len(rest)} other words it does not know.")
    if blank := int((unknown == "").sum()):
        notes.append(f"{say_rows(blank)} without a word for the type; kept as unclassified.")
    return tuple(notes)
