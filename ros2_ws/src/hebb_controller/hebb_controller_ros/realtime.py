"""A place before everything else on the processor, where the system grants it."""

from __future__ import annotations

import os
from pathlib import Path

from hebb_controller_ros.parameters import ParameterSpec

#: For every node of the control loop; ros2_control's documentation suggests 50.
PRIORITY = ParameterSpec(
    "realtime_priority", 0, "SCHED_FIFO priority of the process; 0: the system's ordinary schedule", 0, 99
)


def claim(priority: int) -> str:
    """Give all threads of this process a real-time priority; return why it did not work, or nothing.

    The middleware's threads exist before the parameters are read, hence each thread by itself.
    """
    if priority == 0:
        return ""
    try:
        for thread in Path("/proc/self/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_FIFO, os.sched_param(priority))
    except PermissionError:
        return (
            f"no real-time priority {priority}: this user may not have one; add the line '@realtime - rtprio 99' to "
            "/etc/security/limits.conf and the user to the group realtime"
        )
    except OSError as error:
        return f"no real-time priority {priority}: {error.strerror or error}"
    return ""
