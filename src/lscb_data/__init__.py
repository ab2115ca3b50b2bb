"""The dataset of a Safeguarding Children Board. For notebooks: `from lscb_data import connect, frame`."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lscb_data.connection import connect, engine, frame, url

__all__ = ["connect", "engine", "frame", "url"]


def __getattr__(name: str) -> Any:  # looked up when first used, so that importing lscb_data costs nothing
    if name in __all__:
        from lscb_data import connection

        return getattr(connection, name)
    raise AttributeError(f"module 'lscb_data' has no attribute '{name}'")
