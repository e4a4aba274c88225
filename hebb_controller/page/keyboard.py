"""The e-stop's key and its button, which stand above everything on the page.

viser hears keys except while somebody types into a field, and its panels can be closed. This script, carried by an
image that cannot load (viser's HTML elements run no script tags), hears Escape wherever it is pressed, and puts a
button on top of the page; either presses Escape once more on the document itself, where viser always hears it.

When the page is left it presses the key that releases control: browsers keep a page that has been left alive and
connected for a while, in case somebody comes back to it, and control would stay with nobody.
"""

from __future__ import annotations

import html

ESTOP_ID = "hebb-estop"

_SCRIPT = """
(() => {
  if (window.hebbEstop) return;
  const type = (key, code) => document.documentElement.dispatchEvent(
    new KeyboardEvent('keydown', {key: key, code: code, bubbles: true, cancelable: true}));
  const press = () => {
    if (document.activeElement && document.activeElement.blur) document.activeElement.blur();
    type('Escape', 'Escape');
  };
  window.hebbEstop = press;
  window.addEventListener('pagehide', () => type('u', 'KeyU'));
  window.addEventListener('pageshow', (e) => { if (e.persisted) location.reload(); });
  window.addEventListener('keydown', (e) => { if (e.isTrusted && e.key === 'Escape') press(); }, true);
  const button = document.createElement('button');
  button.id = 'ESTOP_ID';
  button.textContent = 'E-STOP  (Esc)';
  button.setAttribute('aria-label', 'Emergency stop, key Escape');
  button.style.cssText = 'position:fixed;top:10px;left:50%;transform:translateX(-50%);z-index:100000;' +
    'background:#c8102e;color:#fff;font:700 17px system-ui,sans-serif;padding:10px 20px;border:3px solid #fff;' +
    'border-radius:10px;cursor:pointer;box-shadow:0 2px 8px rgba(0,0,0,.35)';
  button.addEventListener('click', press);
  document.body.appendChild(button);
})()
"""


def estop_html() -> str:
    """Return the HTML element that installs key and button."""
    script = " ".join(_SCRIPT.replace("ESTOP_ID", ESTOP_ID).split())
    return f'<img src="data:," alt="" style="display:none" onerror="{html.escape(script, quote=True)}">'
