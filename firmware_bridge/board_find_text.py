"""What `hebb board find` prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from firmware_bridge.board_find import PortFinding
from firmware_bridge.found_board import FoundServo
from firmware_bridge.serial_ports import PortInfo


def finding_lines(finding: PortFinding) -> list[str]:
    """Return a port and what is on it, for a terminal."""
    lines = [_port(finding.port)]
    for board in finding.boards:
        lines.append(f"  {board.protocol} at {board.baud} baud: {board.what}")
        if board.servos:
            lines.append(f"    ids {id_ranges([servo.servo_id for servo in board.servos])}")
        lines += [f"    {text}" for text in _groups(board.servos)]
        lines += [f"    servo {servo.servo_id}: alarm: {servo.alarm}" for servo in board.servos if servo.alarm]
        lines += [f"    id {i}: garbled answers: do two servos have it?" for i in board.clashes]
    if not finding.boards:
        lines.append("  nothing answers")
    return lines + [f"  ! {note}" for note in finding.notes]


def untouched_line(port: PortInfo) -> str:
    """Return a port that nobody asked."""
    return f"{_port(port)}\n  not asked: it may be anything; name it by --port to ask it"


def finding_json(finding: PortFinding) -> dict[str, Any]:
    """Return a port and what is on it as JSON takes it."""
    return asdict(finding)


def id_ranges(ids: Sequence[int]) -> str:
    """Return ids as `1-4, 7`."""
    parts: list[list[int]] = []
    for i in sorted(ids):
        if parts and i == parts[-1][-1] + 1:
            parts[-1].append(i)
        else:
            parts.append([i])
    return ", ".join(str(part[0]) if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in parts)


def _port(port: PortInfo) -> str:
    names = [port.device] if port.device != port.path else []
    names += [port.adapter] if port.adapter else []
    return f"{port.path} ({', '.join(names)})" if names else port.path


def _groups(servos: Sequence[FoundServo]) -> list[str]:
    """Return the servos' firmware, as one line if it is the same everywhere."""
    versions: dict[int, list[int]] = {}
    for servo in servos:
        versions.setdefault(servo.firmware, []).append(servo.servo_id)
    if len(versions) <= 1:
        return [f"firmware {version}" for version in versions]
    return [f"firmware {version}: ids {id_ranges(ids)}" for version, ids in sorted(versions.items())]
