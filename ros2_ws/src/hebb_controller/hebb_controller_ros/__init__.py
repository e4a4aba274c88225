"""The ROS 2 edge of Hebb: nodes, launch descriptions, recordings. The library does not know it exists."""
