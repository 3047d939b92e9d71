"""Does the work of `buildless-install` for Python: installs with pip into the staged Function, then shows it."""

import argparse
import os
import shutil
import sys
import time
import traceback
from dataclasses import dataclass, replace
from typing import NoReturn

from .expected import Expectation, read_expectation
from .outcome import check_outcome
from .pip_command import install_command, pip_environment, pip_version, rehearsal_command, usable_cache
from .pip_failure import DENIED, PipFailure, explain_pip, explain_timeout, needs_log
from .program import STOPPED, Runner, Stopped
from .pylock import NAME as PYLOCK
from .pylock import requirements_of
from .redaction import create_redactor, credentials_in
from .refusal import Refusal, explain_system_error, write_termination_message
from .requirements import read_requirements

REQUIREMENTS = "requirements.txt"
# src/function/languages.ts (PYTHON_PACKAGES) and src/pod/prepare/workspace.ts (INSTALLER_SCRATCH) have the same names.
PACKAGES = ".python-packages"
SCRATCH = ".installing"
DEFAULT_INDEX = "https://pypi.org/simple"


@dataclass(frozen=True)
class Options:
    """What the injection tells the installer."""

    root: str
    timeout: float
    registry: str | None
    allow_scripts: bool
    cache: str | None


class ArgumentParser(argparse.ArgumentParser):
    """Wrong flags are reported like every other failure."""

    def error(self, message: str) -> NoReturn:
        raise Refusal(message)


@dataclass(frozen=True)
class Plan:
    """What pip is to install."""

    file: str
    description: str
    hashed: bool
    locked: bool


def main(arguments: list[str]) -> int:
    """Status 0 when it is done, 1 where it refuses or fails, 143 when the Pod was told to stop."""
    # Any user may have to read what is written, whatever the image says.
    os.umask(0o022)
    # Lines appear as they come, also in a pipe.
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    runner = Runner()
    runner.handle_signals()
    try:
        install(parse(arguments), runner)
        return 0
    except Stopped:
        return STOPPED
    except Refusal as refusal:
        reason = str(refusal)
    except OSError as error:
        known = explain_system_error(error)
        if known is None:
            traceback.print_exc()
        reason = known or f"an error of Buildless itself, see the log: {error}"
    print(f"install failed: {reason}", file=sys.stderr)
    write_termination_message(reason)
    return 1


def parse(arguments: list[str]) -> Options:
    """The same flags as install.mjs."""
    parser = ArgumentParser(prog="install.py", add_help=False)
    parser.add_argument("--root", default="/buildless")
    parser.add_argument("--timeout", type=float, required=True, help="seconds")
    parser.add_argument("--registry", help="pip.conf of the registry Secret")
    parser.add_argument("--allow-scripts", action="store_true", help="source distributions may run their own code")
    parser.add_argument("--cache", help="folder that outlives the Pod")
    values = parser.parse_args(arguments)
    return Options(values.root, values.timeout, values.registry, values.allow_scripts, values.cache)


def install(options: Options, runner: Runner) -> None:
    """Begins clean and ends with a rename, so that no half-done installation is ever served."""
    staging = os.path.join(options.root, "staging")
    finished = os.path.join(options.root, "function")
    scratch = os.path.join(options.root, SCRATCH)
    if not os.path.isdir(staging):
        if not os.path.isdir(finished):
            raise Refusal(f"{staging} does not exist: buildless-prepare has not finished")
        print("the packages were installed before")
        return
    # Of an earlier try that was killed.
    for leftover in (os.path.join(staging, PACKAGES), scratch):
        if os.path.lexists(leftover):
            shutil.rmtree(leftover)
    os.mkdir(scratch)
    try:
        plan = make_plan(staging, scratch, options.allow_scripts)
        if plan is None:
            print(f"neither {REQUIREMENTS} nor {PYLOCK} asks for packages")
        else:
            run_pip(plan, staging, scratch, options, runner, read_expectation(options.root))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    os.rename(staging, finished)


