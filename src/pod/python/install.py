"""Entry of `buildless-install` for Python: see buildless_install/main.py."""

import os
import sys

# The folder that this file is in may be read-only or gone on the next start: leave no byte code in it.
sys.dont_write_bytecode = True
# As -I does for pip itself: no module of the source is taken for Python's or pip's own.
elsewhere = {os.path.abspath(each) for each in os.environ.get("PYTHONPATH", "").split(os.pathsep)}
sys.path = [each for each in sys.path if each == sys.path[0] or os.path.abspath(each) not in elsewhere]

from buildless_install.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
