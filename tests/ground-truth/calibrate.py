#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive the costs of the lab's host profile from one policy at one HZ.

Prints each parameter with its value, the value in FILE.ini (without it, the
shipped host-lab.ini) and where it comes from. With the program's path in GRACESIM
it then simulates the same calls from these values alone and prints both medians.

Only what was measured under sync-expedited at HZ=100 is read. There a
registration waits for a grace period from idle and nothing else, so its latency,
less that of an ioctl that waits for nothing, is the sum of the costs asked for:
near, where the caller's CPU is the one callbacks run on, and far. The sums are
from the logs, which no tracer disturbed. How they are shared out over the steps is
from the event traces (FOLDER, hz100-cpu2-sync-expedited-*): the mean distance of
each two events, less what tracing an event takes. That is taken to be the same
for all, and follows from how much longer KVM_IOEVENTFD took while it was traced.

No value is fitted to another condition. But choices were made that the data leave
open, with predictions of other conditions in view: which cost an interval belongs
to, the scenarios that the sums are from, and that ticks are as late as they are
apart.
"""
import argparse
import collections
import configparser
import glob
import gzip
import os
import re
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import ground_truth  # noqa: E402

HZ = 100
POLICY = 'sync-expedited'
TESTS = os.path.join(ground_truth.DATA, '..', '..')
EVENTS = os.path.join(TESTS, 'conformance', 'data')
SHIPPED = os.path.join(TESTS, '..', 'models', 'profile', 'host-lab.ini')

# A synchronize_srcu_expedited() from idle, as traced: each event, and the step
# that the time from it to the next belongs to. Up to here it is the same everywhere.
REQUEST = (
    ('synchronize_srcu_expedited', 'request'),
    ('srcu_gp_start_if_needed', 'irq_work'),  # interrupts itself at its end
    ('srcu_irq_work', 'irq_work'),
    ('workqueue_queue_work', 'irq_work'),     # wakes the worker
    ('sched_wakeup', 'sleep'),                # the caller goes on, and blocks
    ('sched_switch', 'worker begins'),
    ('workqueue_execute_start', 'check'),
    ('process_srcu', 'check'),
    ('try_check_zero', 'check'),
    ('try_check_zero', 'gp_end'),             # a scan like the one before, then srcu_gp_end()
)
# Near: the same worker goes on, and its CPU switches back to the caller.
NEAR = REQUEST + (
    ('workqueue_queue_work', 'queued'),
    ('srcu_reschedule', 'dispatch'),
    ('workqueue_execute_start', 'invoke'),
    ('srcu_invoke_callbacks', 'invoke'),
    ('wakeme_after_rcu', 'wake'),
    ('sched_wakeup', 'switch'),
    ('sched_switch', None),
)
# Far: the CPU goes idle, the other wakes up and goes idle, the first wakes up again.
FAR = REQUEST + (
    ('workqueue_queue_work', 'far'),
    ('srcu_reschedule', 'far'),
    ('sched_switch', 'far'),
    ('sched_wakeup', 'idle switch'),
    ('sched_switch', 'idle worker begins'),
    ('workqueue_execute_start', 'far'),
    ('srcu_invoke_callbacks', 'far'),
    ('wakeme_after_rcu', 'far'),
    ('sched_switch', 'far'),
    ('sched_wakeup', 'idle switch'),
    ('sched_switch', None),
)
# Traced in KVM_IOEVENTFD beside these: kvm_io_bus_register_dev().
OTHER_EVENTS = 1

# What was traced, each starting with two KVM_IOEVENTFD when there is no other thread yet.
TRACED = ('fc', 'threads')
SINGLE_THREADED = tuple(name for name in ground_truth.SCENARIOS if name != 'threads')

# What a tick adds at least to the call that it falls into.
TICK_AT_LEAST_NS = 3e3

# KVM_CREATE_PIT2 makes a thread: to kthreadd, to the thread, and back.
PIT_SWITCHES = 3

# Grace periods that each ioctl waits for, by the kernel's source; a check below
# counts them. KVM_CREATE_PIT2 has a speaker here.
GRACE_PERIODS = {
    'KVM_CREATE_VM': 0,
    'KVM_CREATE_IRQCHIP': 5,
    'KVM_CREATE_PIT2': 2,
    'KVM_CREATE_VCPU': 2,
    'KVM_SET_USER_MEMORY_REGION': 1,
    'KVM_IOEVENTFD': 1,
    'KVM_SET_GSI_ROUTING': 1,
    'KVM_IRQFD': 0,
}

Value = collections.namedtuple('Value', 'ns origin')
Event = collections.namedtuple('Event', 'cpu ns name')

EVENT_LINE = re.compile(r'\s*\S+-\d+\s+\[(\d+)\]\s+\S+\s+([\d.]+):\s+(\w+)')
CALL_LINE = re.compile(r'# .* ioctl\(\d+, (\w+).*<([\d.]+)>$')


class Cells:
    """Latencies of the calls with one CPU count; without saying which, of a single thread."""

    def __init__(self, cpus):
        self.by_scenario = {
            scenario: ground_truth.latencies(ground_truth.read_log(
                ground_truth.log(ground_truth.Kernel(cpus, HZ, POLICY), scenario)))
            for scenario in ground_truth.SCENARIOS}

    def of(self, name, occurrence=None, scenarios=SINGLE_THREADED):
        return [value for scenario in scenarios
                for key, values in self.by_scenario[scenario].items() for value in values
                if key[0] == name and occurrence in (None, key[1])]


class Trace:
    """One VM start as ftrace saw it, and how long its calls then took."""

    def __init__(self, path):
        self.scenario = os.path.basename(path).split('-')[-2]
        self.events = []
        self.latencies = collections.defaultdict(list)
        with (gzip.open if path.endswith('.gz') else open)(path, 'rt', encoding='utf-8') as file:
            for line in file:
                event = EVENT_LINE.match(line)
                call = CALL_LINE.match(line)
                if event:
                    self.events.append(Event(int(event[1]), round(float(event[2]) * 1e9), event[3]))
                elif call:
                    self.latencies[call[1]].append(float(call[2]) * 1e9)

    def passages(self, steps):
        """Wherever the events of @steps follow each other: the distances between them."""
        names = [name for name, _ in steps]
        for first in range(len(self.events) - len(names) + 1):
            passage = self.events[first:first + len(names)]
            if [event.name for event in passage] == names:
                yield [after.ns - event.ns for event, after in zip(passage, passage[1:])]

    def tick_distances(self):
        """Of two CPUs' ticks at one edge: how far apart they begin, and the events that took."""
        ticks = [i for i, event in enumerate(self.events) if event.name == 'tick_nohz_handler']
        for i, j in zip(ticks, ticks[1:]):
            distance = self.events[j].ns - self.events[i].ns
            if self.events[i].cpu != self.events[j].cpu and distance < 0.5e9 / HZ:
                yield distance, j - i


