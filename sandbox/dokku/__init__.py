"""The stand-in `dokku`: commands, state, triggers and exit statuses of Dokku 0.38.27.

One module per Dokku plugin stands in `plugins/`; everything beside it is what those plugins
share. Nothing in here knows the plugin `ansible-deploy`.
"""
