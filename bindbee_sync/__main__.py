"""`python -m bindbee_sync`."""

from bindbee_sync.cli.app import main

main()
