"""Imports what the image of the toolkit has compiled for this version of Python (scripts/compile-python.py).

The images of Python come without bytecode, and a Pod's folders are read-only: each start would compile the server, and the
modules of Python that it needs, from their sources, which is most of its time. A compiled module is used for the very same
source alone, at the same path; all else is imported as ever. Imports nothing itself, as that would be compiled.
"""

import _frozen_importlib_external as machinery
import _imp
import marshal
import sys


class _Loader(machinery.SourceFileLoader):
    def get_code(self, fullname):  # type: ignore[no-untyped-def]
        file, digest, code = _table.get(fullname, ('', b'', b''))
        if file == self.path and digest == _imp.source_hash(_MAGIC, self.get_data(file)):
            return marshal.loads(code)
        return super().get_code(fullname)


class _Finder:
    """Finds what the path has, as ever."""

    @staticmethod
    def find_spec(name, path=None, target=None):  # type: ignore[no-untyped-def]
        if name not in _table:
            return None
        spec = machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and type(spec.loader) is machinery.SourceFileLoader:
            spec.loader = _Loader(name, spec.origin)
        return spec


# As `importlib.util.source_hash` has it: the hash is another for bytecode of another form.
_MAGIC = int.from_bytes(machinery.MAGIC_NUMBER, 'little')
_table: 'dict[str, tuple[str, bytes, bytes]]' = {}
"""File, hash of the source, and code of a module by its name."""


def use_compiled(runtime: str, api: 'str | None') -> None:
    """Let imports take what is compiled for this Python, until `leave_compiled`; without it they are slower, no more.

    What the API `http` needs besides is in a table of its own, which other Functions need not read.
    """
    # With -O or -OO there are no assertions or no docstrings.
    if sys.flags.optimize:
        return
    for suffix in ('', '-http') if api == 'http' else ('',):
        try:
            with open(f'{runtime}/compiled/{sys.implementation.cache_tag}{suffix}', 'rb') as file:
                _table.update(marshal.load(file))
        except (OSError, EOFError, ValueError, TypeError):
            return
        if _Finder not in sys.meta_path:
            sys.meta_path.insert(0, _Finder)


def leave_compiled() -> None:
    """Import as ever from here on: what the Function imports is its own affair."""
    _table.clear()
    if _Finder in sys.meta_path:
        sys.meta_path.remove(_Finder)
