"""What a page's visitors keep of a life: a recording, and the weights that it has come to."""

from __future__ import annotations

from pathlib import Path

from hebb_controller.errors import BadInputError
from hebb_controller.page.frames import Frame
from hebb_controller.weights_file import load_weights, save_weights
from sim.view.lane import Lane
from sim.view.lanes import ViewConfig
from sim.view.life_record import LifeRecord


class LifeFiles:
    """One recording at a time, and the weights that were saved last.

    Args:
        folder: where files go.
        config: what is shown.
        lanes: the lanes; weights are saved from the first, and taken up by all that learn.
    """

    def __init__(self, folder: Path, config: ViewConfig, lanes: list[Lane]) -> None:
        self._folder, self._config, self._lanes = folder, config, lanes
        self._record: LifeRecord | None = None
        self._saved: Path | None = None

    @property
    def recording(self) -> str:
        """Where the life is being recorded to; empty: it is not."""
        return "" if self._record is None else str(self._record.path)

    def add(self, frame: Frame) -> None:
        """Take down a frame, if there is a recording."""
        if self._record is not None:
            self._record.add(frame)

    def event(self, at: float, label: str) -> None:
        """Take down that something befell the robots, at a time in [s]."""
        if self._record is not None:
            self._record.event(at, label)

    def begin(self) -> str:
        """Begin a recording and return a line about it.

        Raises:
            BadInputError: there is one already.
        """
        if self._record is not None:
            raise BadInputError(f"already recording to {self._record.path}")
        self._record = LifeRecord(self._folder, self._config, [lane.name for lane in self._lanes])
        return f"recording to {self._record.path}"

    def end(self) -> str:
        """Write the recording and return a line about it.

        Raises:
            BadInputError: there is none.
            RunFailedError: it cannot be written.
        """
        if self._record is None:
            raise BadInputError("nothing is being recorded")
        told = f"wrote {self._record.write()}: {self._record.nb_frames} frames"
        self._record = None  # not before: what could not be written can be tried again
        return told

    def save(self, seed: int, step: int) -> str:
        """Write the weights of the first lane and return a line about it.

        Raises:
            BadInputError: they cannot be written.
        """
        lane = self._lanes[0]
        name = f"{self._config.robot.name}-seed{seed}-step{step}.safetensors"
        self._saved = save_weights(self._folder / name, lane.controller.network, lane.book.digest)
        return f"wrote {self._saved}"

    def load(self, name: str) -> str:
        """Take up the weights of a file, or those saved last, and return a line about it.

        Raises:
            BadInputError: none saved yet, or not a file of such weights.
        """
        path = Path(name) if name else self._saved
        if path is None:
            raise BadInputError("no weights saved yet: save some, or name a file")
        for lane in self._lanes:
            if not lane.book.static:
                load_weights(path, lane.controller.network, lane.book.digest)
        return f"took up the weights of {path}"
