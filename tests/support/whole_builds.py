"""Builds that make every model, for any test.

Belongs here: the switch. Does not: what builds of other tests leave out (`tests.conftest`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_IS_WHOLE: ContextVar[bool] = ContextVar("whole_builds", default=False)


def is_whole() -> bool:
    """Whether builds make every model now."""
    return _IS_WHOLE.get()


@contextmanager
def whole_builds() -> Iterator[None]:
    """Within it builds of this process make every model."""
    token = _IS_WHOLE.set(True)
    try:
        yield
    finally:
        _IS_WHOLE.reset(token)
