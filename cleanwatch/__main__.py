"""`python -m cleanwatch` is the `cleanwatch` command."""

from cleanwatch.command import main

if __name__ == "__main__":  # not where another process that was started by this one looks here
    main()
