"""A recording as plain arrays; works without ROS, and with a file whose writer was killed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from mcap.reader import NonSeekingReader
from mcap_ros2.decoder import DecoderFactory

from hebb_controller.errors import BadInputError
from hebb_controller.signals import Vector
from hebb_controller_ros.messages import seconds
from hebb_controller_ros.topic_names import name_without_namespace


@dataclass
class Recording:
    """What a recording holds, in the order in which it came.

    Attributes:
        path: the file.
        whole: False if its writer was killed before it could finish it.
        events: (topic without namespace, message, arrival in [ns] since the epoch), all topics that matter to a replay.
        info: what the controller said of itself; empty if it said nothing.
    """

    path: Path
    whole: bool = True
    events: list[tuple[str, Any, int]] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=dict)

    def messages(self, topic: str) -> list[Any]:
        """Return the messages of a topic."""
        return [message for name, message, _ in self.events if name == topic]

    @property
    def command_topic(self) -> str:
        """Where its commands are: beside the plant's own topic if it was a shadow's."""
        return next((t for t in ("joint_targets", "shadow/joint_targets") if self.messages(t)), "shadow/joint_targets")

    def arrivals(self, topic: str) -> Vector:
        """Return when a topic's messages came, in [s] since the first event."""
        first = self.events[0][2] if self.events else 0
        return np.array([(time - first) / 1e9 for name, _, time in self.events if name == topic])

    def entries(self, topic: str) -> list[dict[str, Any]]:
        """Return the messages of a topic of JSON texts."""
        return [json.loads(message.data) for message in self.messages(topic)]

    def walk(self) -> tuple[Vector, Vector]:
        """Return stamps in [s], shape `(n,)`, and positions of the base in [m], shape `(n, 3)`; empty without truth."""
        rows = [
            (seconds(m.header.stamp), m.pose.pose.position.x, m.pose.pose.position.y, m.pose.pose.position.z)
            for m in self.messages("ground_truth/odom")
        ]
        table = np.array(rows).reshape(-1, 4)
        fresh = np.concatenate([[True], np.diff(table[:, 0]) > 0.0])[: len(table)]
        return table[fresh, 0], table[fresh, 1:]


def read_recording(path: Path) -> Recording:
    """Read a file that the recorder wrote.

    Raises:
        BadInputError: no such file, none of ours, or nothing in it.
    """
    path = Path(path)
    recording = Recording(path)
    try:
        with path.open("rb") as stream:
            for topic, message, time_ns in _decoded(stream, recording):
                recording.events.append((topic, message, time_ns))
    except OSError as error:
        raise BadInputError(f"no recording {path}: {error.strerror or error}") from error
    if not recording.events:
        raise BadInputError(f"{path}: not an MCAP recording, or nothing was recorded")
    infos = recording.messages("hebb_controller/info")
    if infos:
        recording.info = json.loads(infos[-1].data)
    return recording


def _decoded(stream: Any, recording: Recording) -> Iterator[tuple[str, Any, int]]:
    reader = NonSeekingReader(stream, validate_crcs=True, decoder_factories=[DecoderFactory()])
    messages = reader.iter_decoded_messages(log_time_order=False)
    names: dict[str, str] = {}
    while True:
        try:
            _, channel, message, decoded = next(messages)
        except StopIteration:
            return
        except Exception:
            # Cut off or damaged in the middle. The readers below raise whatever their parsers trip over (zstandard's
            # errors, struct's, NameError from a bent schema): what came before is good, what comes after is lost.
            recording.whole = False
            return
        if channel.topic not in names:
            names[channel.topic] = name_without_namespace(channel.topic)
        yield names[channel.topic], decoded, message.log_time
