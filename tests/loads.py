"""A load without Prefect: every module but the flows works without it."""

from pathlib import Path

from lscb_data import contract, indicator, publish, staging, submission, warehouse
from lscb_data.board import Board


def load(here: Board, fingerprint: str | None = None) -> Path:
    """Everything in `raw/` landed, built and published: the build. `fingerprint` is of the key of children's pseudonyms."""
    schemas = here.folders("schemas")
    contracts = contract.load_contracts(schemas)
    with publish.holding(here, 0, print):
        landed = [staging.land(here, contracts, one) for one in submission.received(here)]
        build = warehouse.new_build(here, fingerprint)
        build.parent.mkdir(parents=True, exist_ok=True)
        part = build.with_name(build.name + ".part")
        warehouse.build(here, part, contracts, indicator.load_indicators(schemas), landed)
        part.replace(build)
        publish.publish(here, build)
    return build
