"""The docs are held to the code: what they name exists, and what exists is named."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import health, watchdog
from app.__main__ import main
from app.settings import PREFIX, Settings
from bot import routing
from bot.features import FEATURES
from bot.texts import commands
from habits import inbox
from tests.process import ROOT

DOCS = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", *(f"docs/{name}.md" for name in (
    "architecture", "decisions", "export", "glossary", "operations",
)))  # fmt: skip
CODE = ("app", "bot", "scheduler", "habits", "playground")


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table_after(name: str, heading: str) -> list[list[str]]:
    """The cells of the first table under a heading, its head left out."""
    part = text_of(name).split(f"{heading}\n", 1)[1]
    rows = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert rows is not None, heading
    return [
        [cell.strip() for cell in row.strip("|").split("|")] for row in rows[0].splitlines()[2:]
    ]


def test_the_settings_of_the_readme_are_those_of_the_code_with_their_defaults() -> None:
    told = {
        row[0].strip("`"): (row[1].strip("`"), row[2])
        for row in table_after("README.md", "### Settings")
    }
    there = {
        f"{PREFIX}{name.upper()}": (
            "" if field.default is None else str(field.default),
            field.description,
        )
        for name, field in Settings.model_fields.items()
    }
    assert told == there


def test_every_variable_named_anywhere_is_a_setting() -> None:
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    files = [
        ROOT / name for name in (*DOCS, "Dockerfile", "compose.yaml", ".env.example", "Makefile")
    ]
    files += [path for package in CODE for path in (ROOT / package).rglob("*.py")]
    for path in files:
        named = set(re.findall(rf"{PREFIX}[A-Z][A-Z_]*[A-Z]", path.read_text(encoding="utf-8")))
        assert named <= known, path


def test_the_commands_of_the_readme_are_those_that_are_answered_and_in_the_menu() -> None:
    told = {row[0].strip("`/") for row in table_after("README.md", "## What people can say")}
    assert told == set(commands.menu())
    assert told == set(routing.routes_of(FEATURES).commands)


def typed_commands() -> Iterator[str]:
    """What stands in the docs as a command to be typed in a shell."""
    for name in DOCS:
        yield from re.findall(r"`(?:[A-Z_]+=\S+ )*((?:make|letloose) [^`\n]+)`", text_of(name))
        yield from re.findall(r"^(?:make|letloose) [a-z]+", text_of(name), re.MULTILINE)


def test_every_make_target_in_the_docs_exists_and_is_told_by_make() -> None:
    targets = set(re.findall(r"^([a-z]+):.*## ", text_of("Makefile"), re.MULTILINE))
    named = {each.split()[1] for each in typed_commands() if each.startswith("make ")}
    assert named <= targets
    assert targets - {"help"} <= named
    phony = re.findall(r"^\.PHONY: (.*)$", text_of("Makefile"), re.MULTILINE)
    assert targets == set(" ".join(phony).split())


def test_every_command_of_the_program_in_the_docs_exists_and_each_is_told() -> None:
    named = {each.split()[1] for each in typed_commands() if each.startswith("letloose ")}
    assert named <= set(main.commands)
    assert all(command in text_of("docs/operations.md") for command in main.commands)


def test_the_help_in_the_docs_is_what_the_program_says() -> None:
    said = CliRunner().invoke(main, ["--help"], prog_name="letloose", terminal_width=80).output
    assert f"```\n{said}```\n" in text_of("docs/operations.md")


@pytest.mark.parametrize(
    ("told", "limit", "value"),
    [
        ("no good getUpdates for 90 seconds", health.POLL_SILENT, 90),
        ("the sender has not looked for 60 seconds", health.LOOP_SILENT, 60),
        ("nothing has been laid out for two hours", health.LAY_OUT_SILENT, 2 * 3600),
        ("no backup could be taken for 26 hours", health.BACKUP_SILENT, 26 * 3600),
        ("a message has been due for 5 minutes", health.DUE_FOR, 5 * 60),
        ("an update has been waiting for 2 minutes", inbox.HANDLED_WITHIN.total_seconds(), 2 * 60),
        ("less than 200 MiB are free on the disk", health.DISK_LEFT, 200 * 2**20),
        ("after 90 seconds without a good getUpdates", watchdog.RENEWS_AFTER, 90),
        ("after five minutes it ends with exit code 1", watchdog.ENDS_AFTER, 5 * 60),
        ("answered every write with an error for a minute", watchdog.DISK_FAILS_FOR, 60),
    ],
)
def test_the_docs_say_from_when_on_something_is_wrong(told: str, limit: float, value: float):
    _, _, after = text_of("docs/operations.md").partition("## Health\n")
    assert told in after.partition("\n## ")[0]
    assert limit == value


@pytest.mark.parametrize("name", DOCS)
def test_every_file_named_exists(name: str) -> None:
    roots = "app|bot|scheduler|habits|playground|tests|docs|benchmarks|requirements|tools"
    named = re.findall(rf"`((?:{roots})/[^`\s*]*)`", text_of(name))
    missing = [each for each in named if not (ROOT / each).exists()]
    assert missing == []


@pytest.mark.parametrize("name", DOCS)
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(name)):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        to = (ROOT / name).parent / path if path else ROOT / name
        assert to.exists(), target
        if anchor:
            assert anchor in anchors(to), target


def anchors(path: Path) -> set[str]:
    """What the headings of a file are called in a link."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("package", CODE)
def test_the_architecture_tells_of_every_package(package: str) -> None:
    assert f"`{package}/`" in text_of("docs/architecture.md")


def test_every_rule_has_its_row_in_the_architecture() -> None:
    told = text_of("docs/architecture.md")
    rules = [
        path for path in (ROOT / "habits" / "rules").glob("*.py") if path.name != "__init__.py"
    ]
    assert [path.name for path in rules if f"`habits/rules/{path.name}`" not in told] == [
        "person.py"  # the shape of a person, no rule
    ]


def test_every_part_of_the_house_is_in_the_table_of_where_to_find_what():
    table = (ROOT / "docs" / "architecture.md").read_text()
    house = [*(ROOT / "habits").glob("*.py"), *(ROOT / "habits" / "rules").glob("*.py")]
    elsewhere = {"__init__.py", "person.py", "clock.py"}
    names = [path.relative_to(ROOT).as_posix() for path in house if path.name not in elsewhere]
    assert [name for name in names if f"`{name}`" not in table] == []
