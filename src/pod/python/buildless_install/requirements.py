"""Reads requirements files as far as the installer has to know them; pip itself does the rest.

Format: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

import codecs
import optparse
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

COMMENT = re.compile(r"(^|\s+)#.*$")
NAMED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*@\s*(\S+)")
ARCHIVE = re.compile(r"\.(zip|tar|tar\.\w+|tgz|tbz2?|txz|whl)$", re.IGNORECASE)

# What a line may hold beside a requirement. optparse, as pip uses it: it accepts shortened names as well.
FLAGS = ("--no-index", "--prefer-binary", "--require-hashes", "--pre")
VALUES = (
    *("--index-url", "--extra-index-url", "--find-links", "--trusted-host", "--use-feature", "--only-binary"),
    *("--pypi-url", "--global-option", "--install-option", "--config-settings", "--config-setting"),
)


@dataclass(frozen=True)
class Requirement:
    """One line that makes pip install something, or that says how."""

    file: str
    line: int
    text: str
    hashed: bool
    # It installs without running code of its own.
    is_wheel: bool
    # Only limits the versions of what others ask for.
    is_constraint: bool


@dataclass(frozen=True)
class Reading:
    """A requirements file with all that it includes."""

    requirements: list[Requirement]
    text: str


class LineError(Exception):
    """A line with options that pip does not know either."""


class _Parser(optparse.OptionParser):
    def error(self, msg: str) -> NoReturn:
        raise LineError(msg)


def _make_parser() -> _Parser:
    parser = _Parser(add_help_option=False)
    for flag in FLAGS:
        parser.add_option(flag, action="store_true")
    short = {"--index-url": "-i", "--find-links": "-f"}
    for value in VALUES:
        parser.add_option(*(form for form in (short.get(value), value) if form), action="append")
    for short_name, name in (("-r", "--requirement"), ("-c", "--constraint"), ("-e", "--editable")):
        parser.add_option(short_name, name, action="append")
    for name in ("--no-binary", "--hash"):
        parser.add_option(name, action="append")
    return parser


PARSER = _make_parser()


def read_requirements(folder: str, name: str) -> Reading:
    """Every requirement of a file and of the files that it names."""
    seen: dict[tuple[str, bool], str] = {}
    requirements = list(_read(folder, name, seen, is_constraint=False))
    return Reading(requirements, "\n".join(seen.values()))


def _read(folder: str, name: str, seen: dict[tuple[str, bool], str], is_constraint: bool) -> Iterator[Requirement]:
    path = os.path.normpath(name)
    # Once as requirements and once as constraints.
    key = (path, is_constraint)
    if key in seen or not os.path.isfile(os.path.join(folder, path)):
        # pip says that a file is missing, and at which line.
        return
    with open(os.path.join(folder, path), "rb") as file:
        seen[key] = _decode(file.read())
    for number, line in logical_lines(seen[key]):
        words = line.split(" ")
        start = next((index for index, word in enumerate(words) if word.startswith("-")), len(words))
        text = " ".join(words[:start]).strip()
        try:
            options, _ = PARSER.parse_args(shlex.split(" ".join(words[start:])))
        except (LineError, ValueError):
            # pip says so, and at which line.
            continue
        if text:
            yield Requirement(path, number, line, bool(options.hash), _is_wheel(text), is_constraint)
        if options.editable or options.no_binary:
            yield Requirement(path, number, line, False, False, is_constraint)
        for included, constrains in ((options.requirement, False), (options.constraint, True)):
            for target in included or ():
                if "://" in target:
                    # What is in it is known to pip only.
                    yield Requirement(path, number, line, False, False, constrains)
                else:
                    inner = os.path.join(os.path.dirname(path), target)
                    # As in pip, -r inside constraints asks for packages.
                    yield from _read(folder, inner, seen, constrains)


def _decode(data: bytes) -> str:
    """Text by its byte order mark, as pip has it: the redirection of PowerShell writes UTF-16."""
    marks = (
        *((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")),
        *((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")),
    )
    encoding = next((name for mark, name in marks if data.startswith(mark)), "utf-8-sig")
    return data.decode(encoding, errors="replace")


def _is_wheel(text: str) -> bool:
    """Whether a requirement names an index's package, of which only wheels are taken, or a wheel itself."""
    named = NAMED.match(text)
    place = named[1] if named else re.split(r"[\s;]", text)[0]
    file = re.split(r"[#?]", place)[0]
    is_place = named is not None or "/" in place or ARCHIVE.search(file) is not None
    return not is_place or file.lower().endswith(".whl")


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, those that end in a backslash joined, each with the number of its first line."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        comment = COMMENT.match(line) is not None
        if not pending:
            start = number
        if line.endswith("\\") and not comment:
            pending += line[:-1] + " "
            continue
        # A comment line ends what a backslash began, as in pip.
        whole = COMMENT.sub("", pending + ("" if comment else line)).strip()
        pending = ""
        if whole:
            yield start, whole
    rest = COMMENT.sub("", pending).strip()
    if rest:
        yield start, rest
