"""A stand-in for GitHub's API on the loopback: what the workflows ask of it, over real HTTP."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from git_runs import git
from local_server import LocalServer

BOT = "github-actions[bot]"
REPOSITORY = "halden/jobs"
TOKEN = "ghs_stand_in_token"  # noqa: S105 - nobody's
OPENED, PLANNED, MERGED = (f"2999-01-0{day}T09:00:00Z" for day in (1, 2, 3))
"""When a pull request is opened, planned and merged, unless a test says otherwise."""


def archive(**files):
    """Return a zip archive; a file's suffix is that of a plan."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        for name, content in files.items():
            zipped.writestr(f"{name}.json", content)
    return buffer.getvalue()


@dataclass
class World:
    """What the repository holds. `refuse` gives the status to answer a method and path with, or None."""

    comments: dict = field(default_factory=dict)
    issues: list = field(default_factory=list)
    pulls: list = field(default_factory=list)
    commits: dict = field(default_factory=dict)
    runs: list = field(default_factory=list)
    applies: list = field(default_factory=list)
    remote: object = None
    artifacts: dict = field(default_factory=dict)
    events: dict = field(default_factory=dict)
    requests: list = field(default_factory=list)
    refuse: object = None
    longest: int = 65_536
    per_page: int | None = None
    hidden_for: int = 0
    numbers: int = 100

    def number(self):
        self.numbers += 1
        return self.numbers

    def comment(self, pull, body, author=BOT):
        made = {"id": self.number(), "body": body, "user": {"login": author}}
        self.comments.setdefault(pull, []).append(made)
        return made

    def bodies(self, pull):
        return [each["body"] for each in self.comments.get(pull, [])]

    def said(self, method):
        return [path for asked, path in self.requests if asked == method and "graphql" not in path]

    def pull(self, number, head, *, fork=False, base="main", **changed):
        """Add an open pull request."""
        pull = {
            "number": number,
            "created_at": OPENED,
            "updated_at": OPENED,
            "closed_at": None,
            "merged_at": None,
            "user": {"login": "jonas"},
            "base": {"ref": base, "sha": "0" * 40, "repo": {"full_name": REPOSITORY}},
            "head": {
                "ref": f"branch-{head[:7]}",
                "sha": head,
                "repo": {"full_name": "stranger/jobs" if fork else REPOSITORY},
            },
        } | changed
        self.pulls.append(pull)
        return pull

    def merge(self, number, head, *, sha, merged_at=MERGED, **changed):
        """Add a pull request that was merged with the commit `sha`."""
        times = {"closed_at": merged_at or MERGED, "merged_at": merged_at, "updated_at": merged_at or MERGED}
        pull = self.pull(number, head, **times | changed)
        self.commits.setdefault(sha, {"pulls": [], "parents": []})["pulls"].append(pull)
        return pull

    def run(self, head, files, **changed):
        """Record a good run of the plan workflow on `head`, with artifacts: name to archive."""
        run = {
            "id": self.number(),
            "run_number": self.numbers,
            "event": "pull_request",
            "head_sha": head,
            "head_branch": f"branch-{head[:7]}",
            "created_at": PLANNED,
            "run_started_at": PLANNED,
            "head_repository": {"full_name": REPOSITORY},
            "path": ".github/workflows/plan.yml@main",
            "conclusion": "success",
        } | changed
        self.runs.append(run)
        self.artifacts[run["id"]] = []
        for name, content in files.items():
            self.keep(run, name, content)
        return run

    def keep(self, run, name, content, **changed):
        """Add an artifact of a run."""
        held = {"id": self.number(), "name": name, "expired": False, "created_at": PLANNED} | changed
        self.artifacts[run["id"]].append(held | {"content": content})
        return held


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.deal("GET")

    def do_POST(self):
        self.deal("POST")

    def do_PATCH(self):
        self.deal("PATCH")

    def do_DELETE(self):
        self.deal("DELETE")

    def deal(self, method):
        world = self.server.world
        parts = urlsplit(self.path)
        self.query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        length = int(self.headers.get("content-length") or 0)
        self.body = json.loads(self.rfile.read(length)) if length else {}
        # a server of one's own has its API below /api/v3
        path = parts.path.removeprefix("/api/v3").removeprefix(f"/repos/{REPOSITORY}")
        world.requests.append((method, path))
        token = self.headers.get("authorization")
        if path.startswith("/blob/"):
            assert token is None, "the token leaves the API's host"
            return self.raw(200, archives(world)[int(path.rpartition("/")[2])])
        if token != f"Bearer {TOKEN}":
            return self.answer(401, {"message": "Bad credentials"})
        if self.headers.get("x-github-api-version") != "2022-11-28":
            return self.answer(400, {"message": "The API's version is not named"})
        refused = world.refuse and world.refuse(method, path)
        if refused:
            return self.answer(refused, {"message": "Resource not accessible by integration"})
        if len(self.body.get("body") or "") > world.longest:
            return self.answer(422, {"message": "Body is too long (maximum is 65536 characters)"})
        return self.route(world, method, path.strip("/").split("/"))

    def route(self, world, method, path):  # noqa: C901, PLR0911, PLR0912 - one case an endpoint
        match method, path:
            case "POST", ["graphql"]:
                return self.answer(200, {"data": {"viewer": {"login": BOT}}})
            case "GET", ["issues", number, "comments"]:
                return self.page(world.comments.get(int(number), []))
            case "POST", ["issues", number, "comments"]:
                return self.answer(201, world.comment(int(number), self.body["body"]))
            case "PATCH", ["issues", "comments", number]:
                found = next(
                    each for all_of in world.comments.values() for each in all_of if each["id"] == int(number)
                )
                found["body"] = self.body["body"]
                return self.answer(200, found)
            case "DELETE", ["issues", "comments", number]:
                for all_of in world.comments.values():
                    all_of[:] = [each for each in all_of if each["id"] != int(number)]
                return self.raw(204, b"")
            case "GET", ["issues"]:
                return self.page([each for each in world.issues if each["state"] == self.query["state"]])
            case "POST", ["issues"]:
                made = {"number": world.number(), "state": "open", "user": {"login": BOT}, **self.body}
                world.issues.append(made)
                return self.answer(201, made)
            case "PATCH", ["issues", number]:
                found = next(each for each in world.issues if each["number"] == int(number))
                found.update(self.body)
                return self.answer(200, found)
            case "GET", ["commits", sha, "pulls"]:
                world.hidden_for -= 1
                known = world.commits.get(sha, {}).get("pulls", []) if world.hidden_for < 0 else []
                return self.answer(200, known)
            case "GET", ["commits", sha]:
                return self.answer(
                    200,
                    {"parents": [{"sha": each} for each in world.commits.get(sha, {}).get("parents", [])]},
                )
            case "GET", [""]:
                return self.answer(200, {"full_name": REPOSITORY, "default_branch": "main"})
            case "GET", ["contents", ".github", "workflows", "plan.yml"]:
                assert self.query["ref"] == "main"
                return self.answer(200, {"path": ".github/workflows/plan.yml"})
            case "GET", ["issues", number, "events"]:
                return self.page(world.events.get(int(number), []))
            case "GET", ["pulls"] if self.query["state"] == "open":
                found = [each for each in world.pulls if each.get("state") == "open"]
                return self.page([each for each in found if self.query["head"] == f"halden:{each['head']}"])
            case "POST", ["pulls"]:
                made = {"number": world.number(), "state": "open", "user": {"login": BOT}, **self.body}
                world.pulls.append(made)
                return self.answer(201, made)
            case "PATCH", ["pulls", number]:
                found = next(each for each in world.pulls if each["number"] == int(number))
                found.update(self.body)
                return self.answer(200, found)
            case "DELETE", ["git", "refs", "heads", *branch]:
                git(world.remote, "update-ref", "-d", f"refs/heads/{'/'.join(branch)}")
                return self.raw(204, b"")
            case "GET", ["pulls"]:
                return self.page(self.pulls(world))
            case "GET", ["actions", "workflows", "apply.yml", "runs"]:
                assert self.query["status"] == "completed"
                return self.page(world.applies, within="workflow_runs")
            case "GET", ["actions", "workflows", name, "runs"]:
                runs = [each for each in world.runs if name in each["path"]]
                return self.page([each for each in runs if self.fits(each)], within="workflow_runs")
            case "GET", ["actions", "runs", number, "artifacts"]:
                listed = [
                    {key: value for key, value in each.items() if key != "content"}
                    for each in world.artifacts[int(number)]
                ]
                return self.page(listed, within="artifacts")
            case "GET", ["actions", "artifacts", number, "zip"]:
                self.send_response(302)
                self.send_header("location", f"http://localhost:{self.server.server_port}/blob/{number}")
                self.send_header("content-length", "0")
                return self.end_headers()
        return self.answer(404, {"message": "Not Found"})

    def pulls(self, world):
        """Return the pull requests that a query asks for, the newest updates first."""
        query = self.query
        assert query["state"] in ("all", "closed")
        found = [
            pull
            for pull in world.pulls
            if (query["state"] == "all" or pull["closed_at"])
            and query.get("base") in (None, pull["base"]["ref"])
            and query.get("head") in (None, _label(pull))
        ]
        return sorted(found, key=lambda each: each["updated_at"], reverse=True)

    def fits(self, run):
        """GitHub filters by head commit; that it does is not relied on where `lenient` is set."""
        return self.server.world.refuse is LENIENT or run["head_sha"] == self.query["head_sha"]

    def page(self, items, within=None):
        size = self.server.world.per_page or int(self.query.get("per_page", 30))
        page = int(self.query.get("page", 1))
        chosen = items[(page - 1) * size : page * size]
        more = (
            {"link": f'<http://elsewhere.example/?page={page + 1}>; rel="next"'}
            if items[page * size :]
            else {}
        )
        self.answer(200, {within: chosen} if within else chosen, more)

    def answer(self, status, data, headers=None):
        self.raw(status, json.dumps(data).encode(), headers)

    def raw(self, status, content, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def LENIENT(_method, _path):  # noqa: N802 - stands for a state of the stand-in
    """Refuse nothing, and filter no runs."""


def _label(pull):
    repository = pull["head"]["repo"]
    return repository and f"{repository['full_name'].partition('/')[0]}:{pull['head']['ref']}"


def archives(world):
    return {each["id"]: each["content"] for all_of in world.artifacts.values() for each in all_of}


class GitHubStandIn(LocalServer):
    """GitHub's API, as far as it is used."""

    def __init__(self):
        self.world = World()
        super().__init__(Handler, world=self.world)
