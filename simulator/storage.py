"""The file that a station keeps what it remembers in."""

import json
from pathlib import Path
from typing import Any


def load(path: Path) -> dict[str, Any] | None:
    """Read the document; None where there is none yet."""
    if not path.exists():
        return None
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def save(document: dict[str, Any], path: Path) -> None:
    """Write the document, all or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(document, indent=1))
    draft.replace(path)
