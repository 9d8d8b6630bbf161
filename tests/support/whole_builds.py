"""Builds that make every model, with or without its data tests, for any test.

Belongs here: the switch. Does not: what builds of other tests leave out (`tests.conftest`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_IS_WHOLE: ContextVar[bool] = ContextVar("whole_builds", default=False)
_IS_TESTED: ContextVar[bool] = ContextVar("data_tests", default=False)


def is_whole() -> bool:
    """Whether builds make every model now."""
    return _IS_WHOLE.get()


def is_tested() -> bool:
    """Whether builds run the models' data tests now, whichever test asks for them."""
    return _IS_TESTED.get()


@contextmanager
def whole_builds(*, with_data_tests: bool = False) -> Iterator[None]:
    """Within it builds of this process make every model, and run its data tests if so wished."""
    whole, tested = _IS_WHOLE.set(True), _IS_TESTED.set(with_data_tests)
    try:
        yield
    finally:
        _IS_WHOLE.reset(whole)
        _IS_TESTED.reset(tested)