def split(values):
    """The values on either side of the widest gap between their 10 % and 90 % points."""
    values = sorted(values)
    first, last = len(values) // 10, len(values) * 9 // 10
    cut = max(range(first + 1, last), key=lambda i: values[i] - values[i - 1])
    return values[:cut], values[cut:]


def near_and_far(by_scenario):
    """What a call takes where callbacks run on the caller's CPU, and where on another."""
    sides = [[statistics.median(side) for side in split(values)]
             for values in by_scenario.values()]
    return [statistics.mean(side) for side in zip(*sides)]


def far_extra(two, name, occurrence=None, scenarios=None):
    near, far = near_and_far({'': two.of(name, occurrence, scenarios)})
    return far - near


def share_out(traces, steps, tracing_ns):
    """Each step's mean time, and how many passages that is the mean of."""
    passages = [passage for trace in traces for passage in trace.passages(steps)]
    shares = collections.Counter()
    for (_, step), distances in zip(steps, zip(*passages)):
        shares[step] += statistics.mean(distances) - tracing_ns
    return shares, len(passages)


def grace_period(two, traces):
    """The costs of the steps of a grace period, so that they add up to both sums."""
    near_ns, far_ns = near_and_far({scenario: [
        ns for occurrence in range(2) for ns in two.of('KVM_IOEVENTFD', occurrence, [scenario])]
        for scenario in TRACED})
    slow_near_ns, slow_far_ns = near_and_far({scenario: [
        ns for trace in traces if trace.scenario == scenario
        for ns in trace.latencies['KVM_IOEVENTFD'][:2]] for scenario in TRACED})
    tracing = ((slow_near_ns - near_ns + slow_far_ns - far_ns) /
               (len(NEAR) + len(FAR) + 2 * OTHER_EVENTS))
    near, near_count = share_out(traces, NEAR, tracing)
    far, far_count = share_out(traces, FAR, tracing)
    # What is the same on both is the mean of both.
    step = near | {name: (near[name] * near_count + far[name] * far_count) /
                         (near_count + far_count) for _, name in REQUEST}

    # From the worker's first steps those are left out that its next item takes as well.
    begins = step['worker begins'] - step['dispatch']
    switch = step['switch'] + begins
    costs = {
        'srcu_request': (step['request'], 1, 'to srcu_gp_start_if_needed()'),
        'irq_work': (step['irq_work'], 1, 'from there until the worker is woken'),
        'sync_sleep': (step['sleep'] + begins - switch, 1, 'to the worker, beyond a switch'),
        'switch': (switch, 2, 'caller woken until it runs, the worker beginning as before'),
        'work_dispatch': (step['dispatch'], 2, 'end of process_srcu() to the next item'),
        'srcu_check': (step['check'], 2, 'worker to the second scan'),
        'srcu_gp_end': (step['gp_end'] - step['check'] + step['queued'], 1,
                        'second scan to the end, less a scan'),
        'srcu_invoke': (step['invoke'] / 2, 1, 'half of the time until the callback'),
        'callback': (step['invoke'] / 2, 1, 'the other half'),
    }
    values = {f'cost.{name}_ns': Value(ns, origin) for name, (ns, _, origin) in costs.items()}

    base = statistics.median(two.of('KVM_IRQFD'))
    known = sum(ns * count for ns, count, _ in costs.values())
    values['cost.sync_return_ns'] = Value(near_ns - base - known,
                                          'what is left: callback until the caller is woken')
    remote = (far_ns - near_ns + switch) / 2
    idle_wake = step['wake'] + far['idle switch'] / 2 + far['idle worker begins'] - step['dispatch']
    values['cost.idle_wake_ns'] = Value(idle_wake, 'waking as near, until it runs as far')
    values['cost.ipi_ns'] = Value(remote - idle_wake, f'rest of a remote wake-up of '
                                  f'{remote / 1e3:.2f} us: far, two of them replace a switch')
    print(f'A grace period takes {(near_ns - base) / 1e3:.2f} us near and '
          f'{(far_ns - base) / 1e3:.2f} us far, tracing an event {tracing / 1e3:.2f} us;\n'
          f'{near_count} were traced near, {far_count} far.\n')
    return values, near_ns - base, tracing


