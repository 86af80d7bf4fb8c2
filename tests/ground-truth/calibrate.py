#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive the costs of the lab's host profile from one policy at one HZ.

usage: calibrate.py [PROFILE.ini]      GRACESIM=program

Prints each parameter with its value, the value in PROFILE.ini (without one, the
shipped host-lab.ini) and the cells it comes from. With GRACESIM set it then
simulates the same calls from these values alone and prints both medians.

Only the files of sync-expedited at HZ=250 are read, with one CPU and with two:
under that policy a registration waits for a grace period from idle and nothing
else, so its latency is a sum of the costs asked for. A sum is all one sees: how
it is shared out over its steps is an assumption, stated in STEPS.
"""
import collections
import configparser
import os
import re
import statistics
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import ground_truth  # noqa: E402

HZ = 250
POLICY = 'sync-expedited'
SHIPPED = os.path.join(ground_truth.DATA, '..', '..', '..', 'models', 'profile', 'host-lab.ini')

# What a synchronize_srcu_expedited() from idle goes through on one CPU:
# parameter, how often, and how much of the whole one time is. A step that takes
# a lock and touches a few lines of memory counts one; one that in addition
# raises an interrupt, or works through lists of CPUs, two; a switch, which goes
# through the scheduler on the way out and in, three.
STEPS = (
    ('cost.srcu_request_ns', 1, 1),   # srcu_gp_start_if_needed()
    ('cost.irq_work_ns', 1, 2),       # self-IPI, srcu_irq_work(), queueing and waking a worker
    ('cost.switch_ns', 2, 3),         # to the worker and back
    ('cost.work_dispatch_ns', 2, 1),  # process_srcu(), srcu_invoke_callbacks()
    ('cost.srcu_check_ns', 2, 1),     # one scan for each index
    ('cost.srcu_gp_end_ns', 1, 2),    # srcu_gp_end(), queueing the callbacks
    ('cost.srcu_invoke_ns', 1, 1),
    ('cost.callback_ns', 1, 1),       # wakeme_after_rcu()
    ('cost.sync_return_ns', 1, 1),
)

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


class Cells:
    """Latencies of the calls with one CPU count, of all scenarios with a single thread."""

    def __init__(self, cpus):
        self.by_scenario = {
            scenario: ground_truth.latencies(ground_truth.read_log(
                ground_truth.log(ground_truth.Kernel(cpus, HZ, POLICY), scenario)))
            for scenario in ground_truth.SCENARIOS if scenario != 'threads'}

    def of(self, name, occurrence=None, scenarios=None):
        return [value for scenario in scenarios or self.by_scenario
                for key, values in self.by_scenario[scenario].items() for value in values
                if key[0] == name and occurrence in (None, key[1])]


def split(values):
    """The values on either side of the widest gap between their 10 % and 90 % points."""
    values = sorted(values)
    first, last = len(values) // 10, len(values) * 9 // 10
    cut = max(range(first + 1, last), key=lambda i: values[i] - values[i - 1])
    return values[:cut], values[cut:]


def far_extra(two, name, occurrence=None, scenarios=None):
    """What a call takes longer on a CPU other than the one callbacks run on."""
    near, far = split(two.of(name, occurrence, scenarios))
    return statistics.median(far) - statistics.median(near)


def tick_costs(one):
    """Extra time of KVM_CREATE_VM calls with a tick in them: with and without timers to run.

    It takes 189 us and waits for nothing. How many of the calls a tick falls
    into follows from their length; these are the longest. Among them are two
    kinds, and the longer ran a softirq as well.
    """
    extra = []
    ticks = 0
    for calls in one.by_scenario.values():
        values = calls['KVM_CREATE_VM', 0]
        median = statistics.median(values)
        ticks += sum(values) * HZ / 1e9
        extra += (value - median for value in values)
    plain, with_timers = split(sorted(extra)[-round(ticks):])
    return statistics.median(plain), statistics.median(with_timers), round(ticks)


def derive(one, two):
    """Parameter -> Value, in the order of the explanation."""
    values = {}
    base = statistics.median(one.of('KVM_IRQFD'))
    grace_period = statistics.median(one.of('KVM_IOEVENTFD')) - base

    weights = sum(count * weight for _, count, weight in STEPS)
    for name, count, weight in STEPS:
        values[name] = Value(grace_period * weight / weights,
                             f'{weight} of {weights} parts of {grace_period / 1e3:.2f} us' +
                             (f', {count} times' if count > 1 else ''))

    # On another CPU than the callbacks' two wake-ups of idle CPUs take the place
    # of one switch, and srcu_gp_end() ends beside them.
    extra = far_extra(two, 'KVM_IOEVENTFD', scenarios=('fc', 'devsfirst'))
    wake = (extra + values['cost.switch_ns'].ns + values['cost.srcu_gp_end_ns'].ns) / 2
    for name in 'cost.idle_wake_ns', 'cost.ipi_ns':
        values[name] = Value(wake / 2, f'half of a remote wake-up, {wake / 1e3:.2f} us: 2 CPUs, '
                             f'KVM_IOEVENTFD, {extra / 1e3:.2f} us more on the far CPU')

    plain, with_timers, ticks = tick_costs(one)
    values['cost.tick_ns'] = Value(plain, f'1 CPU, the shorter of {ticks} ticks in KVM_CREATE_VM')
    values['cost.timer_ns'] = Value(with_timers - plain, 'what the longer ones take beyond these')

    for name, waits in GRACE_PERIODS.items():
        latency = statistics.median(one.of(name, 0 if name == 'KVM_CREATE_VCPU' else None))
        work = latency - waits * grace_period
        origin = (f'1 CPU, {latency / 1e3:.2f} us' +
                  (f' less {waits} x {grace_period / 1e3:.2f} us' if waits else ''))
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
    profile = read_profile(sys.argv[1] if len(sys.argv) > 1 else SHIPPED)
    one, two = Cells(1), Cells(2)
    values = derive(one, two)
    print_values(values, profile)
    print_counts(two)
    if 'GRACESIM' in os.environ:
        print_check(values, profile, one, two)
    return 0


if __name__ == '__main__':
    sys.exit(main())
