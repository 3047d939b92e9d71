"""JSON that every reader takes: valid by RFC 8259, and valid UTF-8."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, MappingView, Sequence, Set

from .own import json
from .type_names import Any

def to_json(value: object) -> bytes:
    """`value` as JSON. As in JavaScript, NaN and Infinity are null and half a surrogate pair is escaped.

    Raises TypeError with the name of a type that JSON has nothing for.
    """
    try:
        text: str = _TEXT.encode(value)
    except ValueError as error:
        if 'JSON compliant' not in str(error):
            raise
        text = _TEXT.encode(finite(value))
    try:
        return text.encode()
    except UnicodeEncodeError:
        escaped: str = _ESCAPED.encode(finite(value))
        return escaped.encode()


def to_utf8(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which it has nothing for, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode('utf-16', 'surrogatepass').decode('utf-16', 'replace').encode()


def plain(value: object) -> Any:
    """The dict or list for a mapping, a set or a sequence of another type; None for whatever else."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Set, Sequence, MappingView, deque)) and not isinstance(
        value, (str, bytes, bytearray, memoryview)
    ):
        return list(value)  # type: ignore[call-overload]
    return None


def finite(value: Any) -> Any:
    """`value` with None for each number that JSON cannot have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    found = value if isinstance(value, (dict, list, tuple)) else plain(value)
    if isinstance(found, dict):
        return {_key(key): finite(item) for key, item in found.items()}
    return value if found is None else [finite(item) for item in found]


def _key(key: Any) -> Any:
    if not isinstance(key, float) or math.isfinite(key):
        return key
    return 'NaN' if math.isnan(key) else 'Infinity' if key > 0 else '-Infinity'


class _Encoder(json.JSONEncoder):  # type: ignore[misc]
    encode, iterencode = json.JSONEncoder.encode, json.JSONEncoder.iterencode

    def __init__(self, ascii_only: bool) -> None:
        super().__init__(ensure_ascii=ascii_only, allow_nan=False, separators=(',', ':'))

    def default(self, value: object) -> Any:
        found = plain(value)
        # The class's own method names the type, or is what an author has put in its place.
        return super().default(value) if found is None else found


_TEXT, _ESCAPED = _Encoder(ascii_only=False), _Encoder(ascii_only=True)