def tick_costs(one):
    """A tick in a KVM_CREATE_VM, without and with a softirq that has something to do.

    That ioctl waits for nothing and takes the same time within a microsecond; only
    those that a tick fell into took longer, and among them are two kinds.
    """
    extra = []
    for calls in one.by_scenario.values():
        values = calls['KVM_CREATE_VM', 0]
        median = statistics.median(values)
        extra += (value - median for value in values if value - median > TICK_AT_LEAST_NS)
    plain, busy = split(extra)
    return statistics.median(plain), statistics.median(busy), len(extra)


def derive(one, two, traces):
    """Parameter -> Value, in the order of the explanation."""
    values, sum_ns, tracing = grace_period(two, traces)

    plain, busy, ticks = tick_costs(one)
    values['cost.tick_ns'] = Value(plain, f'1 CPU, the shorter of {ticks} ticks in KVM_CREATE_VM')
    values['cost.timer_ns'] = Value(busy - plain, 'what the longer ones take beyond these')

    distances = [ns - events * tracing for trace in traces for ns, events in trace.tick_distances()]
    values['tick.jitter_ns'] = Value(
        statistics.mean(distances), f'from one CPU\'s tick to the other\'s at {len(distances)} '
        'edges, in either order')

    base = statistics.median(one.of('KVM_IRQFD'))
    for name, waits in GRACE_PERIODS.items():
        latency = statistics.median(one.of(name, 0 if name == 'KVM_CREATE_VCPU' else None))
        work = latency - waits * sum_ns
        origin = (f'1 CPU, {latency / 1e3:.2f} us' +
                  (f' less {waits} x {sum_ns / 1e3:.2f} us' if waits else ''))
        if name == 'KVM_CREATE_PIT2':
            work -= PIT_SWITCHES * values['cost.switch_ns'].ns
            origin += f' and {PIT_SWITCHES} switches'
        values[name] = (Value(base, 'as KVM_IRQFD') if name == 'KVM_IOEVENTFD' else
                        Value(work, origin))
    return values


def read_profile(path):
    profile = configparser.ConfigParser()
    profile.optionxform = str
    with open(path, encoding='utf-8') as file:
        profile.read_file(file)
    return profile


