"""Which engine lives an evolution's lives: the one place where its name becomes one."""

from __future__ import annotations

from hebb_controller.errors import BadInputError, unknown
from sim.engine import BATCHED, ENGINES, LOCAL, RAY, OpenEngine


def engine_named(name: str, address: str = "", dashboard: bool = False, device: str = "") -> OpenEngine:
    """Return how to open an engine; nothing starts yet.

    Args:
        name: `local`, `ray` or `batched`.
        address: of a Ray cluster: `auto`, HOST:PORT, or empty to start a Ray of one's own.
        dashboard: Ray of one's own only: serve its dashboard on this machine.
        device: of batched networks: `cpu`, which empty stands for, or `cuda`.

    Raises:
        BadInputError: an unknown name, or what this engine cannot have.
        MissingExtraError: Ray or torch is not installed.
    """
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    if name != RAY and (address or dashboard):
        raise BadInputError(f"--address and --dashboard are for --engine ray: --engine {name} has neither")
    if name != BATCHED and device:
        raise BadInputError(f"--device is for --engine batched: --engine {name} needs none")
    if name == BATCHED:
        from sim.batch.batched_engine import DEVICES, BatchedEngine, torch_for

        device = device or DEVICES[0]
        torch_for(device)  # refused before anything starts
        return lambda life, _, workers: BatchedEngine(life, workers, device)
    if name == LOCAL:
        from sim.workers import WorkerPool

        return WorkerPool
    from sim.ray_cluster import import_ray, join
    from sim.ray_engine import RayEngine

    if address and dashboard:
        raise BadInputError("--dashboard is for a Ray of one's own: a cluster's is started with `ray start --head`")
    import_ray(own=not address)
    return lambda life, _, workers: RayEngine(join(address, workers, dashboard), life, workers)
