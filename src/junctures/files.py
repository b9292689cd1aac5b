"""How every file of a study is written: whole or not at all, so that nobody ever reads half an output.

The standard library alone: the check at the head of every run writes with it too.
"""

import os
from pathlib import Path

PART = ".part"  # what a name ends in while the file is written; such a left-over is no output and is ignored


def write_bytes(content: bytes, path: str | Path) -> None:
    """Write a file whole or not at all: under a temporary name beside it, then renamed. Its folder is made."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + PART)
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    except OSError as error:
        error.filename = error.filename or str(path)  # a full disk names no file
        raise
    finally:
        temporary.unlink(missing_ok=True)


def write_text(text: str, path: str | Path) -> None:
    """Write text as UTF-8 with its line ends as they are, whole or not at all."""
    write_bytes(text.encode("utf-8"), path)
