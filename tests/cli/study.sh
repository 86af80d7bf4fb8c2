#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A study from its first question to the merged report, in the words that a user has for it.
. "${srcdir:-.}/tests/cli/lib.sh"

# answers TEXT ARGUMENT...: the report has it
answers() {
	text=$1
	shift
	gracesim "$@" && grep -q -e "$text" out
}

one_vm() {
	answers 'KVM_CREATE_VCPU 0' run firecracker --set vcpus=4 --set net=2 --runs=20
}

# 4 x 6 x 9 x 4 points: those named are there, and as many as they should be
lists_all() {
	gracesim sweep firecracker -P hz=100,250,300,1000 -P policy=all -P devices=0..64:8 \
		-P cpus=1,2,4,64 --list && [ "$(sed 1d out | wc -l)" -eq 864 ] &&
		grep -q '^ *0  100  *sync  *0  *1$' out &&
		grep -q '^ *863  1000  call-srcu-kick  *64  *64$' out
}

runs_all() {
	answers '^KVM_CREATE_VCPU 0: ' sweep firecracker -P hz=100,250,300,1000 -P policy=all \
		-P devices=0..64:8 -P cpus=1,2,4,64 --constraint='cpus>=2' --constraint='devices<=8' \
		--repeat=2 --jobs=2
}

# Wherever a VM needs more CPUs than there are, it is left out.
constrained() {
	gracesim sweep firecracker -P cpus=1,2,4 -P vcpus=1,2,4 --constraint='vcpus<=cpus' --list &&
		[ "$(sed 1d out | wc -l)" -eq 6 ]
}

precise() {
	answers 'each until its medians are within 1%' sweep firecracker -P hz=100,250 -P policy=all \
		--repeat=1000 --precision=1% || return
	# what each point took is said: all its runs where waits differ, few where they do not
	sed -n '/^Runs of each cell$/,$p' out >runs && [ "$(wc -l <runs)" -eq 8 ] &&
		grep -q '^ *HZ=100  *HZ=250$' runs && grep -q '^sync  *1000  *1000$' runs &&
		awk '$1 == "hybrid" { found = $2 < 1000 && $3 < 1000 } END { exit !found }' runs
}

stored() {
	gracesim sweep firecracker -P hz=100,250 -P policy=all --repeat=10 --store=study.db &&
		mv out wanted && gracesim report study.db && cmp -s out wanted
}

sharded() {
	for i in 1 2; do
		gracesim sweep firecracker -P hz=100,250 -P policy=all --repeat=10 --shard=$i/2 \
			--store=part$i.db || return
	done
	gracesim merge -o whole.db part1.db part2.db && gracesim report whole.db && cmp -s out wanted
}

# starts PATTERN: a fleet starts like that
starts() {
	answers ", start $1$" run firecracker --set vms=8 --set start="$1" --set cpus=4 --runs=2
}

check 'a VM with its devices' one_vm
check 'the points of a study' lists_all
check 'a study with constraints, in threads' runs_all
check 'a constraint between two keys' constrained
check 'a study that is as precise as it need be, and says how many runs that took' precise
check 'a study that is kept' stored
check 'a study in parts' sharded
for pattern in storm every:10ms poisson:100/s; do
	check "a fleet: $pattern" starts $pattern
done

# across HEADINGS OPTION...: the headings of the first ioctl's table
across() {
	headings=$1
	shift
	gracesim sweep firecracker -q --repeat=2 "$@" &&
		[ "$(sed -n '/^KVM_/{n;p;q}' out | tr -s ' ')" = " $headings" ] &&
		! awk 'length > 100' out | grep -q .
}

check 'the tick rate goes across' \
	across 'HZ=100 HZ=250' -P hz=100,250 -P policy=sync,hybrid -P vcpus=1,2
check 'else the last axis of a few values' \
	across 'sync hybrid' -P vcpus=1,2,4 -P policy=sync,hybrid -P seed=1..9
check 'if it fits' across 'vcpus=1 vcpus=2' -P vcpus=1,2 -P cpus=1..8
check 'if need be with one figure a cell' \
	across 'sync sync-expedited call-srcu hybrid call-srcu-expedited call-srcu-kick' \
	-P devices=0..64:8 -P policy=all
check 'a single axis goes down' across 'median 95 % 99 % above 1ms stalls' -P policy=sync,hybrid
check 'so do keys in lockstep' \
	across 'median 95 % 99 % above 1ms stalls' -P vcpus,cpus=1/2,2/4 -P seed=1..9

# The causes of policies that go across are those of the columns.
causes() {
	gracesim sweep firecracker -q --repeat=2 -P vcpus=1,2 -P policy=call-srcu,hybrid &&
		grep -q '^  waits for: call-srcu: the grace period that KVM_CREATE_IRQCHIP 0 started$' out
}

check 'under policies that go across stands which waits for what' causes

# Whatever its place among the points, what cannot run is an error before the first run.
refuses_late() {
	refuses 2 "gracesim: sweep: seed=1 cpus=2 cpu.pin=3: a parameter names a CPU beyond the 2*" \
		sweep firecracker -P seed=1..500 -P cpus=4,2 -P cpu.pin=1,3 --repeat=10000000
}

check 'a point that cannot be is an error before the first run' refuses_late
finish
