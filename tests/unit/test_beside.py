"""What goes on beside a loop comes to the same as if it were done in its turn."""

import pytest

from lscb_data.beside import meanwhile


def test_each_thing_is_worked_on_once_and_again_when_it_is_asked_for_again() -> None:
    done: list[int] = []

    def twice(number: int) -> int:
        done.append(number)
        return number * 2

    with meanwhile(twice, [1, 2, 3]) as come_to:
        assert [come_to(number) for number in (3, 1, 2)] == [6, 2, 4]
        assert done == [1, 2, 3]
        assert (come_to(1), come_to(4)) == (2, 8)
    assert done == [1, 2, 3, 1, 4]


def test_what_the_work_raises_is_raised_where_it_is_asked_for_and_the_next_time_it_is_tried_again() -> None:
    trouble = [OSError("no answer")]

    def read(number: int) -> int:
        if trouble:
            raise trouble.pop()
        return number

    with meanwhile(read, [1, 2]) as come_to:
        assert come_to(2) == 2
        with pytest.raises(OSError, match="no answer"):
            come_to(1)
        assert come_to(1) == 1


def test_what_the_block_raises_is_raised_and_the_rest_is_left() -> None:
    with pytest.raises(ValueError, match="stop"), meanwhile(str, range(3)):
        raise ValueError("stop")
