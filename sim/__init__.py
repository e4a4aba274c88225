"""The offline half: bodies in PyBullet, tasks, evolution, evaluation. Never imported by the core or on a robot."""
