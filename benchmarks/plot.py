"""The figures of records.json as a drawing: seconds by plans, both on scales of ten."""

import json
from math import log10
from pathlib import Path

HERE = Path(__file__).parent
WORKS = {
    "bare typed read": "#888888", "read, check, pseudonymise, land": "#1d70b8", "land, 5% of rows faulty": "#f47738",
    "land, every row wrong": "#d4351c", "whole load to published": "#00703c",
}  # fmt: skip
WIDE, HIGH, LEFT, TOP = 480, 300, 60, 20


def drawn(took: list[dict[str, float | str]]) -> str:
    """An SVG with a line for each kind of work."""
    rows = sorted({float(one["rows"]) for one in took})
    first, last = log10(rows[0]), log10(rows[-1])

    def at(many: float, seconds: float) -> tuple[float, float]:
        across = (log10(many) - first) / (last - first or 1)
        return LEFT + across * WIDE, TOP + HIGH - (log10(seconds) + 1) / 4 * HIGH  # from 0.1 to 1,000 seconds

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDE + 230} {TOP + HIGH + 50}" font-size="12"']
    parts[0] += ' font-family="sans-serif"><rect width="100%" height="100%" fill="white"/>'
    for power in range(-1, 4):
        y = at(rows[0], 10.0**power)[1]
        parts.append(f'<path d="M{LEFT} {y:.0f}h{WIDE}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4:.0f}" text-anchor="end">{10.0**power:g} s</text>')
    for many in rows:
        parts.append(f'<text x="{at(many, 1)[0]:.0f}" y="{TOP + HIGH + 20}" text-anchor="middle">{many:,.0f}</text>')
    parts.append(f'<text x="{LEFT + WIDE / 2:.0f}" y="{TOP + HIGH + 42}" text-anchor="middle">child protection plans</text>')
    for place, (work, colour) in enumerate(WORKS.items()):
        points = [at(float(one["rows"]), float(one["seconds"])) for one in took if one["work"] == work]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
        y = TOP + 10 + 20 * place
        parts.append(f'<text x="{LEFT + WIDE + 20}" y="{y}" fill="{colour}">{work}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


if __name__ == "__main__":
    took = json.loads((HERE / "records.json").read_text("utf-8"))
    (HERE.parent / "docs" / "records.svg").write_text(drawn(took), "utf-8")
