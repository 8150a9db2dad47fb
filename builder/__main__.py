"""``python -m diplograph`` is the same as ``diplograph``."""

import sys

from diplograph.cli import main

if __name__ == "__main__":
    sys.exit(main())