def to_ns(text):
    number, unit = re.fullmatch(r'([\d.]+)(ns|us|ms)?', text).groups()
    return float(number) * {'us': 1e3, 'ms': 1e6}.get(unit, 1)


def present(profile, name):
    section = 'parameters' if '.' in name else 'work'
    return profile.get(section, name, fallback=None)


def print_values(values, profile):
    print(f'{"parameter":<27} {"value":>9} {"profile":>9}  from')
    for name, value in values.items():
        there = present(profile, name)
        print(f'{name:<27} {value.ns:>6.0f} ns '
              f'{f"{to_ns(there):.0f} ns" if there else "-":>9}  {value.origin}')


def print_counts(two):
    """Each grace period costs a call on the far CPU the same extra: so many are in it."""
    unit = far_extra(two, 'KVM_IOEVENTFD', scenarios=('fc', 'devsfirst'))
    print('\nGrace periods in a call, as its extra time on the far CPU tells (KVM_CREATE_PIT2 also '
          'wakes a\nthread there):')
    for name, occurrence, scenarios in (
            ('KVM_CREATE_IRQCHIP', 0, ('fc', 'devsfirst')),
            ('KVM_CREATE_PIT2', 0, ('fc', 'devsfirst')),
            ('KVM_SET_USER_MEMORY_REGION', 1, ('devsfirst',)),
            ('KVM_SET_GSI_ROUTING', 1, ('irq',)),
            ('KVM_CREATE_VCPU', 0, ('fc', 'devsfirst'))):
        extra = far_extra(two, name, occurrence, scenarios)
        print(f'{name:<27} {extra / 1e3:5.1f} us  {extra / unit:4.1f}, '
              f'taken for {GRACE_PERIODS[name]}')


def simulate(values, profile, scenario, cpus):
    """(name, occurrence) -> latencies, from @values and a log stripped of all durations."""
    for name, value in values.items():
        profile.set('parameters' if '.' in name else 'work', name, f'{value.ns:.0f}ns')
    with tempfile.TemporaryDirectory() as folder:
        ini, log, samples = (os.path.join(folder, name)
                             for name in ('lab.ini', 'bare.strace', 'samples.csv'))
        with open(ini, 'w', encoding='utf-8') as file:
            profile.write(file, space_around_delimiters=False)
        source = ground_truth.Kernel(cpus, HZ, POLICY)
        with open(ground_truth.log(source, scenario), encoding='utf-8') as file, \
                open(log, 'w', encoding='utf-8') as stripped:
            stripped.writelines(re.sub(r' <[\d.]+>$', '', line) for line in file)
        subprocess.run([os.environ['GRACESIM'], 'replay', log, '--machine=x86-vmx',
                        '--kernel=v7.3', '--host=' + ini, f'--cpus={cpus}', f'--hz={HZ}',
                        '--policy=' + POLICY, f'--from-policy={POLICY}', f'--from-hz={HZ}',
                        f'--from-cpus={cpus}', '--runs=10', '--quiet', '--samples=' + samples],
                       check=True, stdout=subprocess.DEVNULL)
        return ground_truth.score.predicted(samples)


def print_check(values, profile, one, two):
    print('\nMedians, measured and simulated from these values and call times alone:')
    for cpus, cells in (1, one), (2, two):
        for scenario in ('fc', 'irq'):
            simulated = simulate(values, profile, scenario, cpus)
            for key in sorted(cells.by_scenario[scenario]):
                measured = cells.by_scenario[scenario][key]
                print(f'{cpus} CPU{"s" if cpus > 1 else " "} {scenario:<4} '
                      f'{" ".join(map(str, key)):<29}'
                      f'{statistics.median(measured) / 1e3:8.1f} us '
                      f'{statistics.median(simulated[key]) / 1e3:8.1f} us')


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--profile', metavar='FILE.ini', default=SHIPPED)
    parser.add_argument('--events', metavar='FOLDER', default=EVENTS)
    options = parser.parse_args()
    pattern = os.path.join(options.events, f'hz{HZ}-cpu2-{POLICY}-*.ftrace*')
    traces = [Trace(path) for path in sorted(glob.glob(pattern))]
    if not traces:
        sys.exit(f"calibrate.py: no event trace matches '{pattern}'")
    profile = read_profile(options.profile)
    one, two = Cells(1), Cells(2)
    values = derive(one, two, traces)
    print_values(values, profile)
    print_counts(two)
    if 'GRACESIM' in os.environ:
        print_check(values, profile, one, two)
    return 0


if __name__ == '__main__':
    sys.exit(main())
