"""Compiles, once for a version of Python, what the Python Function server imports in a start.

    python3 compile-python.py RUNTIME [PATH]

RUNTIME is the folder that a Pod has (server.py in it), PATH its path there if it is another; the Python that runs this is
that of a runtime's image (deploy/Dockerfile). Compiled modules go to RUNTIME/compiled, in a file for this version of Python
that buildless_server/compiled.py reads; what only the API `http` imports, to another beside it.
"""

import importlib.util
import marshal
import os
import subprocess
import sys
import tempfile

# The modules imported from files when a handler is loaded are what each start needs; then the process ends.
HANDLER = """
import sys
from importlib.machinery import SourceFileLoader
for name, module in sys.modules.items():
    if isinstance(getattr(module, '__loader__', None), SourceFileLoader) and name not in ('__main__', 'handler'):
        print(name, module.__file__, sep='\\t')
sys.stdout.flush()
import os
os.kill(os.getpid(), 9)
"""


def imported(runtime: str, api: str) -> 'dict[str, str]':
    """Names and files of the modules that a start with this API imports."""
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, 'handler.py'), 'w', encoding='utf-8') as file:
            file.write(HANDLER)
        started = subprocess.run(
            [sys.executable, '-B', os.path.join(runtime, 'server.py')],
            env={'HANDLER_PATH': folder, 'FUNC_PORT': '0', 'BUILDLESS_API': api, 'BUILDLESS_TERMINATION_LOG': os.devnull},
            stdout=subprocess.PIPE,
            check=False,
        )
    lines = (line.partition('\t') for line in started.stdout.decode().splitlines())
    return {name: file for name, _, file in lines}


def compiled(file: str, path: str) -> 'tuple[str, bytes, bytes]':
    """Its path in a Pod, the hash of its source, and its code."""
    with open(file, 'rb') as opened:
        source = opened.read()
    return path, importlib.util.source_hash(source), marshal.dumps(compile(source, path, 'exec', dont_inherit=True))


def main() -> None:
    runtime = os.path.abspath(sys.argv[1])
    there = (sys.argv[2:] or [runtime])[0]
    event, http = imported(runtime, 'event'), imported(runtime, 'http')
    if 'buildless_server.application' not in event or 'flask.app' not in http:
        sys.exit(f'{runtime}/server.py did not start a Function; its output is above')
    folder = os.path.join(runtime, 'compiled')
    os.makedirs(folder, exist_ok=True)
    others = {name: file for name, file in http.items() if name not in event}
    for suffix, modules in (('', event), ('-http', others)):
        target = os.path.join(folder, f'{sys.implementation.cache_tag}{suffix}')
        with open(target, 'wb') as opened:
            marshal.dump({name: compiled(file, in_pod(file, runtime, there)) for name, file in modules.items()}, opened)
        print(f'{target}: {len(modules)} modules, {os.path.getsize(target) // 1024} kB')


def in_pod(file: str, runtime: str, there: str) -> str:
    """The path that a file has in a Pod."""
    return there + file[len(runtime) :] if file.startswith(runtime + os.sep) else file


main()
