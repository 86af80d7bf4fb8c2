#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Output files are whole or not there; a failed write is never a success.
. "${srcdir:-.}/tests/cli/lib.sh"

quick='--hz=100,1000 --policy=sync,call-srcu --runs=3'
header=trace,vm,hz,policy,kernel,tid,thread,call,occurrence,run,start_ns,latency_ns,wait_ns

# shellcheck disable=SC2086 # a list of options
replay() {
	gracesim replay boot.strace $quick "$@"
}

# Nothing lies about that was not there: neither the file nor a temporary one.
nothing_left() {
	[ -z "$(find . -name '*.csv*' -o -name '.*.??????' -type f)" ]
}

rows() {
	replay -q --samples=samples.csv && [ "$(head -n 1 samples.csv)" = "$header" ] &&
		# 8 ioctls x 2 policies x 2 tick rates x 3 runs
		[ "$(wc -l <samples.csv)" -eq 97 ]
}

# Cell, run, call; the vCPUs are told apart by their occurrence.
rows_in_order() {
	[ "$(sed -n '2,9p' samples.csv | cut -d , -f 2-10)" = "$(cat <<-'END'
		0,100,sync,v7.3,100,,KVM_CREATE_VM,0,0
		0,100,sync,v7.3,100,,KVM_CREATE_IRQCHIP,0,0
		0,100,sync,v7.3,100,,KVM_CREATE_PIT2,0,0
		0,100,sync,v7.3,100,,KVM_CREATE_VCPU,0,0
		0,100,sync,v7.3,100,,KVM_CREATE_VCPU,1,0
		0,100,sync,v7.3,100,,KVM_SET_USER_MEMORY_REGION,0,0
		0,100,sync,v7.3,100,,KVM_IOEVENTFD,0,0
		0,100,sync,v7.3,100,,KVM_IOEVENTFD,1,0
	END
	)" ] && [ "$(sed -n '10p;26p;50p' samples.csv | cut -d , -f 3,4,10)" = "$(cat <<-'END'
		100,sync,1
		1000,sync,0
		100,call-srcu,0
	END
	)" ]
}

several_logs() {
	cp boot.strace 'an "other", log.strace'
	replay -q --samples=samples.csv 'an "other", log.strace' &&
		[ "$(grep -c '^boot.strace,' samples.csv)" -eq 96 ] &&
		[ "$(grep -c '^"an ""other"", log.strace",' samples.csv)" -eq 96 ] &&
		[ "$(grep -c '^trace,' samples.csv)" -eq 1 ]
}

keeps_old_file() {
	echo old >samples.csv
	! replay missing.strace --samples=samples.csv && [ "$(cat samples.csv)" = old ]
}

through_link() {
	mkdir -p elsewhere && echo old >elsewhere/target.csv && ln -sf elsewhere/target.csv link.csv
	replay -q --samples=link.csv && [ -L link.csv ] &&
		[ "$(head -n 1 elsewhere/target.csv)" = "$header" ]
}

closed_pipe() {
	{
		status=0
		"$GRACESIM" replay boot.strace -q --runs=3 2>err || status=$?
		echo "$status" >status
	} | true
	# Where SIGPIPE is ignored the write fails instead.
	case $(cat status) in
	141) [ ! -s err ] ;;
	1) grep -q 'cannot write standard output' err ;;
	*) false ;;
	esac
}

full() {
	status=0
	"$GRACESIM" "$@" >/dev/full 2>err || status=$?
	[ "$status" -eq 1 ] && grep -q 'cannot write standard output: No space left' err &&
		[ "$(wc -l <err)" -eq 1 ]
}

closed_stdout() {
	status=0
	"$GRACESIM" replay boot.strace -q --runs=3 --samples=samples.csv >&- 2>err || status=$?
	[ "$status" -eq 1 ] && grep -q 'cannot write standard output' err &&
		! grep -q '^runs ' samples.csv
}

killed() {
	"$GRACESIM" replay boot.strace -q --runs=200000 --samples=samples.csv >/dev/null 2>err &
	pid=$!
	until [ -n "$(find . -name '.samples.csv.*')" ]; do
		kill -0 "$pid" || return 1
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	[ "$status" -eq 143 ] && nothing_left
}

check 'one row per simulated ioctl, under the agreed columns' rows
check 'rows come by cell, run and call' rows_in_order
check 'the samples of several logs share one file' several_logs
check 'a failure leaves the file that was there' keeps_old_file
check 'through a symbolic link its target is replaced' through_link
rm -rf ./*.csv elsewhere

check 'a report into a missing directory' \
	refuses 1 "gracesim: replay: cannot write 'no/such/out': *" replay boot.strace -q -o no/such/out
check 'samples into a missing directory' \
	refuses 1 "gracesim: replay: cannot write 'no/such.csv': *" \
	replay boot.strace -q --samples=no/such.csv
check 'samples into a directory' \
	refuses 1 "gracesim: replay: cannot write '.': *" replay boot.strace -q --samples=.
check 'report and samples into one file' \
	refuses 2 "gracesim: replay: the report and --samples cannot both go to 'x.csv'" \
	replay boot.strace -o x.csv --samples=x.csv
check 'none of this leaves a file' nothing_left

check 'a closed pipe ends it quietly' closed_pipe
if [ -c /dev/full ]; then
	check 'a full disk under the report' full replay boot.strace -q --runs=3
	check 'a full disk under --help' full --help
	check 'a full disk under --version' full --version
	check 'a full disk under the samples' \
		refuses 1 "gracesim: replay: cannot write '/dev/full': No space left*" \
		replay boot.strace -q --runs=3 --samples=/dev/full
fi
check 'a closed stdout is an error, and no other file becomes it' closed_stdout
rm -f ./*.csv
check 'a signal ends it, and leaves no file' killed
finish
