"""Builds the firmware and the program that simulates it, where the tools are there.

Needs avr-gcc, avr-libc, gcc, make and libsimavr (`make avr-tools` installs them on Debian and Ubuntu); `missing_tools`
says what is not there.
"""

from __future__ import annotations

import fcntl
import functools
import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIRMWARE = ROOT / "firmware_bridge" / "firmware"
HOST_SOURCE = Path(__file__).parent / "simavr_host" / "host.c"
BUILD = ROOT / "build" / "firmware"


@functools.cache
def missing_tools() -> str:
    """Return what is needed and not there, or nothing."""
    missing = [tool for tool in ("make", "avr-size") if shutil.which(tool) is None]
    if not _finds("<avr/io.h>", "avr-gcc", "-mmcu=atmega328p"):
        missing.append("avr-gcc with avr-libc")
    if not _finds("<simavr/sim_avr.h>", "gcc") or not _finds("<libelf.h>", "gcc"):
        missing.append("gcc with libsimavr")
    return f"needs {', '.join(missing)}: make avr-tools" if missing else ""


def _finds(header: str, compiler: str, *flags: str) -> bool:
    if shutil.which(compiler) is None:
        return False
    command = [compiler, *flags, "-E", "-o", os.devnull, "-x", "c", "-"]
    source = f"#include {header}\n"
    return subprocess.run(command, input=source, text=True, capture_output=True, check=False).returncode == 0


def build() -> tuple[Path, Path, str]:
    """Build what is older than its source; return firmware, host, and what avr-size says.

    Raises:
        RuntimeError: a compiler objects; the message is its own.
    """
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sizes = _run("make", "-s", "-C", str(FIRMWARE), f"BUILD={BUILD}")
        host = BUILD / "simavr_host"
        if not host.exists() or host.stat().st_mtime < HOST_SOURCE.stat().st_mtime:
            fresh = BUILD / "simavr_host.new"
            flags = ["-O2", "-Wall", "-Wextra", "-Werror"]
            _run("gcc", *flags, "-o", str(fresh), str(HOST_SOURCE), "-lsimavr", "-lelf", "-lutil")
            os.replace(fresh, host)
    return BUILD / "hebb12.elf", host, sizes


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout
