"""Do paper and screen agree? Own pages in the layouts of print, read as HTML and as the PDF that Chromium made of them.

    python -m tests.benchmarks.print_forms [--anew] [--words]

Printed: for each layout how many paragraphs the screen has, how many paper gives exactly and in the same order, and
which fields differ. `--anew` prints all pages with the browser of this machine first; `--words` shows what differs.
"""

from __future__ import annotations

import argparse
from difflib import SequenceMatcher

from tests.extract.browser import printed
from tests.extract.test_prints import NAMES, PRINTS, html, on_paper, on_screen

_FIELDS = {"title", "subtitle", "authors", "day", "caption"}


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--anew", action="store_true", help="print all pages anew, and keep them")
    asked.add_argument("--words", action="store_true", help="show what differs")
    options = asked.parse_args()
    agreed = 0
    print(f"{'layout':<20} {'KB':>4} {'blocks':>7} {'equal':>6}  differs in")
    for name in NAMES:
        if options.anew:
            (PRINTS / f"{name}.pdf").write_bytes(printed(html(name)))
        agreed += _line(name, words=options.words)
    print(f"{agreed} of {len(NAMES)} layouts agree in all")


def _line(name: str, *, words: bool) -> bool:
    pdf = (PRINTS / f"{name}.pdf").read_bytes()
    screen, paper = on_screen(name), on_paper(name, pdf)
    blocks = [part for part in screen if part[0] not in _FIELDS]
    matcher = SequenceMatcher(None, blocks, [part for part in paper if part[0] not in _FIELDS], autojunk=False)
    equal = sum(match.size for match in matcher.get_matching_blocks())
    differs = sorted({kind for kind, _ in set(screen) ^ set(paper)})
    print(f"{name:<20} {len(pdf) // 1000:>4} {len(blocks):>7} {equal:>6}  {', '.join(differs)}")
    if words:
        for part in screen:
            if part not in paper:
                print("    screen:", *part)
        for part in paper:
            if part not in screen:
                print("    paper: ", *part)
    return screen == paper


if __name__ == "__main__":
    main()
