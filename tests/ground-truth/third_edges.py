# SPDX-License-Identifier: GPL-3.0-or-later
"""Count the tick edges that waits behind call_srcu() take.

Such a wait ends at the second tick edge after the first registration, or at the
third (doc/MODEL-LIMITS.md). Its length tells which only if it is over 2 jiffies.
But a stall ends just after an edge, so the ends of the stalls of one boot show
where in a jiffy its ticks are, and edges can be counted from times.
"""
import bisect
import collections

POLICY = 'call-srcu'

# Who registers a device, and who then waits.
REGISTERING = ('KVM_CREATE_IRQCHIP', 'KVM_CREATE_PIT2', 'KVM_IOEVENTFD')
WAITING = (('KVM_SET_USER_MEMORY_REGION', 0), ('KVM_CREATE_VCPU', 0))

# What is over this share of a jiffy is a stall, as in score.py.
STALL_SHARE = .3

# From a tick edge to the first return from a stall that it ends, about; and
# within this all of them return.
RETURN_NS = 25_000
RETURN_SPREAD_NS = 200_000

# third: waits that end at a third edge or later; over_2_jiffies: those whose
# length alone shows it; stalls: waits that end at any edge.
Count = collections.namedtuple('Count', 'vms stalls third over_2_jiffies')


def end_ns(call):
    return call.start_ns + call.latency_ns


def tick_phase_ns(vms, tick_ns):
    """Where in a jiffy the tick edges are; None if no call stalls.

    Just before the narrow window in which most stalls end.
    """
    ends = sorted(end_ns(call) % tick_ns for vm in vms for call in vm
                  if call.latency_ns > STALL_SHARE * tick_ns)
    if not ends:
        return None
    twice = ends + [end + tick_ns for end in ends]
    window_ns = min(RETURN_SPREAD_NS, tick_ns // 4)
    return max(ends, key=lambda end: bisect.bisect(twice, end + window_ns) -
               bisect.bisect_left(twice, end)) - RETURN_NS


def first_registration(vm, waiter):
    """The call that starts what @waiter waits for: the first since the wait before."""
    since_ns = max((end_ns(call) for call in vm if (call.name, call.occurrence) in WAITING and
                    end_ns(call) <= waiter.start_ns), default=0)
    return min((call for call in vm if call.name in REGISTERING and
                since_ns <= call.start_ns < waiter.start_ns),
               key=lambda call: call.start_ns, default=None)


def edge_count(vm, waiter, phase_ns, tick_ns):
    """Edges from the first registration to the end of a stall; 0: @waiter did not stall.

    One that falls into the registering call does not count: it may have come first.
    """
    registration = first_registration(vm, waiter)
    if not registration or waiter.latency_ns <= STALL_SHARE * tick_ns:
        return 0
    return ((end_ns(waiter) - phase_ns) // tick_ns -
            (end_ns(registration) - phase_ns) // tick_ns)


def count(runs, hz):
    """'KVM_CREATE_VCPU 0' -> Count, over all VMs of all runs; each run has one tick grid."""
    tick_ns = 10**9 // hz
    counts = {}
    for run in runs:
        phase_ns = tick_phase_ns(run, tick_ns)
        for vm in run:
            for call in vm:
                if (call.name, call.occurrence) not in WAITING or not first_registration(vm, call):
                    continue
                edges = 0 if phase_ns is None else edge_count(vm, call, phase_ns, tick_ns)
                key = f'{call.name} {call.occurrence}'
                old = counts.get(key, Count(0, 0, 0, 0))
                counts[key] = Count(old.vms + 1, old.stalls + (edges > 0), old.third + (edges > 2),
                                    old.over_2_jiffies + (call.latency_ns > 2 * tick_ns))
    return counts


def share(counted):
    return counted.third / counted.vms
