"""A figure that was counted from children's records leads to the rows of the plans that were counted, and to no others."""

from collections import Counter

from lscb_data.synth_files import Form
from lscb_data.trace import Step, back
from tests.spec.test_truth import Loads, loaded

__all__ = ["loaded"]


def counted(steps: list[Step]) -> Counter[str]:
    """How many plans the trace names as counted for each measure, in all files together."""
    found: Counter[str] = Counter()
    for step in steps:
        if step.what == "rows" and step.said.endswith("plans counted"):
            found[step.where.rpartition(": ")[2]] += int(step.said.split()[0].replace(",", ""))
    return found


def of_figure(steps: list[Step], breakdown_type: str | None) -> list[Step]:
    """The steps of the figure that is broken down so: two breakdowns can have a part of one name."""
    figure = ""
    found = []
    for step in steps:
        figure = step.where if step.what == "figure" else figure
        if f", {breakdown_type}, " in figure or breakdown_type is None:
            found.append(step)
    return found


def test_as_many_plans_are_named_as_were_counted(loaded: Loads) -> None:
    connection = loaded(Form()).connection
    figures = connection.execute(
        """select distinct on (indicator, period_type, breakdown_type)
            indicator, period, breakdown_type, breakdown, area, numerator
        from published.indicator_values
        where status = 'reported' and qualifier is null and numerator > 0
            and (indicator like 'cp_plans_started%' or indicator like 'cp_rereg%' or indicator = 'cp_transfers_in')
        order by indicator, period_type, breakdown_type, numerator desc, area, period, breakdown"""
    ).fetchall()
    assert {row[2] for row in figures} >= {None, "age", "sex", "ethnicity", "category_initial", "category_of_abuse"}
    parts = dict(connection.execute("select indicator, numerator from conformed.indicators").fetchall())
    wrong = []
    for indicator, period, breakdown_type, breakdown, area, numerator in figures:
        steps = back(connection, indicator, period, area=area, breakdown=breakdown)
        named = counted(of_figure(steps, breakdown_type))
        assert not (set(named) & set(parts[indicator]) and len(parts[indicator]) > 1), "a part may be hidden, and is not named"
        if named[" + ".join(parts[indicator])] != numerator:
            wrong.append((indicator, period, breakdown_type, breakdown, numerator, named))
    assert wrong == []
