"""The peer at the intervals: pandas reads the publisher's CSVs and joins them, statsmodels works out the limits.

It checks nothing, and keeps no cells: counts of councils, their rates over the estimates of residents aged 0 to 17, and one
percentage. statsmodels has no limits by Byar; they stand here, from ten events on, in numpy.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.rates import confint_poisson

LEVELS = {"95": 0.95, "998": 0.998}
AREA, YEAR = "new_la_code", "time_period"


def read(path: Path, columns: dict[str, str]) -> pd.DataFrame:
    """A file's counts of councils: one row a measure, area and year; what is hidden or not known is left out."""
    sheet = pd.read_csv(path, dtype=str).dropna(subset=[AREA]).rename(columns=columns)
    long = sheet.melt([AREA, YEAR], list(columns.values()), "measure", "count")
    long["count"] = pd.to_numeric(long["count"], errors="coerce")
    return long.dropna(subset=["count"]).astype({YEAR: int})


def poisson(events: pd.Series, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    """Byar's limits of a count, exact below ten."""
    few = confint_poisson(events, 1, method="exact-c", alpha=1 - confidence)
    z, above = norm.ppf(0.5 + confidence / 2), events + 1
    with np.errstate(divide="ignore", invalid="ignore"):
        lower = events * (1 - 1 / (9 * events) - z / (3 * np.sqrt(events))) ** 3
    upper = above * (1 - 1 / (9 * above) + z / (3 * np.sqrt(above))) ** 3
    return np.where(events < 10, few[0], lower), np.where(events < 10, few[1], upper)


def main(folder: Path, asked: dict, out: Path) -> None:
    counts = pd.concat(read(folder / file, columns) for file, columns in asked["files"].items())
    counts = counts.drop_duplicates([AREA, YEAR, "measure"], keep="last")
    people = read(folder / asked["people"], {"population_estimate": "people"}).rename(columns={"count": "people"})
    people[YEAR] += 1  # the estimate of the calendar year in which the financial year begins
    counts["scale"], counts["base"] = 1.0, 1.0
    rates = counts[counts["measure"].isin(asked["rates"])].merge(people[[AREA, YEAR, "people"]], on=[AREA, YEAR])
    rates["measure"], rates["scale"], rates["base"] = rates["measure"] + "_per_10000", 1e4, rates["people"]
    found = pd.concat([counts, rates], ignore_index=True)
    for name, confidence in LEVELS.items():
        low, high = poisson(found["count"], confidence)
        found[f"lower_{name}"], found[f"upper_{name}"] = (end * found["scale"] / found["base"] for end in (low, high))
    found["value"] = found["count"] * found["scale"] / found["base"]
    above, below = (counts[counts["measure"] == name] for name in asked["percent"]["of"])
    shares = above.merge(below, on=[AREA, YEAR], suffixes=("", "_below")).query("count_below > 0")
    shares["measure"], shares["value"] = asked["percent"]["code"], 100 * shares["count"] / shares["count_below"]
    for name, confidence in LEVELS.items():
        low, high = proportion_confint(shares["count"], shares["count_below"], alpha=1 - confidence, method="wilson")
        shares[f"lower_{name}"], shares[f"upper_{name}"] = 100 * low, 100 * high
    ends = [f"{end}_{name}" for name in LEVELS for end in ("lower", "upper")]
    pd.concat([found, shares])[["measure", AREA, YEAR, "value", *ends]].to_parquet(out)


if __name__ == "__main__":
    main(Path(sys.argv[1]), json.loads(sys.argv[2]), Path(sys.argv[3]))
