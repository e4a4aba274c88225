"""Check files before they are committed: whitespace, YAML and TOML syntax, size, merge marks.

python .ci/check_files.py FILE...     no FILE: every file that git tracks. Exit code 1 if anything is wrong.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MAX_BYTES = 2_000_000
#: Files that say nothing as text.
BINARY = {".safetensors", ".png", ".gif", ".mp4", ".stl", ".onnx", ".mcap", ".npz", ".npy"}
MERGE_MARK = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)


def problems(path: Path) -> Iterator[str]:
    """Yield what is wrong with one file."""
    data = path.read_bytes()
    if len(data) > MAX_BYTES:
        yield f"{len(data)} bytes: larger than {MAX_BYTES}"
    if path.suffix in BINARY:
        return
    try:
        text = data.decode()
    except UnicodeDecodeError:
        yield "neither UTF-8 text nor a known binary file"
        return
    if "\r" in text:
        yield "carriage returns"
    if text and not text.endswith("\n"):
        yield "no newline at the end"
    if text.endswith("\n\n"):
        yield "blank lines at the end"
    for number, line in enumerate(text.splitlines(), 1):
        if line != line.rstrip():
            yield f"line {number}: whitespace at the end"
    if MERGE_MARK.search(text):
        yield "a merge mark"
    try:
        if path.suffix in {".yaml", ".yml"}:
            yaml.safe_load(text)
        elif path.suffix == ".toml":
            tomllib.loads(text)
    except (yaml.YAMLError, tomllib.TOMLDecodeError) as error:
        yield " ".join(str(error).split())


def main(names: list[str]) -> int:
    """Check the named files and return the exit code."""
    names = names or subprocess.run(["git", "ls-files"], capture_output=True, text=True, check=True).stdout.splitlines()
    paths = [path for path in map(Path, names) if path.is_file()]
    found = [f"{path}: {problem}" for path in paths for problem in problems(path)]
    print("\n".join(found) or f"{len(paths)} files checked")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
