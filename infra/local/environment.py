"""The whole environment of each process: what it needs of the settings, and only its own services' addresses."""

import sys
from collections.abc import Iterable
from pathlib import Path

from infra.local.addresses import Addresses, belonging_to
from infra.local.places import ROOT, Places
from infra.local.processes import STAFF_APPS, Process, metrics_ports
from infra.local.secret_store import SecretStore
from infra.settings import RunnerSettings, environment

_HANDED_ON = ("LANG", "TZ", "HOME", "TMPDIR", "LOG_FORMAT")


def of_process(process: Process, settings: RunnerSettings, places: Places, addresses: Addresses) -> dict[str, str]:
    """Return the environment of a process of the running system."""
    own = of_services(process.services, settings, places, addresses)
    port = metrics_ports(settings.metrics_port).get(process.name)
    if port is not None:
        own |= {"METRICS_HOST": settings.metrics_host, "METRICS_PORT": str(port)}
    if process.speaks_as:
        own[f"{process.services[0].upper()}_AMQP_URL"] = addresses[f"{process.speaks_as.upper()}_AMQP_URL"]
    if not process.serves_pages:
        return own
    pages = {
        "SESSION_KEY": SecretStore(places.secrets).secret("session-key"),
        "PUBLIC_PORT": str(settings.public_port),
        "STAFF_PORT": str(settings.staff_port),
        "STAFF_APPS": STAFF_APPS,
    }
    return {**own, **pages}


def of_services(
    services: Iterable[str], settings: RunnerSettings, places: Places, addresses: Addresses
) -> dict[str, str]:
    """Return the environment of a command that acts as these services."""
    outer = environment()
    return {
        **{name: outer[name] for name in _HANDED_ON if name in outer},
        "PATH": f"{Path(sys.executable).parent}:/usr/sbin:/usr/bin:/sbin:/bin",
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "PROFILE": settings.profile,
        "PROFILES_DIR": str((ROOT / settings.profiles_dir).resolve()),
        "VAR_DIR": str(places.var),
        "SITE_DIR": str(places.site),
        "WITNESS_DIRS": settings.witness_dirs,
        "PUBLIC_URL": public_url(settings),
        "STAFF_URL": staff_url(settings),
        **belonging_to(services, addresses),
    }


def public_url(settings: RunnerSettings) -> str:
    """Return the address of the portal: the one that was set, or this machine's."""
    return (
        settings.public_url if "public_url" in settings.model_fields_set else f"http://127.0.0.1:{settings.public_port}"
    )


def staff_url(settings: RunnerSettings) -> str:
    """Return the address of the staff pages: the one that was set, or this machine's."""
    return settings.staff_url if "staff_url" in settings.model_fields_set else f"http://127.0.0.1:{settings.staff_port}"
