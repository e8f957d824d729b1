"""Wards in which one source fell silent while the others went on."""

import numpy as np
import pandas as pd
import pytest

from aim.analysis.quality import channel_of, find_channel_drops
from aim.errors import ParameterError

WARDS, MONTHS = 12, 12


def named(table, source="police", first="2025-06"):
    """Give a table of wards and months the shape of counts."""
    months = [str(month) for month in pd.period_range(first, periods=table.shape[1], freq="M")]
    return pd.DataFrame(
        [
            (source, f"W{ward:02d}", month, int(table[ward, at]))
            for ward in range(table.shape[0])
            for at, month in enumerate(months)
        ],
        columns=["source", "ward_code", "month", "incidents"],
    )


def busy(seed=1, mean=8, shape=(WARDS, MONTHS)):
    return np.random.default_rng(seed).poisson(mean, shape)


def with_drop(table, wards=(2, 5, 7), months=slice(8, 10), share=0.0):
    fallen = table.astype(float)
    fallen[list(wards), months] = np.floor(fallen[list(wards), months] * share)
    return fallen


def told(police, wardens=None, **more):
    others = busy(seed=2) if wardens is None else wardens
    return find_channel_drops(
        pd.concat([named(police), named(others, "wardens")]), permutations=249, **more
    )


def dropped(found):
    return found.loc[found["finding"] == "channel drop", "ward_code"].tolist()


def test_three_silent_wards_are_found_with_their_months():
    found = told(with_drop(busy()))
    assert dropped(found) == ["W02", "W05", "W07"]
    assert set(found["source"]) == {"police"}
    assert set(found["first_month"]) == {"2026-02"}
    assert set(found["last_month"]) == {"2026-03"}
    assert found["incidents"].tolist() == [0, 0, 0]


def one_silent_month():
    """Four wards of twenty a month and source; the police tell nothing of one in one month."""
    table = np.full((4, 8), 20)
    table[0, 5] = 0
    return told(table, np.full((4, 8), 20))


def test_what_is_expected_is_the_wards_share_of_its_source():
    found = one_silent_month()
    # Ward 0 holds 140 of 560 in the other months, the whole source 60 in this one.
    assert found["expected"].tolist() == [15.0]
    assert found["ward_p"].tolist() == [pytest.approx(np.exp(-15))]
    assert (found["others"].tolist(), found["others_expected"].tolist()) == ([20], [20.0])
    assert found["others_p"].tolist() == [pytest.approx((20 / 35) ** 20)]


def test_a_drop_is_a_question_in_words():
    assert one_silent_month()["words"].iloc[0] == (
        "police told of 0 incidents in W00 in November 2025, where its other months suggest about"
        " 15; the other sources told of 20 where about 20 would be usual. Ask whether reports were"
        " lost on the way."
    )


def test_a_ward_is_said_by_its_name_where_it_has_one():
    names = {"W02": "Abbey", "W05": "Harbour Rise"}
    found = told(with_drop(busy()), ward_names=names)
    assert "in Abbey, Harbour Rise, W07 from February 2026 to March 2026" in found["words"].iloc[0]
    assert len(set(found["words"])) == 1


def test_a_thinned_channel_is_found_and_a_halved_one_is_not_proved():
    assert dropped(told(with_drop(busy(), share=0.2))) == ["W02", "W05", "W07"]
    assert "W02" not in dropped(told(with_drop(busy(), share=0.6)))


def test_where_every_source_falls_nothing_was_lost_on_the_way():
    assert told(with_drop(busy()), with_drop(busy(seed=2))).empty


def test_an_outage_of_the_whole_source_is_no_drop():
    table = busy()
    table[:, 8] = 0
    assert told(table).empty


def test_large_counts_are_taken_in_stride():
    assert dropped(told(with_drop(busy(mean=900)), busy(2, mean=900))) == ["W02", "W05", "W07"]


def test_wards_that_differ_in_size_are_no_drop():
    sizes = np.array([1, 2, 3, 5, 8, 12, 16, 20, 24, 28, 32, 40])
    table = np.random.default_rng(3).poisson(sizes[:, None], (WARDS, MONTHS))
    assert told(table).empty


def test_a_burst_in_one_month_is_no_drop_in_the_others():
    table = busy()
    table[4, 6] += 60
    assert told(table).empty


def test_without_another_source_to_compare_with_nothing_is_found():
    alone = named(with_drop(busy()))
    assert find_channel_drops(alone, permutations=249).empty
    hardly = pd.concat([alone, named(np.ones((WARDS, MONTHS)), "wardens").head(40)])
    assert dropped(find_channel_drops(hardly, permutations=249)) == []


