# SPDX-License-Identifier: GPL-3.0-or-later
"""Measured and predicted latencies as pictures: plots/fidelity-cdf.gp with its data."""
import math
import os
import shutil
import subprocess

import ground_truth

PLOTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'plots')

# Latencies closer than this share of what a panel shows are one point.
RESOLUTION = 1 / 400


def have_gnuplot():
    return shutil.which('gnuplot') is not None


def file_name(scenario, cpus):
    return f'{scenario}-cpu{cpus}.svg'


def rises(values, step):
    """The points at which a cumulative distribution rises, no finer than @step."""
    points = {}
    for rank, value in enumerate(sorted(values), 1):
        points[round(value / step)] = rank / len(values)
    return [(min(points) * step, 0)] + [(x * step, y) for x, y in points.items()]


def block(values, kernel, limit):
    """One curve as gnuplot reads it."""
    in_jiffies = [value * kernel.hz / 1e9 for value in values]
    return '\n'.join(f'{x:.3f} {y:.3f}' for x, y in rises(in_jiffies, limit * RESOLUTION))


def script(scenario, cpus, stalls):
    """What gnuplot is told, the data included."""
    policies = [policy for policy in ground_truth.POLICIES
                if any(cell.kernel.policy == policy for cell in stalls)]
    calls = sorted({cell.call for cell in stalls})
    limits = {policy: .15 + math.ceil(max(value * cell.kernel.hz / 1e9 for cell in stalls
                                          for values in cell.curves for value in values
                                          if cell.kernel.policy == policy))
              for policy in policies}
    panels = [sorted((cell for cell in stalls if cell.kernel[1:] == (hz, policy)),
                     key=lambda cell: cell.call)
              for hz in ground_truth.HZ for policy in policies]
    shown = ', '.join(f'"{" ".join(str(calls.index(cell.call) + 1) for cell in panel)}"'
                      for panel in panels)
    data = '\n\n\n'.join(block(values, cell.kernel, limits[cell.kernel.policy])
                         for panel in panels for cell in panel for values in cell.curves)
    return '\n'.join((
        f'heading = "{scenario}, {cpus} CPU{"s" if cpus > 1 else ""}"',
        f'hz = "{" ".join(map(str, ground_truth.HZ))}"',
        f'policies = "{" ".join(policies)}"',
        f'calls = "{" ".join(call.replace(" ", ":") for call in calls)}"',
        f'jiffies = "{" ".join(f"{limits[policy]:.2f}" for policy in policies)}"',
        f'array shown[{len(panels)}] = [{shown}]',
        f'$cdf << end_of_data\n{data}\nend_of_data',
        "load 'style.gp'",
        "load 'fidelity-cdf.gp'", ''))


def draw(scenario, cpus, cells):
    """The stalls of one scenario and CPU count as SVG text; None if there are none."""
    stalls = [cell for cell in cells if cell.kind == 'stall']
    if not stalls:
        return None
    return subprocess.run(['gnuplot', '-'], input=script(scenario, cpus, stalls), cwd=PLOTS,
                          check=True, stdout=subprocess.PIPE, encoding='utf-8').stdout
