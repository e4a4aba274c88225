"""Servo calibration: from what a servo reports to the joint angles of a robot file.

`record.py` is what a calibration holds, `record_file.py` its file, `matching.py` holds it against the servos on the
line. `pose_fit.py`, `seam.py`, `response_fit.py` and `plausible.py` are pure: numbers in, numbers and reasons out.
`procedure.py` is the guided dialogue, with input and output injected. Imports `firmware_bridge` and the core.
"""
