"""The public side as it runs: content's log with its relay, the press and the gateway, each a process of its own."""

import shutil
from pathlib import Path

from infra.event_store import EVENTS, LogReader, ServiceApplication, connect
from infra.kernel.ids import new_id
from infra.local.ports import free_ports
from infra.read_store.positions import Positions
from services.content.domain.article import Article
from services.content.domain.attempt import Attempt
from services.content.messages import Text
from tests.builders import content as newsroom
from tests.builders.processes import Running
from tests.builders.province import Province


class Newsroom:
    """Publishes real items, through the three steps, into content's log."""

    def __init__(self, province: Province) -> None:
        settings = province.service("content")
        self._client = connect(settings.mongo_url)
        self._log = self._client[settings.log_database]
        self._application = ServiceApplication(self._log, Attempt)

    def close(self) -> None:
        """Disconnect."""
        self._application.close()
        self._client.close()

    @property
    def head(self) -> int:
        """How many events content's log has."""
        return LogReader(self._log[EVENTS]).head()

    def publish(self, title: str, **texts: Text) -> str:
        """Publish an item and return the last part of its address."""
        article = self.prepared(title, **texts)
        self.save(article)
        return article.slugs["vi"]

    def prepared(self, title: str, **texts: Text) -> Article:
        """Return an item that is published and not yet saved."""
        article = self._at_the_deputy(title, **texts)
        assert article.publish(article.content_hash, newsroom.DEPUTY, act=newsroom.BY_DEPUTY) is None
        return article

    def cleared(self, title: str) -> Article:
        """Return an item that waits, saved, for the standing deputy."""
        article = self._at_the_deputy(title)
        self.save(article)
        return article

    def _at_the_deputy(self, title: str, **texts: Text) -> Article:
        content = newsroom.a_content(texts={"vi": Text(title, "Tóm tắt.", "<p>Nội dung.</p>"), **texts})
        article = Article.write(new_id(), content, newsroom.TEAM, act=newsroom.BY_TEAM)
        assert isinstance(article, Article)
        assert article.send(newsroom.EVERYTHING, newsroom.STANDARDS, newsroom.TEAM, act=newsroom.BY_TEAM) is None
        by_secretary = (newsroom.STANDARDS, newsroom.SECRETARY)
        assert article.clear(article.content_hash, *by_secretary, act=newsroom.BY_SECRETARY) is None
        return article

    def save(self, article: Article) -> None:
        """Commit what happened to an item."""
        self._application.save(article)


class PublicSide:
    """Starts the processes of the public side on a province of a test."""

    def __init__(self, province: Province, folder: Path) -> None:
        (self.port,) = free_ports(1)
        self.address = f"http://127.0.0.1:{self.port}"
        self.site_dir = folder / "site"
        self._folder = folder
        province.service("content")
        province.service("gateway", tells=False)
        self._gateway = province.service("gateway")
        self.environment = {
            **province.environment(),
            "PROFILES_DIR": str(a_profile(folder / "profiles", province.profile)),
            "SITE_DIR": str(self.site_dir),
            "VAR_DIR": str(folder),
            "PUBLIC_PORT": str(self.port),
            "PUBLIC_URL": self.address,
            "SESSION_KEY": "not used by readers",
        }

    def relay(self) -> Running:
        """Start the relay of content."""
        return self._running("infra.messaging.relay", "content")

    def press(self) -> Running:
        """Start the press; it is ready when this returns."""
        return self._ready("gateway.press")

    def listening_press(self) -> Running:
        """Start the press beside a relay; it listens when this returns: nobody here can be asked for what it misses."""
        press = self.press()
        press.await_line("listening")
        return press

    def gateway(self, **changed: str) -> Running:
        """Start the gateway, perhaps with other settings; it is ready when this returns."""
        return self._ready("gateway", **changed)

    def heard_up_to(self) -> int:
        """Return up to which position of content's log the press has taken everything in."""
        with connect(self._gateway.mongo_url) as client:
            return Positions(client[self._gateway.store_database]).get("from.content")

    def rebuild(self) -> None:
        """Bake everything anew, as `make rebuild` does."""
        with self._running("gateway.press", "--rebuild") as rebuilding:
            assert rebuilding.process.wait(30) == 0

    def _ready(self, *arguments: str, **changed: str) -> Running:
        running = self._running(*arguments, **changed)
        running.await_line("process_ready")
        return running

    def _running(self, *arguments: str, **changed: str) -> Running:
        output = self._folder / f"{'-'.join(arguments)}-{new_id().hex[:6]}.log"
        return Running(*arguments, environment={**self.environment, **changed}, output=output)


def a_profile(folder: Path, name: str) -> Path:
    """Put Bình Phước's data under another name, so that a test has a province of its own; returns the profiles' folder."""
    shutil.copytree("profiles/binh-phuoc", folder / name)
    return folder
