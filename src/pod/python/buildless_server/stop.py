"""The one way in which a start fails: a message for a person, in the log and in the Pod's status."""

from __future__ import annotations

import contextlib
import os

TERMINATION_LIMIT = 4096
"""Bytes that Kubernetes keeps of a termination message (API reference, `terminationMessagePath`)."""


class CannotStart(Exception):
    """The Function cannot be served; the text says what, where and how to fix it."""

    def __init__(self, message: str, detail: str = '') -> None:
        super().__init__(message)
        self.detail = detail
        """What only the log shows, such as a trace."""


def write_termination_message(path: str, message: str) -> None:
    """Leave `message` where the kubelet looks for it; a place that cannot be written is not a second failure."""
    data = message.encode('utf-8', 'replace')[:TERMINATION_LIMIT].decode('utf-8', 'ignore').encode('utf-8')
    # The kubelet makes the default file; if there is none, /dev is not ours to fill.
    flags = os.O_WRONLY | os.O_TRUNC | (0 if path.startswith('/dev/') else os.O_CREAT)
    with contextlib.suppress(OSError), os.fdopen(os.open(path, flags, 0o644), 'wb') as file:
        file.write(data)
