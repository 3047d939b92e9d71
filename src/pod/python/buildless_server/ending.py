"""Says so where the handler ends the process: without it a restart has no reason at all."""

from __future__ import annotations

import os

from .journal import note_at_once
from .settings import Settings
from .stop import write_termination_message
from .type_names import NoReturn

end_now = os._exit
"""Ends the process as the server itself does, which is nothing to explain."""


def report_endings(settings: Settings) -> None:
    """Put an `os._exit` before Python's own that leaves the reason in the log and in the Pod's status.

    `sys.exit()` needs none: it is an exception, and answered like any other.
    """
    getpid = os.getpid
    server = getpid()

    def ended(status: int) -> NoReturn:
        # The processes that a handler forks end in this way as well.
        if getpid() == server:
            problem = (
                f'{settings.module}: it ended the process by os._exit({status}), and with it every call that ran; '
                'return or raise instead.'
            )
            write_termination_message(settings.termination_log, problem)
            note_at_once('error', f'the Function ended\n{problem}')
        end_now(status)

    setattr(os, '_exit', ended)  # noqa: B010 (a plain assignment has another type)
