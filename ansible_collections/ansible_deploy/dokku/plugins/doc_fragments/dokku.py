"""Documents what all modules of this collection have in common."""

from __future__ import annotations


class ModuleDocFragment:
    """What every module says about itself, and the option `app` that most of them have."""

    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Says what would change and changes nothing. A missing app reads as an empty one.
    support: full
  diff_mode:
    description: Returns what was there before and what is there after. Secrets stand in neither.
    support: full
requirements:
  - Dokku 0.38 or newer on the host, its command C(dokku) on the search path
notes:
  - Reads first and writes only what differs, in as few calls of C(dokku) as possible.
  - Runs inside the controller when the host is the controller itself, on the host otherwise.
author:
  - The dokku-ansible-deploy project (@dokku-ansible-deploy)
"""

    APP = r"""
options:
  app:
    description: The app.
    type: str
    required: true
"""
