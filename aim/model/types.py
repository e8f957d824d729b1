"""The incident taxonomy: types, the themes that join them across feeds, and senders' words.

The table is ``types.toml``, a file people can review; this module only reads it.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import pandas as pd

from aim.errors import ParameterError
from aim.model.incidents import Qualifier, Sensitivity

UNCLASSIFIED = "unclassified"


def slug_of(name: str) -> str:
    """Write a name in lower case with hyphens, as addresses and codes want it.

    Examples
    --------
    >>> slug_of("Violence and sexual offences")
    'violence-and-sexual-offences'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.casefold().replace("'", "")).strip("-")


@dataclass(frozen=True, slots=True)
class IncidentType:
    """One type: its name, the themes it belongs to and the words senders use for it."""

    slug: str
    name: str
    themes: tuple[str, ...]
    sensitivity: Sensitivity
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The whole table.

    Attributes
    ----------
    types, themes
        By slug; a theme's value is its name.
    type_by_word
        Slug of the type for each word a sender may use, as a slug itself.
    qualifier_words
        A pattern for each qualifier, to be searched in case-folded text.
    sensitivity_by_feed, sensitivity_by_qualifier
        Levels of the sensitivity table.
    sensitive_words
        A pattern for words that make a row sensitive.
    """

    version: str
    types: Mapping[str, IncidentType]
    themes: Mapping[str, str]
    type_by_word: Mapping[str, str]
    qualifier_words: Mapping[Qualifier, re.Pattern[str]]
    sensitivity_by_feed: Mapping[str, Sensitivity]
    sensitivity_by_qualifier: Mapping[Qualifier, Sensitivity]
    sensitive_words: re.Pattern[str]

    def resolve(self, word: str) -> str:
        """Return the slug of a type or theme asked for by name, slug or police.uk API slug.

        Raises
        ------
        ParameterError
            Nothing has that name.

        Examples
        --------
        >>> read_taxonomy().resolve("violent-crime")
        'violence-and-sexual-offences'
        """
        slug = slug_of(word)
        if slug in self.themes or slug in self.types:
            return slug
        if slug in self.type_by_word:
            return self.type_by_word[slug]
        raise ParameterError(
            f"No incident type or theme is called {word!r}; the themes are "
            f"{', '.join(self.themes)}, the types {', '.join(self.types)}."
        )

    def opened(self, slug: str) -> tuple[str, ...]:
        """Return the types of a theme, or the type itself.

        Examples
        --------
        >>> read_taxonomy().opened("drugs")
        ('drugs',)
        """
        if slug in self.types:
            return (slug,)
        return tuple(one.slug for one in self.types.values() if slug in one.themes)

    def name(self, slug: str) -> str:
        """Return the name people read for a type or theme; an unknown slug is its own name.

        Examples
        --------
        >>> read_taxonomy().name("asb")
        'Anti-social behaviour and disorder'
        """
        if slug in self.types:
            return self.types[slug].name
        return self.themes.get(slug, slug)

    def classify(self, source_types: pd.Series) -> pd.Series:
        """Return the type slug for senders' own words; an unknown word gives ``unclassified``.

        Parameters
        ----------
        source_types
            Text; missing gives ``unclassified`` too.

        Returns
        -------
        pandas.Series
            Slugs on the same index; empty in, empty out.

        Examples
        --------
        >>> read_taxonomy().classify(pd.Series(["Flytipping", "Zorbing"])).tolist()
        ['fly-tipping', 'unclassified']
        """
        slugs = {
            word: self.type_by_word.get(slug_of(str(word)), UNCLASSIFIED)
            for word in source_types.dropna().unique()
        }
        return source_types.map(slugs).fillna(UNCLASSIFIED).astype("str")

    def qualify(self, texts: pd.Series) -> pd.Series:
        """Return the qualifiers found in text: sorted words with one space between.

        Parameters
        ----------
        texts
            Flags, codes and words of the sender; missing gives none.

        Returns
        -------
        pandas.Series
            Text on the same index, empty where nothing was found; empty in, empty out.

        Examples
        --------
        >>> read_taxonomy().qualify(pd.Series(["Drunk youths", None])).tolist()
        ['alcohol youth', '']
        """
        found = {
            text: " ".join(
                sorted(
                    qualifier
                    for qualifier, pattern in self.qualifier_words.items()
                    if pattern.search(text.casefold())
                )
            )
            for text in texts.dropna().unique()
        }
        return texts.map(found).fillna("").astype("str")

    def sensitivity(self, incidents: pd.DataFrame) -> pd.Series:
        """Return how sensitive each row is: the gravest of feed, type, qualifiers and words.

        A row of a public feed is public whatever it says, because anyone can already read it. What
        the table does not know is sensitive.

        Parameters
        ----------
        incidents
            Needs ``feed``, ``incident_type``, ``qualifiers``, ``source_type``, ``location_text``
            and ``description``.

        Returns
        -------
        pandas.Series
            Values of ``Sensitivity`` on the same index; empty in, empty out.

        Examples
        --------
        >>> rows = pd.DataFrame({"feed": ["wardens", "wardens"], "incident_type": "fly-tipping",
        ...     "qualifiers": "", "source_type": "Flytip", "location_text": None,
        ...     "description": ["three bags", "left by her ex-partner"]})
        >>> read_taxonomy().sensitivity(rows).tolist()
        ['routine', 'sensitive']
        """
        by_feed, by_type = self.sensitivity_by_feed, self.types
        public = incidents["feed"].isin(
            [feed for feed, level in by_feed.items() if level == Sensitivity.PUBLIC]
        )
        routine = incidents["feed"].isin(
            [feed for feed, level in by_feed.items() if level == Sensitivity.ROUTINE]
        )
        if routine.any():  # the words of rows that are public anyway are not searched
            routine &= incidents["incident_type"].isin(
                [slug for slug, one in by_type.items() if one.sensitivity == Sensitivity.ROUTINE]
            )
            routine &= ~self._qualified_sensitive(incidents["qualifiers"])
            routine &= ~self._worded_sensitive(incidents)
        levels = pd.Series(Sensitivity.SENSITIVE.value, index=incidents.index, dtype="str")
        levels[routine] = Sensitivity.ROUTINE.value
        levels[public] = Sensitivity.PUBLIC.value
        return levels

    def _qualified_sensitive(self, qualifiers: pd.Series) -> pd.Series:
        grave = {
            qualifier.value
            for qualifier in Qualifier
            if self.sensitivity_by_qualifier.get(qualifier, Sensitivity.SENSITIVE)
            == Sensitivity.SENSITIVE
        }
        return qualifiers.isin(
            [words for words in qualifiers.dropna().unique() if grave & set(words.split())]
        )

    def _worded_sensitive(self, incidents: pd.DataFrame) -> pd.Series:
        found = pd.Series(data=False, index=incidents.index)
        for name in ("source_type", "location_text", "description"):
            texts = incidents[name].dropna().unique()
            found |= incidents[name].isin(
                [text for text in texts if self.sensitive_words.search(text.casefold())]
            )
        return found


@lru_cache(maxsize=1)
def read_taxonomy() -> Taxonomy:
    """Read the table that AIM ships.

    Examples
    --------
    >>> "asb" in read_taxonomy().themes
    True
    """
    text = resources.files("aim.model").joinpath("types.toml").read_text(encoding="utf-8")
    return taxonomy_from_toml(text)


def taxonomy_from_toml(text: str) -> Taxonomy:
    """Build a taxonomy from the text of a ``types.toml``.

    Raises
    ------
    ParameterError
        A theme and a type share a slug, a type names an unknown theme, or one word maps to two
        types; every fault is named.
    """
    table = tomllib.loads(text)
    themes = {slug: str(name) for slug, name in table["themes"].items()}
    types = {
        slug: IncidentType(
            slug=slug,
            name=row["name"],
            themes=tuple(row.get("themes", ())),
            sensitivity=Sensitivity(row.get("sensitivity", "routine")),
            words=tuple(row.get("words", ())),
        )
        for slug, row in table["types"].items()
    }
    _refuse_faults(themes, types)
    return Taxonomy(
        version=str(table["version"]),
        types=types,
        themes=themes,
        type_by_word={
            slug_of(word): one.slug
            for one in types.values()
            for word in (one.slug, one.name, *one.words)
        },
        qualifier_words={
            Qualifier(slug): _any_of(row["words"]) for slug, row in table["qualifiers"].items()
        },
        sensitivity_by_feed={
            feed: Sensitivity(level) for feed, level in table["sensitivity"]["feeds"].items()
        },
        sensitivity_by_qualifier={
            Qualifier(slug): Sensitivity(row["sensitivity"])
            for slug, row in table["qualifiers"].items()
        },
        sensitive_words=_any_of(table["sensitivity"]["words"]),
    )


def _refuse_faults(themes: Mapping[str, str], types: Mapping[str, IncidentType]) -> None:
    faults = [f"{slug} is a theme and a type" for slug in themes if slug in types]
    owners: dict[str, str] = {}
    for one in types.values():
        faults += [
            f"{one.slug} names unknown theme {theme}" for theme in one.themes if theme not in themes
        ]
        if one.slug != UNCLASSIFIED and slug_of(one.name) != one.slug:
            faults.append(f"{one.slug} is not the slug of {one.name!r}")
        for word in (one.name, *one.words):
            owner = owners.setdefault(slug_of(word), one.slug)
            if owner != one.slug:
                faults.append(f"{word!r} maps to {owner} and {one.slug}")
    if faults:
        raise ParameterError(f"types.toml cannot be used: {'; '.join(faults)}. Mend those lines.")


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Match any of the words at word edges; a word ending in ``*`` matches its beginnings."""
    parts = (
        re.escape(word[:-1]) + r"\w*" if word.endswith("*") else re.escape(word) for word in words
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)")
