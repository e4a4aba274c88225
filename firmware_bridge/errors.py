"""The one error of the bridge beside the project's own."""

from __future__ import annotations

from hebb_controller.errors import RunFailedError


class LinkError(RunFailedError, OSError):
    """Raised when the line to the board fails: not there, taken, hung up, silent. The message names the port."""
