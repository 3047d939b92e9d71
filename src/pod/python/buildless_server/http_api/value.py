"""What a handler may return beyond what Flask takes: None, numbers and booleans, for which Kyma answers 500."""

from __future__ import annotations

from typing import Any

import flask


def sendable(result: Any) -> Any:
    """`result`, or what Flask takes in its place, alone or as the first of a tuple."""
    if type(result) is tuple and len(result) in (2, 3):
        return (_body(result[0]), *result[1:])
    return _body(result)


def _body(value: Any) -> Any:
    if value is None:
        return ''
    # A bool is an int.
    return flask.jsonify(value) if isinstance(value, (int, float)) else value
