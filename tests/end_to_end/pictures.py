"""Pictures of what a test sees, for those who want to look."""

import os
from pathlib import Path

from playwright.async_api import Page


async def take(page: Page, folder: Path, name: str) -> None:
    """Keep a picture: in the folder that SCREENSHOTS names, if it is set."""
    to = Path(os.environ.get("SCREENSHOTS", folder)) / f"{name}.png"
    to.parent.mkdir(parents=True, exist_ok=True)
    await page.screenshot(path=to)
