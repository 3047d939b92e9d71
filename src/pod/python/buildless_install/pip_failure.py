"""Says in one sentence why pip failed and what to do."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

# Versions that a message lists at most.
LISTED = 10
ACCESS = "give the Pod a Secret with pip.conf in buildless.dev/registry"
SCRIPTS = (
    "only a source distribution, which runs its own code to be installed; set buildless.dev/install-scripts: allow, "
    "or choose a version that has a wheel"
)
ALLOW = "set buildless.dev/install-scripts: allow, or choose a version that has a wheel"
OUT_OF_MEMORY = (
    "have the administrator raise install.resources (limits.memory) of the configuration, or need fewer packages"
)


@dataclass(frozen=True)
class PipFailure:
    """What pip printed, and what it wrote into its own log when it was run again to explain a failure."""

    code: int
    output: str
    log: str
    default_index: str

    def index(self) -> str:
        """Address of the index that was asked last, without its path."""
        found = (
            re.findall(r"Could not fetch URL (https?://\S+?):? ", self.log)
            or re.findall(r"^\S*\s*\* (https?://\S+)", self.log, re.MULTILINE)
            # What pip prints for any but the public index, without credentials.
            or re.findall(r"^Looking in indexes: (https?://[^\s,]+)", self.output, re.MULTILINE)
        )
        parts = urlsplit(found[-1] if found else self.default_index)
        host = parts.netloc.rpartition("@")[2]
        return f"{parts.scheme}://{host}"


Rule = tuple[str, Callable[[PipFailure, re.Match[str]], str]]


def _not_found(failure: PipFailure, found: re.Match[str]) -> str:
    wanted, listed = found[1].strip(), found[2]
    name = re.split(r"[\s=<>!~;\[@(]", wanted)[0]
    answer = _answer(failure, name)
    if answer is not None and listed == "none":
        return f"{wanted}: {answer}"
    version = re.search(r"===?\s*([^\s,;)]+)", wanted)
    without_wheel = _links_without_wheel(failure.log, name, version[1] if version else None)
    if without_wheel:
        if all("No sources permitted" in link for link in without_wheel):
            return f"{wanted}: it has no wheel, {SCRIPTS}"
        return (
            f"{wanted}: it has no wheel for this version of Python and this platform, "
            f"{SCRIPTS}, or another buildless.dev/runtime"
        )
    if "Requires-Python" in failure.output or "requires a different Python" in failure.log:
        python = re.search(r"requires a different Python: ([\d.]+) not in ('[^']+')", failure.log)
        detail = f" ({python[1]} is not in {python[2]})" if python else ""
        if listed == "none":
            return f"{wanted}: no version of it supports this Python{detail}; choose another buildless.dev/runtime"
    ignored = re.search(r"The repository located at (\S+) is not a trusted or secure host", failure.output)
    if listed == "none" and ignored:
        return (
            f"{wanted}: pip ignores the index at {ignored[1]}, as its address begins with http:; name it by https:, or "
            f'add "trusted-host = {ignored[1]}" to the pip.conf of buildless.dev/registry'
        )
    if listed == "none":
        return f"{wanted}: the index {failure.index()} has no version of it; correct the name, or {ACCESS}"
    versions = listed.split(", ")
    shown = ", ".join(versions[-LISTED:])
    count = f"the last {LISTED} of {len(versions)}" if len(versions) > LISTED else "there are"
    return f"{wanted}: this version does not exist ({count}: {shown}); correct the version"


def _answer(failure: PipFailure, name: str) -> str | None:
    """What the index answered for a package, where it gave no list of versions."""
    pattern = rf"Could not fetch URL (\S+/{_spelling(name)}/?): (.*?) - skipping"
    found = re.findall(pattern, failure.log, re.IGNORECASE)
    if not found:
        return None
    reason = found[-1][1]
    status = re.match(r"(\d{3}) ", reason)
    index = failure.index()
    if status is None:
        if re.search(r"SSL|certificate", reason, re.IGNORECASE):
            return (
                f"the certificate of the index {index} is not trusted; put its authority into the pip.conf "
                'of buildless.dev/registry ("cert")'
            )
        return (
            f"the index {index} cannot be reached ({_cause(reason)}); see that it is up and that a NetworkPolicy "
            f"or proxy lets the Pod reach it, or name another: {ACCESS}"
        )
    if status[1] == "404":
        return (
            f"the index {index} answered 404: the package does not exist, or it is private; "
            f"correct the name, or {ACCESS}"
        )
    if status[1] in ("401", "403"):
        return (
            f"the index {index} answered {status[1]}: the credentials are missing, wrong or not allowed to read it; "
            f"{ACCESS}, or renew the password in it"
        )
    return f"the index {index} answered {status[1]}; wait, or ask its operator"


def _cause(reason: str) -> str:
    for text in ("Connection refused", "timed out", "Name or service not known"):
        if text in reason:
            return text[0].lower() + text[1:]
    if re.search(r"Failed to resolve|getaddrinfo|in name resolution", reason):
        return "its name cannot be resolved"
    return "connection error"


def _links_without_wheel(log: str, name: str, version: str | None) -> list[str]:
    """Files of a version that pip passed over as they are not wheels for this machine."""
    skipped = re.findall(r"Skipping link: ((?:No sources permitted|none of the wheel's tags).*)", log)
    stem = rf"/{_spelling(name)}-" + (re.escape(version) + r"(?:-|\.(?:tar|zip|tgz))" if version else "")
    return [link for link in skipped if re.search(stem, link, re.IGNORECASE)]


def _spelling(name: str) -> str:
    """A pattern for every spelling of a name (PEP 503, "Normalized Names")."""
    return "[-_.]+".join(re.escape(part) for part in re.split(r"[-_.]+", name))


def _conflict(_failure: PipFailure, found: re.Match[str]) -> str:
    lines = [line.strip() for line in found[1].splitlines() if line.strip()]
    return f"two packages need versions of a third that do not go together: {'; '.join(lines)}; choose versions that do"


# Begins a line of pip_alone.py.
DENIED = "buildless: pip may not start "


def _denied(failure: PipFailure, _found: re.Match[str]) -> str:
    before = failure.output.partition(DENIED)[0]
    collected = re.findall(r"^(?:Collecting|Processing|Obtaining) (\S+?)@?(?:\s|$)", before, re.MULTILINE)
    return f"{collected[-1] if collected else 'a dependency'}: it would run its own code to be installed; {ALLOW}"


RULES: tuple[Rule, ...] = (
    (DENIED, _denied),
    (
        r"No space left on device|Disk quota exceeded",
        lambda _f, _m: "the disk is full; have the administrator raise volumes.appSizeLimit of the configuration, "
        "or need fewer packages",
    ),
    (r"MemoryError|Cannot allocate memory", lambda _f, _m: f"pip ran out of memory; {OUT_OF_MEMORY}"),
    (
        r"DO NOT MATCH THE HASHES[\s\S]*?\n\s+(\S+?)(?: from \S+)?(?: \(from[^\n]*)?:\n",
        lambda f, m: f"{m[1]}: integrity mismatch: the index {f.index()} gave another content than the hash says; "
        "do not trust it before you know why, then write the hashes again",
    ),
    (
        r"In --require-hashes mode, all requirements must have their versions pinned with ==\. These do not:\n\s*(\S+)",
        lambda _f, m: f"{m[1]}: if one requirement has a hash, all need a version with == and a hash, "
        'also those that others bring; make the file with "uv pip compile --generate-hashes"',
    ),
    (
        r"Hashes are required in --require-hashes mode, but they are missing[\s\S]*?\n\s+(\S+) --hash",
        lambda _f, m: f"{m[1]}: some requirements have hashes, but this one has none; make the file with "
        '"pip-compile --generate-hashes" or "uv pip compile --generate-hashes"',
    ),
    (r"The conflict is caused by:\n([\s\S]*?)\n\n", _conflict),
    (
        r"Could not find a version that satisfies the requirement (.+?) \(from versions: ([^)]*)\)",
        _not_found,
    ),
    (
        r"Invalid requirement: ([^\n]+)",
        lambda _f, m: f"requirements.txt cannot be read: {m[1]}; correct that line",
    ),
    (
        r"Could not open requirements file: [^\n]*?'([^']+)'",
        # Newer versions of pip write the whole path.
        lambda _f, m: f"requirements.txt includes {m[1].rpartition('/staging/')[2]}, which is missing; add it",
    ),
    (
        r"Cannot find command '(\w+)'|Error \[Errno 2\][^\n]*while executing command (\w+)",
        lambda _f, m: f"a dependency comes from a repository, and the runtime's image has no {m[1] or m[2]}; "
        "use a released version from an index",
    ),
    (
        r"git (?:clone|fetch|checkout)[^\n]*?((?:https?|ssh)://\S+)?[^\n]* did not run successfully",
        lambda _f, m: f"a dependency comes from the repository {m[1] or ''}, which cannot be read (see the log); "
        "use a released version from an index",
    ),
    (
        r"(?:Failed building wheel for|Failed to build) '?([\w.-]+)|"
        r"error: subprocess-exited-with-error[\s\S]*?(?:from|for) ([\w.-]+)",
        lambda _f, m: f"{m[1] or m[2] or 'a package'}: its own build failed (the output is in the log); choose a "
        "version that has a wheel, or an image with what the build needs",
    ),
    (
        r"HTTP error (\d{3}) while getting (\S+)",
        lambda f, m: f"{m[2].rpartition('/')[2]}: the index {f.index()} answered {m[1]}; "
        f"{ACCESS}, or ask its operator",
    ),
    (
        r"ReadTimeoutError|Read timed out",
        lambda f, _m: f"the index {f.index()} is too slow to answer; ask its operator",
    ),
)


def needs_log(failure: PipFailure) -> bool:
    """Whether only pip's log tells why it failed: what an index answered, and which files were passed over."""
    return "Could not find a version that satisfies the requirement" in failure.output


def explain_pip(failure: PipFailure) -> str:
    """The first rule that matches counts; else pip's last error line."""
    if failure.code == -9:
        # Not by us: the kernel, as the container reached its limit.
        return f"pip was killed, most likely as it ran out of memory; {OUT_OF_MEMORY}"
    for pattern, explain in RULES:
        found = re.search(pattern, failure.output)
        if found:
            return explain(failure, found)
    errors = re.findall(r"^ERROR: (.*)$", failure.output, re.MULTILINE)
    return f"pip failed: {errors[-1] if errors else 'it gave no reason'}"


def explain_timeout(failure: PipFailure, seconds: float) -> str:
    """What pip was at when its time was over."""
    fetched = len(re.findall(r"^\s*(?:Downloading|Using cached) ", failure.output, re.MULTILINE))
    state = f"gave {fetched} answers" if fetched else "gave no answer"
    return (
        f"pip did not finish within {seconds:g} s: the index {failure.index()} {state} in that time; see that it is up "
        "and fast, or have the administrator raise install.timeoutSeconds of the configuration"
    )
