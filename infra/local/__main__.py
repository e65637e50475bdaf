"""The runner's commands: `python -m infra.local up | status | run | restore | reset`."""

import argparse
import asyncio
import os
import signal
import sys
from io import TextIOWrapper
from pathlib import Path

from infra.local import addresses, environment, process_table
from infra.local.console import Console
from infra.local.places import ROOT, Places
from infra.local.programs import STOP_TIMEOUT_S, CannotStartError
from infra.local.restoring import Restoring
from infra.local.run_state import MemberState, RunState, only_runner
from infra.local.runner import Choice, Runner
from infra.settings import RunnerSettings

_STOP_ALL_TIMEOUT_S = 4 * STOP_TIMEOUT_S
"""Three stages, one after the other, and a little more."""


def up(settings: RunnerSettings, places: Places, choice: Choice) -> int:
    """Start everything and stay until Ctrl-C or SIGTERM."""
    with only_runner(places):
        if places.unrestored.there:
            raise CannotStartError(_unrestored(places))
        console = Console(places.logs)
        runner = Runner(settings, places, console, choice)
        asyncio.run(_until_signal(runner))
        console.say("Stopped.")
        console.close()
    return 0


def restore(settings: RunnerSettings, places: Places, folder: Path, *, over: bool) -> int:
    """Bring a backup back on this machine; 0 when it is intact, and then `make up` starts it."""
    with only_runner(places):
        console = Console(places.logs)
        restoring = Restoring(settings, places, folder.resolve(), over, console.say)
        restoring.prepare()
        code = asyncio.run(restoring.run(Runner(settings, places, console, Choice(demo=False))))
        console.close()
    return code


def status(places: Places) -> int:
    """Tell the state of each process; 0 when the portal is ready, 1 otherwise."""
    state = RunState.load(places.state)
    if state is None or not state.runs:
        print("The portal does not run.")
        return 1
    for member in state.members:
        print(f"{member.name:<20}{member.state:<12}{member.pid or '':<9}restarts: {member.restarts}{_trouble(member)}")
    print("The portal is ready." if state.ready else "The portal is starting.")
    return 0 if state.ready else 1


def _trouble(member: MemberState) -> str:
    """Tell of a process that starting again does not help."""
    log = member.name.replace(" ", "-")
    return f"   ENDS AGAIN AND AGAIN, with code {member.code}: see var/log/{log}.jsonl" if member.failing else ""


def run(settings: RunnerSettings, places: Places, service: str, module: list[str]) -> int:
    """Become a Python module that acts as a service of the running system."""
    if places.unrestored.there:
        raise CannotStartError(
            f"A backup is being restored here, or that did not come to its end ({places.unrestored.path}): until then there is nothing to work on."
        )
    state = RunState.load(places.state)
    if state is None or not state.runs:
        raise CannotStartError("The portal does not run: start it with `make up` first, in another terminal.")
    own = environment.of_services([service], settings, places, addresses.load(places.addresses))
    os.chdir(ROOT)
    command = [sys.executable, "-m", *module]
    os.execve(sys.executable, command, {**own, "LOG_FORMAT": "console"})  # noqa: S606 - this process becomes the module


def reset(settings: RunnerSettings, places: Places) -> int:
    """Stop what runs and remove all that it has written; backups stay."""
    state = RunState.load(places.state)
    if state and state.runs and state.began is not None:
        print("Stopping the portal …")
        process_table.end(state.runner, state.began, _STOP_ALL_TIMEOUT_S)
    places.wipe()
    kept = (
        f" but the backups in {places.backups}: remove them yourself if nobody needs them"
        if places.backups.exists()
        else ""
    )
    print(f"Removed {places.var}{kept}.")
    if settings.mongo_url or settings.amqp_url:
        print("What the servers at MONGO_URL and AMQP_URL keep is still there.")
    return 0


def _unrestored(places: Places) -> str:
    """Say that a restore has not come to its end, how that is seen, and where the portal is that was here before."""
    moved = f", and the portal that was here is in {places.replaced}" if places.replaced.exists() else ""
    back = ", and puts that portal back unless it ends well" if moved else ""
    return (
        f"The last restore did not come to its end: {places.unrestored.path} says so{moved}. "
        f"`make restore FROM=… OVER=yes` begins it again{back}."
    )


async def _until_signal(runner: Runner) -> None:
    """Run until the first signal asks to stop; the second one does not wait any more."""
    stop = asyncio.Event()

    def ask() -> None:
        if stop.is_set():
            runner.kill()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ask)
    await runner.run(stop)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("up", help="start everything")
    start.add_argument("--without-demo", action="store_true", help="do not load the demo province")
    start.add_argument("--only", nargs="*", metavar="NAME", help="start these processes only, besides the servers")
    commands.add_parser("status", help="tell the state of each process")
    commands.add_parser("reset", help="stop and remove all data but backups")
    restored = commands.add_parser("restore", help="bring a backup back on an empty machine, and verify it")
    restored.add_argument("folder", type=Path)
    restored.add_argument("--over", action="store_true", help="in place of the portal that is here")
    command = commands.add_parser("run", help="run a module as a service of the running system")
    command.add_argument("service")
    command.add_argument("module", nargs=argparse.REMAINDER)
    return parser.parse_args()


def _choice(arguments: argparse.Namespace) -> Choice:
    only = arguments.only
    return Choice(demo=not arguments.without_demo, only=None if only is None else tuple(only))


def main() -> int:
    """Do what the command line says; 1 with one sentence when something cannot be provided."""
    arguments = _arguments()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks our letters shows the rest
    settings = RunnerSettings()
    places = Places((ROOT / settings.var_dir).resolve())
    commands = {
        "up": lambda: up(settings, places, _choice(arguments)),
        "status": lambda: status(places),
        "reset": lambda: reset(settings, places),
        "restore": lambda: restore(settings, places, arguments.folder, over=arguments.over),
        "run": lambda: run(settings, places, arguments.service, arguments.module),
    }
    try:
        return commands[arguments.command]()
    except CannotStartError as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
