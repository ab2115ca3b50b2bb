"""A declaration in YAML: strict, read whole, and every fault of the file said at once."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from lscb_data.finding import UserError

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Model = TypeVar("Model", bound=BaseModel)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is no day that anything can have happened on") from None


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]  # in UTC


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def read_yaml(path: Path, model: type[Model]) -> Model:
    """The declaration in the file. Raises UserError, in one sentence, for all that is wrong with it."""
    try:
        declared: Model = _declared(path.read_text("utf-8"), model)
        return declared
    except UserError as error:
        raise UserError(f"{path.name}: {error}") from None
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: is not UTF-8 text") from None
    except ValidationError as error:
        raise UserError(f"{path.name}: {faults(error)}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # a date such as 30 February is a ValueError
        raise UserError(f"{path.name}: is not YAML: {_said(error)}") from None


@lru_cache(maxsize=1024)  # the same text is the same declaration, and YAML is slow to read
def _declared(text: str, model: type[Model]) -> Model:
    held = yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    if not isinstance(held, dict):
        raise UserError("holds no `name: value`")
    return model.model_validate(held)


def read_evidence(path: Path, model: type[Model]) -> Model:
    """What a file in `raw/` declares. Raises UserError, without the file's name, for whatever keeps it from being read."""
    try:
        if not path.is_file():  # a folder, a link that leads nowhere, a pipe that would be waited for
            raise UserError("is no file")
        return read_yaml(path, model)
    except UserError as error:
        raise UserError(str(error).removeprefix(f"{path.name}: ")) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}") from None


def in_yaml(declared: BaseModel) -> bytes:
    """The declaration as a file holds it, what is not said left out: `read_yaml` gives it back."""
    fields = declared.model_dump(mode="json", by_alias=True, exclude_none=True)
    return yaml.safe_dump(fields, sort_keys=False, allow_unicode=True).encode()


def faults(error: ValidationError) -> str:
    """All that pydantic found wrong, in one line, without what it was given."""
    found = error.errors(include_url=False, include_input=False)
    said = ((".".join(map(str, one["loc"])), one["msg"].removeprefix("Value error, ")) for one in found)
    return "; ".join(": ".join(filter(None, parts)) for parts in said)


def _said(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return where + (getattr(error, "problem", None) or str(error)).partition("\n")[0]


class _Loader(yaml.SafeLoader):
    """YAML as it is, but that no key may stand twice: the first would be lost in silence."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        if doubled := twice(str(key.value) for key, _ in node.value):
            raise yaml.composer.ComposerError(None, None, f"the key {doubled} stands twice", node.start_mark)
        return node


def twice(names: Iterable[str]) -> str:
    """The names that stand more than once, as they are said in a message."""
    return ", ".join(sorted(name for name, count in Counter(names).items() if count > 1))
