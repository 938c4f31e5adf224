"""`python -m cleanwatch` is the `cleanwatch` command."""

from cleanwatch.command import main

main()
