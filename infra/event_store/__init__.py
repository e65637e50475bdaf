"""Where events are kept: MongoDB documents of whole saves, chained by hash, read in the order of commit."""

from infra.event_store.application import CHANGED_MEANWHILE, ServiceApplication
from infra.event_store.commit import GENESIS, ChainBreak, Commit, LogEntry, chain_breaks
from infra.event_store.connection import connect
from infra.event_store.errors import NotFound, NotStorable, StoreUnavailable
from infra.event_store.layout import EVENTS, create_log
from infra.event_store.reading import LogReader
from infra.event_store.transcoder import CanonicalTranscoder

__all__ = [
    "CHANGED_MEANWHILE",
    "EVENTS",
    "GENESIS",
    "CanonicalTranscoder",
    "ChainBreak",
    "Commit",
    "LogEntry",
    "LogReader",
    "NotFound",
    "NotStorable",
    "ServiceApplication",
    "StoreUnavailable",
    "chain_breaks",
    "connect",
    "create_log",
]
