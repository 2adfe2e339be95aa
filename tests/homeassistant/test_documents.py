"""The documents: every link leads somewhere, nothing is left out of the index, and what is written from the code is up to date."""

from pathlib import Path
import re

import pytest

from scripts.reference import pages, texts

PROJECT = Path(__file__).parents[2]
DOCS = PROJECT / "docs"
FILES = [
    PROJECT / "README.md",
    PROJECT / "CONTRIBUTING.md",
    *sorted(DOCS.glob("*.md")),
]

_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

named = pytest.mark.parametrize(
    "path", FILES, ids=lambda path: str(path.relative_to(PROJECT))
)


def links(path: Path) -> list[str]:
    """Return where a page leads to, in order."""
    text = _CODE.sub("", path.read_text())
    return [a or b for a, b in _LINK.findall(text)]


def anchors(path: Path) -> set[str]:
    """Return the names of a page's headings, as they are made of them where Markdown is shown."""
    text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
    return {
        re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")
        for heading in _HEADING.findall(text)
    }


@named
def test_every_link_leads_somewhere(path: Path) -> None:
    for link in links(path):
        if link.startswith(("http://", "https://")):
            assert link.startswith("https://"), link
            continue
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        assert target.exists(), link
        assert PROJECT in target.parents, link
        assert not anchor or anchor in anchors(target), link


@named
def test_a_page_is_plain(path: Path) -> None:
    """One title, at the top or beneath a picture; nothing to run, and no notes to oneself."""
    text = path.read_text()
    titles = re.findall(
        r"^# .+$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE
    )
    assert len(titles) == (
        0 if path.name == "README.md" and path.parent == PROJECT else 1
    )
    assert not re.search(r"<script|<iframe|\bTODO\b|\bTBD\b|\bXXX\b", text)
    assert text.endswith("\n")


def test_every_page_is_in_the_index() -> None:
    listed = {link.partition("#")[0] for link in links(DOCS / "README.md")}
    there = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert there <= listed
    assert "docs/README.md" in links(PROJECT / "README.md")


@pytest.mark.parametrize("name", ["settings.md", "entities.md"])
def test_what_is_written_from_the_code_is_up_to_date(name: str) -> None:
    assert (DOCS / name).read_text() == pages()[DOCS / name], (
        "run: python -m scripts.reference"
    )


# What the issue of a page is, and a heading that says so.
WANTED = {
    "install.md": "With HACS",
    "first-charger.md": "3. Plug a car in",
    "removal.md": "One station only",
    "sharing.md": "Five ways to share",
    "meter.md": "Which meters do",
    "v2g.md": "Turn it on",
    "protection.md": "A password, with one click",
    "stations.md": "What is known of makes",
    "automations.md": "Triggers",
    "troubleshooting.md": "The station does not appear",
    "limitations.md": "It is no fuse",
    "architecture.md": "From the wire to an entity",
    "actions.md": "evenload.set_limit",
    "dashboard.md": "What it shows",
    "drivers.md": "Who may charge at a station",
    "entities.md": "Sensors",
    "grid-programmes.md": "What events come to",
    "performance.md": "Reaction",
    "planning.md": "Choose a mode",
    "planning-inputs.md": "Prices",
    "sessions.md": "What it cost",
    "settings.md": "The grid connection",
    "uplink.md": "Who decides what",
    "v2g-extension.md": "OCPP 1.6",
    "voice.md": "What you can say",
}


def test_every_page_is_one_that_is_promised() -> None:
    there = {path.name for path in DOCS.glob("*.md")} - {"README.md"}
    assert there == WANTED.keys()


@pytest.mark.parametrize(("name", "heading"), WANTED.items())
def test_every_page_that_is_promised_is_there(name: str, heading: str) -> None:
    assert heading in _HEADING.findall((DOCS / name).read_text())


def test_what_limits_a_car_is_named_as_it_is_shown() -> None:
    page = (DOCS / "troubleshooting.md").read_text()
    section = page.partition("## It is connected, and does not charge\n")[2]
    named = re.findall(
        r"^- \*\*(.+?)\*\*:", section.partition("\n## ")[0], re.MULTILINE
    )
    words = texts()["entity"]["sensor"]["reason"]["state"].values()
    assert named
    assert set(named) <= set(words)
