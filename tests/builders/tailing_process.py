"""A process that reads a log while it grows: `python -m tests.builders.tailing_process URL DATABASE COUNT`.

Prints the positions that it saw, in the order in which it saw them, as JSON, once there are so many.
"""

import json
import sys

from infra.event_store import EVENTS, LogReader, connect

if __name__ == "__main__":
    url, database, count = sys.argv[1:]
    with connect(url) as client:
        reader, seen = LogReader(client[database][EVENTS]), list[int]()
        while len(seen) < int(count) and reader.wait(seen[-1] if seen else 0, timeout_s=30):
            seen += [entry.position for entry in reader.page(seen[-1] if seen else 0, limit=7)]
        reader.close()
    sys.stdout.write(json.dumps(seen))
