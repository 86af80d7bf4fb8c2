#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the four reports hold.
. "${srcdir:-.}/tests/cli/lib.sh"

replay() {
	gracesim replay boot.strace --runs=40 "$@"
}

# The mail's question: what does the first vCPU cost, under what, and why?
table() {
	replay -q --from-policy=sync-expedited --from-hz=100 && [ ! -s err ] &&
		grep -q '^recorded  under sync-expedited at HZ=100 on [0-9]* CPUs\{0,1\}$' out &&
		grep -q '^KVM_CREATE_VCPU 0: observed 137 us$' out &&
		grep -q '^  waits for: .*call-srcu.*: the grace period that KVM_CREATE_IRQCHIP 0 started$' out &&
		sed -n '/^KVM_CREATE_VCPU 0:/,/best:/p' out | tail -n 1 >best &&
		grep -q '^  best:      .*sync-expedited, hybrid' best && ! grep -q 'call-srcu\(,\|$\)' best
}

fits_100_columns() {
	! grep -q '.\{101\}' out && ! LC_ALL=C grep -q '[^ -~]' out && ! grep -q ' $' out
}

# In the block of the first vCPU: a stall is shown in ms, its absence in us.
stall_stands_out() {
	sed -n '/^KVM_CREATE_VCPU 0:/,/best:/p' out >block
	grep -q '^call-srcu  .* ms (' block && ! grep -q '^sync-expedited .* ms' block
}

one_call() {
	replay -q --call=KVM_CREATE_VCPU:1 && [ "$(grep -c ': observed' out)" -eq 1 ] &&
		grep -q '^KVM_CREATE_VCPU 1: observed 46' out
}

all_of_a_name() {
	replay -q --call=KVM_CREATE_VCPU && grep -q '^KVM_CREATE_VCPU 0: ' out &&
		grep -q '^KVM_CREATE_VCPU 1: ' out && ! grep -q '^KVM_CREATE_IRQCHIP' out
}

several_logs() {
	cp boot.strace other.strace
	replay -q other.strace && [ "$(grep '^trace ' out | cut -d : -f 1)" = 'trace     boot.strace
trace     other.strace' ]
}

judgement_is_a_note() {
	replay && grep -q '^gracesim: note: boot.strace: looks recorded under ' err &&
		grep -q '(judged from the log)$' out && replay -q && [ ! -s err ] && grep -q '(judged from the log)$' out
}

meta_file_is_read() {
	cp boot.strace noted.strace
	printf '[trace]\npolicy=hybrid\nhz=300\ncpus=3\n' >noted.meta
	gracesim replay noted.strace --runs=4 && ! grep -q 'looks recorded' err &&
		grep -q '^recorded  under hybrid at HZ=300 on 3 CPUs$' out &&
		gracesim replay noted.strace --runs=4 --from-hz=100 --from-cpus=1 &&
		grep -q '^recorded  under hybrid at HZ=100 on 1 CPU$' out
}

# strace prints the struct of KVM_IOEVENTFD as a pointer.
hidden_ioeventfds() {
	sed 's/{datamatch=[^}]*}/0x7ffda75452d0/' boot.strace >hidden.strace
	gracesim replay hidden.strace --runs=4 --from-hz=100 --from-policy=call-srcu &&
		grep -q '^gracesim: note: hidden.strace: 2 KVM_IOEVENTFD show only a pointer; 2 are taken to assign (before the guest ran, from line 8)$' err &&
		gracesim replay hidden.strace --runs=4 --from-hz=100 --from-policy=call-srcu --ioeventfd=deassign &&
		grep -q 'all are taken to deassign, as told$' err
}

data="$srcdir/tests/ground-truth/data"

# The first vCPU of that log waited 8 ms. On a machine where it asks for nothing that is not work.
stall_is_not_work() {
	gracesim replay -q "$data/hz250-cpu2/call-srcu/fc.strace" \
		--host=lab --machine=x86-svm --kernel=v6.12 --hz=100 --policy=sync-expedited \
		--runs=4 --call=KVM_CREATE_VCPU:0 --format=csv &&
		awk -F , 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "max_ns") max = i }
			NR == 2 { exit !($max > 0 && $max < 1000000) }' out
}

# A log tells on how many CPUs it was recorded.
recorded_cpus() {
	for cpus in 1 2; do
		gracesim replay -q --host=lab --runs=1 --hz=100 --policy=sync \
			"$data/hz250-cpu$cpus/sync-expedited/fc.strace" &&
			grep -q "^recorded  .* on $cpus CPU" out || return 1
	done
}

# 8 calls x 2 x 2 cells; each row as wide as the header.
csv() {
	replay -q --format=csv --hz=100,1000 --policy=sync,hybrid && [ "$(wc -l <out)" -eq 33 ] &&
		[ "$(awk -F , '{ print NF }' out | sort -u)" -eq 32 ] &&
		head -n 1 out | grep -q '^trace,call,occurrence,hz,policy,.*,median_ns,'
}

json() {
	replay -q --format=json --hz=100 --policy=call-srcu --seed=18446744073709551615 &&
		"$PYTHON" - <<-'END'
			import json
			def refuse(word):
			    raise ValueError(word)
			report = json.load(open("out"), parse_constant=refuse)
			assert report["schema"] == "gracesim-replay" and report["schema_version"] == 1
			trace, = report["traces"]
			assert trace["seed"] == "18446744073709551615" and trace["preamble"] is None
			assert len(trace["calls"]) == 8
			vcpu = next(c for c in trace["calls"] if c["call"] == "KVM_CREATE_VCPU")
			cell, = vcpu["cells"]
			assert vcpu["observed"]["median_ns"] == 137000
			assert cell["min_ns"] <= cell["p05_ns"] <= cell["median_ns"] <= cell["p95_ns"] <= cell["max_ns"]
			assert cell["cause"] == {"call": "KVM_CREATE_IRQCHIP", "occurrence": 0}
			assert cell["samples"] == trace["runs"] == 40
		END
}

markdown() {
	replay -q --format=markdown --hz=100,1000 && grep -q '^### KVM\\_CREATE\\_VCPU 0$' out &&
		grep -q '^| policy | HZ=100 | HZ=1000 |$' out && grep -q '^|---|--:|--:|$' out &&
		grep -q '^| call-srcu | [0-9.]* ms ([0-9.-]*) | ' out
}

to_file() {
	replay -q && mv out wanted && replay -q -o report.txt && [ ! -s out ] &&
		cmp -s report.txt wanted
}

check 'the table answers what, why and which is best' table
check 'it fits 100 columns of ASCII' fits_100_columns
check 'a stall stands out by its unit' stall_stands_out
check '--call=NAME:K reports that call, waiting or not' one_call
check '--call=NAME reports every occurrence' all_of_a_name
check 'several logs are reported one after the other' several_logs
check 'what is judged of the log is in a note, which -q drops' judgement_is_a_note
check 'a .meta file says what the log was recorded under' meta_file_is_read
check 'a note says what KVM_IOEVENTFD are taken for' hidden_ioeventfds
check 'on how many CPUs it was recorded is judged' recorded_cpus
check 'a stall of the recording is not work' stall_is_not_work
check 'csv: one row per call and cell' csv
if [ -n "$PYTHON" ]; then
	check 'json: whole numbers, schema and cause' json
fi
check 'markdown: one table per call' markdown
check '-o writes the same report to a file' to_file
finish
