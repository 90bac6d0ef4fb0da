"""A company of any size: a repository of job files, and a server that lists as many jobs.

The pages of the lists are made before they are asked for, so that the server costs next to nothing. Of a
hundred jobs one is drifted and one is not listed, so that it would be created.
"""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

if TYPE_CHECKING:
    from pathlib import Path

API_KEY = "benchmark-api-key"
TOKEN = "benchmark-connector-token"  # noqa: S105 - of a server on this machine
PAGE = 200
FOLDERS = 50
RAW_BYTES = 2_000
TEMPLATE = "Template: People Manager"
DRIFTED, MISSING = 1, 2
SYNCED = "2026-01-05T08:00:00Z"

JOB = """\
# One of many openings of its kind.
name: Sales Manager, Region {number}
code: SAL-{number:06}
departments: [Sales]
offices:
  - Berlin
  - London
hiring_managers:
  - jonas.weber@halden-robotics.example
recruiters: [priya.raman@halden-robotics.example]
status: {status}
confidential: false
template_id: "Template: People Manager"
remote_user_id: jonas.weber@halden-robotics.example
openings: 2
job_posting_urls:
  - https://jobs.example/sales-manager-{number}
sync:
  ignore_changes: [description]
"""


def write(folder: Path, count: int) -> None:
    """Write a repository of `count` job files."""
    (folder / "bindbee-sync.yaml").write_text("version: 1\n")
    for team in range(FOLDERS):
        (folder / "jobs" / f"team-{team}").mkdir(parents=True)
    for number in range(count):
        path = folder / "jobs" / f"team-{number % FOLDERS}" / f"sales-manager-{number}.yaml"
        path.write_text(JOB.format(number=number, status="CLOSED" if number % 100 == DRIFTED else "OPEN"))


def _id(kind: int, number: int) -> str:
    return str(UUID(int=(kind << 96) + number + 1))


def _job(number: int, *, template: bool = False) -> dict[str, Any]:
    name = TEMPLATE if template else f"Sales Manager, Region {number}"
    raw = {"is_template": template, "notes": "", "custom_fields": {"employment_type": "Full-time"}}
    raw["notes"] = "x" * max(RAW_BYTES - len(json.dumps(raw)), 0)
    return {
        "id": _id(9 if template else 1, number),
        "remote_id": str(4_000_000 + number) if not template else "1",
        "name": name,
        "description": None,
        "code": None if template else f"SAL-{number:06}",
        "status": "OPEN",
        "job_posting_urls": []
        if template
        else [{"value": f"https://jobs.example/sales-manager-{number}", "url_type": "JOB_POSTING"}],
        "remote_created_at": SYNCED,
        "remote_updated_at": SYNCED,
        "created_at": SYNCED,
        "modified_at": SYNCED,
        "confidential": False,
        "departments": [_id(2, 0)],
        "offices": [_id(3, 0), _id(3, 1)],
        "hiring_managers": [_id(4, 0)],
        "recruiters": [_id(4, 1)],
        "remote_was_deleted": False,
        "raw_data": raw,
    }


def _lists(count: int) -> dict[str, list[dict[str, Any]]]:
    people = (("Jonas", "Weber"), ("Priya", "Raman"), ("Ada", "Lindqvist"))
    listed = (number for number in range(count) if number % 100 != MISSING)
    return {
        "jobs": [_job(0, template=True), *map(_job, listed)],
        "departments": [{"id": _id(2, n), "name": name} for n, name in enumerate(("Sales", "People"))],
        "offices": [{"id": _id(3, n), "name": name} for n, name in enumerate(("Berlin", "London"))],
        "remote-users": [
            {
                "id": _id(4, n),
                "first_name": first,
                "last_name": last,
                "email": f"{first}.{last}@halden-robotics.example".lower(),
                "disabled": False,
            }
            for n, (first, last) in enumerate(people)
        ],
        "connectors": [
            {
                "id": _id(5, 0),
                "connector_token": TOKEN,
                "status": "COMPLETE",
                "integration_slug": "green-house",
                "category": "ats",
                "sync_status": "Done",
                "last_sync_start_time": SYNCED,
                "end_user": "Halden Robotics",
                "origin_id": "halden",
            }
        ],
    }


class Server:
    """Lists `count` jobs on the loopback, for as long as the `with` block lasts; it answers GETs alone."""

    def __init__(self, count: int) -> None:
        pages = {}
        for name, items in _lists(count).items():
            for start in range(0, max(len(items), 1), PAGE):
                cursor = str(start + PAGE) if start + PAGE < len(items) else None
                page = {"items": items[start : start + PAGE], "cursor": cursor}
                pages[f"/api/ats/v1/{name}", str(start)] = json.dumps(page).encode()
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


def _handler(pages: dict[tuple[str, str], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            body = pages[asked.path, parse_qs(asked.query).get("cursor", ["0"])[0]]
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
