import pandas as pd
import pytest

from aim.errors import ParameterError
from aim.model.types import read_taxonomy, slug_of, taxonomy_from_toml

TAXONOMY = read_taxonomy()
API_SLUGS = [
    "anti-social-behaviour",
    "bicycle-theft",
    "burglary",
    "criminal-damage-arson",
    "drugs",
    "other-theft",
    "possession-of-weapons",
    "public-order",
    "robbery",
    "shoplifting",
    "theft-from-the-person",
    "vehicle-crime",
    "violent-crime",
    "other-crime",
]


def row(**given):
    plain = {
        "feed": "wardens",
        "incident_type": "fly-tipping",
        "qualifiers": "",
        "source_type": "Flytip",
        "location_text": None,
        "description": None,
    }
    return pd.DataFrame([plain | given])


def test_every_police_uk_slug_leads_to_a_type():
    assert len({TAXONOMY.resolve(slug) for slug in API_SLUGS}) == 14


def test_no_theme_shares_a_slug_with_a_type():
    assert not set(TAXONOMY.themes) & set(TAXONOMY.types)


def test_every_theme_joins_at_least_one_type():
    assert all(TAXONOMY.opened(theme) for theme in TAXONOMY.themes)


def test_every_type_is_its_names_slug():
    assert all(
        slug_of(one.name) == slug for slug, one in TAXONOMY.types.items() if slug != "unclassified"
    )


def test_case_spaces_and_hyphens_in_a_senders_word_do_not_matter():
    words = pd.Series(["FLY TIPPING", "fly-tipping", "Fly  Tipping", None, "Zorbing"])
    assert TAXONOMY.classify(words).tolist() == ["fly-tipping"] * 3 + ["unclassified"] * 2


def test_a_public_feed_stays_public_whatever_it_says():
    rows = row(feed="police-uk", incident_type="violence-and-sexual-offences", qualifiers="sexual")
    assert TAXONOMY.sensitivity(rows).tolist() == ["public"]


@pytest.mark.parametrize(
    "given",
    [
        {"feed": "a feed nobody listed"},
        {"incident_type": "unclassified"},
        {"incident_type": "a type nobody listed"},
        {"incident_type": "domestic-abuse"},
        {"incident_type": "violence-without-injury", "qualifiers": "alcohol domestic"},
        {"description": "left by her ex-partner"},
        {"location_text": "outside the refuge"},
        {"source_type": "Domestic noise"},
    ],
)
def test_grave_or_unknown_is_sensitive(given):
    assert TAXONOMY.sensitivity(row(**given)).tolist() == ["sensitive"]


def test_a_known_plain_row_is_routine():
    assert TAXONOMY.sensitivity(row(qualifiers="alcohol")).tolist() == ["routine"]


def test_words_match_whole_words_only():
    assert TAXONOMY.qualify(pd.Series(["a shopping trolley", "the corner shop"])).tolist() == [
        "",
        "business",
    ]


def test_a_table_with_faults_is_refused_and_every_fault_named():
    text = """
version = "x"
[themes]
drugs = "Drugs"
[types.drugs]
name = "Drugs"
themes = ["nowhere"]
[types.litter]
name = "Dumped"
words = ["Drugs"]
[qualifiers]
[sensitivity]
words = ["x"]
feeds = {}
"""
    with pytest.raises(ParameterError) as refused:
        taxonomy_from_toml(text)
    told = str(refused.value)
    for fault in (
        "drugs is a theme and a type",
        "unknown theme nowhere",
        "litter is not the slug",
        "maps to drugs and litter",
    ):
        assert fault in told
