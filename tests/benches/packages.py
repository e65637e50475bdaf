"""Controls come from Debian's packages; what is missing is installed, and none of its services is started."""

from pathlib import Path

from infra.local.setup import install_debian


def provide(package: str, program: str) -> None:
    """Install a package unless there is a file that matches the absolute pattern `program`.

    Raises `CannotStartError`, which says what to do, where nothing can be installed.
    """
    if not any(Path("/").glob(program.lstrip("/"))):
        install_debian([package])