def test_two_drops_apart_are_numbered():
    table = with_drop(with_drop(busy()), wards=(1, 9), months=slice(4, 6))
    found = told(table)
    months = found.groupby("drop")["first_month"].first()
    assert sorted(months) == ["2025-10", "2026-02"]
    assert months.index.tolist() == [1, 2]
    assert found.groupby("drop")["p"].first().is_monotonic_increasing


def test_a_ward_that_stands_out_by_itself_is_certain():
    table = np.full((4, 8), 20)
    table[0, 5], table[1, 5] = 0, 10
    found = told(table, np.full((4, 8), 20))
    assert found[["ward_code", "certain"]].to_numpy().tolist() == [["W00", True]]


def test_months_nobody_sent_and_rows_without_a_ward_do_no_harm():
    table = pd.concat([named(with_drop(busy())), named(busy(seed=2), "wardens")])
    whole = find_channel_drops(table, permutations=249)
    nowhere = table.assign(ward_code=None).head(5)
    sparse = pd.concat([table[table["incidents"] > 0], nowhere])
    pd.testing.assert_frame_equal(find_channel_drops(sparse, permutations=249), whole)


@pytest.mark.parametrize(("number", "finding"), [(5, ["too short to say"] * 2), (6, [])])
def test_a_short_series_says_so(number, finding):
    found = told(busy()[:, :number], busy(seed=2)[:, :number])
    assert found["finding"].tolist() == finding
    assert not finding or "5 months: too short" in found["words"].iloc[0]


def test_neither_row_order_nor_a_third_source_changes_the_answer():
    table = pd.concat([named(with_drop(busy())), named(busy(seed=2), "wardens")])
    alone = find_channel_drops(table, permutations=249)
    mixed = find_channel_drops(table.sample(frac=1, random_state=1), permutations=249)
    pd.testing.assert_frame_equal(alone, mixed)
    third = pd.concat([named(busy(seed=9), "ambulance"), table])
    assert find_channel_drops(third, permutations=249)["p"].tolist() == alone["p"].tolist()


def quiet_findings(rng, draw, number):
    """Count the sources in which something is found where nothing was planted."""
    sizes = rng.gamma(4, 1, 20)[:, None] * np.ones(MONTHS)
    others = named(np.full(sizes.shape, 9), "wardens")
    found = [
        find_channel_drops(pd.concat([named(draw(sizes)), others]), permutations=200, rng=rng)
        for _ in range(number)
    ]
    return sum(bool(dropped(one)) for one in found)


def test_at_most_one_quiet_source_in_ten_brings_a_finding():
    rng = np.random.default_rng(11)
    # Three standard deviations above ten in a hundred.
    assert quiet_findings(rng, rng.poisson, 100) <= 19


def test_a_more_scattered_source_brings_no_more():
    rng = np.random.default_rng(12)
    assert quiet_findings(rng, lambda mean: rng.poisson(rng.gamma(mean / 0.8, 0.8)), 50) <= 11


def test_a_smaller_false_rate_finds_less():
    faint = with_drop(busy(mean=5), wards=(2, 5), share=0.1)
    some = told(faint, false_rate=0.5)
    few = told(faint, false_rate=0.1)
    assert set(few["drop"]) <= set(some["drop"])
    assert (few["p"] <= 0.1).all()


def test_empty_in_empty_out():
    found = find_channel_drops(named(np.zeros((0, 0)), first="2025-06"))
    assert found.empty
    assert list(found)[:3] == ["drop", "source", "ward_code"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"false_rate": 0.0}, "between 0 and 1"),
        ({"false_rate": 1.0}, "between 0 and 1"),
        ({"false_rate": 0.08}, "permutations"),
    ],
)
def test_risks_out_of_range_are_refused(change, said):
    with pytest.raises(ParameterError, match=said):
        told(busy(), **change)


def test_counts_without_wards_are_refused():
    with pytest.raises(ParameterError, match="lacks ward_code"):
        find_channel_drops(named(busy()).drop(columns="ward_code"))


def test_a_channel_is_read_only_at_the_head_of_a_text():
    texts = ["101: noise", " Online - litter", "999:fight", "He rang 101: nobody", None, "1010: x"]
    calls = pd.DataFrame({"source": "police", "description": texts}, index=range(3, 9))
    found = channel_of(calls)
    assert found.tolist() == ["police 101", "police online", "police 999", *["police"] * 3]
    assert found.index.tolist() == list(range(3, 9))


def test_without_free_text_the_channel_is_the_source():
    assert channel_of(pd.DataFrame({"source": ["police"]})).tolist() == ["police"]
