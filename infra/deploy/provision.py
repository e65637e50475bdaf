"""Makes everybody's users in the two servers, as the settings name them: `python -m infra.deploy.provision`, once before all else.

Repeating it does nothing but set passwords and rights again; after an upgrade it makes what is new. With `--forget-messages` the
broker first loses everything: for a restored portal, which knows nothing of what is under way there.
"""

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from infra.local import addresses
from infra.local.addresses import Addresses
from infra.local.programs import CannotStartError
from infra.local.rabbitmq_management import ManagementError
from infra.settings import MissingSettingError, RunnerSettings, environment, required

_ENDINGS = {"_MONGO_URL": "mongo", "_AMQP_URL": "amqp", "_MANAGEMENT_URL": "amqp"}


@dataclass(frozen=True, slots=True)
class GivenPasswords:
    """The passwords that stand in the addresses, by the name under which provisioning asks for them (`mongo-board`)."""

    by_name: Mapping[str, str]

    @classmethod
    def of(cls, given: Mapping[str, str], prefix: str) -> "GivenPasswords":
        """Read them from the settings; names of users of MongoDB begin with the province's prefix."""
        found = {}
        for setting, value in given.items():
            kind = next((kind for ending, kind in _ENDINGS.items() if setting.endswith(ending)), None)
            address = urlsplit(value)
            if kind and address.username and address.password:
                user = unquote(address.username).removeprefix(f"{prefix}_")
                found[f"{kind}-{user}"] = unquote(address.password)
        return cls(found)

    def secret(self, name: str) -> str:
        """Return a password; raises `MissingSettingError` when no address of that user is set."""
        if name not in self.by_name:
            raise MissingSettingError(f"the address of {name.replace('-', ' user ')}")
        return self.by_name[name]


def provision(settings: RunnerSettings, given: Mapping[str, str], *, forget_messages: bool = False) -> Addresses:
    """Make databases, logs, virtual host and users; return the addresses by which they are reached.

    Raises:
        CannotStartError: a server does not let us, or is away.
        MissingSettingError: an administrator's or a user's address is not set.

    """
    passwords = GivenPasswords.of(given, settings.database_prefix)
    mongo_url, amqp_url = required("MONGO_URL"), required("AMQP_URL")
    management = addresses.management_of(settings, amqp_url)
    if forget_messages:
        with suppress(ManagementError):  # there may be nothing to forget; who may not do it is told so below
            management.remove_virtual_host(settings.profile)
    return {
        **addresses.of_mongo(mongo_url, settings, passwords),
        **addresses.of_rabbitmq(amqp_url, management, settings, passwords),
    }


def main(arguments: list[str]) -> int:
    """Provision; 1 with one sentence when it cannot be done."""
    try:
        provision(RunnerSettings(), environment(), forget_messages="--forget-messages" in arguments)
    except (CannotStartError, MissingSettingError) as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    sys.stdout.write("Every user has what it needs.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
