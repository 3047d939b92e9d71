"""Reads what lies in a folder that pip has installed into: distributions, and the files that they account for (PEP 376, 627)."""

import csv
import os
import posixpath
from dataclasses import dataclass

from .refusal import Refusal

INFO = ".dist-info"


@dataclass(frozen=True)
class Distribution:
    """One installed package, by its metadata on the disk."""

    folder: str
    name: str
    version: str
    installer: str
    # Sizes by path below the target; None for what the installer wrote itself, such as byte code.
    files: dict[str, int | None]
    # Scripts and data, which --target leaves out where a module has their folder's name.
    beside: frozenset[str]


def read_distributions(target: str) -> list[Distribution]:
    """Every distribution of a folder."""
    if not os.path.isdir(target):
        return []
    return [_read(target, name) for name in sorted(os.listdir(target)) if name.endswith(INFO)]


def unaccounted(target: str, distributions: list[Distribution]) -> str | None:
    """A file that no distribution has, or that is not as its distribution says; None if there is none."""
    sizes: dict[str, set[int | None]] = {}
    for distribution in distributions:
        for path, size in distribution.files.items():
            sizes.setdefault(path, set()).add(size)
    found = set()
    for path, size in _walk(target):
        found.add(path)
        known = sizes.get(path)
        if known is None:
            if not _is_byte_code(path, sizes):
                return f"{path} belongs to no installed package"
        # Byte code that a wheel brings is written again by pip.
        elif None not in known and size not in known and not path.endswith(".pyc"):
            return f"{path} has {size} bytes, and its package says {sorted(known)[0]}"
    beside = frozenset().union(*(distribution.beside for distribution in distributions))
    missing = next(
        (path for path in sizes if path not in found and path not in beside and not path.endswith(".pyc")), None
    )
    return None if missing is None else f"{missing} is missing"


def _walk(target: str) -> list[tuple[str, int]]:
    files = []
    for folder, folders, names in os.walk(target):
        for name in names + [each for each in folders if os.path.islink(os.path.join(folder, each))]:
            path = os.path.join(folder, name)
            files.append((os.path.relpath(path, target).replace(os.sep, "/"), os.lstat(path).st_size))
    return files


def _is_byte_code(path: str, files: dict[str, set[int | None]]) -> bool:
    """Byte code of a module that a package has, such as `a/__pycache__/b.cpython-312.pyc` of `a/b.py`."""
    folder, name = posixpath.split(path)
    above, cache = posixpath.split(folder)
    return name.endswith(".pyc") and cache == "__pycache__" and posixpath.join(above, name.split(".", 1)[0] + ".py") in files


def _read(target: str, info: str) -> Distribution:
    folder = os.path.join(target, info)
    headers = _headers(os.path.join(folder, "METADATA"))
    return Distribution(
        info,
        headers.get("name", ""),
        headers.get("version", ""),
        _text(os.path.join(folder, "INSTALLER")).strip(),
        *_record(folder, info),
    )


def _headers(file: str) -> dict[str, str]:
    """The first of each header, as pip takes it; the rest is a description."""
    headers: dict[str, str] = {}
    for line in _text(file).splitlines():
        if not line:
            break
        name, colon, value = line.partition(":")
        if colon and not line[0].isspace():
            headers.setdefault(name.lower(), value.strip())
    return headers


def _record(folder: str, info: str) -> tuple[dict[str, int | None], frozenset[str]]:
    """The wheel's own list. Scripts and data are in it as `../../bin/x`, which --target puts at the top."""
    files: dict[str, int | None] = {}
    beside = set()
    for row in csv.reader(_text(os.path.join(folder, "RECORD")).splitlines()):
        if not row:
            continue
        path = posixpath.normpath(row[0])
        while path.startswith("../"):
            path = path[3:]
            beside.add(path)
        files[path] = int(row[2]) if len(row) > 2 and row[2].isdigit() else None
    if not files:
        raise Refusal(f"{info} has no list of its files, so nobody can tell what it installed; report it to its authors")
    return files, frozenset(beside)


def _text(file: str) -> str:
    try:
        with open(file, encoding="utf-8", errors="replace", newline="") as opened:
            return opened.read()
    except FileNotFoundError:
        return ""
