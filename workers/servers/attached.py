"""Becomes another program, which then ends when its starter ends; called with the starter's id and a command."""

from __future__ import annotations

import os
import sys

from app.kernel.confinement import die_with_parent

if __name__ == "__main__":
    _, _parent, *_command = sys.argv
    die_with_parent(int(_parent))
    os.execv(_command[0], _command)  # noqa: S606  no shell is the point
