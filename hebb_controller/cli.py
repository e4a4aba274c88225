"""`hebb`: where the command line begins and how it ends. `cli_parser` has the verbs.

Nothing heavy is imported before `main` can tell an interrupt in one line.

Exit codes: 0 good, 1 the work failed, 2 bad input (one line on standard error), 130 interrupted.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from hebb_controller.cli_streams import ReaderLeftError, end_with_reader, steady_streams
from hebb_controller.errors import HebbError, in_one_line


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb and return the exit code.

    Args:
        argv: the words; None: those of this process, whose standard streams are then made steady.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if argv is None:
            steady_streams()
        code = _verb(arguments)
        sys.stdout.flush()
        return code
    except HebbError as error:
        return _fail(str(error), error.exit_code)
    except KeyboardInterrupt:
        return _fail("interrupted", 130)
    except ReaderLeftError:
        return 0
    except MemoryError as error:
        asked = f" ({error})" if str(error) else ""  # numpy says what for, Python itself says nothing
        return _fail(f"out of memory{asked}: ask for smaller layers, fewer steps or fewer workers", 1)
    except OSError as error:
        return _fail(f"{error.filename or 'input or output'}: {error.strerror or error}", 1)


def make_parser(with_evolve: bool = True) -> argparse.ArgumentParser:
    """Return the parser of all verbs; see `cli_parser`."""
    from hebb_controller import cli_parser

    return cli_parser.make_parser(with_evolve)


def _verb(arguments: list[str]) -> int:
    if arguments[:1] == ["launch"]:  # its words and its help are those of `ros2 launch`, not argparse's
        from hebb_controller import cli_ros

        return cli_ros.launch(arguments[1:])
    options = make_parser(with_evolve=arguments[:1] == ["evolve"]).parse_args(arguments)
    if getattr(options, "ends_with_reader", False):
        end_with_reader()
    return int(options.verb(options) or 0)


def _fail(message: str, exit_code: int) -> int:
    print(in_one_line(message), file=sys.stderr)
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
