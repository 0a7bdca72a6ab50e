"""One module a subcommand of `telehealth-widget`: `add` declares it, `run` does it and returns the exit code."""
