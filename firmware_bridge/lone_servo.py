"""One servo that is being set up: is it alone with its id, what do its registers hold, do they take what is written?"""

from __future__ import annotations

from firmware_bridge.bus_listener import PATIENCE, Listener
from firmware_bridge.bus_scan import which_of_two
from firmware_bridge.errors import LinkError
from firmware_bridge.registers import ServoTable
from firmware_bridge.serial_port import SerialPort
from firmware_bridge.servo_models import MODELS, model_name

#: What to do with a servo that was lost half-way.
ADVICE = "run `hebb board find --all-bauds` with this servo alone on the line, and go on from what it shows"
_TRIES = 4
#: A servo is asked so often whether it is alone: two that agree to the bit once do not agree on all they sense.
_ROLL_CALLS = 6
#: Registers of these are elsewhere, and big-endian.
_OTHER_FAMILY = "SCS"


class LoneServo:
    """One servo on an open port, spoken to register by register.

    Args:
        port: the open port.
        table: its registers.
        servo_id: its id.
    """

    def __init__(self, port: SerialPort, table: ServoTable, servo_id: int) -> None:
        self._port, self._table, self._id = port, table, servo_id
        self._listener = Listener(port, table.dialect)

    def sole(self) -> str:
        """Make sure that exactly one servo of this protocol answers, and return its model's name.

        Raises:
            LinkError: none does, several do, or it is another kind of servo.
        """
        address, size = self._table.feedback_block
        nb_heard = nb_garbled = 0
        for _ in range(_ROLL_CALLS):
            before = self._listener.nb_rubbish
            request = self._table.dialect.read(self._id, address, size)
            answers = self._listener.ask(request, size, PATIENCE, until=self._id)
            nb_heard += self._id in answers
            nb_garbled += self._listener.nb_rubbish > before
        where = f"port {self._port.path}: servo {self._id}"
        if nb_garbled > 1:
            raise LinkError(
                f"{where} answers garbled: two servos have that id: unplug all but one; nothing was changed"
            )
        if nb_heard == 0:
            raise LinkError(f"{where} does not answer at {self._port.baud} baud: `hebb board find` shows who does")
        protocol, (model, first) = self._table.dialect.name, self._model()
        kind = protocol if protocol == "dxl2" or first is None else which_of_two(self._id, first)
        name = model_name(protocol, -1 if model is None else model)
        if kind != protocol or model not in MODELS[protocol] or name.startswith(_OTHER_FAMILY):
            raise LinkError(f"{where} ({name}) is not a servo that protocol {protocol} writes to; nothing was changed")
        return name

    def _model(self) -> tuple[int | None, bytes | None]:
        model = self.get("model")
        answers = self._listener.ask(self._table.dialect.read(self._id, 0, 5), 5, PATIENCE, until=self._id)
        return model, answers[self._id][1] if self._id in answers else None

    def absent(self) -> bool:
        """Return whether nobody answers to this id, not even garbled."""
        register = self._table.registers["model"]
        request = self._table.dialect.read(self._id, register.address, 3)
        return all(self._listener.silent(request, 3) for _ in range(_TRIES))

    def get(self, name: str) -> int | None:
        """Return a register, or None if no answer came."""
        register = self._table.registers[name]
        size = 3 if register.size == self._table.dialect.echo_size else register.size  # an echo is no answer
        for _ in range(_TRIES):
            request = self._table.dialect.read(self._id, register.address, size)
            answers = self._listener.ask(request, size, PATIENCE, until=self._id)
            if self._id in answers:
                return register.decode(answers[self._id][1][: register.size])
        return None

    def write(self, name: str, value: int) -> None:
        """Write a register; the answer is not waited for: it may come from another id, or at another rate."""
        register = self._table.registers[name]
        self._listener.ask(self._table.dialect.write(self._id, register.address, register.encode(value)), 0)

    def expect(self, name: str, value: int, what: str) -> None:
        """Read a register back.

        Raises:
            LinkError: it holds something else; what to do.
        """
        held = self.get(name)
        if held != value:
            shown = "nothing answers" if held is None else f"register {name} holds {held}, not {value}"
            raise LinkError(f"port {self._port.path}: servo {self._id} does not {what}: {shown}: {ADVICE}")

    def put(self, name: str, value: int, what: str) -> None:
        """Write a register and read it back.

        Raises:
            LinkError: it does not take it; what to do.
        """
        self.write(name, value)
        self.expect(name, value, what)
