"""Who else on this machine may read our secrets and change our files: looked at before anything is opened.

A secret that others can read, or change, is none: then nothing is started. Of data that others can get at it is told,
and work goes on: monitoring must not end because of a mode. Files that we make are private from the beginning.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from cleanwatch.settings import Settings

OTHERS_READ = stat.S_IROTH
OTHERS_WRITE = stat.S_IWOTH | stat.S_IWGRP
PRIVATE = 0o077
"""What a file of ours allows to nobody but its owner."""
SECRETS = ("_password_file", "_token_file", "_secret_file", "_key_file", "_url_file")
"""How the names of settings end that name a file with a secret."""


class NotPrivateError(Exception):
    """A secret is open to others; the message says which, how, and what would be right."""


def keep_files_private() -> None:
    """From now on nobody else may do anything with files that this process makes."""
    os.umask(os.umask(PRIVATE) | PRIVATE)


def fault_of_secret(name: str, path: Path, mode: int) -> str | None:
    """What is wrong with the mode of a secret's file, in words. A group may read it: so secrets are mounted."""
    if mode & OTHERS_READ:
        wrong = "everybody on this machine can read it"
    elif mode & OTHERS_WRITE:
        wrong = "others can change it"
    else:
        return None
    return f"{path}, which {name} names, holds a secret, but {wrong} ({_octal(mode)}). Put it right: chmod 600 {path}"


def fault_of_data(folder: Path, mode: int, files: dict[str, int]) -> str | None:
    """What is wrong with the modes of the data folder and of what is in it, in words."""
    if not mode & PRIVATE:
        return None
    if mode & OTHERS_WRITE:
        wrong = f"others can put files into {folder} and take them away ({_octal(mode)})"
        return f"{wrong}. Put it right: chmod 700 {folder}"
    open_ones = sorted(name for name, mode in files.items() if mode & PRIVATE)
    if not open_ones:
        return None
    some = ", ".join(open_ones[:3]) + (", ..." if len(open_ones) > 3 else "")
    return f"others on this machine can get at what is in {folder}: {some}. Put it right: chmod -R go-rwx {folder}"


def check(settings: Settings) -> str | None:
    """What is wrong with the data folder, in words. Raises NotPrivateError where a secret is open to others."""
    for name, path in _secrets(settings):
        if path.exists() and (fault := fault_of_secret(name, path, path.stat().st_mode)):
            raise NotPrivateError(fault)
    folder = settings.data
    if not folder.exists():
        return None
    files = {path.name: path.stat().st_mode for path in folder.iterdir() if path.is_file()}
    return fault_of_data(folder, folder.stat().st_mode, files)


def _secrets(settings: Settings) -> Iterator[tuple[str, Path]]:
    for field in type(settings).model_fields:
        path = getattr(settings, field)
        if field.endswith(SECRETS) and isinstance(path, Path):
            yield f"CLEANWATCH_{field.upper()}", path


def _octal(mode: int) -> str:
    return f"{stat.S_IMODE(mode):03o}"
