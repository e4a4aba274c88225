"""Questions to a bus on which nobody is expected: takes whoever answers, and tells noise from nobody.

`ServoBus` will not do for that: it knows whom to expect.
"""

from __future__ import annotations

from firmware_bridge.frames import Dialect, Frame
from firmware_bridge.serial_port import SerialPort, latency_timer

#: Error byte and data of each answer, by id.
Answers = dict[int, tuple[int, bytes]]
#: A factory-new Dynamixel waits 0.5 ms; the rest is for the host's own pace, in [s].
_MARGIN = 0.005
#: For questions whose answer must not be missed, however busy the host, in [s].
PATIENCE = 0.03


class Listener:
    """Asks one question after the other, and counts what is no answer.

    Args:
        port: the open port.
        dialect: of the questions.

    Attributes:
        nb_rubbish: bytes so far that belonged to no frame, and frames with a wrong checksum.
    """

    def __init__(self, port: SerialPort, dialect: Dialect) -> None:
        self._port, self._dialect = port, dialect
        self._parser = dialect.reply_parser()
        self._slack = _MARGIN + (latency_timer(port.path) or 0) * 1e-3

    @property
    def nb_rubbish(self) -> int:
        """What was heard so far that is no answer; an adapter's echo of a question is a frame, and counts not."""
        return self._parser.nb_rubbish + self._parser.nb_corrupt

    def silent(self, request: bytes, size: int) -> bool:
        """Ask, and return whether nothing at all came back, not even rubbish.

        Raises:
            LinkError: the port is gone.
        """
        before = self.nb_rubbish
        return not self.ask(request, size, PATIENCE) and self.nb_rubbish == before

    def ask(self, request: bytes, size: int, wait: float = 0.0, until: int | None = None) -> Answers:
        """Ask, and return error byte and data of all answers with `size` bytes, by id, late ones to others included.

        Args:
            request: the bytes to send.
            size: bytes of data that an answer carries; the echo of a question never has as many.
            wait: how long to listen beyond what the wire takes, in [s].
            until: stop as soon as this id has answered.

        Raises:
            LinkError: the port is gone.
        """
        self._port.write(request)
        nb_bytes = len(request) + self._dialect.reply_overhead + size
        deadline = self._port.now() + 15.0 * nb_bytes / self._port.baud + self._slack + wait
        answers: Answers = {}

        def take(frames: list[Frame]) -> None:
            for reply in filter(None, map(self._dialect.reply_of, frames)):
                if len(reply.data) == size:
                    answers[reply.servo_id] = (reply.error, reply.data)

        while (until is None or until not in answers) and self._port.now() <= deadline:
            take(self._parser.feed(self._port.read(deadline)))
        if until is None or until not in answers:
            take(self._parser.finish())
        return answers
