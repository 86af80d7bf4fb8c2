#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Run libFuzzer programs, as many at a time as there are cores, and say what came of it.
# What they keep for the next time goes to tests/fuzz/grown, findings to
# tests/fuzz/findings, both below the current folder.
#
#   run-fuzzers.sh SECONDS PROGRAM...
set -u
: "${srcdir:?says where the checkout is}"
. "$srcdir/tests/fuzz/inputs.sh"
export LC_ALL=C TZ=UTC G_DEBUG=fatal-warnings

# Long inputs are slow, and all there is to find fits into short ones.
max_bytes=8192
max_seconds_an_input=10

report() {
	awk -v target="$1" -v finding="$2" '
		/ cov: / { for (i = 1; i < NF; i++) if ($i == "cov:") coverage = $(i + 1) }
		/^stat::number_of_executed_units:/ { count = $2 }
		/^stat::average_exec_per_sec:/ { speed = $2 }
		/^stat::peak_rss_mb:/ { peak = $2 }
		END {
			printf "%-8s %10d executions %7d/s %6d edges covered %5d MB  %s\n",
				target, count, speed, coverage, peak, finding
		}'
}

# one SECONDS PROGRAM
one() {
	target=${2##*/fuzz-}
	grown=tests/fuzz/grown/$target
	log=tests/fuzz/findings/$target.log
	case $target in
	ini | scenario | store) dictionary= ;;
	*) dictionary=-dict=$srcdir/tests/fuzz/strace.dict ;;
	esac
	mkdir -p "$grown" tests/fuzz/findings
	# shellcheck disable=SC2046,SC2086 # lists of words
	if "$2" -max_total_time="$1" -timeout="$max_seconds_an_input" -max_len="$max_bytes" \
		-print_final_stats=1 -artifact_prefix="tests/fuzz/findings/$target-" \
		$dictionary "$grown" $(inputs_of "$target") >"$log" 2>&1; then
		report "$target" 'no finding' <"$log"
	else
		report "$target" "FINDING: see $log" <"$log"
		return 1
	fi
}

if [ "$1" = --one ]; then
	one "$2" "$3"
	exit
fi
seconds=$1
shift
printf '%s\n' "$@" | xargs -n 1 -P "$(nproc)" sh "$0" --one "$seconds"
