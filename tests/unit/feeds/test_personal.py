import pandas as pd
import pytest

from aim.feeds import mask_personal
from aim.feeds._personal import mask_text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to jo.bloggs+x@mail.example.org.", "write to [email]."),
        ("jo (at) example.org", "[email]"),
        ("jo[AT]example.org", "[email]"),
        ("01632 960123", "[phone]"),
        ("01632 96 01 23", "[phone]"),
        ("(01632) 960123", "[phone]"),
        ("01632-960-123", "[phone]"),
        ("01632.960.123", "[phone]"),
        ("016329601", "016329601"),
        ("0163296012", "[phone]"),
        ("016329601234", "016329601234"),
        ("07700900123", "[phone]"),
        ("7700 900 123", "[phone]"),
        ("+44 7700 900123", "[phone]"),
        ("+44 (0)1632 960123", "[phone]"),
        ("0044 1632 960123", "[phone]"),
        ("+353 86 123 4567", "[phone]"),
        ("told me.07700 900123", "told me.[phone]"),
        ("ring 960123", "ring [phone]"),
        ("Tel. no. 960 123", "Tel. no. [phone]"),
        ("call 101 or 999", "call 101 or 999"),
        ("QQ 12 34 56 C", "[ni-number]"),
        ("qq123456c", "[ni-number]"),
        ("QQ-12-34-56-D", "[ni-number]"),
        ("QQ123456E", "QQ123456E"),
        ("paid with 4539 1488 0343 6467.", "paid with [card-number]."),
        ("4539148803436467", "[card-number]"),
        ("4539-1488-0343-6467", "[card-number]"),
        ("3782 822463 10005", "[card-number]"),
        ("4539148803436468", "4539148803436468"),
        ("DOB 3/5/1990", "DOB [birth-date]"),
        ("d.o.b.: 03.05.90", "d.o.b.: [birth-date]"),
        ("born on 3rd May 1990 in town", "born on [birth-date] in town"),
        ("date of birth 1990-05-03", "date of birth [birth-date]"),
        ("a van, AB12 CDE, left", "a van, [vehicle], left"),
        ("van ab12cde", "van [vehicle]"),
        ("reg P123 ABC", "reg [vehicle]"),
        ("registration number is A12BCD", "registration number is [vehicle]"),
        ("Mrs Bloggs of 12 High Street", "[name-and-house] High Street"),
        ("mr. bloggs, 12a High Street", "[name-and-house] High Street"),
        ("Miss Bloggs lives at number 7", "[name-and-house]"),
    ],
)
def test_contact_details_are_masked(text, masked):
    assert mask_text(text)[0] == masked


@pytest.mark.parametrize(
    "text",
    [
        "01/02/2026 10:30", "01-02-2026 10:30", "01.02.2026 10:30", "449000 520000",
        "UPRN 100023336956", "000000199356", "TS1 3BA", "-1.0163296012", "12 bags at the park",
        "cost 1200 at 14:30", "", "the A66 and A19", "No 12 the gate", "TS13 3BA", "SW1A 2AA",
        "Miss Bloggs at 14:30", "12 High Street", "reg plates stolen", "born 1990",
        "-1.4539148803436467",
    ],
)  # fmt: skip
def test_dates_places_and_sums_stay(text):
    assert mask_text(text) == (text, {})


def test_what_was_masked_is_counted_by_row():
    texts = pd.Series(["a@b.co 07700900123 c@d.co"] * 2 + [None, "nothing"], dtype=object)
    masked, counts = mask_personal(texts)
    assert masked.tolist() == ["[email] [phone] [email]"] * 2 + [None, "nothing"]
    assert counts == {"email": 4, "phone": 2}


def test_index_and_type_stay():
    texts = pd.Series(["x", None], index=[5, 7], dtype="str")
    masked, counts = mask_personal(texts)
    pd.testing.assert_series_equal(masked, texts)
    assert counts == {}


def test_nothing_in_gives_nothing_out():
    assert mask_personal(pd.Series([], dtype="str"))[1] == {}
