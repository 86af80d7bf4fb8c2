#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold predictions against the ground truth: part of what doc/FIDELITY.md shows.

usage: check-fidelity.py      GRACESIM=program

Prints TAP. Fails if the predictions are further from the measurements than the
floors and bounds below; raise these when the model gets better.
"""
import statistics
import subprocess
import sys

sys.dont_write_bytecode = True
import fidelity_page  # noqa: E402
import ground_truth  # noqa: E402
from ground_truth import duration  # noqa: E402

# The kernels most unlike the one whose log is read, at both ends.
HZ = (100, 1000)
POLICIES = ('sync', 'call-srcu', 'hybrid')

# CPUs and kind of cell -> share of these cells that passes at least.
FLOORS = {
    (1, 'stall'): .98,
    (1, 'quick'): .97,
    (2, 'stall'): .87,
    (2, 'quick'): .97,
}

# Share of third edges with two CPUs, first KVM_CREATE_VCPU: how far from the
# measured one it is at most, on average and in each file.
EDGES_MEAN = .15
EDGES_EACH = .30


def checks(cells, edges):
    """(what holds, whether it does), in TAP's order."""
    pairs = {(cell.kernel, cell.scenario) for cell in cells}
    wanted = (len(ground_truth.SCENARIOS) * len(ground_truth.CPUS) * len(HZ) * len(POLICIES))
    yield f'{len(pairs)} of {wanted} files are predicted', len(pairs) == wanted

    for (cpus, kind), floor in FLOORS.items():
        passed, total = ground_truth.passed(fidelity_page.choose(cells, cpus=cpus), kind)
        yield (f'{fidelity_page.plural(cpus)}: {passed} of {total} {kind} cells pass, '
               f'{passed / max(total, 1):.1%}; the floor is {floor:.0%}',
               total > 0 and passed >= floor * total)

    one = fidelity_page.choose(edges, cpus=1)
    third = sum(e.measured.third + e.predicted.third for e in one)
    yield f'1 CPU: {third} waits take a third edge', bool(one) and third == 0

    two = [e for e in fidelity_page.choose(edges, cpus=2) if e.call == 'KVM_CREATE_VCPU 0']
    found = fidelity_page.differences(two)
    yield (f'2 CPUs: shares of third edges differ by {statistics.mean(found):.2f} on average; '
           f'the bound is {EDGES_MEAN}', statistics.mean(found) <= EDGES_MEAN)
    yield (f'2 CPUs: shares of third edges differ by {max(found):.2f} at most; '
           f'the bound is {EDGES_EACH}', max(found) <= EDGES_EACH)


def main():
    try:
        cells, edges = ground_truth.compare_all(ground_truth.SOURCE, hz=HZ, policies=POLICIES)
    except subprocess.CalledProcessError as error:
        print(f'Bail out! {error}')
        return 1
    for cell in cells:
        if not cell.ok:
            print(f'# misses: {cell.kind}, {fidelity_page.plural(cell.kernel.cpus)}, '
                  f'HZ={cell.kernel.hz} {cell.kernel.policy} {cell.scenario} {cell.call}: '
                  f'measured {duration(cell.measured_ns)}, '
                  f'predicted {duration(cell.predicted_ns)}, '
                  f'W1 {duration(cell.w1_ns)} over {duration(cell.tolerance_ns)}')
    results = list(checks(cells, edges))
    print(f'1..{len(results)}')
    for number, (what, holds) in enumerate(results, 1):
        print(('ok' if holds else 'not ok') + f' {number} - {what}')
    return 0 if all(holds for _, holds in results) else 1


if __name__ == '__main__':
    sys.exit(main())
