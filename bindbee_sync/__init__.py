"""Job openings as YAML files: plan them, and create the missing ones through Bindbee."""

__version__ = "0.1.0"
