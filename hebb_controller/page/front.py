"""The script that runs in the browser before viser's own: cheap drawing without a graphics card, and a clean goodbye.

viser asks the browser for a canvas with smoothed edges, for which every point is kept four times over: too much for a
browser that draws in software. The choice is made together with the canvas, before the page has spoken to its server;
therefore the script stands in the page itself, in front of everything.

A browser says what it draws with. Where it does not say, or says that it is a card, the canvas is left as it is.

A browser that has left a page may keep it, and its connection with it. The connection is in a worker of viser's; the
worker ends with the visit, and so control is free at once.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Behind the address: draw as on a graphics card.
FINE = "fine"

_SCRIPT = """
(() => {
  const Made = window.Worker, workers = [];
  window.Worker = class extends Made {
    constructor(...words) { super(...words); workers.push(this); }
  };
  window.addEventListener('pagehide', () => workers.forEach((w) => w.terminate()));
  const probe = document.createElement('canvas').getContext('webgl2');
  const said = probe && probe.getExtension('WEBGL_debug_renderer_info');
  const renderer = said ? String(probe.getParameter(said.UNMASKED_RENDERER_WEBGL)) : '';
  if (probe) probe.getExtension('WEBGL_lose_context')?.loseContext();
  const soft = /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
  window.hebbCoarse = soft && !new URLSearchParams(location.search).has('FINE');
  if (!window.hebbCoarse) return;
  const original = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, wishes, ...rest) {
    if (String(kind).startsWith('webgl')) wishes = {...wishes, antialias: false};
    return original.call(this, kind, wishes, ...rest);
  };
})()
"""


#: viser's canvas for selecting by rectangle is empty and yet laid over the whole window in every picture.
_STYLE = '<style>canvas[width="0"]{visibility:hidden}</style>'


def script() -> str:
    """Return the HTML elements that stand in front of the page's own scripts."""
    return f"{_STYLE}<script>{' '.join(_SCRIPT.replace('FINE', FINE).split())}</script>"


@contextlib.contextmanager
def front(folder: Path) -> Iterator[None]:
    """Let a viser server that is made meanwhile serve its page with the script in it.

    viser reads the page at the first visit, from a folder that only it may choose: hence the detour. A viser that has
    no such folder any more serves its page as it is.

    Args:
        folder: for the page; it must last as long as the server does.
    """
    from viser import infra

    made = infra.WebsockServer

    def with_script(*words: Any, **settings: Any) -> Any:
        root = settings.get("http_server_root")
        if root is not None:
            shutil.copytree(root, folder, dirs_exist_ok=True)
            page = folder / "index.html"
            page.write_text(page.read_text("utf-8").replace("<head>", f"<head>{script()}", 1), "utf-8")
            settings["http_server_root"] = folder
        return made(*words, **settings)

    infra.WebsockServer = with_script  # type: ignore[assignment, misc]
    try:
        yield
    finally:
        infra.WebsockServer = made  # type: ignore[misc]
