"""A stand-in for GitLab's API on the loopback, after its public description: notes, pipelines, artifacts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from local_server import LocalServer

PROJECT = "42"
BOT = {"id": 900, "username": "project_42_bot"}
TOKEN = "glpat-stand-in"  # noqa: S105 - nobody's


@dataclass
class World:
    """What the project holds. `per_page` makes pages shorter than asked; `refuse` answers instead."""

    notes: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    merge_requests: list = field(default_factory=list)
    pipelines: dict = field(default_factory=dict)
    jobs: dict = field(default_factory=dict)
    artifacts: dict = field(default_factory=dict)
    per_page: int | None = None
    refuse: object = None
    number: int = 100

    def note(self, iid, body, author=None):
        self.number += 1
        made = {"id": self.number, "body": body, "author": author or BOT, "system": False}
        self.notes.setdefault(iid, []).append(made)
        return made

    def bodies(self, iid):
        return [each["body"] for each in self.notes.get(iid, [])]

    def merged(self, iid, head, plan, *, job="plan", artifact="bindbee-sync-plan/plan.json", **changed):
        """Add a merge request that was merged after its pipeline made a plan."""
        self.number += 10
        request = {
            "iid": iid,
            "sha": head,
            "state": "merged",
            "merged_at": "2999-01-03T09:00:00.000Z",
            "source_project_id": 42,
            "target_project_id": 42,
            "target_branch": "main",
        }
        pipeline = {
            "id": self.number,
            "sha": head,
            "ref": f"refs/merge-requests/{iid}/head",
            "status": "success",
            "created_at": "2999-01-02T09:00:00.000Z",
        }
        made = {
            "id": self.number + 1,
            "name": job,
            "status": "success",
            "finished_at": "2999-01-02T09:05:00.000Z",
        }
        for each in (request, pipeline, made):
            each.update({key: changed[key] for key in each.keys() & changed.keys()})
        self.merge_requests.append(request)
        self.pipelines.setdefault(iid, []).append(pipeline)
        self.jobs[pipeline["id"]] = [made]
        self.artifacts[made["id"], artifact] = plan


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.deal("GET")

    def do_POST(self):
        self.deal("POST")

    def do_PUT(self):
        self.deal("PUT")

    def do_DELETE(self):
        self.deal("DELETE")

    def deal(self, method):
        world = self.server.world
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("content-length") or 0)
        self.body = json.loads(self.rfile.read(length)) if length else {}
        world.requests.append((method, parts.path))
        if self.headers.get("private-token") != TOKEN:
            return self.answer(401, {"message": "401 Unauthorized"})
        refused = world.refuse and world.refuse(method, parts.path)
        if refused:
            return self.answer(refused, {"message": "403 Forbidden"})
        if parts.path == "/api/v4/user":
            return self.answer(200, BOT)
        assert parts.path.startswith(f"/api/v4/projects/{PROJECT}/")
        return self.route(world, method, parts.path.split("/")[5:])

    def route(self, world, method, path):  # noqa: PLR0911 - one case an endpoint
        match method, path:
            case "GET", ["merge_requests", iid, "notes"]:
                return self.page(world.notes.get(int(iid), []))
            case "POST", ["merge_requests", iid, "notes"]:
                return self.answer(201, world.note(int(iid), self.body["body"]))
            case "PUT", ["merge_requests", iid, "notes", number]:
                (found,) = [each for each in world.notes[int(iid)] if each["id"] == int(number)]
                found["body"] = self.body["body"]
                return self.answer(200, found)
            case "DELETE", ["merge_requests", iid, "notes", number]:
                world.notes[int(iid)][:] = [
                    each for each in world.notes[int(iid)] if each["id"] != int(number)
                ]
                return self.raw(204, b"")
            case "GET", ["merge_requests"]:
                assert self.query["state"] == "merged"
                return self.page(world.merge_requests)
            case "GET", ["merge_requests", iid, "pipelines"]:
                return self.page(world.pipelines.get(int(iid), []))
            case "GET", ["pipelines", number, "jobs"]:
                return self.page(world.jobs[int(number)])
            case "GET", ["jobs", number, "artifacts", *name]:
                found = world.artifacts.get((int(number), "/".join(name)))
                if found is not None:
                    return self.raw(200, found)
        return self.answer(404, {"message": "404 Not found"})

    def page(self, items):
        size = self.server.world.per_page or int(self.query.get("per_page", 20))
        page = int(self.query.get("page", 1))
        more = {"link": f'<http://elsewhere.example/?page={page + 1}>; rel="next"'}
        self.answer(200, items[(page - 1) * size : page * size], more if items[page * size :] else {})

    def answer(self, status, data, headers=None):
        self.raw(status, json.dumps(data).encode(), headers)

    def raw(self, status, content, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class GitLabStandIn(LocalServer):
    """GitLab's API, as far as it is used."""

    def __init__(self):
        self.world = World()
        super().__init__(Handler, world=self.world)
        self.url += "/api/v4"
