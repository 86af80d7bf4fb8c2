#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Score predicted ioctl latencies against measured traces.

usage: score.py --hz HZ MEASURED.strace PREDICTED.csv [--cells]

MEASURED.strace  strace-format log (-f -ttt -T, seconds) of one scenario
                 repeated over many VMs; a VM starts at each
                 openat("/dev/kvm") or, without one, at each KVM_CREATE_VM.
PREDICTED.csv    header line, with at least the columns
                 call,occurrence,latency_ns  (one row per simulated call).
                 Rows with other columns (hz, policy, ...) must already be
                 filtered to the condition that was measured.

A cell is one (call, occurrence): the K-th ioctl of that name in a VM, in
start order.  For each cell the 1-Wasserstein distance W1 between measured
and predicted latencies is compared with a tolerance:

  stall cell (p95 of either side > 0.3 jiffy):
      max(0.03 jiffy, 2 % of the measured median, 20 us) + noise
  quick cell (all others):
      max(30 % of the measured median, 10 us) + noise

noise is the larger of (a) the W1 distance between random halves of the
measured sample (mean of 20 splits) and (b) the 95th percentile, over 40 draws,
of the W1 distance between the prediction and a random sub-sample of it as
large as the measured sample: what a true model would show by chance.

Prints   stall P/N ratio   quick P/N ratio   and exits 0.
"""
import argparse, collections, csv, random, re, statistics, sys

LINE = re.compile(r'^\s*(?:(\d+)\s+)?(\d+\.\d+)\s+(\w+)\((.*)\)\s+=\s+(-?\d+|\?).*<(\d+\.\d+)>\s*$')
SKIP = {'KVM_RUN', 'KVM_CHECK_EXTENSION', 'KVM_GET_API_VERSION'}

def measured(path):
    vms, cur = [], []
    recs = []
    for line in open(path, errors='replace'):
        m = LINE.match(line)
        if m:
            recs.append((float(m[2]), m[3], m[4], float(m[6])))
    has_open = any(c == 'openat' and '/dev/kvm' in a for _, c, a, _ in recs)
    for t, call, args, d in recs:
        start = (call == 'openat' and '/dev/kvm' in args) if has_open else 'KVM_CREATE_VM' in args
        if start and cur:
            vms.append(cur); cur = []
        if call == 'ioctl':
            cur.append((t, args.split(', ')[1].split(' ')[0], d))
    if cur:
        vms.append(cur)
    cells = collections.defaultdict(list)
    for vm in vms:
        seen = collections.Counter()
        for t, name, d in sorted(vm, key=lambda r: r[0]):
            k = (name, seen[name]); seen[name] += 1
            if name not in SKIP:
                cells[k].append(d * 1e9)
    return cells

def predicted(path):
    cells = collections.defaultdict(list)
    with open(path, newline='') as f:
        for row in csv.DictReader(f):
            if row['call'] not in SKIP:
                cells[(row['call'], int(row['occurrence']))].append(float(row['latency_ns']))
    return cells

def quantiles(xs, n=200):
    xs = sorted(xs); m = len(xs)
    out = []
    for i in range(n):
        p = (i + .5) / n * m - .5
        lo = max(0, min(m - 1, int(p))); hi = min(m - 1, lo + 1); f = min(1, max(0, p - lo))
        out.append(xs[lo] * (1 - f) + xs[hi] * f)
    return out

def w1(a, b):
    return sum(abs(x - y) for x, y in zip(quantiles(a), quantiles(b))) / 200

def noise(xs, rng):
    if len(xs) < 6:
        return 0.0
    s = 0
    for _ in range(20):
        ys = xs[:]; rng.shuffle(ys); h = len(ys) // 2
        s += w1(ys[:h], ys[h:])
    return s / 20

def chance(pred, n, rng):
    if len(pred) < 2:
        return 0.0
    q = quantiles(pred)
    ds = sorted(sum(abs(x - y) for x, y in zip(quantiles(rng.choices(pred, k=n)), q)) / 200 for _ in range(40))
    return ds[37]

def main():
    ap = argparse.ArgumentParser()
    ap.add_argument('--hz', type=int, required=True)
    ap.add_argument('--cells', action='store_true')
    ap.add_argument('measured'); ap.add_argument('predicted')
    a = ap.parse_args()
    m, p = measured(a.measured), predicted(a.predicted)
    jiffy = 1e9 / a.hz
    rng = random.Random(1)
    res = {'stall': [0, 0], 'quick': [0, 0]}
    for k in sorted(m):
        x, y = m[k], p.get(k, [])
        p95 = lambda v: quantiles(v)[190] if v else 0
        kind = 'stall' if max(p95(x), p95(y)) > .3 * jiffy else 'quick'
        med = statistics.median(x)
        tol = (max(.03 * jiffy, .02 * med, 20e3) if kind == 'stall' else max(.3 * med, 10e3)) + max(noise(x, rng), chance(y, len(x), rng))
        d = w1(x, y) if y else float('inf')
        ok = d <= tol
        res[kind][1] += 1; res[kind][0] += ok
        if a.cells:
            print(f"{'ok ' if ok else 'BAD'} {kind} {k[0]}#{k[1]} n={len(x)}/{len(y)} median {med/1e3:.1f}/{statistics.median(y)/1e3 if y else float('nan'):.1f} us W1 {d/1e3:.1f} tol {tol/1e3:.1f} us")
    print(' '.join(f"{k} {v[0]}/{v[1]} {v[0]/v[1] if v[1] else 1:.3f}" for k, v in res.items()))

if __name__ == '__main__':
    main()
