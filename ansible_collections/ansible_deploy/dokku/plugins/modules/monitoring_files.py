#!/usr/bin/python
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write the files by which Prometheus and Gatus watch an app."""

from __future__ import annotations

DOCUMENTATION = r"""
module: monitoring_files
short_description: Write the files by which Prometheus and Gatus watch an app
version_added: "0.1.0"
description:
  - Writes what Prometheus has the blackbox exporter ask for (C(targets/APP.json)), who is told and
    when (C(metrics/APP_watch.prom), for node exporter's textfile collector), and an endpoint for
    Gatus (C(gatus/APP.yaml)).
  - Puts the configuration of the blackbox exporter (C(blackbox.yml)) together from the probes of
    all apps, and has it read again. That it could not be read is told as RV(pending).
  - Files of other apps are left alone.
extends_documentation_fragment:
  - ansible_deploy.dokku.dokku
  - ansible_deploy.dokku.dokku.app
options:
  directory:
    description: Where the files are. All of them may be read by everybody.
    type: path
    required: true
  host:
    description: What the host is called in metrics and alerts.
    type: str
    required: true
  domains:
    description:
      - The app's domains; the first that is no wildcard is asked for. Absent, those that Dokku
        gives it.
    type: list
    elements: str
  ports:
    description: The app's port mappings. Absent, those that Dokku has or found in the image.
    type: list
    elements: str
  path:
    description: The path that is asked for.
    type: str
    default: /
  https:
    description: Whether the app is asked over HTTPS.
    type: bool
    default: false
  certificate:
    description: A file; where it is, the app is asked over HTTPS.
    type: path
    default: ""
  interval:
    description: Seconds between two requests.
    type: int
    default: 60
  status:
    description: The status of a good answer. Redirects are followed unless it is one.
    type: int
    default: 200
  contains:
    description: A text that a good answer holds.
    type: str
    default: ""
  revision:
    description: The revision that runs.
    type: str
    default: ""
  channels:
    description: Who is told, by the names that the operator gave.
    type: list
    elements: str
  thresholds:
    description:
      - When somebody is told, in seconds, by C(latency), C(certificate), C(domain), C(backup) and
        C(proof).
    type: dict
    default: {}
  proxy:
    description: An HTTP proxy that the requests go through.
    type: str
    default: ""
  reload:
    description: Addresses to which a request is sent when C(blackbox.yml) changed.
    type: list
    elements: str
  notes:
    description: Lines that people are told when something changed.
    type: list
    elements: str
  state:
    description: Whether the app is watched.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The shop is watched
  ansible_deploy.dokku.monitoring_files:
    app: shop
    directory: /var/lib/dokku/data/ansible-deploy/monitoring
    host: server1
    domains: [shop.example.org]
    https: true
    path: /up
    contains: OK
    channels: [ops]
    thresholds: {latency: 5, certificate: 1209600, domain: 2592000}
    reload: ["http://127.0.0.1:9115/-/reload"]
"""

RETURN = r"""
changes:
  description: What was changed, or would be in check mode.
  returned: always
  type: list
  elements: dict
  sample: [{sign: "+", subject: "https://shop.example.org/up every 60s", detail: ""}]
pending:
  description: Why the blackbox exporter does not know the app's probe yet.
  returned: when it does not
  type: str
"""


def main() -> None:
    """Runs the module."""
    from ansible_collections.ansible_deploy.dokku.plugins.module_utils.module import run_module

    run_module("monitoring_files")


if __name__ == "__main__":
    main()
