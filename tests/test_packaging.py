"""What is installed and shipped: pinned, complete, and shut in."""

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.roles import Role
from app.settings import PREFIX, Settings
from bot.pictures.fonts import FAMILIES
from tests.process import ROOT

PACKAGES = ("app", "bot", "scheduler", "habits", "playground")
REQUIREMENTS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("run", "dev", "build")}


def pinned(name: str) -> dict[str, str]:
    """Each package of a requirements file with its version."""
    found = re.findall(r"^([a-z0-9.-]+)==(\S+)", REQUIREMENTS[name].read_text(), re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_by_hash_and_names_no_address(name: str) -> None:
    text = REQUIREMENTS[name].read_text()
    assert "://" not in text
    for requirement in text.replace("\\\n", " ").splitlines():
        assert re.match(r"[a-z0-9.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", requirement), requirement


def test_what_runs_is_what_is_tested() -> None:
    for name in ("run", "build"):
        shared = pinned(name).keys() & pinned("dev").keys()
        assert {each: pinned(name)[each] for each in shared} == {
            each: pinned("dev")[each] for each in shared
        }
    assert pinned("run").keys() <= pinned("dev").keys()


def test_what_the_project_names_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for wanted, where in (
        (project["project"]["dependencies"], "run"),
        (project["dependency-groups"]["dev"], "dev"),
        (project["build-system"]["requires"], "build"),
    ):
        names = {re.split(r"[\[<>=~! ]", each)[0].lower() for each in wanted}
        assert names <= pinned(where).keys()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it is installed: built with the pinned tools and without a network."""
    to = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", str(to)]
    subprocess.run([*pip, *offline, str(ROOT)], check=True)
    return next(to.glob("letloose-*.whl"))


def test_the_wheel_holds_every_file_of_every_package(wheel: Path) -> None:
    there = {
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    shipped = set(zipfile.ZipFile(wheel).namelist())
    assert there - shipped == set()
    extra = {name for name in shipped - there if ".dist-info/" not in name}
    assert extra == set()
    assert any(name.endswith("licenses/NOTICE") for name in shipped)


def test_the_wheel_holds_the_fonts_and_their_licence(wheel: Path) -> None:
    shipped = zipfile.ZipFile(wheel)
    for name in FAMILIES:
        assert len(shipped.read(f"bot/fonts/{name}.ttf")) > 10_000, name
    licence = shipped.read("bot/fonts/OFL.txt").decode()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Noto" in licence


def test_what_was_installed_from_the_wheel_runs_anywhere(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "installed"
    zipfile.ZipFile(wheel).extractall(installed)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    code = "import app; print(app.__file__); from app.__main__ import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "migrate"],
        cwd=tmp_path,
        env=ours | {"PYTHONPATH": str(installed), "LETLOOSE_DATA_DIR": "data"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{installed}/app/__init__.py\nThe database is at revision ")
    assert (tmp_path / "data" / "letloose.sqlite3").exists()


# The image cannot be built by the tests; its recipe is held to what it promises.


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, comments left out and continued lines joined."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    joined = re.sub(r"\\\n\s*", " ", text).splitlines()
    return [(line.split()[0], line.partition(" ")[2].strip()) for line in joined if line.strip()]


def last_stage() -> list[tuple[str, str]]:
    """The instructions of what is shipped."""
    found = instructions()
    start = max(index for index, (word, _) in enumerate(found) if word == "FROM")
    return found[start:]


def environment() -> dict[str, str]:
    """The variables that the image sets."""
    pairs = [shlex.split(rest) for word, rest in last_stage() if word == "ENV"]
    return dict(pair.split("=", 1) for line in pairs for pair in line)


def test_the_image_is_built_in_one_stage_and_runs_from_another() -> None:
    stages = [rest for word, rest in instructions() if word == "FROM"]
    assert stages == ["python:3.13-slim AS build", "python:3.13-slim"]
    assert not any("pip" in rest for _, rest in last_stage())


def test_the_image_installs_nothing_that_is_not_pinned_by_hash() -> None:
    installs = [rest for word, rest in instructions() if word == "RUN" and "pip" in rest]
    installs = [rest for rest in installs if " install " in rest or " wheel " in rest]
    assert len(installs) == 4
    for install in installs:
        assert "--no-deps" in install
        assert (
            "--require-hashes --no-deps --only-binary :all:" in install or "--no-index" in install
        )


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert ("USER", "10001:10001") in last_stage()
    assert ("VOLUME", "/data") in last_stage()
    owner = next(rest for word, rest in last_stage() if word == "RUN")
    assert "--mode 700 --owner 10001 --group 10001 /data" in owner


def test_the_program_is_the_images_first_process() -> None:
    found = dict(last_stage())
    assert json.loads(found["ENTRYPOINT"]) == ["letloose"]
    assert "CMD" not in found
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"letloose": "app.__main__:main"}


def test_the_image_wants_a_token_and_keeps_its_data_in_one_place() -> None:
    assert environment() == {
        "PATH": "/opt/letloose/bin:$PATH",
        "PYTHONUNBUFFERED": "1",
        "PYTHONSAFEPATH": "1",
        "PYTHONTZPATH": "",
        "LETLOOSE_DATA_DIR": "/data",
        "LETLOOSE_NEEDS_TOKEN": "true",
        "LETLOOSE_LISTEN": "127.0.0.1:8080",
    }


def test_the_images_health_is_asked_by_the_command_for_it() -> None:
    health = dict(last_stage())["HEALTHCHECK"]
    assert json.loads(health.partition("CMD ")[2]) == ["python", "-m", "app.alive"]
    assert "--start-period=60s" in health


def test_all_that_the_image_copies_is_there_and_let_in() -> None:
    let_in = [
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    ]
    copied = [
        name
        for word, rest in instructions()
        if word == "COPY" and "--from" not in rest
        for name in rest.split()[:-1]
    ]
    assert sorted(copied) == sorted(let_in)
    assert set(PACKAGES) < set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name


def compose() -> dict[str, Any]:
    """compose.yaml as it is read."""
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


OURS = ("letloose", "receive", "dispatch")


@pytest.mark.parametrize("name", [*OURS, "database"])
def test_the_container_is_shut_in(name: str) -> None:
    service = compose()["services"][name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"][0] == "/tmp"
    assert service.get("user", "10001") not in ("root", "0")
    assert "ports" not in service
    assert "cap_add" not in service
    assert "privileged" not in service


@pytest.mark.parametrize("name", OURS)
def test_the_container_comes_back_and_is_given_time_to_stop(name: str) -> None:
    service = compose()["services"][name]
    assert service["restart"] == "unless-stopped"
    assert service["stop_grace_period"] == "30s"
    assert "entrypoint" not in service  # the image's, which is in exec form
    assert "healthcheck" not in service  # likewise the image's


@pytest.mark.parametrize("name", OURS)
def test_the_container_keeps_its_data_in_a_volume_and_its_token_in_a_file(name: str) -> None:
    service = compose()["services"][name]
    assert service["volumes"] == ["data:/data"]
    assert service["env_file"] == ".env"
    assert "TOKEN" not in str(service.get("environment"))
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_one_process_on_sqlite_is_what_comes_by_default() -> None:
    services = compose()["services"]
    assert [name for name, each in services.items() if "profiles" not in each] == ["letloose"]
    assert "environment" not in services["letloose"]
    assert "command" not in services["letloose"]


def test_several_processes_of_each_role_share_one_postgresql() -> None:
    services = compose()["services"]
    assert compose()["volumes"].keys() == {"data", "database"}
    for role in (Role.RECEIVE, Role.DISPATCH):
        service = services[role]
        assert service["command"] == ["run", "--role", str(role)]
        assert service["deploy"]["replicas"] >= 2
        url = service["environment"]["LETLOOSE_DATABASE_URL"]
        assert url.startswith("postgresql://")
        assert "@database/" in url
        assert service["depends_on"] == {"database": {"condition": "service_healthy"}}
        for name in ("profiles", "image", "build"):
            assert service[name] == services[str(Role.RECEIVE)][name]
    assert services["database"]["profiles"] == services["receive"]["profiles"] == ["several"]
    assert services["database"]["healthcheck"]["test"][:2] == ["CMD", "pg_isready"]
    assert services["database"]["command"] == ["-c", "log_error_verbosity=terse"]
    assert "POSTGRES_PASSWORD" in (ROOT / ".env.example").read_text()


def test_the_example_of_settings_gives_the_defaults() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    offered = dict(
        line.removeprefix("#").split("=", 1) for line in lines if re.match(r"#?LETLOOSE_", line)
    )
    for name, value in offered.items():
        field = Settings.model_fields[name.removeprefix(PREFIX).lower()]
        if field.default is not None:
            assert str(field.default) == value, name
    assert [line for line in lines if line.startswith(PREFIX)] == ["LETLOOSE_TOKEN="]
