"""What the `cleanwatch` command does, a file for each subcommand."""
