"""``python -m workers`` is the command line."""

from __future__ import annotations

import sys

if "--parent" in sys.argv[1:-1]:
    # Before anything slow is loaded: a parent that dies meanwhile must not leave us behind.
    from app.kernel.confinement import die_with_parent

    die_with_parent(int(sys.argv[sys.argv.index("--parent") + 1]))

from workers.cli import main

if __name__ == "__main__":
    sys.exit(main())
