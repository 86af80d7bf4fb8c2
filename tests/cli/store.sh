#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A study in a store survives whatever ends it, and gives the same report.
#
# STORE_SEED: repeats the moments of a run.
. "${srcdir:-.}/tests/cli/lib.sh"

STORE_SEED=${STORE_SEED:-$$}
echo "# STORE_SEED=$STORE_SEED"
kills=20

# Many cells of some milliseconds, so that a moment often falls into a transaction.
study='firecracker -P hz=24,50,100,250,500,1000 -P policy=all --repeat=100'
cells=36

# shellcheck disable=SC2086 # a list of options
sweep() {
	gracesim sweep $study -q "$@"
}

milliseconds() {
	date +%s%3N
}

# moments COUNT MOST: as many random numbers of seconds below MOST milliseconds
moments() {
	awk -v seed="$STORE_SEED" -v count="$1" -v most="$2" 'BEGIN {
		srand(seed)
		while (count-- > 0)
			printf "%.3f\n", rand() * most / 1000
	}'
}

# intact STORE: SQLite finds nothing wrong in a copy, with its journal if there is one
intact() {
	command -v sqlite3 >/dev/null || return 0
	cp "$1" copy.db || return
	[ ! -e "$1-journal" ] || cp "$1-journal" copy.db-journal
	[ "$(sqlite3 copy.db 'PRAGMA integrity_check; PRAGMA foreign_key_check')" = ok ]
	status=$?
	rm -f copy.db copy.db-journal
	return $status
}

# continues STORE: the same command ends with the report that it gives undisturbed
continues() {
	sweep --store="$1" && cmp -s out wanted && [ ! -e "$1-journal" ]
}

undisturbed() {
	sweep && mv out wanted && began=$(milliseconds) && sweep --store=whole.db &&
		took=$(($(milliseconds) - began)) && cmp -s out wanted
}

# To begin with, the program may be killed before there is a file.
killed_once() {
	rm -f killed.db killed.db-journal
	# shellcheck disable=SC2086 # a list of options
	"$GRACESIM" sweep $study -q --store=killed.db >/dev/null 2>err &
	pid=$!
	sleep "$1"
	kill -KILL "$pid" 2>/dev/null && interrupted=$((interrupted + 1))
	# the shell's word on how it ended
	wait "$pid" 2>/dev/null
	[ ! -e killed.db-journal ] || in_transaction=$((in_transaction + 1))
	[ ! -s killed.db ] || intact killed.db || return
	continues killed.db
}

killed() {
	interrupted=0 in_transaction=0
	for moment in $(moments $kills "$took"); do
		killed_once "$moment" || {
			echo "killed after $moment s" >>err
			return 1
		}
	done
	echo "# of $kills kills $interrupted came before its end, after $took ms," \
		"$in_transaction within a transaction"
	[ "$interrupted" -ge $((kills / 4)) ]
}

# Time after time a little further, never far.
killed_again_and_again() {
	rm -f again.db again.db-journal
	for moment in $(moments 6 $((took / 2))); do
		# shellcheck disable=SC2086 # a list of options
		timeout -s KILL "$moment" "$GRACESIM" sweep $study -q --store=again.db >/dev/null 2>err
		[ ! -s again.db ] || intact again.db || return
	done
	continues again.db
}

# signalled SIGNAL STATUS: earlier and earlier, until it comes before the end
signalled() {
	status=0 most=$took
	while [ "$status" -eq 0 ] && [ "$most" -gt 1 ]; do
		most=$((most / 2))
		rm -f signalled.db
		# shellcheck disable=SC2086 # a list of options
		timeout --preserve-status -s "$1" "$(moments 1 $most)" \
			"$GRACESIM" sweep $study -q --store=signalled.db >out 2>err || status=$?
	done
	[ "$status" -eq "$2" ] && [ ! -s out ] && [ ! -e signalled.db-journal ] &&
		{ [ ! -s signalled.db ] || intact signalled.db; } && continues signalled.db
}

