"""Makes of a pylock.toml (PEP 751) a requirements file that every pip can install.

Few images have a pip that reads pylock.toml itself (pip 26 does, as an experiment). The hashes of the lock decide
which files are taken, so the result is the lock's whichever index or mirror the files come from.
"""

import os
import re
import tomllib
from typing import Any

from .refusal import Refusal

NAME = "pylock.toml"
SUPPORTED = "1."


def requirements_of(folder: str, allow_scripts: bool) -> list[str]:
    """Lines of a requirements file, every one with hashes; to be installed without looking for dependencies."""
    lock = _read(folder)
    version = lock.get("lock-version")
    if not isinstance(version, str) or not version.startswith(SUPPORTED):
        raise Refusal(f"{NAME}: lock-version is {version!r}, but only 1.0 is supported; write the file again")
    packages = lock.get("packages")
    if not isinstance(packages, list):
        raise Refusal(f"{NAME} has no [[packages]]; write the file again")
    lines = [_line(package, allow_scripts) for package in packages]
    return [line for line in lines if line is not None]


def _read(folder: str) -> dict[str, Any]:
    try:
        with open(os.path.join(folder, NAME), "rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refusal(f"{NAME} is not valid TOML: {error}; correct it, or write it again") from None


def _line(package: Any, allow_scripts: bool) -> str | None:
    name = package.get("name") if isinstance(package, dict) else None
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?", name):
        raise Refusal(f"{NAME}: a package has no usable name; write the file again")
    marker = package.get("marker")
    if isinstance(marker, str) and re.search(r"\b(extras|dependency_groups)\b", marker):
        # Extras and groups are asked for by name (PEP 751, "Installation"), and a Function has no way to ask.
        return None
    suffix = f" ; {_one_line(marker)}" if isinstance(marker, str) and marker else ""
    for kind in ("vcs", "directory"):
        if kind in package:
            raise Refusal(
                f"{NAME}: {name} comes from a {'repository' if kind == 'vcs' else 'folder'}, for which no hash "
                "can be checked; lock a released version of it"
            )
    if "archive" in package:
        archive = package["archive"]
        address = archive.get("url") if isinstance(archive, dict) else None
        if not isinstance(address, str):
            raise Refusal(f"{NAME}: the archive of {name} has no url; lock a released version of it")
        if not allow_scripts:
            raise Refusal(
                f"{NAME}: {name} comes as a source archive, which runs its own code to be installed; "
                "set buildless.dev/install-scripts: allow, or lock a released version that has a wheel"
            )
        return f"{name} @ {_one_line(address)}{suffix}{_hashes(name, [archive])}"
    version = package.get("version")
    files = list(package.get("wheels") or [])
    if allow_scripts and "sdist" in package:
        files.append(package["sdist"])
    if not isinstance(version, str) or not re.fullmatch(r"[A-Za-z0-9.!+_-]+", version):
        raise Refusal(f"{NAME}: {name} has no usable version; write the file again")
    if not files:
        raise Refusal(
            f"{NAME}: {name} {version} has no wheel, only a source distribution, which runs its own code to be "
            "installed; set buildless.dev/install-scripts: allow, or lock a version that has a wheel"
        )
    return f"{name}=={version}{suffix}{_hashes(name, files)}"


def _hashes(name: str, files: list[Any]) -> str:
    # What pip accepts as the algorithm of a hash (pip hash --help).
    known = ("sha256", "sha384", "sha512")
    pairs = [
        f"{algorithm}:{file['hashes'][algorithm]}"
        for file in files
        if isinstance(file, dict) and isinstance(file.get("hashes"), dict)
        for algorithm in known
        if re.fullmatch(r"[0-9a-fA-F]+", str(file["hashes"].get(algorithm, "")))
    ]
    if not pairs:
        raise Refusal(f"{NAME}: {name} has no sha256 hash; write the file again")
    return "".join(f" --hash={pair}" for pair in pairs)


def _one_line(text: str) -> str:
    return " ".join(text.split())
