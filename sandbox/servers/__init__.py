"""Real servers behind the stand-in's datastore commands: PostgreSQL and Redis of Debian's packages.

Every server is one process with its own folder and a loopback port, started without a service
manager and as an ordinary user. Nothing here knows Dokku; `sandbox.dokku.plugins.service` does.
"""
