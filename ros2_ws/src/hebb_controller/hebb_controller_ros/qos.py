"""Qualities of service, by what a topic is for.

A best-effort subscriber hears both kinds of publishers, a reliable one only reliable ones: sensors are therefore
published reliably and listened to at best effort.
"""

from __future__ import annotations

from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy

#: Publishers of sensor streams and of everything that is looked at: deep, so that a recorder that falls behind a run
#: faster than real time still gets every message.
STREAM = QoSProfile(depth=200)
#: Listeners to sensor streams, `qos_profile_sensor_data` in other words.
SENSOR = QoSProfile(depth=5, reliability=ReliabilityPolicy.BEST_EFFORT)
#: Listeners to commands: none may be lost, none but the newest counts. They are published as `STREAM`.
COMMAND = QoSProfile(depth=1)
#: A recorder's listeners.
RECORD = QoSProfile(depth=1000)
#: Events: none may be lost.
EVENT = QoSProfile(depth=10)
#: Facts that a late listener must still learn.
LATCHED = QoSProfile(depth=1, durability=DurabilityPolicy.TRANSIENT_LOCAL)
#: Publishers of states that change within milliseconds, and a recorder's listeners to facts: with a depth of 1 a state
#: overwrites the one before it on its way, and a listener like `LATCHED` still learns the last one alone.
LATCHED_STATES = QoSProfile(depth=20, durability=DurabilityPolicy.TRANSIENT_LOCAL)
#: The simulator's clock: subscribers take it at best effort, depth 1.
CLOCK = QoSProfile(depth=1)
