"""A team's own rules: files in `policies/`, in the Common Expression Language (CEL)."""
