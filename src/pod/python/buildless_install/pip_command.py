"""How pip is called."""

import os
import subprocess
import sys
from collections.abc import Mapping

# What pip gets of this container's environment: the way to the network and the addresses of the indexes. No other
# setting, as the PIP_* of a laptop (`buildless run`) would make another installation than the cluster's.
PASSED_ON = (
    "PATH",
    *(
        form
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY")
        for form in (name, name.lower())
    ),
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "PIP_CERT",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
)


def pip_environment(environment: Mapping[str, str], scratch: str, registry: str | None) -> dict[str, str]:
    """Environment of pip: its home is an empty folder, as HOME may be unset or belong to a person."""
    picked = {name: environment[name] for name in PASSED_ON if environment.get(name)}
    return {
        **picked,
        "HOME": scratch,
        "TMPDIR": scratch,
        "LC_ALL": "C.UTF-8",
        **({"PIP_CONFIG_FILE": registry} if registry else {}),
    }


def pip_version(env: Mapping[str, str], directory: str) -> str | None:
    """Version of the image's pip; None if there is none."""
    # The version by its metadata: starting pip only to ask would cost a quarter of a second.
    script = "import importlib.metadata as m; print(m.version('pip'))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", script],
        env=dict(env),
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else None


def install_command(
    requirements: str, target: str, report: str, cache: str | None, allow_scripts: bool, hashed: bool, locked: bool
) -> list[str]:
    """The command that installs. `-I` keeps modules of the source, e.g. a random.py, from being taken for pip's own."""
    return [
        *(sys.executable, "-I"),
        *(("-m", "pip") if allow_scripts else (os.path.join(os.path.dirname(__file__), "pip_alone.py"),)),
        *("install", "--no-input", "--disable-pip-version-check"),
        *("--progress-bar", "off", "--no-warn-script-location", "--root-user-action", "ignore"),
        # Packages of the image itself are not a Function's conflicts, and comparing them takes a tenth of pip's time.
        "--no-warn-conflicts",
        *("--target", target),
        # The address and the hash of each file that pip installed (pip.pypa.io/en/stable/reference/installation-report).
        *("--report", report),
        *(("--cache-dir", cache) if cache else ("--no-cache-dir",)),
        *(() if allow_scripts else ("--only-binary", ":all:")),
        *(("--require-hashes",) if hashed else ()),
        *(("--no-deps",) if locked else ()),
        *("-r", requirements),
    ]


def rehearsal_command(command: list[str], log: str) -> list[str]:
    """The same command as a rehearsal with a log, which says why a file was passed over: pip's output does not.

    Never for the installation itself: the log costs a third of its time and megabytes of the volume. No connection is
    tried again, as the installation has done so.
    """
    return [*command, "--dry-run", "--retries", "0", "--log", log]


def usable_cache(cache: str | None) -> str | None:
    """The folder for pip inside the cache; None if there is none that this user can write to."""
    if cache is None:
        return None
    folder = os.path.join(cache, "pip")
    try:
        os.makedirs(folder, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None
