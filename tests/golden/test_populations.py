"""What the real returns of 2014-15 say of the populations that they divide by, and of their noughts."""

from pathlib import Path

import duckdb


def test_social_care_and_the_police_divide_by_different_populations(real_warehouse: Path) -> None:
    with duckdb.connect(real_warehouse, read_only=True) as connection:
        found = connection.execute("select message from checks.populations_disjoint").fetchall()
        doubted = connection.execute("select message from checks.zeros_doubted").fetchall()
    assert found == [
        (
            "The rates of constabulary and csc for Cambridgeshire are of different populations: constabulary divides by "
            "127,608 to 127,699, csc by 127,534 to 127,575.",
        )
    ]
    assert doubted == []
