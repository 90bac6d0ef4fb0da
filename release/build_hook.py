"""What hatchling adds to a package that it builds: the SBOM, and the reference of the action of a release."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ACTION = "bindbee_sync/scaffold/action-reference.txt"
CLOSURE = "requirements/action.txt"
_PINNED = re.compile(r"^([a-z0-9-]+)==([^ \\]+)", re.MULTILINE)
_ON_GITHUB = re.compile(r"https://github\.com/([\w-]+/[\w.-]+?)(\.git)?/?")


class BuildHook(BuildHookInterface[Any]):
    """Adds files that are made at build time; they depend on the commit alone."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make the files, and add them to what is packed."""
        if version == "editable":  # the checkout itself, which has neither
            return
        root, self.made = Path(self.root), Path(tempfile.mkdtemp())
        reference = action_reference(root, self.metadata.core.urls, self.metadata.version)
        if reference and not (root / ACTION).exists():  # an sdist brings it
            (self.made / "action").write_text(reference, encoding="utf-8")
            build_data["force_include"][str(self.made / "action")] = ACTION
        if self.target_name == "wheel":
            file = self.made / f"{self.metadata.core.name}.cdx.json"
            bill = bill_of_materials(self.metadata.core.name, self.metadata.version, root / CLOSURE)
            file.write_text(json.dumps(bill, indent=2) + "\n", encoding="utf-8")
            build_data["sbom_files"].append(str(file))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's signature
        """Remove what was made."""
        if version != "editable":
            shutil.rmtree(self.made)


def action_reference(root: Path, urls: dict[str, str], version: str) -> str | None:
    """Return how a workflow names this commit's action; None where the project's address is not set."""
    repository = _ON_GITHUB.fullmatch(urls.get("Repository", ""))
    if repository is None or not (root / ".git").exists():
        return None
    commit = _git(root, "rev-parse", "HEAD")
    tag = f"v{version}"
    # only a tag that names this commit: zizmor reports a version that is not the commit's
    shown = f" # {tag}" if tag in _git(root, "tag", "--points-at", commit).split() else ""
    return f"{repository[1]}@{commit}{shown}\n"


def bill_of_materials(name: str, version: str, closure: Path) -> dict[str, Any]:
    """Return a CycloneDX 1.6 document: the package, and what it needs as the action pins it."""
    purl = f"pkg:pypi/{name}@{version}"
    pinned = [f"pkg:pypi/{each}@{at}" for each, at in _PINNED.findall(closure.read_text(encoding="utf-8"))]
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    when = {"timestamp": datetime.fromtimestamp(int(epoch), UTC).isoformat()} if epoch else {}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {**when, "component": _component(purl) | {"licenses": [{"license": {"id": "MIT"}}]}},
        "components": [_component(each) for each in pinned],
        "dependencies": [{"ref": purl, "dependsOn": pinned}],
    }


def _component(purl: str) -> dict[str, Any]:
    name, _, version = purl.removeprefix("pkg:pypi/").partition("@")
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(  # noqa: S603 - the words are ours
        ["git", *arguments],  # noqa: S607 - as found on the PATH
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
