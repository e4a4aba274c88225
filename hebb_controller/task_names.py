"""What can be evolved and evaluated, by the names that settings, rulebooks and flags use."""

ROBOT, CAR = "robot", "car-racing"
