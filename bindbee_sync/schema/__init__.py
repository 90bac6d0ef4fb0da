"""JSON Schema of job files and policies, for editors."""

from __future__ import annotations

SCHEMA_FILE = "bindbee-sync.schema.json"
"""The schema of a job file, at the repository's root."""

DEFAULTS_SCHEMA_FILE = "bindbee-sync.defaults.schema.json"
"""The schema of a `_defaults.yaml`, beside it."""

POLICY_SCHEMA_FILE = "bindbee-sync.policy.schema.json"
"""The schema of a policy file, beside it."""
