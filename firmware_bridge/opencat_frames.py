"""What is said to an OpenCat board (Petoi Bittle, Nybble): a token, its arguments, a terminator. Nothing here does I/O.

    upper-case token   arguments are signed bytes, terminator ~ (126): an angle of 126 would end the frame
    other tokens       arguments are decimal text, terminator newline

There is no checksum. A frame without its terminator is executed all the same, with what has come, once the line has
been quiet for 5 ms (NyBoard) or 10 ms (BiBoard); so a terminator always goes out here. Angles are whole degrees.

Source: github.com/PetoiCamp/OpenCatEsp32 (BiBoard), src/OpenCat.h, src/moduleManager.h (read_serial), src/reaction.h;
github.com/PetoiCamp/OpenCat (NyBoard); docs.petoi.com, "Serial protocol" and "Python API".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from firmware_bridge.board_line import TickScale
from hebb_controller.errors import BadInputError

BAUD = 115_200
#: Whole degrees; binary angles stay clear of the terminator.
SCALE = TickScale(lowest=-125, centre=0, highest=125, per_turn=360.0)
#: Joints that a board knows, on the robot or not: head, tail, then shoulders and knees.
NB_JOINTS = 16
#: Joints of a Bittle's legs in the order of its robot file: shoulder and knee of front left, front right, back left,
#: back right. The board counts shoulders 8 to 11 and knees 12 to 15, clockwise from the front left.
WALKING_IDS = (8, 12, 9, 13, 11, 15, 10, 14)
#: What the firmware lets its angles be, lowest to highest over all joints (OpenCat.h, angleLimit).
_FIRMWARE_LIMIT = 200

#: A joint is asked for no more in one command, in [deg]: the board is deaf for four of its steps then, and takes every
#: second command of 50 a second. A longer way goes in pieces, each towards the newest goal.
FURTHEST = 6

TERMINATOR = b"~"
NEWLINE = b"\n"
#: Commands without arguments.
QUERY = b"?\n"
JOINTS = b"j\n"
REST = b"d\n"
VOLTAGE = b"P~"
#: A toggle; the echo tells what it has become: `Z` on, `z` off.
RANDOM_MIND = b"z\n"
#: BiBoard: balance off, whatever it was. A bare `g` would be a toggle.
BALANCE_OFF = b"gb\n"
#: BiBoard: print the IMU for ever.
IMU_STREAM = b"gP\n"
#: NyBoard: a toggle; the echo tells what it has become: `G` on, `g` off.
NYBOARD_BALANCE = b"G~"


def listed(angles: Sequence[int]) -> bytes:
    """Return the frame `L`: angles of all 16 joints, together.

    Raises:
        BadInputError: not 16 angles, or one beyond +-125 degrees.
    """
    if len(angles) != NB_JOINTS:
        raise BadInputError(f"OpenCat token L: takes {NB_JOINTS} angles, not {len(angles)}")
    return b"L" + bytes(_byte(joint, angle) for joint, angle in enumerate(angles)) + TERMINATOR


def indexed(angles: Mapping[int, int]) -> bytes:
    """Return the frame `I`: angles of some joints, together, by joint.

    As long as `L` for the eight joints of a walking robot, and kinder when a byte is lost on the way: `L` gives every
    later joint its neighbour's angle and the last one 126 degrees; `I` takes angles for joints, most of which there are
    not.

    Raises:
        BadInputError: no joints, an impossible one, or an angle beyond +-125 degrees.
    """
    _check_joints(angles)
    pairs = b"".join(bytes((joint, _byte(joint, angle))) for joint, angle in angles.items())
    return b"I" + pairs + TERMINATOR


def indexed_text(angles: Mapping[int, int]) -> bytes:
    """Return the line `i`: as `indexed`, as text, for angles up to what the firmware allows; the board beeps at each.

    Raises:
        BadInputError: no joints, an impossible one, or an angle beyond +-200 degrees.
    """
    return b"i" + _pairs_text(angles)


def sequential_text(angles: Mapping[int, int]) -> bytes:
    """Return the line `m`: one joint after the other. Each move ends before the next: not for control.

    Raises:
        BadInputError: no joints, an impossible one, or an angle beyond +-200 degrees.
    """
    return b"m" + _pairs_text(angles)


def skill(name: str) -> bytes:
    """Return the line `k`, which performs a skill, such as `rest` or `balance`.

    Raises:
        BadInputError: no name, or one that is not letters and digits.
    """
    if not (name.isascii() and name.isalnum()):
        raise BadInputError(f"OpenCat skill {name!r}: a name such as rest, of letters and digits")
    return b"k" + name.encode() + NEWLINE


def ramp_time(change: int) -> float:
    """Return how long a board takes to approach a pose, in [s]; until then it neither answers nor listens.

    It goes there in steps of two degrees of the joint that moves furthest, one per 8 ms, and one more (motion.h,
    transform; OpenCat.h, transformSpeed).

    Args:
        change: of the joint that moves furthest, in [deg].
    """
    return 0.008 * ((abs(change) + 1) // 2 + 1)


def _pairs_text(angles: Mapping[int, int]) -> bytes:
    _check_joints(angles)
    for joint, angle in angles.items():
        if abs(angle) > _FIRMWARE_LIMIT:
            raise BadInputError(f"OpenCat joint {joint}: {angle} degrees lies beyond +-{_FIRMWARE_LIMIT}")
    return " ".join(f"{joint} {int(angle)}" for joint, angle in angles.items()).encode() + NEWLINE


def _check_joints(angles: Mapping[int, int]) -> None:
    if not angles:
        raise BadInputError("OpenCat: a move needs at least one joint")
    for joint in angles:
        if not 0 <= joint < NB_JOINTS:
            raise BadInputError(f"OpenCat joint {joint}: joints are 0 to {NB_JOINTS - 1}")


def _byte(joint: int, angle: int) -> int:
    if not SCALE.lowest <= angle <= SCALE.highest:
        raise BadInputError(
            f"OpenCat joint {joint}: {angle} degrees lies beyond +-{SCALE.highest}, which is all a byte can say"
        )
    return int(angle) & 0xFF
