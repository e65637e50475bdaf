"""docker-compose.yml has every process of the system and no other, with the settings that the process is really given."""

import re
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.deploy import credentials
from infra.local import environment
from infra.local.environment import of_process
from infra.local.places import ROOT, Places
from infra.local.processes import PROCESSES, STAFF_APPS, Process
from infra.settings import RunnerSettings, Settings, WebSettings
from tests.benches.packages import provide

CONFIGURATIONS = ("docker-compose.yml", "infra/deploy/**/*.yml", "infra/monitoring/*.yml")
ONE_SHOTS = {"replica-set", "provision", "backup", "restore", "verify"}
SERVERS = {"mongo1", "mongo2", "mongo3", "rabbitmq1", "rabbitmq2", "rabbitmq3", "web"}
WATCHING = {"prometheus", "alertmanager", "grafana"}
RUNNERS_OWN = {"PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "LANG", "TZ", "HOME", "TMPDIR", "LOG_FORMAT"}
"""What the one-machine runner hands on besides settings, and the image has itself."""
ADMINISTRATORS = {"MONGO_URL", "AMQP_URL", "AMQP_MANAGEMENT_URL"}
LOCKS = ("runtime", "dev")
MAIL = sorted(set(re.findall(r"\bALERT_\w+", (ROOT / "infra/deploy/alertmanager.sh").read_text(encoding="utf-8"))))
FILE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def made() -> Mapping[str, str]:
    """The settings of a new installation."""
    return dict(credentials.settings("binh-phuoc", "https://portal.example", "https://staff.example"))


@pytest.fixture(scope="module")
def compose(tmp_path_factory: pytest.TempPathFactory, made: Mapping[str, str]) -> dict[str, Any]:
    """The file as docker-compose itself understands it."""
    provide("docker-compose", "/usr/bin/docker-compose")
    env = tmp_path_factory.mktemp("compose") / ".env"
    env.write_text("".join(f"{name}={value}\n" for name, value in made.items()), encoding="ascii")
    profiles = {"PATH": "/usr/bin:/bin", "COMPOSE_PROFILES": "tools,monitoring"}
    command = ("docker-compose", "--env-file", str(env), "--file", str(ROOT / "docker-compose.yml"), "config")
    said = subprocess.run(command, cwd=ROOT, env=profiles, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    understood: dict[str, Any] = yaml.safe_load(said.stdout)
    return understood


def container_of(process: Process) -> str:
    return process.name.replace(" ", "-")


class Strict(yaml.SafeLoader):
    """Refuses a key that stands twice in one mapping, as Compose v2 does; by itself YAML's reader takes the last."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        keys = [key.value for key, _ in node.value]
        if len(keys) > len(set(keys)):
            raise yaml.YAMLError(f"twice: {sorted(key for key in set(keys) if keys.count(key) > 1)}, {node.start_mark}")
        return node


@pytest.mark.parametrize("pattern", CONFIGURATIONS)
def test_nothing_is_said_twice(pattern: str) -> None:
    files = list(ROOT.glob(pattern))

    assert files
    for file in files:
        assert yaml.load(file.read_text(encoding="utf-8"), Strict), file  # noqa: S506 - it is a safe loader
    with pytest.raises(yaml.YAMLError, match=r"twice: \['a'\]"):
        yaml.load("b: {a: 1, c: 2, a: 3}", Strict)  # noqa: S506


def test_every_process_has_a_container_and_every_container_a_reason(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {container_of(process) for process in PROCESSES} | ONE_SHOTS | SERVERS | WATCHING


@pytest.mark.parametrize("process", PROCESSES, ids=container_of)
def test_a_container_runs_the_command_of_its_process_with_its_settings(
    compose: dict[str, Any], made: Mapping[str, str], process: Process, tmp_path: Path
) -> None:
    container = compose["services"][container_of(process)]
    given = of_process(process, RunnerSettings(), Places(tmp_path), made)

    assert tuple(container["command"]) == process.module
    assert set(container["environment"]) - {"TRUSTED_PROXIES"} == set(given) - RUNNERS_OWN
    for name in set(made) & set(given) - {"SESSION_KEY", "PROFILE", "PUBLIC_URL", "STAFF_URL"}:
        assert container["environment"][name] == given[name].replace("%2F", "/"), name
    if process.serves_pages:
        assert container["environment"]["STAFF_APPS"] == STAFF_APPS


def test_every_command_and_every_health_check_is_a_module_that_there_is(compose: dict[str, Any]) -> None:
    commands = [
        service["command"]
        for service in compose["services"].values()
        if "minh-bach:local" in service["image"] and "command" in service
    ]
    commands += [
        service["entrypoint"][2:]
        for service in compose["services"].values()
        if service.get("entrypoint", [""])[0] == "python"
    ]
    checks = [
        container["healthcheck"]["test"]
        for container in compose["services"].values()
        if "python" in str(container.get("healthcheck"))
    ]

    assert len(commands) == len(PROCESSES) + len(ONE_SHOTS)
    for module in {command[0] for command in commands}:
        found = find_spec(f"{module}.__main__") if find_spec(module).submodule_search_locations else find_spec(module)
        assert found is not None, module
    assert {tuple(check) for check in checks} == {("CMD", "python", "-m", "infra.deploy.healthy")}
    assert find_spec("infra.deploy.healthy") is not None


def test_containers_need_nothing_besides_the_lock_of_production(compose: dict[str, Any]) -> None:
    pinned = {
        lock: set(re.findall(r"^([a-z0-9._-]+)==", text(f"requirements/{lock}.txt"), re.MULTILINE)) for lock in LOCKS
    }
    missing = {name.replace("-", "_") for name in pinned["dev"] - pinned["runtime"]} | {"fiftyone"}
    words = {
        word.partition(":")[0] for service in compose["services"].values() for word in service.get("command") or []
    }
    modules = sorted(word for word in words if word.startswith(("infra.", "services.", "gateway")))
    packages = [f"{each}.__main__" if find_spec(each).submodule_search_locations else each for each in modules]
    block = f"import sys; sys.modules.update(dict.fromkeys({sorted(missing)!r}))"

    said = subprocess.run(
        (sys.executable, "-W", "ignore", "-c", f"{block}\nimport {', '.join(packages)}"),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert len(modules) > 10
    assert said.returncode == 0, said.stderr


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_one_that_the_project_knows(compose: dict[str, Any]) -> None:
    known = {name.upper() for kind in (Settings, WebSettings, RunnerSettings) for name in kind.model_fields}
    known |= {name for name, _ in credentials.settings("a", "b", "c")}
    for name, container in compose["services"].items():
        if container["image"] == "minh-bach:local":
            assert set(container["environment"]) <= known, name


def test_only_nginx_is_believed_who_asks(compose: dict[str, Any]) -> None:
    front = compose["networks"]["front"]["ipam"]["config"][0]["subnet"]
    believing = {
        name: container["environment"].get("TRUSTED_PROXIES")
        for name, container in compose["services"].items()
        if container["image"] == "minh-bach:local"
    }

    assert {name for name, networks in believing.items() if networks} == {"gateway", "staff"}
    assert {networks for networks in believing.values() if networks} == {front}
    assert "X-Forwarded-For $remote_addr" in (ROOT / "infra/deploy/nginx/proxy.conf").read_text(encoding="utf-8")


def test_nobody_knows_more_addresses_than_it_must(compose: dict[str, Any]) -> None:
    for name, container in compose["services"].items():
        administrates = ADMINISTRATORS & set(container.get("environment", {}))
        assert not administrates or name in {"replica-set", "provision", "restore"}, name
    assert "administrator" not in str(compose["services"]["gateway"]["environment"])


def test_every_password_is_made_for_the_installation_and_none_stands_in_the_file(made: Mapping[str, str]) -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", FILE))
    optional = set(re.findall(r"\$\{([A-Z_]+):-", FILE))
    again = dict(credentials.settings("binh-phuoc", "https://portal.example", "https://staff.example"))

    assert asked - optional <= set(made)
    assert all(f"${{{name}:?" in FILE for name in asked - optional)
    assert optional == {"PUBLIC_ADDRESS", "STAFF_ADDRESS", "WITNESS_DIRS"} | set(MAIL)
    assert not re.search(r'(?i)(password|secret|cookie|key)\w*: +"?[^"$&*{\s]', FILE)
    public = {"PROFILE", "PUBLIC_URL", "STAFF_URL", "AMQP_MANAGEMENT_URL"}
    assert {name for name in made if made[name] == again[name]} == public
    assert len({value for name, value in made.items() if name not in public}) == len(made) - len(public)


def test_images_are_pinned_and_containers_bounded(compose: dict[str, Any]) -> None:
    for name, container in compose["services"].items():
        assert re.fullmatch(r"[\w./-]+:(local|v?\d+\.\d+[\w.-]*)", container["image"]), name
        assert container["mem_limit"], name
        assert container["restart"] in {"unless-stopped", "on-failure", "no"}, name
        assert container["logging"]["options"]["max-size"], name
        if container["image"].startswith("minh-bach"):
            assert container["read_only"], name
            assert container["cap_drop"] == ["ALL"], name
        if name not in ONE_SHOTS:
            assert container["healthcheck"]["test"], name


def test_only_the_web_server_and_the_dashboard_can_be_reached_from_outside(compose: dict[str, Any]) -> None:
    open_ports = {name: container["ports"] for name, container in compose["services"].items() if container.get("ports")}

    assert set(open_ports) == {"web", "grafana", "alertmanager"}
    assert {str(port).rsplit(":", 1)[-1].partition("/")[0] for port in open_ports["web"]} == {"8080", "8081"}
    assert all(str(port).startswith("127.0.0.1") for name in WATCHING & set(open_ports) for port in open_ports[name])
    assert compose["networks"]["inside"]["internal"]


def test_the_observer_asks_for_public_pages_where_nginx_serves_them_and_has_no_other_way_out(
    compose: dict[str, Any],
) -> None:
    observer, web = compose["services"]["metrics"], compose["services"]["web"]

    assert observer["environment"]["PUBLIC_URL"] == "http://web:8080"
    assert "listen 8080;" in text("infra/deploy/nginx/nginx.conf")
    assert set(observer["networks"]) & set(web["networks"]) == {"seen"}
    assert all(compose["networks"][name]["internal"] for name in observer["networks"])


def test_an_alert_reaches_whom_the_installation_names(compose: dict[str, Any]) -> None:
    config = yaml.safe_load(text("infra/deploy/prometheus.yml"))
    told = config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"]
    alertmanager = compose["services"]["alertmanager"]

    assert told == ["alertmanager:9093"]
    assert "inside" in set(alertmanager["networks"]) & set(compose["services"]["prometheus"]["networks"])
    assert not all(compose["networks"][name].get("internal") for name in alertmanager["networks"])
    assert sorted(alertmanager["environment"]) == MAIL
    assert f"{ROOT}/infra/deploy/alertmanager.sh:{alertmanager['entrypoint'][1]}:ro" in alertmanager["volumes"]
    assert all(f"`{name}`" in text("docs/operations.md") for name in MAIL)


def test_the_web_server_finds_site_and_processes_where_they_are(compose: dict[str, Any]) -> None:
    config = (ROOT / "infra/deploy/nginx/nginx.conf").read_text(encoding="utf-8")
    web, pages = compose["services"]["web"], compose["services"]["gateway"]["environment"]

    assert any(volume.startswith("site:/srv/portal/site:") for volume in web["volumes"])
    assert "site:/srv/portal/var/site:rw" in compose["services"]["press"]["volumes"]
    assert "root /srv/portal/site/current;" in config
    assert f"http://gateway:{pages['PUBLIC_PORT']};" in config
    assert f"http://staff:{pages['STAFF_PORT']};" in config
    assert "front" in compose["services"]["gateway"]["networks"]
    assert "front" in compose["services"]["staff"]["networks"]


def test_every_file_that_is_mounted_or_copied_is_there(compose: dict[str, Any]) -> None:
    mounted = [
        volume.split(":")[0] for container in compose["services"].values() for volume in container.get("volumes", [])
    ]
    copied = re.findall(r"^COPY (?:--\S+ )?(\S+) ", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)

    for path in [each for each in mounted if each.startswith("/")] + [str(ROOT / each) for each in copied]:
        assert Path(path).exists(), path
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8")
    assert all(f"!{each}" in ignored or any(each.startswith(f"{kept}/") for kept in ("infra",)) for each in copied)


def test_prometheus_scrapes_every_process(compose: dict[str, Any]) -> None:
    config = yaml.safe_load((ROOT / "infra/deploy/prometheus.yml").read_text(encoding="utf-8"))
    scraped = {each["labels"]["process"]: each["targets"] for each in config["scrape_configs"][0]["static_configs"]}
    port = compose["services"]["press"]["environment"]["METRICS_PORT"]

    assert scraped == {process.name: [f"{container_of(process)}:{port}"] for process in PROCESSES}


def test_credentials_are_made_with_nothing_installed() -> None:
    command = (
        sys.executable,
        "-I",
        "-S",
        "-c",
        "import sys; sys.path.insert(0, '.'); from infra.deploy.credentials import main; main()",
    )
    said = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stderr
    assert "SESSION_KEY=" in said.stdout
    assert environment.of_process is of_process
