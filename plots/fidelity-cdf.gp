# SPDX-License-Identifier: GPL-3.0-or-later
#
# Measured and predicted latencies of one scenario on kernels with one number of
# CPUs: the share of VMs whose call took no longer than that. A row per HZ, a
# column per policy that makes a call stall. Expects, set by whoever loads it:
#
#   heading   what stands over the page
#   hz, policies, calls   lists of words
#   jiffies   for each policy, the jiffies its column shows
#   shown[]   for each HZ and policy, row by row: which of the calls stall
#   $cdf      for each of these, panel by panel, two blocks: measured and
#             predicted; lines of a latency in jiffies and a share

rows = words(hz)
columns = words(policies)
series = words(calls)

# In pixels.
panel_width = 330
panel_height = 190
left = 70; right = 25; top = 85; gap = 90
legend_rows = (series + 1) / 2 + 1
legend_top = top + rows * (panel_height + gap) - 30
width = columns * (left + panel_width + right)
width = width < 640 ? 640 : width
height = legend_top + 22 * legend_rows + 15

eval(svg_terminal(width, height))

x_screen(x) = x / (1.0 * width)
y_screen(y) = 1 - y / (1.0 * height)
# The n-th number of a list; a loop looks at the first even where there is none.
number(list, n) = n > words(list) ? 1 : int(word(list, n) + 0)
# KVM_CREATE_VCPU:0 as KVM_CREATE_VCPU 0.
spaced(name) = name[1:strstrt(name, ':') - 1] . ' ' . name[strstrt(name, ':') + 1:]

set multiplot
set label 1 heading at screen 0.5, y_screen(22) center font font_face . ',15' textcolor rgb ink
set yrange [0:1]
set ytics 0, 0.25, 1 format '%.2f'

blocks_before = 0
do for [row = 1:rows] {
	do for [column = 1:columns] {
		tick_ms = 1000.0 / word(hz, row)
		x0 = left + (column - 1) * (left + panel_width + right)
		y0 = top + (row - 1) * (panel_height + gap)
		set lmargin at screen x_screen(x0)
		set rmargin at screen x_screen(x0 + panel_width)
		set tmargin at screen y_screen(y0)
		set bmargin at screen y_screen(y0 + panel_height)
		here = shown[(row - 1) * columns + column]
		set label 2 sprintf('HZ=%s, %s%s', word(hz, row), word(policies, column), \
			words(here) == 0 ? ': no stall' : '') \
			at graph 0, 1.22 left noenhanced textcolor rgb ink

		limit = 1.0 * word(jiffies, column)
		set xrange [-0.02 * limit * tick_ms:limit * tick_ms]
		set xtics autofreq
		set xlabel 'latency [ms]' offset 0, 0.4 textcolor rgb ink
		set link x2 via x / tick_ms inverse x * tick_ms
		set x2tics 1 offset 0, -0.4
		set x2label (row == 1 ? 'jiffies' : '') offset 0, -0.6 textcolor rgb ink
		set ylabel (column == 1 ? 'share of VMs' : '') textcolor rgb ink

		plot NaN, for [i = 1:words(here)] $cdf index blocks_before + 2 * i - 2 \
				using ($1 * tick_ms):2 with steps \
				linecolor rgb pale(number(here, i)) linewidth 5, \
			for [i = 1:words(here)] $cdf index blocks_before + 2 * i - 1 \
				using ($1 * tick_ms):2 with steps \
				linecolor rgb colour(number(here, i)) \
				dashtype dashes(number(here, i)) linewidth 1.3
		blocks_before = blocks_before + 2 * words(here)
		unset label 1
	}
}

# The legend, in a panel of its own.
unset link x2
unset label
unset border
unset tics
unset xlabel
unset ylabel
unset x2label
unset grid
set lmargin at screen 0
set rmargin at screen 1
set tmargin at screen y_screen(legend_top)
set bmargin at screen y_screen(height - 5)
set xrange [0:1]
set key at graph 0.5, 1 center top maxcols 2 maxrows legend_rows \
	noenhanced Left reverse samplen 3 textcolor rgb ink
plot NaN notitle, \
	keyentry with lines linecolor rgb '#b2b2b2' linewidth 5 title 'wide: measured', \
	for [call = 1:series] keyentry with lines linecolor rgb colour(call) \
		dashtype dashes(call) linewidth 2.5 title spaced(word(calls, call)), \
	keyentry with lines linecolor rgb ink linewidth 1.3 title 'thin: predicted'
unset multiplot
