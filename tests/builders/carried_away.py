"""The verifier as reviewers carry it away, loaded from its one file, and how tests run it."""

import importlib.util
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest

from services.audit.messages import VERIFIER

_SPEC = importlib.util.spec_from_file_location("verify_minhbach", VERIFIER)
assert _SPEC
assert _SPEC.loader
verifier: Any = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(verifier)

JUNK = [None, True, 7, -1, 1.5, "", "x", "\n\n\n", [], [None], ["zz"], {}, {"id": []}, "9" * 5000]
"""What may stand in a file instead of what belongs there."""


def kept(folder: Path, told: Any, name: str = "receipt.json") -> str:
    """Write a receipt, or text, into a file; return its path."""
    path = folder / name
    path.write_text(told if isinstance(told, str) else json.dumps(told, ensure_ascii=False), encoding="utf-8")
    return str(path)


def damages(whole: bytes, seed: int, number: int = 8) -> Iterator[bytes]:
    """Return a file with bytes changed, lost, put in or doubled at places that the seed chooses."""
    chance = Random(seed)  # noqa: S311 - damage, not cryptography
    for _ in range(number):
        place, length = chance.randrange(len(whole)), chance.randrange(1, 40)
        instead = (bytes([chance.randrange(256)]), b"", chance.randbytes(length), whole[place : place + length] * 2)
        yield whole[:place] + chance.choice(instead) + whole[place + length * chance.randrange(2) :]


def in_a_zip(folder: Path, files: Mapping[str, str], inside: str = "") -> str:
    """Pack files into a zip; return its path."""
    with zipfile.ZipFile(folder / "pack.zip", "w") as archive:
        for name, text in files.items():
            archive.writestr(inside + name, text)
    return str(folder / "pack.zip")


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """Run the verifier; return its exit code and what it calls wrong."""
    code = verifier.main([*arguments, "--lang", "en"])
    return code, [line for line in capsys.readouterr().out.splitlines() if line.startswith("WRONG")]
