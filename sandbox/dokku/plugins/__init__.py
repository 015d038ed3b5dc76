"""One module per Dokku plugin: its `COMMANDS`, and what it does when a trigger fires."""
