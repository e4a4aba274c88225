"""Qualities of service, by what a topic is for.

A best-effort subscriber hears both kinds of publishers, a reliable one only reliable ones: sensors are therefore
published reliably and listened to at best effort.
"""

from __future__ import annotations

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

#: Publishers of sensor streams, markers and everything that is looked at.
STREAM = QoSProfile(depth=5)
#: Listeners to sensor streams, `qos_profile_sensor_data` in other words.
SENSOR = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
#: Commands: none may be lost, none but the newest counts.
COMMAND = QoSProfile(depth=1)
#: Events: none may be lost.
EVENT = QoSProfile(depth=10)
#: Facts that a late listener must still learn.
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
#: The simulator's clock: subscribers take it at best effort, depth 1.
CLOCK = QoSProfile(depth=1)
