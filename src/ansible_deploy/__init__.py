"""Provision a Dokku app from the ``deploy.d`` folder of its repository."""
