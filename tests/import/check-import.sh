#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Logs and the rows they hold. NAME.csv says what the log beside it holds, in the columns it has
# (of a series alone: NAME.seriesN.csv); NAME.expect what --check is to say of it:
#   lines, foreign, skipped   as --check counts them
#   exit-strict               the exit status of --check --strict
#   series, series-rows       how many series there are, how many rows each has
# A log is NAME.strace, .txt, .eml or .mbox, or NAME.PID for each thread of a strace -ff.
# Behind them the recorded logs, whose calls are counted here once more.
. "${srcdir:-.}/tests/cli/lib.sh"

logs=$srcdir/tests/import
corpus=$srcdir/traces/corpus
columns=tid,start_ns,call,request,latency_ns,result,status

only_columns() {
	awk -v columns="$1" -f "$logs/csv-columns.awk" "$2"
}

# The same rows in the seven columns? What differs is shown: "<" is missing, ">" too much.
same_rows() {
	only_columns "$columns" "$1" >wanted && only_columns "$columns" "$2" >got &&
		diff wanted got >difference && return
	mv difference out
	return 1
}

rows() {
	wanted_rows=$1
	shift
	gracesim import -q --format=csv "$@" && mv out rows.csv && same_rows "$wanted_rows" rows.csv
}

written_and_read() {
	gracesim import -q --format=csv "$@" && mv out rows.csv &&
		gracesim import -q --format=strace "$@" && mv out written.strace &&
		"$GRACESIM" import -q --format=csv - <written.strace >again.csv 2>err &&
		same_rows rows.csv again.csv
}

# expected KEY: its value in the expectation at hand, or nothing
expected() {
	sed -n "s/^$1=//p" "$expectation"
}

# coverage KEY FILE...: of all files, which is what the last row says
coverage() {
	key=$1
	shift
	gracesim import -q --check --format=csv "$@" && only_columns "$key" out | tail -n 1
}

covers() {
	sum=$(coverage "$@") && wanted=$(expected "$1") && [ "$sum" -eq "$wanted" ] && return
	echo "$1=$sum, not $wanted" >>err
	return 1
}

series_rows() {
	gracesim import -q --format=csv "$@" && only_columns series out |
		awk 'NR > 1 { count[$0]++; if ($0 > most) most = $0 }
		     END { for (i = 1; i <= most; i++) printf("%s%d", i > 1 ? "," : "", count[i]) }' >got
	[ "$(cat got)" = "$(expected series-rows)" ] && return
	echo "rows of each series: $(cat got), not $(expected series-rows)" >>err
	return 1
}

each_series() {
	for number in $(seq "$(expected series)"); do
		gracesim import -q --format=csv --series="$number" "$@" && [ "$(only_columns series out |
			tail -n +2 | uniq)" = "$number" ] || return 1
	done
}

no_more_series() {
	refuses 2 '*--series*' import -q --format=csv --series="$(($(expected series) + 1))" "$@"
}

# 99 of 100 lines are the tracer's or another program's, and none of them is left over.
accounted_for() {
	lines=$(coverage lines "$@") && left=$(coverage skipped "$@") &&
		[ "$lines" -gt 0 ] && [ $((left * 100)) -le "$lines" ]
}

# Completed calls by request: a plain count beside the rows that have a result.
same_counts() {
	awk -f "$logs/count-requests.awk" "$logs/kvm-numbers.txt" "$@" | sort >wanted
	gracesim import -q --format=csv "$@" && only_columns call,result,request out |
		awk 'sub(/^ioctl,/, "") && !/^\?,/ {
			sub(/^[^,]*,/, ""); gsub(/"/, ""); count[$0]++
		     }
		     END { for (request in count) print request, count[request] }' | sort >got
	[ -s wanted ] && diff wanted got >difference && return
	mv difference out
	return 1
}

in_order() {
	gracesim import -q --format=csv "$@" && only_columns start_ns out | tail -n +2 >starts &&
		[ -s starts ] && sort -c -n starts
}

check_expectation() {
	for key in lines foreign skipped; do
		[ -z "$(expected $key)" ] || check "$name: $key=$(expected $key)" covers $key "$@"
	done
	[ -z "$(expected exit-strict)" ] || check "$name: --strict ends with $(expected exit-strict)" \
		exits "$(expected exit-strict)" import -q --check --strict "$@"
	[ -z "$(expected series)" ] || {
		check "$name: each of $(expected series) series alone" each_series "$@"
		check "$name: there is no other series" no_more_series "$@"
	}
	[ -z "$(expected series-rows)" ] || check "$name: how many rows each series has" \
		series_rows "$@"
}

for csv in "$logs"/*.csv; do
	name=$(basename "$csv" .csv)
	series=
	case $name in
	*.series[0-9])
		series=--series=${name##*.series}
		name=${name%.series[0-9]}
		;;
	esac
	set --
	for file in "$logs/$name".*; do
		case $file in
		*.csv | *.expect) ;;
		*) set -- "$@" "$file" ;;
		esac
	done
	check "$name: the rows${series:+ with $series}" rows "$csv" ${series:+"$series"} "$@"
	check "$name: the same rows, written as strace and read again${series:+ with $series}" \
		written_and_read ${series:+"$series"} "$@"
	expectation=$logs/$name.expect
	case $series in
	'' | --series=1) [ ! -f "$expectation" ] || check_expectation "$@" ;;
	esac
done

for log in "$corpus"/*.strace; do
	name=$(basename "$log")
	check "$name: its lines are accounted for" accounted_for "$log"
	check "$name: as many calls of each request as a plain count finds" same_counts "$log"
done
set -- "$corpus"/ff/qemu-q35-smp2-S_ff-ttt-T.*[0-9]
check 'the files of strace -ff: their lines are accounted for' accounted_for "$@"
check 'the files of strace -ff: as many calls of each request as a plain count finds' same_counts "$@"
check 'the files of strace -ff: the rows of the whole are in order' in_order "$@"

finish
