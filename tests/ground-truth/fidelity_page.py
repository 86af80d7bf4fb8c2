# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of doc/FIDELITY.md, from what ground_truth.py found."""
import collections
import os
import statistics

import fidelity_pictures
import ground_truth
import third_edges
from ground_truth import duration

# What the predictions are asked to reach: share of cells that pass.
ASKED = {'stall': .95, 'quick': .97}

HEAD = '''<!-- SPDX-License-Identifier: GPL-3.0-or-later -->
<!-- Written by `make fidelity`; do not edit. -->
# How close the predictions are

A real kernel was measured under 30 conditions: five policies, three tick rates, one and two CPUs;
six scenarios under each, 40 VM starts per file (`tests/ground-truth/README.md`). For each of these
180 files gracesim predicts the latencies of {vms} VM starts from the log of *one* kernel, the one
named in the tables, with the host profile `lab`.

One ioctl of one scenario on one kernel, say the first KVM_CREATE_VCPU, is a cell. W1 is the mean
distance between the two distributions of its latency. A cell passes if W1 is within the tolerance:
3 % of a jiffy or 2 % of the median for a stall, 30 % for the others, or a few microseconds, and
what 40 VMs leave to chance (`tests/ground-truth/score.py`). A stall cell is one where either side
takes over 0.3 jiffy in 5 % of the VMs; the others are quick cells.

These are not unseen data: one of the 30 conditions is the one read, the costs in `lab` were
calibrated on files of this lab (the profile says which), and the model was developed with these
scores in view.'''

EDGES_HEAD = '''## Third edges

Under call_srcu() a wait ends at the second tick edge after the first registration or, with more
than one CPU, sometimes at the third (doc/MODEL-LIMITS.md). The shares of VMs whose wait took a
third edge are counted: stalls end at tick edges, which shows where in a jiffy a file's ticks are
(`tests/ground-truth/third_edges.py`). Waits over 2 jiffies are a poor measure of them: in `irq`
each wait of two edges is that long. Two standard deviations of a share seen in 40 VMs are 14 points
near 30 %, 7 near 5 %.'''


def table(header, rows):
    yield '| ' + ' | '.join(header) + ' |'
    yield '|' + '---|' * len(header)
    for row in rows:
        yield '| ' + ' | '.join(row) + ' |'
    yield ''


def fraction(cells, kind):
    passed, total = ground_truth.passed(cells, kind)
    return f'{passed} of {total}, {passed / total:.1%}' if total else '-'


def source_name(kernel):
    return f'{kernel.policy}, HZ={kernel.hz}, {plural(kernel.cpus)}'


def plural(cpus):
    return f'{cpus} CPU' + ('s' if cpus > 1 else '')


def choose(items, **wanted):
    """Of @items, those of one scenario, or whose kernel has one CPU count, HZ or policy."""
    return [item for item in items
            if all(getattr(item if field == 'scenario' else item.kernel, field) == value
                   for field, value in wanted.items())]


def summary(results):
    """@results: source -> (cells, edges)."""
    yield '## All cells\n'
    for kind, asked in ASKED.items():
        yield f'{kind.capitalize()} cells that pass; {asked:.0%} asked for.\n'
        yield from table(
            ('log read', *(plural(cpus) for cpus in ground_truth.CPUS), 'together'),
            ((source_name(source),
              *(fraction(choose(cells, cpus=cpus), kind) for cpus in ground_truth.CPUS),
              fraction(cells, kind)) for source, (cells, _) in results.items()))

    cells = results[ground_truth.SOURCE][0]
    yield f'By scenario, from the log of {source_name(ground_truth.SOURCE)}:\n'
    yield from table(
        ('scenario', *(f'{kind}, {plural(cpus)}' for kind in ASKED for cpus in ground_truth.CPUS)),
        ((scenario, *(fraction(choose(cells, scenario=scenario, cpus=cpus), kind)
                      for kind in ASKED for cpus in ground_truth.CPUS))
         for scenario in ground_truth.SCENARIOS))


def differences(edges):
    return [abs(third_edges.share(e.measured) - third_edges.share(e.predicted)) for e in edges]


