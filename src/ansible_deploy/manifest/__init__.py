"""What an app asks for: ``deploy.d`` read, checked and typed; one file per concern.

``load_manifest`` is the way in. The parser and the validator are imported when it first runs.
"""

from .app import App
from .load import load_manifest
from .manifest import Manifest

__all__ = ["App", "Manifest", "load_manifest"]