# Nothing is run a second time: a report of what is there takes no time to speak of.
all_there() {
	cp whole.db again.db && sweep --store=again.db && cmp -s out wanted && cmp -s whole.db again.db
}

# full COMMAND...: it ends with an error about limited.db, and what is there is intact
full() {
	rm -f limited.db
	status=0
	"$@" || status=$?
	[ "$status" -eq 1 ] && [ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] &&
		grep -q "^gracesim: sweep: cannot write 'limited.db': $message" err &&
		intact limited.db && continues limited.db
}

limited_file_size() {
	(
		trap '' XFSZ
		ulimit -f $(($(wc -c <whole.db) / 1024)) # half of it, in blocks of 512 bytes
		sweep --store=limited.db
	)
}

# A file system with too little room, which then gets some.
full_disk() {
	size=$(($(wc -c <whole.db) / 2))
	mkdir -p disk && mount -t tmpfs -o "size=$size" none disk 2>/dev/null || return 77
	status=0
	sweep --store=disk/study.db || status=$?
	[ "$status" -eq 1 ] && [ ! -s out ] &&
		grep -q "^gracesim: sweep: cannot write 'disk/study.db': No space left" err &&
		intact disk/study.db && status=0 || status=1
	mount -o "remount,size=100m" none disk
	[ "$status" -eq 0 ] && continues disk/study.db || status=1
	umount disk
	return "$status"
}

# The second sweep of a store ends at once, and the first is not harmed.
second() {
	rm -f busy.db
	# shellcheck disable=SC2086 # a list of options
	"$GRACESIM" sweep $study -q --repeat=100000 --store=busy.db >first 2>first.err &
	pid=$!
	until [ -s busy.db ]; do
		kill -0 "$pid" || return
	done
	refuses 1 "gracesim: sweep: 'busy.db' is in use by another process" \
		sweep $study -q --repeat=100000 --store=busy.db || {
		kill "$pid"
		return 1
	}
	# but who only reads may
	status=0
	gracesim report busy.db || status=$?
	kill "$pid"
	wait "$pid" 2>/dev/null
	[ "$status" -eq 3 ] && grep -q "'busy.db' has [0-9]* of $cells cells" err
}

reports() {
	for format in table csv json markdown; do
		sweep --format=$format && mv out single || return
		gracesim report whole.db --format=$format && cmp -s out single || return
	done
	sweep --call=KVM_CREATE_VCPU:0 --budget=5ms --format=csv && mv out single &&
		gracesim report whole.db --call=KVM_CREATE_VCPU:0 --budget=5ms --format=csv -o file &&
		cmp -s file single && [ ! -s out ]
}

shards() {
	for i in 1 2 3 4; do
		sweep --shard=$i/4 --store=shard$i.db || return
	done
}

merges() {
	gracesim merge -o merged.db "$@" && [ ! -s out ] && [ ! -s err ] || return
	for format in table json; do
		gracesim report whole.db --format=$format && mv out single &&
			gracesim report merged.db --format=$format && cmp -s out single || return
	done
	intact merged.db
}

completes() {
	gracesim merge -o part.db shard4.db shard2.db && grep -q '18 cells are missing' err &&
		[ ! -s out ] && continues part.db
}

not_merged() {
	cp shard1.db kept.db
	# shellcheck disable=SC2086 # a list of options
	gracesim sweep $study -q --seed=2 --shard=2/4 --store=other.db || return
	refuses 1 "gracesim: merge: 'other.db' cannot be merged*: its scenario has 'seed*" \
		merge -o kept.db shard1.db other.db && cmp -s kept.db shard1.db &&
		[ -z "$(find . -name '.kept.db*')" ]
}

missing() {
	refuses_report 3 "gracesim: report: 'shard1.db' has 9 of 36 cells; missing: hz=24 *" &&
		grep -q KVM_CREATE_VCPU out
}

