"""`python -m junctures`: the command-line tool."""

import sys

from junctures.cli import main

sys.exit(main())
