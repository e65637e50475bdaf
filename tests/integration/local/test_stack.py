"""`make up` as a whole: one supervisor, which survives what it supervises, and leaves nothing behind."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.local import process_table
from infra.local.places import Places
from infra.local.ports import free_port_run
from infra.local.programs import CannotStartError
from infra.local.run_state import MemberState, RunState, end_leftover, leftovers
from infra.local.stack import Stack

pytestmark = [pytest.mark.servers, pytest.mark.faults]
RELAY = "relay content"
NAMES = ("mongod", "epmd", "rabbitmq", RELAY)


@pytest.mark.parametrize("name", NAMES[2:] + NAMES[:1])
def test_what_is_killed_is_started_again(stack: Stack, name: str) -> None:
    killed = stack.kill(name)

    again = stack.await_restart(killed)

    assert again.pid != killed.pid
    assert stack.member(RELAY).state in {"ready", "restarting", "starting"}


def test_a_second_start_in_the_same_folder_is_refused_with_the_process_to_stop(stack: Stack) -> None:
    with pytest.raises(CannotStartError, match=rf"already runs from .* \(process {stack.runner_pid}\)"):
        Stack(stack.places.var, stack.ports, only=[]).start()


def test_every_service_is_given_its_own_users_only(stack: Stack) -> None:
    environment = psutil.Process(stack.pid(RELAY)).environ()

    given = {name for name in environment if name.endswith(("_MONGO_URL", "_AMQP_URL"))}
    assert given == {"CONTENT_MONGO_URL", "CONTENT_AMQP_URL"}
    assert not {"MONGO_URL", "AMQP_URL"} & set(environment)


def test_secrets_are_readable_by_their_owner_only(stack: Stack) -> None:
    folder = stack.places.secrets

    assert folder.stat().st_mode & 0o777 == 0o700
    secret = [file for file in folder.iterdir() if file.suffix != ".pub"]
    assert {file.stat().st_mode & 0o777 for file in secret} == {0o600}


def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    stack = Stack(tmp_path, only=[RELAY]).start()
    processes = [psutil.Process(stack.pid(name)) for name in NAMES]

    assert stack.stop() == 0

    assert not any(process.is_running() for process in processes)
    assert "Stopped." in stack.output.read_text(encoding="utf-8")


def test_a_kill_of_the_runner_leaves_nothing_and_the_next_start_finds_its_data(
    tmp_path: Path, bus_elsewhere: dict[str, str]
) -> None:
    stack = Stack(tmp_path, only=[RELAY], settings=bus_elsewhere).start()
    processes = [psutil.Process(stack.pid(name)) for name in ("mongod", RELAY)]

    psutil.Process(stack.runner_pid).send_signal(signal.SIGKILL)

    _, alive = psutil.wait_procs(processes, timeout=20)
    assert not alive
    assert stack.stop() == -signal.SIGKILL
    with stack:
        assert stack.member(RELAY).state == "ready"


def test_a_server_elsewhere_that_lets_nobody_make_users_is_named_with_the_way_out(tmp_path: Path) -> None:
    nowhere = f"amqp://somebody:word@127.0.0.1:{free_port_run(1)}/"
    management = {"AMQP_URL": nowhere, "AMQP_MANAGEMENT_URL": f"http://127.0.0.1:{free_port_run(1)}"}

    with pytest.raises(CannotStartError, match=r"does not let the runner make users .* give AMQP_URL"):
        Stack(tmp_path, only=[], settings=management).start()


def test_what_an_interrupted_run_left_is_recognised_and_stopped(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as left:
        began = process_table.started(left.pid)
        ours = MemberState("relay board", "ready", left.pid, began)
        somebody_elses = MemberState("press", "ready", left.pid, (began or 0) - 1)
        places = Places(tmp_path)
        places.state.parent.mkdir()
        RunState(1, None, ready=True, members=(ours, somebody_elses)).save(places.state)

        assert leftovers(places) == [ours]
        end_leftover(ours)

        assert left.wait(5) == -signal.SIGTERM
