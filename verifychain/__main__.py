"""``python -m verifychain``."""

import sys

from verifychain.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
