#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What a tracer adds to a log is estimated, given and taken away as --tracer-overhead says.
. "${srcdir:-.}/tests/cli/lib.sh"

# log INSIDE BETWEEN CHEAP: a start, in ns, as a tracer shows it that adds so much to
# each call and to the gap before it. Untraced, 30 KVM_CHECK_EXTENSION take 200 ns
# each, or only CHEAP of them are made; KVM_CREATE_VM takes 300 us; then there are
# 500 us with three mmap() of 1 us in them; and KVM_GET_CLOCK takes 5 us.
log() {
	awk -v inside="$1" -v between="$2" -v cheap="$3" '
		function call(text, gap, took) {
			now += gap + between
			printf "100 1795365489.%09d %s <0.%09d>\n", now, text, took + inside
			now += took + inside
		}
		BEGIN {
			for (i = 0; i < cheap; i++)
				call("ioctl(3, KVM_CHECK_EXTENSION, KVM_CAP_IRQFD) = 1", 0, 200)
			call("ioctl(3, KVM_CREATE_VM, 0) = 4", 0, 300000)
			for (i = 0; i < 3; i++)
				call("mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0) = 0x7f", 124250, 1000)
			call("ioctl(4, KVM_GET_CLOCK, 0x7f) = 0", 124250, 5000)
		}' </dev/null
}

log 0 0 30 >untraced.strace
log 5800 14200 30 >traced.strace
log 5800 14200 9 >short.strace

# prediction FILE OPTION...: the predicted start, from that of KVM_CREATE_VM on, and latency of
# KVM_GET_CLOCK, and the latency of KVM_CREATE_VM
prediction() {
	gracesim replay "$@" --from-policy=call-srcu --from-hz=250 --from-cpus=1 --hz=250 \
		--policy=call-srcu --host=vm --cpus=1 --set=think.spread=0 --set=tick.phase=0.2 \
		--set=tick.busy_cpus=0 --runs=1 --samples=samples.csv -o report.txt &&
		awk -F , '$8 == "KVM_CREATE_VM" { start = $11; took = $12 }
			$8 == "KVM_GET_CLOCK" { print $11 - start, $12, took }' samples.csv
}

gives() {
	wanted=$1
	shift
	[ "$(prediction "$@")" = "$wanted" ]
}

says() {
	prediction "$@" >/dev/null && grep -q "$pattern" err
}

untraced=$(prediction untraced.strace)
traced=$(prediction traced.strace)

check 'the log as its tracer shows it' [ "$traced" = '880000 10800 305800' ]
check 'and as nobody traced it' [ "$untraced" = '800000 5000 300000' ]
check 'the default leaves it alone' gives "$traced" traced.strace --tracer-overhead=0
check 'auto: nobody traced it' gives "$untraced" traced.strace --tracer-overhead=auto
check 'auto leaves alone what nobody traced' gives "$untraced" untraced.strace \
	--tracer-overhead=auto
check 'given: likewise' gives "$untraced" traced.strace --tracer-overhead=5.8us,14200
check 'one number for both' gives '872000 9800 304800' traced.strace --tracer-overhead=1us
check 'never below nothing' gives '0 0 0' traced.strace --tracer-overhead=1s
check 'too few to tell: nothing is taken away' gives "$(prediction short.strace)" short.strace \
	--tracer-overhead=auto

pattern='estimated from the fastest tenth of 30 calls.* 200 ns each.*host profile .vm..* 29 gaps'
check 'a note says what the estimate rests on' says traced.strace --tracer-overhead=auto
pattern='5.80 us is taken from each duration and 14.20 us from the gap'
check 'and how much is taken away' says traced.strace --tracer-overhead=auto
check 'so does the report' grep -q '^untraced  less 5.80 us in each duration and 14.20 us before' \
	report.txt
pattern='only 9 calls such as KVM_CHECK_EXTENSION have a duration, too few'
check 'and why nothing is' says short.strace --tracer-overhead=auto
pattern='none shows in 30 calls'
check 'or that there is none' says untraced.strace --tracer-overhead=auto

for bad in '' often -1 5us, ,5us 1us,2us,3us 2s 5m; do
	check "--tracer-overhead='$bad' is refused" refuses 2 \
		'gracesim: replay: --tracer-overhead: *is not a duration such as *' \
		replay traced.strace --tracer-overhead="$bad"
done
finish
