"""Registers of servos on one line: who asks for what, in how many bytes.

The number of bytes is chosen so that neither an answer that is still owed nor an adapter's echo of our own request can
be taken for the answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firmware_bridge.errors import LinkError
from firmware_bridge.exchange import NEVER, Exchange
from firmware_bridge.frames import Reply

#: How many lengths a read can take, one byte apart. Each missed question blocks one for as long as its answer may come:
#: at 200 cycles a second with two questions each that is 20 of them.
_NB_SIZES = 20


class ServoBus(Exchange):
    """A line of servos of one model; see `Exchange` for arguments and attributes."""

    def time_to_read(self, ids: Sequence[int], size: int) -> float:
        """Return how long a read of `size` bytes from each of these servos waits for answers at most, in [s]."""
        asked_size = self._free_size(ids, size) or size + _NB_SIZES
        nb_sent = self.table.dialect.reply_overhead + 4
        if self.table.dialect.sync_read is None:
            return len(ids) * self.patience(nb_sent, 1, asked_size)
        return self.patience(nb_sent + len(ids), len(ids), asked_size)

    def _free_size(self, ids: Sequence[int], size: int) -> int | None:
        """Return the smallest number of bytes, `size` or more, that no other answer of these servos can have."""
        now, echoed = self.port.now(), self.table.dialect.echo_size
        sizes = (n for n in range(size, size + _NB_SIZES) if n != echoed)
        return next((n for n in sizes if self.owed.is_free(ids, n, now)), None)

    def ping(self, servo_id: int) -> Reply | None:
        """Return the servo's sign of life, or None."""
        dialect = self.table.dialect
        return self.exchange(dialect.ping(servo_id), [servo_id], dialect.ping_size).get(servo_id)

    def read(
        self, ids: Sequence[int], address: int, size: int, give_up: float = NEVER, ahead: bool = False
    ) -> dict[int, Reply | None]:
        """Read the same bytes of many servos, in one question where the protocol has that.

        Returns the answers by id: None where none came; servos for which there was no time are not in it.

        Args:
            ids: the servos.
            address: of the first byte.
            size: bytes.
            give_up: when to have done at the latest, in [s]; servos that were not reached by then are not asked.
            ahead: where more bytes have to be asked for, take those before the block, not those behind.

        Raises:
            LinkError: the port is gone.
        """
        dialect = self.table.dialect
        groups = [list(ids)] if dialect.sync_read is not None else [[servo_id] for servo_id in ids]
        replies: dict[int, Reply | None] = {}
        for group in groups:
            if not group or self.port.now() >= give_up:
                break
            asked_size = self._free_size(group, size)
            if asked_size is None:
                if give_up < NEVER:
                    continue  # no time to wait until nothing is owed any more
                asked_size = size + _NB_SIZES
            start = address - (asked_size - size) if ahead else address
            if len(group) > 1 and dialect.sync_read is not None:
                request = dialect.sync_read(start, asked_size, group)
            else:
                request = dialect.read(group[0], start, asked_size)
            replies |= dict.fromkeys(group)
            for servo_id, reply in self.exchange(request, group, asked_size, give_up).items():
                wanted = reply.data[address - start :][:size]
                replies[servo_id] = Reply(servo_id, reply.error, wanted)
        return replies

    def get(self, servo_id: int, name: str) -> int | None:
        """Return a register's value in counts, or None if no answer came."""
        return self._values([servo_id], name).get(servo_id)

    def get_all(self, name: str, ids: Sequence[int] = (), give_up: float = NEVER) -> dict[int, int]:
        """Return a register of every servo, or of some, that answered in time, in counts, by id."""
        return self._values(ids or self.ids, name, give_up)

    def _values(self, ids: Sequence[int], name: str, give_up: float = NEVER) -> dict[int, int]:
        register = self.table.registers[name]
        replies = self.read(ids, register.address, register.size, give_up)
        return {servo_id: register.decode(reply.data) for servo_id, reply in replies.items() if reply is not None}

    def put(self, servo_id: int, name: str, value: int, give_up: float = NEVER) -> Reply | None:
        """Write a register and return the servo's acknowledgement, or None if it was not there by `give_up` [s]."""
        register = self.table.registers[name]
        request = self.table.dialect.write(servo_id, register.address, register.encode(value))
        return self.exchange(request, [servo_id], 0, give_up).get(servo_id)

    def put_all(self, name: str, values: Mapping[int, int]) -> None:
        """Write a register of many servos in one frame, which they do not acknowledge.

        Raises:
            LinkError: the port is gone.
        """
        register = self.table.registers[name]
        data = {servo_id: register.encode(value) for servo_id, value in values.items()}
        self.port.write(self.table.dialect.sync_write(register.address, data))

    def cycle_time(self) -> float:
        """Return the time that goals and feedback of all servos take on the wire, in [s]."""
        dialect = self.table.dialect
        _, size = self.table.feedback_block
        goal = self.table.registers["goal"].size
        nb = len(self.ids)
        asking = nb * (dialect.reply_overhead + 2) if dialect.sync_read is None else dialect.reply_overhead + 2 + nb
        nb_bytes = dialect.reply_overhead + 2 + nb * (1 + goal) + asking + nb * (dialect.reply_overhead + size)
        return 10.0 * nb_bytes / self.port.baud + nb * self.answer_delay


def silence(bus: ServoBus, duration: float) -> None:
    """Wait until the line has been quiet for `duration` [s].

    Raises:
        LinkError: it never is, or the port is gone.
    """
    give_up = bus.port.now() + 1.0
    while bus.port.read(bus.port.now() + duration):
        if bus.port.now() > give_up:
            raise LinkError(f"port {bus.port.path}: somebody talks without being asked")
