"""Take the picture of the live page that the documentation shows.

python tests/page/screenshot.py docs/images/view.png [--width 1400] [--height 900]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from view_browser import ViewProcess, missing, open_browser, press, text_of, wait_for


def main() -> None:
    """Let three robots walk, saturate them, and take the picture once one has recovered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if missing():
        sys.exit(missing())
    with tempfile.TemporaryDirectory() as folder:
        page = ViewProcess(Path(folder), "--robot", "realant", "--seed", str(given.seed))
        browser = open_browser(Path(folder, "profile"), given.width, given.height)
        try:
            browser.get(f"{page.url}/?fine")  # as with a graphics card
            wait_for(lambda: "plastic" in text_of(browser, "hebb-status"), 90.0)
            time.sleep(8.0)
            press(browser, "x")
            wait_for(lambda: "plastic recovered in" in text_of(browser, "hebb-recovery"), 90.0)
            # viser says that there is no graphics card here, which is not what the picture is about.
            browser.execute_script(
                "document.querySelectorAll('.mantine-Notifications-notification').forEach((n) => n.remove())"
            )
            time.sleep(1.5)
            given.out.parent.mkdir(parents=True, exist_ok=True)
            browser.save_screenshot(str(given.out))
        finally:
            browser.quit()
            page.close()


if __name__ == "__main__":
    main()
