"""Where databases stand: in memory, or on a small disk that can be filled and made read-only."""

import os
import shutil
import subprocess
from pathlib import Path

SIZE = 8 * 1024 * 1024
ENOUGH = 4 * 1024**3
"""For all that the tests keep at the same time: containers often have far less."""
_MEMORY = Path("/dev/shm")  # noqa: S108 (memory that any user may write to, when there is any)


def memory() -> Path | None:
    """Return a folder in memory, where no commit waits for a disk; None where it is small."""
    has_room = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= ENOUGH
    return _MEMORY if has_room else None


class SmallDisk:
    """A file system of a few megabytes, in memory; only root may make one."""

    def __init__(self, folder: Path) -> None:
        """Make it; raises OSError or CalledProcessError where that is not allowed."""
        self.folder = folder
        folder.mkdir()
        self._mount("-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder))

    def fill(self, left: int) -> None:
        """Leave room for so many bytes only."""
        free = os.statvfs(self.folder)
        with (self.folder / "ballast").open("ab") as file:
            file.write(bytes(max(0, free.f_bavail * free.f_frsize - left)))

    def empty(self) -> None:
        """Make room again."""
        (self.folder / "ballast").unlink()

    def write(self, *, allowed: bool) -> None:
        """Let it be written on, or not."""
        self._mount("-o", f"remount,{'rw' if allowed else 'ro'}", str(self.folder))

    def remove(self) -> None:
        """Take it away."""
        subprocess.run(["umount", "-l", self.folder], check=True)

    def _mount(self, *arguments: str) -> None:
        subprocess.run(["mount", *arguments], check=True, capture_output=True)
