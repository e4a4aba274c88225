"""MCAP files with ROS 2 schemas: what Foxglove, PlotJuggler and `ros2 bag` open.

Messages go in as the bytes that the middleware carried. Schemas are the `.msg` texts that come with the message
packages, dependencies behind them, in the form that `ros2msg` schemas have (https://mcap.dev/spec/registry).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from mcap.writer import CompressionType, Writer

from hebb_controller.errors import RunFailedError

#: A chunk is what a crash can lose: at 50 Hz about half a second.
CHUNK_BYTES = 32 * 1024
_BASIC = {
    "bool", "byte", "char", "string", "wstring", "float32", "float64",
    *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)),
}  # fmt: skip


class McapWriter:
    """One recording.

    Args:
        folder: where it goes; made if need be.
        name: how the file's name begins; the time and, where that is taken, a number follow.

    Attributes:
        path: the file.

    Raises:
        RunFailedError: it cannot be written. Whatever writes raises it, once; what came before can be read.
    """

    def __init__(self, folder: Path, name: str) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.path = _new_file(folder, name)
            self._stream = self.path.open("wb")
        except OSError as error:
            raise RunFailedError(f"no recording in {folder}: {error.strerror or error}") from error
        self._writer = Writer(self._stream, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD)
        self._broken = False
        self._do(lambda: self._writer.start(profile="ros2", library="hebb-controller"))
        self._schemas: dict[str, int] = {}
        self._channels: dict[str, int] = {}
        self._counts: dict[str, int] = {}

    def write(self, topic: str, kind: str, data: bytes, time_ns: int) -> None:
        """Write one message.

        Args:
            topic: its topic, fully qualified.
            kind: its type, such as `sensor_msgs/msg/JointState`.
            data: as the middleware carried it (CDR).
            time_ns: when it came, in [ns] since the epoch.
        """
        self._do(lambda: self._add(topic, kind, data, time_ns))

    def _add(self, topic: str, kind: str, data: bytes, time_ns: int) -> None:
        if kind not in self._schemas:
            self._schemas[kind] = self._writer.register_schema(kind, "ros2msg", schema_text(kind).encode())
        if topic not in self._channels:
            self._channels[topic] = self._writer.register_channel(topic, "cdr", self._schemas[kind])
        self._counts[topic] = self._counts.get(topic, 0) + 1
        self._writer.add_message(self._channels[topic], time_ns, data, time_ns, self._counts[topic])

    def flush(self) -> None:
        """Hand what is complete to the operating system."""
        self._do(self._stream.flush)

    def metadata(self, entries: Mapping[str, Any]) -> None:
        """Write the record `hebb`: what the recording needs to be understood."""
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in entries.items()}
        self._do(lambda: self._writer.add_metadata("hebb", texts))

    def close(self) -> None:
        """Finish the file, unless it could not be written before; safe to call twice."""
        if self._stream.closed:
            return
        try:
            self._do(self._finish)
        finally:
            with contextlib.suppress(OSError):  # what is in its buffer is lost, and was told of; the file is closed
                self._stream.close()

    def _finish(self) -> None:
        self._writer.finish()
        self._stream.flush()

    def _do(self, write: Callable[[], None]) -> None:
        # After a failure the writer no longer knows what has arrived in the file: nothing more is tried.
        if self._broken:
            return
        try:
            write()
        except OSError as error:
            self._broken = True
            why = error.strerror or error
            raise RunFailedError(f"recording {self.path} ends here: {why}: give it room, or another folder") from error


def schema_text(kind: str) -> str:
    """Return a message type's definition, the definitions that it needs behind it.

    Raises:
        RunFailedError: a definition is not installed.
    """
    texts, wanted = [], [kind]
    seen = set(wanted)
    while wanted:
        name = wanted.pop(0)
        package, _, message = name.replace("/msg/", "/").partition("/")
        text = _definition(package, message)
        texts.append(text if not texts else f"{'=' * 80}\nMSG: {package}/{message}\n{text}")
        for needed in _needs(text, package):
            if needed not in seen:
                seen.add(needed)
                wanted.append(needed)
    return "\n".join(texts)


def _needs(text: str, package: str) -> list[str]:
    found = []
    for line in text.splitlines():
        match = re.match(r"\s*([A-Za-z_][\w/]*)(?:<=\d+)?(?:\[[^\]]*\])?\s+[a-z]", line.split("#")[0])
        if match and match.group(1) not in _BASIC:
            name = match.group(1).replace("/msg/", "/")
            found.append(name if "/" in name else f"{package}/{name}")
    return found


def _definition(package: str, message: str) -> str:
    for prefix in _prefixes(package):
        path = prefix / "share" / package / "msg" / f"{message}.msg"
        if path.is_file():
            return path.read_text()
    raise RunFailedError(f"no definition of {package}/{message}: is the package {package} installed whole?")


def _prefixes(package: str) -> list[Path]:
    prefixes = [Path(sys.prefix)]
    found = find_spec(package)
    if found is not None and found.origin:
        prefixes += list(Path(found.origin).parents)
    return prefixes + [Path(p) for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]


def _new_file(folder: Path, name: str) -> Path:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    for number in range(1000):
        path = folder / (f"{name}_{stamp}.mcap" if number == 0 else f"{name}_{stamp}_{number}.mcap")
        try:
            path.touch(exist_ok=False)
            return path
        except FileExistsError:
            continue
    raise FileExistsError(17, f"a thousand files of the name {name}_{stamp}")
