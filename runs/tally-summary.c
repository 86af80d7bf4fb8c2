/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "runs/tally-summary.h"

void gs_tally_summarise(const GsTally *tally, GsSummary *summary, unsigned int cell)
{
	const unsigned int call_count = summary->calls->len;
	GsCallStats *stats = &summary->stats[(size_t)cell * (call_count + 1)];

	/* the sums of waits follow the calls in both */
	for (unsigned int n = 0; n <= call_count; n++)
		gs_tally_stats(tally, n, &stats[n]);
	for (unsigned int n = 0; n < call_count; n++) {
		if (gs_tally_call(tally, n)->wait_sum_ns)
			g_array_index(summary->calls, GsCallSummary, n).waits = true;
	}
}
