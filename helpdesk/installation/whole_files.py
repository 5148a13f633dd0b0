"""Files that are there whole or not at all, for their owner alone."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

OWNER_ONLY = 0o600


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Give the path of a file to be written beside another, whose place it takes at the end.

    When it is not finished nothing is left of it; a kill leaves a hidden folder beside, no more.
    """
    with TemporaryDirectory(dir=file.parent, prefix=f".{file.name}.") as folder:
        part = Path(folder) / "part"
        part.touch(OWNER_ONLY)
        yield part
        _sync(part)
        part.rename(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    """See that it is on the disk, and not only on its way there."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
