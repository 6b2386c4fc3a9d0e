"""Holds figures against minima.

usage: compare.py MINIMUMS FIGURES

MINIMUMS has lines `CHECKER AREA PERCENT` and comments after `#`; FIGURES is the checkers' output with the checker's name
before each line: `truth handshake  95/100  95.00 %`. Exits 1 where a figure is below its minimum, or missing.
"""

import re
import sys

FIGURE = re.compile(r"(\w+) (\w+) +(\d+)/(\d+)  ([\d.]+) %")


def read_minimums(path):
    lines = (line.split("#")[0].split() for line in open(path, encoding="utf-8"))
    return {(checker, area): float(percent) for checker, area, percent in filter(None, lines)}


def read_figures(path):
    found = filter(None, map(FIGURE.match, open(path, encoding="utf-8")))
    return {(m[1], m[2]): (int(m[3]), int(m[4])) for m in found}


def verdict(least, figure):
    if figure is None:
        return "MISSING"
    matched, expected = figure
    percent = 100 * matched / expected if expected else 0.0
    return f"{'passed' if percent >= least else 'TOO LOW'}: {percent:.2f} %, at least {least:g} %"


def main():
    minimums, figures = read_minimums(sys.argv[1]), read_figures(sys.argv[2])
    verdicts = {key: verdict(least, figures.get(key)) for key, least in minimums.items()}
    for (checker, area), text in verdicts.items():
        print(f"{checker} {area}: {text}")
    sys.exit(any(not text.startswith("passed") for text in verdicts.values()))


main()
