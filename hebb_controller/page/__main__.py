"""`python -m hebb_controller.page FD HOST PORT`: the page's process, which `link.PageLink` starts.

FD is its end of a pipe, on which the token comes first: a command line is everybody's to read.
"""

from __future__ import annotations

import sys
from multiprocessing.connection import Connection

from hebb_controller.page.child import serve

if __name__ == "__main__":
    pipe = Connection(int(sys.argv[1]))
    serve(pipe, sys.argv[2], int(sys.argv[3]), str(pipe.recv()))