refuses_report() {
	status=0
	gracesim report shard1.db || status=$?
	[ "$status" -eq "$1" ] || return
	# shellcheck disable=SC2254 # a pattern it is
	case $(cat err) in
	$2) ;;
	*) return 1 ;;
	esac
}

samples() {
	sweep --store=samples.db --keep-samples && cmp -s out wanted || return
	command -v sqlite3 >/dev/null || return 0
	# each run of a cell has each call
	[ "$(sqlite3 samples.db 'SELECT count(DISTINCT run), count(*) = sum(call IN (SELECT call
		FROM call WHERE call.cell = sample.cell)), min(n) = max(n) FROM sample JOIN (SELECT
		cell, run, count(*) AS n FROM sample GROUP BY cell, run) USING (cell, run)')" = '100|1|1' ]
}

precise() {
	sweep --precision=5% && mv out single && sweep --precision=5% --store=precise.db &&
		cmp -s out single && gracesim report precise.db && cmp -s out single
}

read_only() {
	cp whole.db fixed.db && chmod 444 fixed.db && gracesim report fixed.db && cmp -s out wanted &&
		refuses 1 "gracesim: sweep: cannot write 'fixed.db': *" sweep $study -q --store=fixed.db
}

check 'a sweep with a store gives the report that it gives without' undisturbed
check "killed at $kills moments, it continues to the same report" killed
check 'killed again and again, it gets there' killed_again_and_again
check 'SIGTERM ends it, and it continues' signalled TERM 143
check 'SIGINT ends it, and it continues' signalled INT 130
check 'a study that is done is not run again' all_there
message='File too large'
check 'a file that may not grow is an error, and the store intact' full limited_file_size
status=0
full_disk || status=$?
if [ "$status" -eq 77 ]; then
	test_count=$((test_count + 1))
	echo "ok $test_count - a full disk # SKIP cannot mount a file system"
else
	check 'a full disk is an error, and the store intact' test "$status" -eq 0
fi
check 'one sweep writes to a store, others may report on it' second
check 'reports from a store, in every form' reports
check 'a study that ends its cells early' precise
check 'samples are kept on request' samples
check 'four shards' shards
check 'merged they give the report of one machine' merges shard1.db shard2.db shard3.db shard4.db
check 'in any order, and with cells that several have' \
	merges shard3.db whole.db shard1.db shard4.db shard2.db
check 'shards that are missing are completed by the sweep' completes
check 'stores of different studies are not merged, and nothing is written' not_merged
check 'a report of a part says so' missing
if [ "$(id -u)" -ne 0 ]; then
	check 'a store that cannot be written can be read' read_only
fi
check 'another command does not continue it' refuses 1 \
	"gracesim: sweep: 'whole.db' holds another study: it has the axis *" \
	sweep firecracker -q -P hz=100 --repeat=100 --store=whole.db
check 'a store that is none' refuses 1 "gracesim: report: 'boot.strace' is no result store" \
	report boot.strace
check 'nor is it written to' refuses 1 "gracesim: sweep: 'boot.strace' is no result store" \
	sweep firecracker -q --store=boot.strace
check 'a store that is not there' refuses 1 "gracesim: report: cannot read 'no.db': No such file*" \
	report no.db
check 'a report of two stores' refuses 2 'gracesim: report: more than one STORE given*' \
	report whole.db shard1.db
check 'a report in place of its store' refuses 2 \
	"gracesim: report: the report and the store cannot both be './whole.db'" \
	report whole.db -o ./whole.db
check 'a report of none' refuses 2 'gracesim: report: no STORE given' report
check 'a merge without --output' refuses 2 'gracesim: merge: no --output given' merge whole.db
check 'a merge to standard output' refuses 2 "gracesim: merge: --output: '-' is no file*" \
	merge -o - whole.db
finish
