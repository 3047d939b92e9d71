/**
 * The same program as src/pod/python/buildless_install/pip_alone.py, which is missing if the command is installed alone: a
 * test compares them.
 */
export const PIP_ALONE = String.raw`"""Runs pip and keeps it from starting any other program: with install scripts denied it has a reason to only if it would
build a package, or fetch a repository. No option of pip rules that out for what a package asks for by its address.

A script of its own, run with -I; src/lock/pip-alone.ts has the same text.
"""

import json
import runpy
import sys

STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "os.fork", "os.forkpty", "pty.spawn")


def deny(event, arguments):
    """What pip asks of the machine for its user agent, or of a keyring, it can do without."""
    if event not in STARTS:
        return
    command = arguments[1] if event == "subprocess.Popen" else arguments[0] if arguments else ""
    words = [command] if isinstance(command, (str, bytes)) else list(command or ())
    texts = [word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word) for word in words]
    if texts and texts[0].rpartition("/")[2] not in ("lsb_release", "uname", "rustc", "keyring"):
        print("buildless: pip may not start " + json.dumps([text[:500] for text in texts[:20]]), file=sys.stderr, flush=True)
    raise PermissionError("install scripts are denied")


sys.addaudithook(deny)
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
`;

/** Begins a line of stderr that names what pip was kept from starting. */
export const MARK = 'buildless: pip may not start ';
