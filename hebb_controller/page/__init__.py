"""The live page in the browser: no physics, no ROS. It is fed with `frames` and answers with `commands`."""
