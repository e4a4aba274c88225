"""Pictures on disk: whole or not at all."""

from __future__ import annotations

import io
from pathlib import Path

from matplotlib.figure import Figure

from hebb_controller.rulebook import write_atomically


def write_figure(figure: Figure, path: Path, dpi: int) -> Path:
    """Write a figure as PNG, atomically, and return its path."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=dpi)
    return write_atomically(path, data.getvalue())