def edge_tables(results):
    yield EDGES_HEAD + '\n'
    edges = results[ground_truth.SOURCE][1]
    one = choose(edges, cpus=1)
    yield (f'With one CPU: measured {sum(e.measured.third for e in one)} in '
           f'{sum(e.measured.stalls for e in one)} stalls, predicted '
           f'{sum(e.predicted.third for e in one)} in {sum(e.predicted.stalls for e in one)}.\n')
    for call in sorted({e.call for e in edges}):
        chosen = [e for e in choose(edges, cpus=2) if e.call == call]
        found = differences(chosen)
        yield (f'{call}, two CPUs: the shares differ by {statistics.mean(found):.2f} on average, '
               f'by {max(found):.2f} at most.\n')
        yield from table(
            ('scenario', 'HZ', 'third edge, measured', 'predicted', 'difference',
             'over 2 jiffies, measured', 'predicted'),
            ((e.scenario, str(e.kernel.hz), f'{third_edges.share(e.measured):.2f}',
              f'{third_edges.share(e.predicted):.2f}', f'{difference:.2f}',
              f'{e.measured.over_2_jiffies / e.measured.vms:.2f}',
              f'{e.predicted.over_2_jiffies / e.predicted.vms:.2f}')
             for e, difference in zip(chosen, found)))
    yield 'The same from other logs, as average and largest difference:\n'
    calls = sorted({e.call for e in edges})
    yield from table(('log read', *calls), (
        (source_name(source), *(f'{statistics.mean(found):.2f}, {max(found):.2f}' for found in (
            differences(e for e in choose(other, cpus=2) if e.call == call) for call in calls)))
        for source, (_, other) in results.items()))


def cell_row(cell):
    return (str(cell.kernel.hz), cell.kernel.policy, cell.call, duration(cell.measured_ns),
            duration(cell.predicted_ns), duration(cell.w1_ns), duration(cell.tolerance_ns),
            'passes' if cell.ok else '**misses**')


CELL_HEADER = ('HZ', 'policy', 'call', 'measured', 'predicted', 'W1', 'tolerance', '')


def scenario_sections(cells):
    yield '## Stalls\n'
    yield (f'The log read is that of {source_name(ground_truth.SOURCE)}. The tables show medians,\n'
           'the pictures whole distributions: a curve is the share of VMs whose call took no\n'
           'longer. Quick cells are listed where they miss.\n')
    for scenario in ground_truth.SCENARIOS:
        for cpus in ground_truth.CPUS:
            yield f'### {scenario}, {plural(cpus)}\n'
            here = choose(cells, scenario=scenario, cpus=cpus)
            stalls = [cell for cell in here if cell.kind == 'stall']
            if stalls:
                name = fidelity_pictures.file_name(scenario, cpus)
                yield f'![measured and predicted latencies](fidelity/{name})\n'
            shown = stalls + [cell for cell in here if cell.kind == 'quick' and not cell.ok]
            yield from table(CELL_HEADER, map(cell_row, shown))


def file_table(cells):
    yield '## Every file\n'
    yield ('The log read is the same. Of each file the cell that is furthest from its\n'
           'measurement, in units of its tolerance.\n')
    files = collections.defaultdict(list)
    for cell in cells:
        files[cell.kernel, cell.scenario].append(cell)
    rows = []
    for kernel, scenario in sorted(files):
        here = files[kernel, scenario]
        worst = max(here, key=lambda cell: cell.w1_ns / cell.tolerance_ns)
        rows.append((os.path.relpath(ground_truth.log(kernel, scenario), ground_truth.DATA),
                     *('{} of {}'.format(*ground_truth.passed(here, kind)) for kind in ASKED),
                     *cell_row(worst)[2:]))
    yield from table(('file', 'stalls', 'quick', 'furthest', *CELL_HEADER[3:]), rows)


def text(results):
    """The page; @results: source -> (cells, edges), the first the one of the details."""
    cells = results[ground_truth.SOURCE][0]
    lines = [HEAD.format(vms=40 * ground_truth.RUNS) + '\n', *summary(results),
             *edge_tables(results),
             *scenario_sections(cells), *file_table(cells)]
    return '\n'.join(lines).rstrip('\n') + '\n'
