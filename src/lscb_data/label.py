"""Words of a contract that change with the Board and the year: `Children on a plan at the end of March {year_end}`."""

import re
from collections.abc import Mapping
from datetime import timedelta

from lscb_data.period import Period, year_of

IN_WORDS: Mapping[str, str] = {  # for where there is no Board and no year: the dictionary
    "board": "(the Board's area)",
    "year": "YYYY-YY",
    "year_start": "YYYY",
    "year_end": "YYYY+1",
    "previous_year": "(the year before)",
}


def words(period: Period, board: str) -> dict[str, str]:
    """What each placeholder stands for in a return of this period: of 2014-15 Q4, `{year_end}` is 2015."""
    year = year_of(period.start)
    return {
        "board": board or IN_WORDS["board"],
        "year": str(year),
        "year_start": str(year.start.year),
        "year_end": str(year.end.year),
        "previous_year": str(year_of(year.start - timedelta(days=1))),
    }


def fill(text: str, said: Mapping[str, str]) -> str:
    for name, word in said.items():
        text = text.replace("{" + name + "}", word)
    return text


def check(text: str) -> None:
    """Raises ValueError where the text holds a brace that is no placeholder's."""
    if odd := re.search(r"\{[^{}]*\}?|\}", fill(text, dict.fromkeys(IN_WORDS, ""))):
        names = ", ".join("{" + name + "}" for name in IN_WORDS)
        raise ValueError(f"'{odd[0]}' is none of the words that change with Board and year: {names}")