def make_plan(staging: str, scratch: str, allow_scripts: bool) -> Plan | None:
    """A pylock.toml is complete, so it counts where both files are there."""
    if os.path.isfile(os.path.join(staging, PYLOCK)):
        lines = requirements_of(staging, allow_scripts)
        if not lines:
            return None
        file = os.path.join(scratch, "pylock-requirements.txt")
        with open(file, "w", encoding="utf-8") as out:
            out.write("".join(f"{line}\n" for line in lines))
        return Plan(file, f"{PYLOCK}: {count(len(lines), 'package')}", hashed=True, locked=True)
    if not os.path.isfile(os.path.join(staging, REQUIREMENTS)):
        return None
    reading = read_requirements(staging, REQUIREMENTS)
    requirements = [item for item in reading.requirements if not item.is_constraint]
    if not requirements:
        return None
    if not allow_scripts:
        # --only-binary holds for what an index gives; an address or a folder would be built all the same.
        built = [item for item in reading.requirements if not item.is_wheel]
        if built:
            redact = create_redactor(credentials_in(reading.text))
            places = "; ".join(f"{item.file}:{item.line} {redact(item.text)}" for item in built)
            raise Refusal(
                f"not a wheel, so its own code would run to install it: {places}; "
                "set buildless.dev/install-scripts: allow, or use a version from an index that has a wheel"
            )
    hashed = all(requirement.hashed for requirement in requirements)
    number = count(len(requirements), "requirement")
    description = f"{REQUIREMENTS}: {number}, {'all with hashes' if hashed else 'without hashes'}"
    return Plan(REQUIREMENTS, description, hashed, locked=False)


def run_pip(
    plan: Plan, staging: str, scratch: str, options: Options, runner: Runner, expectation: Expectation
) -> None:
    """Runs pip with the files of the index on the same volume as the target, so that they are moved, not copied."""
    env = pip_environment(os.environ, scratch, options.registry)
    version = pip_version(env, scratch)
    if version is None:
        raise Refusal(
            "the runtime's image has no pip; have the administrator choose one that has, such as python:3.12-slim"
        )
    texts = [read_settings(options.registry), read_requirements(staging, REQUIREMENTS).text, *env.values()]
    redact = create_redactor(credentials_in("\n".join(texts)))
    cache = usable_cache(options.cache)
    if options.cache is not None and cache is None:
        print(f"attention: the cache {options.cache} cannot be written by user {os.getuid()}; going on without it")
    target = os.path.join(staging, PACKAGES)
    report = os.path.join(scratch, "report.json")
    command = install_command(plan.file, target, report, cache, options.allow_scripts, plan.hashed, plan.locked)

    print(f"installing with pip {version} ({plan.description})")
    start = time.monotonic()
    end = runner.run(command, staging, env, options.timeout, lambda line: line.startswith(DENIED) or print(redact(line)))
    if end.code == 0:
        number = check_outcome(target, report, expectation)
        print(f"installed {count(number, 'package')} in {time.monotonic() - start:.1f} s")
        return
    failure = PipFailure(end.code, end.output, "", env.get("PIP_INDEX_URL", DEFAULT_INDEX))
    if end.timed_out:
        raise Refusal(redact(explain_timeout(failure, options.timeout)))
    left = options.timeout - (time.monotonic() - start)
    if needs_log(failure) and left > 0:
        log = os.path.join(scratch, "pip.log")
        runner.run(rehearsal_command(command, log), staging, env, left, lambda _line: None)
        failure = replace(failure, log=read_log(log))
    raise Refusal(redact(explain_pip(failure)))


def read_settings(registry: str | None) -> str:
    """The text of pip.conf, for the credentials that are in it."""
    if registry is None:
        return ""
    try:
        with open(registry, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        key = os.path.basename(registry)
        raise Refusal(f'the Secret in buildless.dev/registry has no key "{key}"; add it') from None


def read_log(log: str) -> str:
    """What pip wrote for itself; empty if it did not come that far."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def count(number: int, noun: str) -> str:
    """`1 package`, `2 packages`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
