# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground truth, what the program predicts of it, and how far apart they are."""
import collections
import concurrent.futures
import csv
import itertools
import os
import statistics
import subprocess
import tempfile

import score
import third_edges

SCENARIOS = ('fc', 'bare', 'devsfirst', 'gaps', 'irq', 'threads')
POLICIES = ('sync', 'sync-expedited', 'call-srcu', 'hybrid', 'call-srcu-expedited')
HZ = (100, 250, 1000)
CPUS = (1, 2)

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data')

# What every prediction here assumes beside policy, HZ and CPUs: the lab.
LAB = ('--machine=x86-vmx', '--kernel=v7.3', '--host=lab', '--seed=1')
RUNS = 25  # of 40 VMs each

# A kernel that was measured, and the log that recorded one scenario there.
Kernel = collections.namedtuple('Kernel', 'cpus hz policy')
SOURCE = Kernel(2, 250, 'sync-expedited')

# An ioctl of a VM start, measured or simulated. Times count from any epoch.
Call = collections.namedtuple('Call', 'name occurrence start_ns latency_ns')

# One ioctl of one scenario on one kernel. curves: the latencies of both sides.
Cell = collections.namedtuple('Cell', 'scenario kernel call kind measured_ns predicted_ns '
                              'w1_ns tolerance_ns ok curves')

# How one wait ended in one scenario on one kernel: see third_edges.
Edges = collections.namedtuple('Edges', 'scenario kernel call measured predicted')


def log(kernel, scenario):
    return os.path.join(DATA, f'hz{kernel.hz}-cpu{kernel.cpus}', kernel.policy,
                        scenario + '.strace')


def with_occurrences(calls):
    """(name, start_ns, latency_ns) of one VM as Calls, in start order."""
    seen = collections.Counter()
    for name, start_ns, latency_ns in sorted(calls, key=lambda call: call[1]):
        yield Call(name, seen[name], start_ns, latency_ns)
        seen[name] += 1


def read_log(path):
    """The VMs of a log, each a list of Calls: score.measured(), with their times."""
    vms = []
    with open(path, encoding='utf-8') as file:
        for line in file:
            fields = score.LINE.match(line)
            if not fields:
                continue
            name, args = fields[3], fields[4]
            if name == 'openat':
                vms.append([])
            elif name == 'ioctl':
                vms[-1].append((args.split(', ')[1],
                                int(fields[2].replace('.', '')), round(float(fields[6]) * 1e9)))
    return [list(with_occurrences(vm)) for vm in vms]


def predict(source, scenario, cpus, hz, policies):
    """Replay one log: (hz, policy) -> runs -> VMs -> Calls."""
    with tempfile.TemporaryDirectory() as folder:
        samples = os.path.join(folder, 'samples.csv')
        subprocess.run([os.environ.get('GRACESIM', 'gracesim'), 'replay', log(source, scenario),
                        *LAB, f'--from-policy={source.policy}', f'--from-hz={source.hz}',
                        f'--from-cpus={source.cpus}', f'--cpus={cpus}',
                        '--hz=' + ','.join(map(str, hz)), '--policy=' + ','.join(policies),
                        f'--runs={RUNS}', '--jobs=1', '--quiet', '--samples=' + samples],
                       check=True, stdout=subprocess.DEVNULL)
        with open(samples, newline='', encoding='utf-8') as file:
            rows = csv.reader(file)
            column = {name: index for index, name in enumerate(next(rows))}
            at = [column[name] for name in ('hz', 'policy', 'run', 'vm', 'call', 'occurrence',
                                            'start_ns', 'latency_ns')]
            predicted = collections.defaultdict(
                lambda: [collections.defaultdict(list) for _ in range(RUNS)])
            for row in rows:
                hz, policy, run, vm, call, occurrence, start_ns, latency_ns = [row[i] for i in at]
                predicted[int(hz), policy][int(run)][int(vm)].append(
                    Call(call, int(occurrence), int(start_ns), int(latency_ns)))
    return {key: [list(vms.values()) for vms in runs] for key, runs in predicted.items()}


def latencies(vms):
    """(name, occurrence) -> latencies, as score.py groups them."""
    cells = collections.defaultdict(list)
    for call in itertools.chain.from_iterable(vms):
        if call.name not in score.SKIP:
            cells[call.name, call.occurrence].append(float(call.latency_ns))
    return cells


def judge(scenario, kernel, measured, predicted):
    """The cells of one prediction against one measured log, by the rules of score.py."""
    rng = score.random.Random(1)
    jiffy_ns = 1e9 / kernel.hz
    for key in sorted(measured):
        x, y = measured[key], predicted.get(key, [])
        p95 = max(score.quantiles(v)[190] if v else 0 for v in (x, y))
        kind = 'stall' if p95 > .3 * jiffy_ns else 'quick'
        median = statistics.median(x)
        tolerance = (max(.03 * jiffy_ns, .02 * median, 20e3) if kind == 'stall' else
                     max(.3 * median, 10e3))
        tolerance += max(score.noise(x, rng), score.chance(y, len(x), rng))
        w1 = score.w1(x, y) if y else float('inf')
        yield Cell(scenario, kernel, f'{key[0]} {key[1]}', kind, median,
                   statistics.median(y) if y else float('nan'), w1, tolerance, w1 <= tolerance,
                   (x, score.quantiles(y)) if y else (x, []))


def compare(source, scenario, cpus, hz, policies):
    """Replay one log and hold it against each kernel: its Cells and its Edges."""
    cells, edges = [], []
    predictions = predict(source, scenario, cpus, hz, policies)
    for kernel in (Kernel(cpus, *key) for key in itertools.product(hz, policies)):
        runs = predictions[kernel.hz, kernel.policy]
        path = log(kernel, scenario)
        cells += judge(scenario, kernel, score.measured(path), latencies(itertools.chain(*runs)))
        if kernel.policy == third_edges.POLICY:
            measured = third_edges.count([read_log(path)], kernel.hz)
            predicted = third_edges.count(runs, kernel.hz)
            edges += (Edges(scenario, kernel, call, measured[call], predicted[call])
                      for call in measured)
    return cells, edges


def compare_all(source, cpus=CPUS, hz=HZ, policies=POLICIES):
    """Every scenario on every such kernel, each as @source recorded it; one file per process."""
    cells, edges = [], []
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(compare, source, scenario, n, hz, policies)
                for n in cpus for scenario in SCENARIOS]
        for job in jobs:
            more_cells, more_edges = job.result()
            cells += more_cells
            edges += more_edges
    return cells, edges


def passed(cells, kind):
    """How many cells of a kind pass, and how many there are."""
    chosen = [cell.ok for cell in cells if cell.kind == kind]
    return sum(chosen), len(chosen)


def duration(ns):
    return f'{ns / 1e6:.2f} ms' if ns >= 1e6 else f'{ns / 1e3:.1f} us'
