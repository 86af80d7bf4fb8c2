#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the page that shows every prediction beside its measurement.

usage: write-fidelity.py FOLDER      GRACESIM=program

Writes FOLDER/FIDELITY.md and its pictures, FOLDER/fidelity/*.svg.
"""
import os
import sys

sys.dont_write_bytecode = True
import fidelity_page  # noqa: E402
import fidelity_pictures  # noqa: E402
import ground_truth  # noqa: E402

# The logs to predict from: the one all details are about, and others that
# should do as well.
SOURCES = (ground_truth.SOURCE,
           ground_truth.Kernel(2, 250, 'call-srcu'),
           ground_truth.Kernel(1, 250, 'sync-expedited'),
           ground_truth.Kernel(1, 250, 'call-srcu'))


def write(path, text):
    """Whole or not at all."""
    with open(path + '.tmp', 'w', encoding='utf-8') as file:
        file.write(text)
    os.replace(path + '.tmp', path)


def main():
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    folder = sys.argv[1]
    if not fidelity_pictures.have_gnuplot():
        print('write-fidelity: gnuplot is not installed (package gnuplot-nox)', file=sys.stderr)
        return 1

    results = {}
    for source in SOURCES:
        print(f'reading {fidelity_page.source_name(source)}', file=sys.stderr)
        results[source] = ground_truth.compare_all(source)

    pictures = os.path.join(folder, 'fidelity')
    os.makedirs(pictures, exist_ok=True)
    cells = results[ground_truth.SOURCE][0]
    for scenario in ground_truth.SCENARIOS:
        for cpus in ground_truth.CPUS:
            picture = fidelity_pictures.draw(
                scenario, cpus, fidelity_page.choose(cells, scenario=scenario, cpus=cpus))
            if picture:
                write(os.path.join(pictures, fidelity_pictures.file_name(scenario, cpus)), picture)
    write(os.path.join(folder, 'FIDELITY.md'), fidelity_page.text(results))
    return 0


if __name__ == '__main__':
    sys.exit(main())
