"""Trials: an experiment on a robot as data. Protocol, order of the runs, what was done, and who may go on.

Pure: files and plain data, no ROS. `hebb_controller_ros.trial_run` launches the runs.
"""
