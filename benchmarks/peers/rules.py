"""What List 7's contract says, in the peers' reach: headings, code lists, bounds. All of it is judged by every peer."""

import csv
from pathlib import Path

HEADINGS = {
    "Local Authority": "area_code", "Child Unique ID": "child", "Gender": "sex", "Ethnicity": "ethnicity",
    "Date of Birth": "born", "Does the Child have a Disability": "disability", "Child Protection Plan Start Date": "started",
    "Initial Category of Abuse": "category_initial", "Latest Category of Abuse": "category_latest",
    "Date of latest review conference": "reviewed", "Child Protection Plan End Date": "ended",
    "Number of Previous Child Protection Plans": "previous_plans", "Transfer In": "transfer_in",
}  # fmt: skip
CHILD = r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}"
FIRST, LAST = "1990-01-01", "2024-03-31"  # of a start; the end of the return's period
UNBORN, GROWN = -280, 6575  # days between birth and start
PLANS = 50  # at most, of those before


def spellings(name: str) -> dict[str, str]:
    """The code that each spelling on a list stands for, in small letters: councils write one thing in many ways."""
    with (Path(__file__).parents[2] / "schemas" / "codes" / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return {
            said.strip().lower(): row["code"]
            for row in csv.DictReader(lines)
            for said in [row["code"], row["label"], *row.get("also", "").split("|"), *row["spellings"].split("|")]
            if said.strip()
        }


def codes(name: str) -> list[str]:
    return sorted(set(spellings(name).values()))


LISTS = {
    "area_code": "councils", "sex": "sex_of_child", "ethnicity": "ethnicity", "disability": "yes_no",
    "category_initial": "category_of_abuse", "category_latest": "category_of_abuse", "transfer_in": "yes_no",
}  # fmt: skip
REQUIRED = ("child", "ethnicity", "started", "category_initial", "category_latest", "previous_plans")
