"""A Dokku host for one machine without Docker: a stand-in `dokku` and real servers around it."""
