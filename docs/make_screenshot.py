"""Write docs/screenshot.png: the hub page over the sample borough, as the README shows it.

Needs Chromium and the extra `test`:  python docs/make_screenshot.py
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

TARGET = Path(__file__).with_name("screenshot.png")
SIZE = {"width": 1366, "height": 900}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def main() -> None:
    """Serve the sample borough from an empty folder and photograph its first page."""
    with tempfile.TemporaryDirectory() as folder:
        served = subprocess.Popen(
            [sys.executable, "-m", "aim", "demo", "--port", "0", "--dir", folder],
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "AIM_PARTNERSHIP": "Norbeck Community Safety Partnership"},
        )
        try:
            photograph(told_address(served))
        finally:
            served.terminate()
            served.wait(20)


def told_address(served: "subprocess.Popen[str]") -> str:
    """Return the address the server tells."""
    for line in served.stderr or ():
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return found[0]
    raise SystemExit("The demo stopped before it served; run `aim demo` to see why.")


def photograph(address: str) -> None:
    """Write the picture once the map has drawn."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise SystemExit("No Chromium was found; install one to take the picture.")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page(viewport=SIZE, locale="en-GB")
        page.goto(address)
        page.click("button:text-is('Demo analyst')")
        page.wait_for_selector("body[data-map]")
        page.wait_for_timeout(500)
        page.screenshot(path=TARGET)
        opened.close()
    print(f"{TARGET} written")


if __name__ == "__main__":
    main()
