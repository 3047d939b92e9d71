"""The call that runs in this context."""

from __future__ import annotations

from ..calls import Call
from ..own import contextvars

current_call = contextvars.ContextVar('buildless-call')
"""Set for the time of a call; each has a context of its own (application.py)."""


def call_of_this_context() -> Call:
    call: Call = current_call.get()
    return call
