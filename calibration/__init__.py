"""Servo calibration: from what a servo reports to the joint angles of a robot file.

Nothing here yet. To come: the pure fitting of zero, sign and scale, a guided procedure with injected input and output,
and the file format that the hardware half reads. Imports `firmware_bridge` and the core.
"""
