#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hold the replay of real VMMs' logs against what their ioctls took.

usage: check-recorded.py [--markdown]      GRACESIM=program srcdir=source tree

Replays each log of QEMU and kvmtool that has durations as it was recorded.
Prints TAP, or with --markdown the page doc/FIDELITY-RECORDED.md, whose head
says what is compared.
"""
import collections
import csv
import glob
import os
import re
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CORPUS = os.path.join(HERE, '..', '..', 'traces', 'corpus')
JIFFY_NS = 4e6
LONG_NS = 1e6        # a call that took longer did wait
STALL_NS = .3 * JIFFY_NS  # a run that waits longer says so; score.py draws the line there as well
OPTIONS = ['--kernel=v6.18', '--hz=250', '--policy=call-srcu', '--cpus=2', '--machine=x86-svm', '--seed=1', '--runs=1000']
OWN_WORK_NS = .5e6     # no wait of these logs may pass as work of the call
EDGE_NS = .1 * JIFFY_NS   # what ends this close to a tick edge is taken to end with it
BARS = {'precision': .9, 'recall': .9, 'range': .85}

REGISTERS = {'KVM_CREATE_IRQCHIP', 'KVM_CREATE_PIT', 'KVM_CREATE_PIT2', 'KVM_IOEVENTFD', 'KVM_REGISTER_COALESCED_MMIO'}
OTHER_DOMAIN = {'KVM_CREATE_IRQCHIP', 'KVM_SET_GSI_ROUTING', 'KVM_IRQFD', 'KVM_REINJECT_CONTROL'}  # kvm->irq_srcu
GUEST = {'KVM_RUN'}

# samples: (latency, wait) of each run; behind: a registration came before, and no synchronize in between;
# edge: from the nearest tick edge to its end.
Call = collections.namedtuple('Call', 'log name occurrence observed samples behind edge')


def tick_offsets(path):
    """(call, occurrence) -> ns from the nearest tick edge to its end, edges being where the first stall ended."""
    ends, counts, now, first_stall = {}, collections.Counter(), 0., None
    relative = '_f-r-' in path
    with open(path, errors='replace') as file:
        for line in file:
            line = re.sub(r'^(\[pid +\d+\] |\d+(<.*?>)? +(?=[\d ]))', '', line)
            stamp = re.match(r' *(?:(\d+):(\d+):)?(\d+\.\d+) ', line)
            if not stamp:
                continue
            hours, minutes, seconds = (float(part or 0) for part in stamp.groups())
            now = now + seconds if relative else hours * 3600 + minutes * 60 + seconds
            call = re.search(r'ioctl\(\w+(?:<.*?>)?, (\w+)', line)
            if not call:
                continue
            name = {'0x4040ae79': 'KVM_IOEVENTFD'}.get(call.group(1), call.group(1))
            duration = re.search(r'<([\d.]+)>$', line.rstrip())
            if duration:
                ends[name, counts[name]] = now + float(duration.group(1))
                if first_stall is None and name not in GUEST and float(duration.group(1)) * 1e9 > JIFFY_NS / 2:
                    first_stall = ends[name, counts[name]]
            counts[name] += 1
    if first_stall is None:
        return {}
    return {key: ((end - first_stall) * 1e9 + JIFFY_NS / 2) % JIFFY_NS - JIFFY_NS / 2 for key, end in ends.items()}


def replay(path, folder):
    """All calls of one log, in its order."""
    report, samples = (os.path.join(folder, name) for name in ('report.csv', 'samples.csv'))
    subprocess.run([os.environ.get('GRACESIM', 'gracesim'), 'replay', '--quiet', path, *OPTIONS,
                    '--format=csv', '--output=' + report, '--samples=' + samples], check=True)
    runs = collections.defaultdict(list)
    with open(samples, newline='') as file:
        for row in csv.DictReader(file):
            runs[row['call'], int(row['occurrence'])].append((float(row['latency_ns']), float(row['wait_ns'])))
    offsets, pending = tick_offsets(path), False
    with open(report, newline='') as file:
        for row in csv.DictReader(file):
            key = row['call'], int(row['occurrence'])
            call = Call(os.path.basename(path)[:-len('.strace')], *key,
                        float(row['observed_median_ns']) if int(row['observed_count']) else None,
                        runs[key], pending, offsets.get(key))
            synchronizes = waits_at_all(call) and key[0] not in OTHER_DOMAIN
            yield call._replace(behind=pending and synchronizes)
            if synchronizes:
                pending = False
            elif key[0] in REGISTERS:
                pending = True


def predicted(call, share):
    """A quantile of the predicted latencies."""
    latencies = sorted(latency for latency, _ in call.samples)
    return latencies[min(int(share * len(latencies)), len(latencies) - 1)]


def in_range(call):
    return predicted(call, .01) <= call.observed <= predicted(call, .99)


def waits_at_all(call):
    return statistics.median(wait for _, wait in call.samples) > 0


def says_it_waits(call):
    return sum(wait > STALL_NS for _, wait in call.samples) > len(call.samples) / 2


def did_wait(call):
    return call.observed is not None and call.observed > LONG_NS


def own_work(call):
    """What of its predicted latency is not simulated wait."""
    return statistics.median(latency - wait for latency, wait in call.samples)


def stalls(calls):
    """What waited for the grace period of a registration, or is said to."""
    return [c for c in calls if says_it_waits(c) or (did_wait(c) and c.behind)]


def others(calls):
    """What took long for another reason."""
    return [c for c in calls if did_wait(c) and not c.behind and not says_it_waits(c) and c.name not in GUEST]


class Score:
    def __init__(self, calls):
        self.said = sum(says_it_waits(c) for c in calls)
        self.hits = sum(says_it_waits(c) and did_wait(c) for c in calls)
        self.did = sum(did_wait(c) and (c.behind or says_it_waits(c)) for c in calls)
        self.inside = sum(did_wait(c) and (c.behind or says_it_waits(c)) and in_range(c) for c in calls)

    def ratios(self):
        return {'precision': self.hits / self.said if self.said else 1.,
                'recall': self.hits / self.did if self.did else 1.,
                'range': self.inside / self.did if self.did else 1.}


def duration(ns):
    return f'{ns / 1e6:.2f} ms' if ns >= 1e6 else f'{ns / 1e3:.0f} us'


def verdict(call):
    if not did_wait(call):
        return 'did not wait'
    if not says_it_waits(call):
        return 'not said to'
    return '' if in_range(call) else 'out of range'


def other_cause(call):
    if waits_at_all(call):
        what = 'asks for an expedited grace period'
    elif call.name == 'KVM_CREATE_PIT2':
        what = 'makes a kthread'
    else:
        return 'asks for nothing: it had no CPU, or faulted'
    if call.edge is None:
        return what
    at_edge = f'ended {call.edge / 1e3:+.0f} us from a tick edge'
    return f'{what}; {at_edge}' + (': somebody waited for a CPU until the tick' if abs(call.edge) < EDGE_NS else '')


def print_tap(logs):
    calls = [c for log in logs.values() for c in log]
    score = Score(calls)
    for c in stalls(calls):
        if verdict(c):
            print(f'# {verdict(c)}: {c.log} {c.name} {c.occurrence}: took {duration(c.observed)}, predicted '
                  f'{duration(predicted(c, .01))} to {duration(predicted(c, .99))}')
    for c in others(calls):
        print(f'# other cause: {c.log} {c.name} {c.occurrence}: took {duration(c.observed)}, {other_cause(c)}')
    ratios = score.ratios()
    checks = [
        (ratios['precision'] >= BARS['precision'], f'{score.hits} of {score.said} calls that are said to wait did'),
        (ratios['recall'] >= BARS['recall'], f'{score.hits} of {score.did} calls that waited are said to'),
        (ratios['range'] >= BARS['range'], f'{score.inside} of {score.did} waits are within the predicted 1 % to 99 %'),
        (all(own_work(c) < OWN_WORK_NS for c in stalls(calls)), 'no wait is predicted from its own recording'),
    ]
    print(f'1..{len(checks)}')
    for number, (ok, text) in enumerate(checks, 1):
        print(('ok' if ok else 'not ok') + f' {number} - {text}')
    return all(ok for ok, _ in checks)


def print_markdown(logs):
    calls = [c for log in logs.values() for c in log]
    print('<!-- SPDX-License-Identifier: GPL-3.0-or-later -->')
    print('<!-- Written by `make fidelity-recorded`; do not edit. -->')
    print('# Which ioctls of real VMMs waited\n')
    print('Logs of QEMU 7.2 and kvmtool starts (traces/corpus) from Linux 6.18.44 at HZ=250, 2 CPUs, which registers by\n'
          '`call_srcu()`; the host was a virtual machine itself, not idle, and strace ran on it. Each is replayed as it was\n'
          f'recorded, `{" ".join(OPTIONS)}`, and compared call by call.\n\n'
          f'A call *did wait* if it took over {duration(LONG_NS)}, and is *said to wait* if over half of the runs wait more than 0.3\n'
          'jiffy. Counted are the calls that wait for the grace period a registration started: those that are said to, and those\n'
          'that ask for one of kvm->srcu when something was registered since the last that did. What else took long is named below.\n'
          'A wait of the log does not come back as work: what a call took longer than its simulated wait counts as its own work only\n'
          f'below {duration(OWN_WORK_NS)}. The part that is no simulated wait is shown.\n')
    print('| log | said to wait | did | both | precision | recall | in 1 % to 99 % | other causes |\n|---|---|---|---|---|---|---|---|')
    for log, group in [*logs.items(), ('all', calls)]:
        score, ratios = Score(group), Score(group).ratios()
        print(f'| {log} | {score.said} | {score.did} | {score.hits} | {ratios["precision"]:.2f} | {ratios["recall"]:.2f} | '
              f'{score.inside} | {len(others(group))} |')
    print('\n## Waits for the grace period of a registration\n')
    print('| log | call | took | predicted 1 % | median | 99 % | own work | |\n|---|---|---|---|---|---|---|---|')
    for c in stalls(calls):
        print(f'| {c.log} | {c.name} {c.occurrence} | {duration(c.observed)} | {duration(predicted(c, .01))} | '
              f'{duration(predicted(c, .5))} | {duration(predicted(c, .99))} | {duration(own_work(c))} | {verdict(c)} |')
    print('\n## What else took over 1 ms\n')
    print('Without KVM_RUN, which takes as long as the guest likes. Tick edges are counted from the end of the log\'s first\n'
          'stall. A thread that is woken on a busy CPU may have to wait until a tick finds the slice of what runs there used up.\n')
    print('| log | call | took | predicted 99 % | cause |\n|---|---|---|---|---|')
    for c in others(calls):
        print(f'| {c.log} | {c.name} {c.occurrence} | {duration(c.observed)} | {duration(predicted(c, .99))} | {other_cause(c)} |')


def main():
    logs = {}
    with tempfile.TemporaryDirectory() as folder:
        for pattern in ('lkvm-*', 'qemu-*'):
            for path in sorted(glob.glob(os.path.join(CORPUS, pattern + '.strace'))):
                calls = list(replay(path, folder))
                if any(c.observed is not None for c in calls):
                    logs[calls[0].log] = calls
    if '--markdown' in sys.argv[1:]:
        print_markdown(logs)
        return 0
    return 0 if print_tap(logs) else 1


if __name__ == '__main__':
    sys.exit(main())
