"""The peer that holds the file whole: pandas reads it, Great Expectations judges it, groupby counts it.

Columns are read as what they are, for to read all as text and to turn it afterwards takes pandas longer and more memory.
Expectations give yes or no: to have each list its rows would take several times as long.
"""

import sys
from pathlib import Path

import great_expectations as gx
import great_expectations.expectations as gxe
import pandas as pd
from rules import CHILD, FIRST, GROWN, HEADINGS, LAST, LISTS, PLANS, REQUIRED, UNBORN, codes, spellings

DAYS = ["born", "started", "reviewed", "ended"]
AGES = [-999, -1, 0, 4, 9, 15, 999]
BANDS = ["unborn", "under_1", "1_to_4", "5_to_9", "10_to_15", "16_and_over"]


def read(given: Path) -> pd.DataFrame:
    days = [heading for heading, name in HEADINGS.items() if name in DAYS]
    kinds = {heading: "category" for heading, name in HEADINGS.items() if name in LISTS}
    plans = pd.read_csv(given, usecols=list(HEADINGS), dtype=kinds, parse_dates=days, date_format="%d/%m/%Y")
    plans = plans.rename(columns=HEADINGS)
    for name, of in LISTS.items():  # a category's few words are looked up, not the rows
        codes_of = spellings(of)
        words = {word: codes_of.get(str(word).strip().lower(), word) for word in plans[name].cat.categories}
        plans[name] = plans[name].map(words).astype("category")
    return plans


def judged(plans: pd.DataFrame) -> bool:
    """Whether the file keeps the contract."""
    plans["lived"] = (plans["started"] - plans["born"]).dt.days
    expected = [gxe.ExpectColumnValuesToNotBeNull(column=name) for name in REQUIRED]
    expected += [gxe.ExpectColumnValuesToBeInSet(column=name, value_set=codes(of)) for name, of in LISTS.items()]
    expected += [
        gxe.ExpectColumnValuesToMatchRegex(column="child", regex=f"^{CHILD}$"),
        gxe.ExpectColumnValuesToBeBetween(column="previous_plans", min_value=0, max_value=PLANS),
        gxe.ExpectColumnValuesToBeBetween(column="started", min_value=pd.Timestamp(FIRST), max_value=pd.Timestamp(LAST)),
        gxe.ExpectColumnValuesToBeBetween(column="ended", max_value=pd.Timestamp(LAST)),
        gxe.ExpectColumnValuesToBeBetween(column="lived", min_value=UNBORN, max_value=GROWN),
        gxe.ExpectColumnPairValuesAToBeGreaterThanB(
            column_A="ended", column_B="started", ignore_row_if="either_value_is_missing"
        ),
    ]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    batch = context.data_sources.add_pandas("plans").add_dataframe_asset("plans").add_batch_definition_whole_dataframe("all")
    suite = gx.ExpectationSuite(name="list_7", expectations=expected)
    found = batch.get_batch({"dataframe": plans}).validate(suite, result_format="BOOLEAN_ONLY")
    for one in found.results:
        if not one.success:  # an expectation that broke says so here, and not that the file is wrong
            print(one.expectation_config.type, one.exception_info)
    return bool(found.success)


def counted(plans: pd.DataFrame) -> pd.DataFrame:
    """Starts by month, plans open at each month's end; beside them what the warehouse counts too, which is thrown away."""
    plans["month"], plans["quarter"] = plans["started"].dt.to_period("M"), plans["started"].dt.to_period("Q")
    plans = plans.sort_values(["area_code", "child", "started"])
    previous_ended = plans.groupby(["area_code", "child"], observed=True)["ended"].shift()
    plans["again"] = previous_ended + pd.DateOffset(months=24) >= plans["started"]
    by_month = plans.groupby(["area_code", "month"], observed=True)["again"].agg(["size", "sum"])
    plans.groupby(["area_code", plans["ended"].dt.to_period("M")], observed=True).size()
    born, started = plans["born"].dt, plans["started"].dt
    early = (started.month * 100 + started.day) < (born.month * 100 + born.day)
    plans["age"] = pd.cut(started.year - born.year - early, AGES, labels=BANDS)
    for name in ("age", "sex", "ethnicity", "category_initial", "category_latest"):
        plans.groupby(["area_code", "quarter", name], observed=True).size()

    started_in = by_month["size"].rename("value").reset_index()
    started_in["day"] = started_in["month"].dt.start_time.dt.date
    came = plans.groupby(["month", "area_code"], observed=True).size().unstack(fill_value=0)
    left = plans.groupby([plans["ended"].dt.to_period("M"), "area_code"], observed=True).size().unstack(fill_value=0)
    months = pd.period_range(plans["month"].min(), LAST, freq="M")
    here = came.reindex(months, fill_value=0) - left.reindex(index=months, columns=came.columns, fill_value=0)
    is_open = here.cumsum().rename_axis(index="month", columns="area_code").stack().rename("value").reset_index()
    is_open["day"] = is_open["month"].dt.end_time.dt.date
    parts = {"cp_plans_started_with_transfers": started_in, "cp_plans_open": is_open}
    whole = pd.concat([part.assign(measure=name) for name, part in parts.items()])
    return whole[["measure", "area_code", "day", "value"]].astype({"area_code": str, "value": "int64"})


def main(given: Path, out: Path) -> None:
    plans = read(given)
    if not judged(plans):
        sys.exit("The file does not keep the contract.")
    counted(plans).to_parquet(out / "answers.parquet", index=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
