"""A comparison as a picture, SVG or PNG: the area with its 95% limits, and the groups beside it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lscb_data.finding import UserError

if TYPE_CHECKING:
    from lscb_data.compare import Compared

FORMATS = (".svg", ".png")
_OWN, _OTHERS = "#1d70b8", ["#d4351c", "#00703c", "#f47738", "#4c2c92", "#505a5f", "#b58840", "#912b88"]


def draw(compared: "Compared", path: Path) -> None:
    """Write the picture. Raises UserError for another kind of file, or where it cannot be written."""
    if path.suffix.lower() not in FORMATS:
        raise UserError(f"{path.name}: a plot is {' or '.join(FORMATS)}.")
    import altair as alt

    title, unit = compared.indicator["title"], compared.rows[0]["unit"]
    own = {row["period"]: row for row in compared.rows}
    lines = [_point(row["period"], compared.area, row["value"]) for row in own.values()]
    lines += [_point(row["period"], _name(row), row["group_value"]) for row in compared.rows]
    limits = [
        {"period": row["period"], "low": float(row["lower_95"]), "high": float(row["upper_95"])}
        for row in own.values()
        if row["lower_95"] is not None and row["upper_95"] is not None
    ]
    names = list(dict.fromkeys(line["of"] for line in lines))
    colours = [_OWN, *(_OTHERS[at % len(_OTHERS)] for at in range(len(names) - 1))]
    scale = alt.Scale(domain=names, range=colours)
    across = alt.X("period:N", title=None, axis=alt.Axis(labelAngle=-45), sort=list(own))
    drawn: Any = (
        alt.Chart(alt.InlineData(values=[line for line in lines if line["value"] is not None]))
        .mark_line(point=True)
        .encode(
            x=across,
            y=alt.Y("value:Q", title=unit, scale=alt.Scale(zero=True)),
            color=alt.Color("of:N", title=None, scale=scale, legend=alt.Legend(labelLimit=400)),
            strokeDash=alt.condition(alt.datum.of == compared.area, alt.value([1, 0]), alt.value([4, 3])),
        )
    )
    if limits:
        bars = alt.Chart(alt.InlineData(values=limits)).mark_rule(color=_OWN)
        drawn = bars.encode(x=across, y="low:Q", y2="high:Q") + drawn
    sources = "Bars: 95% confidence limits. " if limits else ""
    drawn = drawn.properties(
        width=max(420, 46 * len(own)),
        height=300,
        title=alt.TitleParams(f"{title}: {compared.area}", subtitle=f"{sources}{compared.indicator['source']}", anchor="start"),
    )
    try:
        drawn.save(str(path), scale_factor=2 if path.suffix.lower() == ".png" else 1)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def _name(row: dict[str, Any]) -> str:
    return row["group_title"] if row["basis"] == "published" else f"{row['group_title']}, {row['basis']}"


def _point(period: str, of: str, value: Any) -> dict[str, Any]:
    return {"period": period, "of": of, "value": None if value is None else float(value)}
