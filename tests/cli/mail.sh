#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The report that started it all, as an archive keeps it: a mail in one line, with
# a series before and one after the patch. From the mail to the answer.
. "${srcdir:-.}/tests/cli/lib.sh"

mail=$srcdir/tests/import/seed-collapsed.txt

# replays ARGUMENT...: the mail, all under call-srcu, few runs
replays() {
	gracesim replay "$mail" --preamble=firecracker --call=KVM_CREATE_VCPU:0 --runs=50 \
		--policy=call-srcu,hybrid "$@"
}

both_series() {
	replays && grep -q 'seed-collapsed.txt (Before the patch): 1 VM' out &&
		grep -q 'seed-collapsed.txt (After the patch): 1 VM' out &&
		grep -q 'observed 137 us' out && grep -q 'observed 25.18 ms' out
}

# The stall itself tells what it was recorded under: 25 ms are more than two jiffies at HZ=100.
judged() {
	replays && grep -q '(After the patch): looks recorded under call-srcu at HZ=100' err &&
		grep -q '(Before the patch): looks recorded under sync-expedited' err
}

only_second() {
	replays --series=2 && ! grep -q Before out && grep -q '(After the patch)' out
}

# Median of KVM_CREATE_VCPU 0 at HZ=100 in nanoseconds, of the series, under the policy
median() {
	awk -F, -v series="$1" -v policy="$2" 'NR == 1 {
		for (i = 1; i <= NF; i++)
			column[$i] = i
	} index($column["trace"], series) && $column["policy"] == policy &&
		$column["hz"] == 100 { print $column["median_ns"] }' out
}

explained() {
	replays --format=csv || return 1
	stalls=$(median After call-srcu)
	cured=$(median After hybrid)
	[ "$stalls" -gt 10000000 ] && [ "$stalls" -lt 30000000 ] && [ "$cured" -lt 1000000 ]
}

check 'each series is replayed by itself, under its heading' both_series
check 'what each was recorded under is judged from its durations' judged
check '--series picks one' only_second
check 'the prediction has the stall under call-srcu and not under hybrid' explained
check 'a series that is not there is an error' \
	refuses 2 "gracesim: replay: --series: no series 3 in '*'; there is 1 'Before the patch', 2 '*'" \
	replay "$mail" --series=3 --preamble=firecracker
finish
