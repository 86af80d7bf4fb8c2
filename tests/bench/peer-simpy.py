#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SimPy under the loads of bench-engine; see bench-peer.c."""

import random
import sys
import time

import simpy


class Process:
    """Events with a callback each; a cancelled timeout is one without."""

    def __init__(self, env, load):
        self.env = env
        self.load = load
        self.timeout = None
        self.count = 0

    def delay(self):
        if self.load == "bimodal":
            return 0.95238 * random.random() + (9.5238 if random.random() < 0.1 else 0)
        return random.expovariate(1)

    def schedule(self, delay):
        self.env.timeout(delay).callbacks.append(self.on_event)

    def schedule_timeout(self, delay):
        self.timeout = self.env.timeout(delay)
        self.timeout.callbacks.append(on_timeout)

    def on_event(self, _event):
        self.count += 1
        delay = self.delay()
        if self.timeout:
            self.timeout.callbacks.clear()
            self.schedule_timeout(delay + self.delay() + 1e-9)
        self.schedule(delay)


def on_timeout(_event):
    raise AssertionError("a timeout fired")


def main():
    load, pending = sys.argv[1], int(sys.argv[2])
    if load not in ("hold", "bimodal", "timer"):
        sys.exit(1)
    env = simpy.Environment()
    processes = [Process(env, load) for _ in range(pending // 2 if load == "timer" else pending)]
    for process in processes:
        delay = process.delay()
        process.schedule(delay)
        if load == "timer":
            process.schedule_timeout(delay + 1e-9)
    rate = len(processes) / (0.47619 + 0.95238 if load == "bimodal" else 1)
    print("ready", flush=True)
    for line in sys.stdin:
        for process in processes:
            process.count = 0
        start_ns = time.process_time_ns()
        env.run(until=env.now + int(line) / rate)
        spent_ns = time.process_time_ns() - start_ns
        print(spent_ns / max(1, sum(process.count for process in processes)), flush=True)


main()
