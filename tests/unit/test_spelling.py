"""What two spellings of one word have in common."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lscb_data.spelling import clean, fold, has_lookalikes, latin


@given(st.text())
@example("𝚨")
@example("Һ")
@example("ᾳ")
@example("ﬁ1–4")
@example("1 - \u200b4")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("17с", "17C"), ("ННСТ", "hhct"), ("White, British", "white british"), ("No. of\u00a0Children", "No of children"),
        ("Re-regs", "re regs"), ("per 10,000", "per 10000"), ("2014/15", "2014–15"), ("То" + "tal TF in", "Total TF in"),
    ],
)  # fmt: skip
def test_one_word_in_two_spellings(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("1-4", "14"), ("10.5", "105"), ("17a", "17b"), ("REFU", "NOBT")])
def test_two_things_that_only_look_alike(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_every_kind_of_blank_is_one_space() -> None:
    assert clean("\ufeff 1\u00a0234\u200b \n x\t") == "1 234 x"


def test_only_letters_of_another_alphabet_are_remarked_on() -> None:
    assert has_lookalikes("То")
    assert not has_lookalikes("To, déjà vu – 5%")
    assert latin("То") == "To"
