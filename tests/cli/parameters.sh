#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The words for ticks and CPUs do what they say: seen in how many tick edges a
# KVM_CREATE_VCPU waits for behind registrations.
. "${srcdir:-.}/tests/cli/lib.sh"

# waits OPTION...: the waits of KVM_CREATE_VCPU 0, in jiffies, one a run; a VM
# starts in the middle of a jiffy, so a wait ends after 1.5 or 2.5 of them
waits() {
	gracesim replay boot.strace --from-policy=sync-expedited --from-hz=100 --hz=100 \
		--policy=call-srcu --host=metal-x86 --kernel=v7.3 --runs=200 --samples=samples.csv -q \
		--set=tick.phase=0.5 "$@" &&
		awk -F , '$8 == "KVM_CREATE_VCPU" && $9 == 0 { print $13 / 1e7 }' samples.csv
}

# late LIMIT RELATION SHARE OPTION...: the share of waits longer than LIMIT; if that
# is empty, longer than the shortest by half a jiffy or more
late() {
	limit=$1
	relation=$2
	wanted=$3
	shift 3
	waits "$@" >waits.txt && [ "$(wc -l <waits.txt)" -eq 200 ] || return 1
	awk -v relation="$relation" -v wanted="$wanted" -v limit="$limit" '
		{ wait[NR] = $1 }
		NR == 1 || $1 < shortest { shortest = $1 }
		END {
			if (!limit)
				limit = shortest + 0.5
			for (i = 1; i <= NR; i++)
				late += wait[i] > limit
			share = late / NR
			print "share " share " over " limit
			if (relation == "=")
				exit !(share == wanted)
			exit !(share > wanted)
		}' waits.txt >err
}

third_edges() {
	late 2 "$@"
}

both_tick='--cpus=2 --set=tick.nohz=off'

check '--cpus=1: never a third edge' third_edges = 0 --cpus=1
check '--cpus=1, nothing stops ticking: never' third_edges = 0 --cpus=1 --set=tick.nohz=off
# shellcheck disable=SC2086 # several words
{
	check 'skew_tick, pinned behind the timekeeper: never' third_edges = 0 $both_tick \
		--set=tick.skew_tick=1 --set=tick.timekeeper=0 --set=cpu.pin=1
	check 'skew_tick, pinned before the timekeeper: always' third_edges = 1 $both_tick \
		--set=tick.skew_tick=1 --set=tick.timekeeper=1 --set=cpu.pin=0
	check 'skew_tick, pinned to the timekeeper: never' third_edges = 0 $both_tick \
		--set=tick.skew_tick=1 --set=tick.timekeeper=1 --set=cpu.pin=1
	check 'the order of two ticks decides: either way' third_edges '>' 0.2 $both_tick \
		--set=tick.timekeeper=0 --set=cpu.pin=1
	check 'pinned to the timekeeper: never' third_edges = 0 $both_tick \
		--set=tick.timekeeper=0 --set=cpu.pin=0
	# A busy CPU lets a woken thread wait as well, so the edges are not 2 and 3.
	check 'both CPUs busy, pinned beside the timekeeper: either way' \
		late '' '>' 0.2 --cpus=2 --set=tick.busy_cpus=2 --set=tick.timekeeper=0 \
		--set=cpu.pin=1
	check 'both CPUs busy, pinned to the timekeeper: never' late '' = 0 --cpus=2 \
		--set=tick.busy_cpus=2 --set=tick.timekeeper=0 --set=cpu.pin=0
	check 'idle CPUs stop at once, nobody busy: never' third_edges = 0 --cpus=2 \
		--set=tick.nohz=idle --set=tick.busy_cpus=0 --set=tick.retain_count=0 \
		--set=rcu.gp_jiffies=0
}

# The CPU a thread is pinned to is the one its ioctls are made on.
rejects_cpu() {
	refuses 2 'gracesim: replay: a parameter names a CPU beyond the 2 there are' \
		replay boot.strace --cpus=2 --set="$1"
}
check 'cpu.pin names a CPU there is' rejects_cpu cpu.pin=2
check 'tick.timekeeper names a CPU there is' rejects_cpu tick.timekeeper=2
check 'tick.busy_cpus is no more than there are' rejects_cpu tick.busy_cpus=3
finish
