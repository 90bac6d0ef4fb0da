"""Time the plans of other tools that compare files with a service, beside this one, on as many objects.

python benchmarks/others.py [--sizes 100,1000] [--runs 3]

dbt-jobs-as-code reads a YAML file a job and lists the jobs of a fake dbt Cloud on this machine; octoDNS reads
the records of a zone from one YAML file and compares them with a provider that has them in memory. In each,
one object of a hundred is missing and one differs. Each figure is the processor time of a whole process. It
needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlsplit

import company
import sizes

PAGE = 100
NO_VARIABLES = b'{"data": {}}'
"""Of a job: dbt-jobs-as-code asks for those of each."""
PROVIDER = """\
import logging

from octodns.provider.base import BaseProvider
from octodns.record import Record


class Memory(BaseProvider):
    SUPPORTS = {"A"}
    SUPPORTS_GEO = False
    log = logging.getLogger("memory")

    def __init__(self, id, count):
        super().__init__(id)
        self.count = count

    def populate(self, zone, target=False, lenient=False):
        for number in range(self.count):
            if number % 100 != 1:
                ttl = 60 if number % 100 == 2 else 300
                data = {"type": "A", "ttl": ttl, "values": [f"10.0.{number >> 8 & 255}.{number & 255}"]}
                zone.add_record(Record.new(zone, f"host-{number}", data, source=self), lenient=True)
        return True
"""
OCTODNS = """\
providers:
  config: {{class: octodns.provider.yaml.YamlProvider, directory: zones, enforce_order: false}}
  memory: {{class: memory.Memory, count: {count}}}
zones:
  example.com.: {{sources: [config], targets: [memory]}}
"""
DBT_JOB = """\
jobs:
  job-{number}:
    account_id: 1
    project_id: 2
    environment_id: 3
    name: Sales Manager, Region {number}
    description: One of many jobs of its kind.
    settings: {{threads: 4, target_name: default}}
    execution: {{timeout_seconds: 0}}
    run_generate_sources: true
    execute_steps:
      - dbt build --select region_{number}
    generate_docs: false
    schedule: {{cron: "0 4 * * *"}}
    triggers: {{github_webhook: false, git_provider_webhook: false, schedule: true, on_merge: false}}
"""


def write_zone(folder: Path, count: int) -> list[str]:
    """Write a zone of `count` records, and its provider; return the command of its plan."""
    (folder / "zones").mkdir(parents=True)
    records = sorted(f"host-{number}" for number in range(count))
    lines = []
    for name in records:
        number = int(name.removeprefix("host-"))
        value = f"10.0.{number >> 8 & 255}.{number & 255}"
        lines.append(f"{name}:\n  type: A\n  ttl: 300\n  values:\n  - {value}\n")
    (folder / "zones" / "example.com.yaml").write_text("---\n" + "".join(lines), encoding="utf-8")
    (folder / "memory.py").write_text(PROVIDER, encoding="utf-8")
    (folder / "octodns.yaml").write_text(OCTODNS.format(count=count), encoding="utf-8")
    return [str(Path(sys.executable).with_name("octodns-sync")), "--config-file", "octodns.yaml"]


def write_dbt(folder: Path, count: int) -> list[str]:
    """Write `count` job files of dbt-jobs-as-code; return the command of its plan."""
    (folder / "dbt").mkdir(parents=True)
    for number in range(count):
        (folder / "dbt" / f"{number}.yml").write_text(DBT_JOB.format(number=number), encoding="utf-8")
    return [str(Path(sys.executable).with_name("dbt-jobs-as-code")), "plan", "dbt/*.yml"]


class Cloud:
    """A fake dbt Cloud of `count` jobs on the loopback, for as long as the `with` block lasts."""

    def __init__(self, count: int) -> None:
        jobs = [_dbt_job(number) for number in range(count) if number % 100 != company.MISSING]
        pages = {}
        for start in range(0, len(jobs), PAGE):
            extra = {"filters": {"limit": PAGE, "offset": start}, "pagination": {"total_count": len(jobs)}}
            pages[start] = json.dumps({"data": jobs[start : start + PAGE], "extra": extra}).encode()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(pages))
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(pages: dict[int, bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            is_list = asked.path.endswith("/jobs/")
            body = pages[int(parse_qs(asked.query).get("offset", ["0"])[0])] if is_list else NO_VARIABLES
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _dbt_job(number: int) -> dict[str, object]:
    return {
        "id": number + 1,
        "account_id": 1,
        "project_id": 2,
        "environment_id": 3,
        "name": f"Sales Manager, Region {number} [[job-{number}]]",
        "description": "Another text."
        if number % 100 == company.DRIFTED
        else "One of many jobs of its kind.",
        "settings": {"threads": 4, "target_name": "default"},
        "execution": {"timeout_seconds": 0},
        "run_generate_sources": True,
        "execute_steps": [f"dbt build --select region_{number}"],
        "generate_docs": False,
        "schedule": {"cron": "0 4 * * *"},
        "triggers": {
            "github_webhook": False,
            "git_provider_webhook": False,
            "schedule": True,
            "on_merge": False,
        },
    }


def main() -> None:
    """Print a table for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,1000")
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    names = ("dbt-jobs-as-code", "octodns")
    print(", ".join(f"{name} {version(name)}" for name in names), f"load {os.getloadavg()[0]:.1f}")
    for size in map(int, asked.sizes.split(",")):
        with tempfile.TemporaryDirectory() as name, company.Server(size) as server, Cloud(size) as cloud:
            folder = Path(name)
            company.write(folder, size)
            # Each tool reads its own variables; octoDNS finds the provider by its module.
            os.environ.update(DBT_API_KEY="none", DBT_BASE_URL=cloud.url, PYTHONPATH=name)
            programs = {
                "bindbee-sync plan": [*sizes.TOOL, "plan"],
                "dbt-jobs-as-code plan": write_dbt(folder, size),
                "octodns-sync": write_zone(folder, size),
            }
            print(f"\n{size:,} objects:\n\n| | processor time | ratio | memory |\n|---|---|---|---|")
            sizes.compare(programs, folder, asked.runs, server.url)


if __name__ == "__main__":
    main()
