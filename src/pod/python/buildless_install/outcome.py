"""Compares what was installed with what was judged. A file can be read in two ways; what is on the disk cannot."""

import json
from typing import Any
from urllib.parse import unquote

from .expected import Expectation, Expected
from .installed import Distribution, read_distributions, unaccounted
from .refusal import Refusal

CURE = (
    'pip and the dependency policy read this source differently: write the lock again ("buildless lock"), or write each '
    "requirement plainly, as NAME==VERSION, on a line of its own"
)


def check_outcome(target: str, report: str, expectation: Expectation) -> int:
    """Raises Refusal on the first difference; gives the number of packages."""
    installed = read_distributions(target)
    with open(report, encoding="utf-8") as file:
        items = json.load(file)["install"]
    problem = (
        _wrong_metadata(installed)
        or _not_reported(installed, items)
        or _not_expected(installed, items, expectation)
        or unaccounted(target, installed)
    )
    if problem is not None:
        raise Refusal(f"what pip installed is not what was judged: {problem}; {CURE}")
    return len(installed)


def normal(name: str) -> str:
    """PEP 503."""
    return "-".join(part for part in name.lower().replace("_", "-").replace(".", "-").split("-") if part)


def _wrong_metadata(installed: list[Distribution]) -> str | None:
    seen: dict[str, str] = {}
    for each in installed:
        name, _, version = each.folder.removesuffix(".dist-info").rpartition("-")
        if normal(name) != normal(each.name) or not _same_version(version, each.version):
            return f"{each.folder} says that it is {each.name} {each.version}"
        if each.installer != "pip":
            return f"{each.folder} was not installed by pip"
        other = seen.setdefault(normal(each.name), each.folder)
        if other != each.folder:
            return f"{other} and {each.folder} are the same package"
    return None


def _not_reported(installed: list[Distribution], items: list[Any]) -> str | None:
    reported = {normal(item["metadata"]["name"]): item["metadata"]["version"] for item in items}
    for each in installed:
        version = reported.pop(normal(each.name), None)
        if version is None or not _same_version(version, each.version):
            return f"{each.name} {each.version} is there, and pip says that it installed {version or 'no such package'}"
    return next((f"{name} {version} is missing" for name, version in reported.items()), None)


def _not_expected(installed: list[Distribution], items: list[Any], expectation: Expectation) -> str | None:
    by_name: dict[str, list[Expected]] = {}
    for expected in expectation.packages:
        by_name.setdefault(expected.name, []).append(expected)
    files = {normal(item["metadata"]["name"]): item["download_info"] for item in items}
    versions = {normal(each.name): each.version for each in installed}
    for name, version in versions.items():
        expected = by_name.get(name, [])
        constraint = expectation.constraints.get(name, "")
        if not _admits(constraint, version):
            return f"{name} {version} was installed instead of {constraint}"
        if not expected:
            if expectation.complete:
                return f"{name} {version} is not in the lock"
            continue
        # Of lines with markers the one that holds counts: which one, pip has decided.
        reasons = [_difference(each, version, files[name]) for each in expected]
        always = [reason for each, reason in zip(expected, reasons) if not each.marker and reason is not None]
        if always or all(reasons):
            return f"{name} {version} {(always or reasons)[0]}"
    for name, alternatives in by_name.items():
        if name not in versions and any(_holds(each.marker) for each in alternatives):
            return f"{name} was not installed"
    return None


def _difference(expected: Expected, version: str, info: dict[str, Any]) -> str | None:
    if not _admits(expected.specifiers, version):
        return f"was installed instead of {expected.specifiers}"
    hashes = _hashes_of(info)
    wanted = dict.fromkeys(algorithm for algorithm, _, _ in (each.partition(":") for each in expected.hashes))
    # pip has checked the file against all of them; here is what it knows the file by.
    for algorithm, digest in hashes.items():
        if algorithm in wanted and f"{algorithm}:{digest.lower()}" not in expected.hashes:
            return f"was installed from a file with {algorithm} {digest}, which is not named"
    if expected.commit is not None:
        commit = info.get("vcs_info", {}).get("commit_id", "")
        if commit.lower() != expected.commit:
            return f"was installed from commit {commit or 'unknown'}"
    elif expected.url is not None and unquote(_plain(info.get("url", ""))) != unquote(expected.url):
        return f"was installed from {_plain(info.get('url', ''))}"
    return None


def _admits(specifiers: str, version: str) -> bool:
    if not specifiers:
        return True
    from pip._vendor.packaging.specifiers import SpecifierSet

    return SpecifierSet(specifiers).contains(version, prereleases=True)


def _hashes_of(info: dict[str, Any]) -> dict[str, str]:
    archive = info.get("archive_info", {})
    if isinstance(archive.get("hashes"), dict):
        return archive["hashes"]
    algorithm, equals, digest = archive.get("hash", "").partition("=")
    return {algorithm: digest} if equals else {}


def _plain(url: str) -> str:
    """An address without user, password and fragment."""
    url = url.partition("#")[0]
    scheme, slashes, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return scheme + slashes + authority.rpartition("@")[2] + slash + path


def _holds(marker: str) -> bool:
    if not marker:
        return True
    from pip._vendor.packaging.markers import Marker

    return bool(Marker(marker).evaluate({"extra": ""}))


def _same_version(one: str, other: str) -> bool:
    if one == other:
        return True
    from pip._vendor.packaging.version import InvalidVersion, Version

    try:
        return Version(one.replace("_", "-")) == Version(other)
    except InvalidVersion:
        return False
