"""What goes on beside a loop, in another thread: the next item is read, and the last one written, while this is worked on."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
_END: Any = object()


def ahead(items: Iterator[Item]) -> Iterator[Item]:
    """The same items, in their order, each got while the one before is worked on. Raises what getting them raises."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = thread.submit(next, items, _END)
            yield item


@contextmanager
def behind() -> Iterator[Callable[..., None]]:
    """Does what it is called with while the caller goes on, one thing at a time and in turn; all is done when the block ends.

    What one raises is raised by the next call, or at the end.
    """
    with ThreadPoolExecutor(1) as thread:
        last: list[Future[Any]] = []

        def do(act: Callable[..., Any], *said: Any) -> None:
            if last:
                last.pop().result()
            last.append(thread.submit(act, *said))

        yield do
        if last:
            last.pop().result()


@contextmanager
def meanwhile(work: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Callable[[Item], Result]]:
    """Does the work on each item in turn while the caller goes on, and gives what it came to, or raises what it raised.

    What is asked for a second time, or is none of the items, is worked on when it is asked for. What nobody has asked for when
    the block ends is left.
    """
    with ThreadPoolExecutor(1) as thread:
        coming = {item: thread.submit(work, item) for item in items}

        def done(item: Item) -> Result:
            return coming.pop(item).result() if item in coming else work(item)

        try:
            yield done
        finally:
            thread.shutdown(wait=False, cancel_futures=True)
