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
CODING = re.compile(rb"coding[:=]\s*([-\w.]+)")
NAMED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*\s*(?:\[[^\]]*\])?\s*@\s*(\S+)")
URL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
REPOSITORY = re.compile(r"[a-z]+\+", re.IGNORECASE)
# In lower case, as pip has it, and whatever percent signs in front of it stand for.
WHEEL = re.compile(r"[^/.%]{3}\.whl$")
EXTRAS = re.compile(r"\[[^\]]+\]$")
# ARCHIVE_EXTENSIONS of pip's filetypes.py.
ARCHIVE = re.compile(r"\.(zip|tar|tar\.\w+|tgz|tbz|txz|tlz|whl)$", re.IGNORECASE)

# What a line may hold beside a requirement, in pip 24 to 26. optparse, as pip uses it: it accepts shortened names as well.
FLAGS = ("--no-index", "--prefer-binary", "--require-hashes", "--no-require-hashes", "--pre")
VALUES = (
    *("--index-url", "--extra-index-url", "--find-links", "--trusted-host", "--use-feature", "--only-binary"),
    *("--pypi-url", "--global-option", "--config-settings", "--config-setting", "--all-releases", "--only-final"),
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
    short = {"--index-url": "-i", "--find-links": "-f", "--config-settings": "-C"}
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
            # pip says so, and at which line; where it does know the option, the line counts all the same.
            options = PARSER.get_default_values()
        if text:
            yield Requirement(path, number, line, bool(options.hash), _is_wheel(text), is_constraint)
        if options.editable or (options.no_binary and options.no_binary != [":none:"]):
            yield Requirement(path, number, line, False, False, is_constraint)
        for included, constrains in ((options.requirement, False), (options.constraint, True)):
            for target in included or ():
                if "://" in target:
                    # Only pip knows what is in it.
                    yield Requirement(path, number, line, False, False, constrains)
                else:
                    inner = os.path.join(os.path.dirname(path), target)
                    # As in pip, -r inside constraints asks for packages.
                    yield from _read(folder, inner, seen, constrains)


def _decode(data: bytes) -> str:
    """Text as pip has it (_decode_req_file of its req_file.py), which says so where a file is not what it declares."""
    marks = (
        *((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32")),
        *((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig")),
    )
    encoding = next((name for mark, name in marks if data.startswith(mark)), None) or _declared(data) or "utf-8"
    try:
        return data.decode(encoding, errors="replace")
    except (LookupError, UnicodeError):
        return data.decode("utf-8", errors="replace")


def _declared(data: bytes) -> str | None:
    """The encoding that a comment on one of the first two lines names (PEP 263)."""
    comments = (CODING.search(line) for line in data.split(b"\n")[:2] if line.startswith(b"#"))
    return next((found[1].decode("ascii") for found in comments if found), None)


def _is_wheel(text: str) -> bool:
    """Whether a requirement names an index's package, of which only wheels are taken, or a wheel itself."""
    named = NAMED.match(text)
    is_url = named is not None or URL.match(text) is not None
    if named:
        place = named[1]
    elif is_url:
        place = text.split("; ")[0].strip()
    else:
        place = EXTRAS.sub("", text.split(";")[0].strip()).strip()
        # As pip tells a path from a name (_looks_like_path of its constructors.py).
        if "/" not in place and not place.startswith(".") and not ARCHIVE.search(place):
            return True
    file = re.split(r"[#?]", place)[0] if is_url else place
    # A repository is built, whatever it is called.
    return WHEEL.search(file) is not None and REPOSITORY.match(place) is None


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, those that end in a backslash joined, each with the number of its first line."""
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), start=1):
        comment = COMMENT.match(line) is not None
        if not pending:
            start = number
        if line.endswith("\\") and not comment:
            # Without a space, as pip joins (join_lines of its req_file.py).
            pending += line.strip("\\")
            continue
        # A comment line ends what a backslash began, as in pip.
        whole = COMMENT.sub("", pending + ("" if comment else line)).strip()
        pending = ""
        if whole:
            yield start, whole
    rest = COMMENT.sub("", pending).strip()
    if rest:
        yield start, rest
