"""Files and functions stay small enough to be understood at the first reading."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 40
ONE_FILE = "services/audit/verifier/verify_minhbach.py"
"""What a reviewer carries away and reads alone is one file, however long."""
SOURCES = [path for folder in ("infra", "services", "gateway", "tests") for path in (ROOT / folder).rglob("*.py")]


def test_files_are_small() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert len(lengths) > 100
    assert {name: length for name, length in lengths.items() if length > FILE_LINES_MAX and name != ONE_FILE} == {}


def test_functions_are_small() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: length for name, length in long.items() if length > FUNCTION_LINES_MAX} == {}
