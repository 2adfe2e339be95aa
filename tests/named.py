"""Tests that are named somewhere, and whether there are any of that name."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parent.parent


def missing(nodes: Iterable[str]) -> list[str]:
    """Return the tests that are named (`path::name`) and do not exist."""
    parts = [(node, *node.partition("::")[::2]) for node in nodes]
    return [node for node, path, name in parts if name not in _names_in(path)]


@cache
def _names_in(path: str) -> frozenset[str]:
    file = PROJECT / path
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in tree.body if isinstance(node, functions))
