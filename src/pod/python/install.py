"""Entry of `buildless-install` for Python: see buildless_install/main.py."""

import sys

# The folder that this file is in may be read-only or gone on the next start: leave no byte code in it.
sys.dont_write_bytecode = True

from buildless_install.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
