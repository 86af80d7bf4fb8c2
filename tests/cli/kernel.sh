#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# --kernel: releases that have a profile, releases that have none, and the host.
. "${srcdir:-.}/tests/cli/lib.sh"

replay() {
	gracesim replay boot.strace --from-policy=sync-expedited --from-hz=100 --runs=5 \
		--format=csv --samples=samples.csv "$@"
}

# simulated_by PROFILE NOTE RELEASE: both kernels give the same samples, and all
# that is said of the second is NOTE
simulated_by() {
	replay --policy=call-srcu --hz=100 --kernel="$1" && mv samples.csv wanted.csv &&
		replay --policy=call-srcu --hz=100 --kernel="$3" &&
		cmp -s samples.csv wanted.csv &&
		[ "$(sed -n 's/^gracesim: note: \(kernel .*\)/\1/p' err)" = "$2" ]
}

check 'a release may be written with or without v' simulated_by v6.18 '' 6.18
check 'a release without a profile has the newest before it' simulated_by v6.12 \
	"kernel 'v6.17' has no profile and is simulated by v6.12, the newest before it" v6.17
check "a distribution's kernel" simulated_by v6.12 \
	"kernel '6.12.57-amd64' is simulated by profile v6.12" 6.12.57-amd64
check 'between 7.0 and 7.3' simulated_by v7.0 \
	"kernel '7.2' has no profile and is simulated by v7.0, the newest before it" 7.2
check 'newer than all' simulated_by v7.3 \
	"kernel 'v42.0' is newer than all profiles and simulated by the newest, v7.3" v42.0
check 'older than all names the oldest' \
	refuses 2 "gracesim: replay: kernel '2.6.39' is older than the oldest * profile of, 'v*'" \
	replay boot.strace --kernel=2.6.39
check 'no release at all' \
	refuses 2 "gracesim: replay: unknown kernel 'v6.1x'; did you mean 'v6.1'?" \
	replay boot.strace --kernel=v6.1x

if [ -r /proc/sys/kernel/osrelease ]; then
	host_is_read() {
		replay --policy=call-srcu --kernel=host && [ -s samples.csv ] &&
			grep -q "note: read /proc/sys/kernel/osrelease: $(uname -r)\$" err
	}
	# Where its tick rate is known, that is the one predicted.
	host_hz_is_default() {
		replay --policy=call-srcu --kernel=host || return 1
		hz=$(sed -n 's/^gracesim: note: read .*: HZ=\([0-9]*\).*/\1/p' err)
		[ "$(sed 1d out | cut -d , -f 4 | sort -un | paste -sd , -)" = \
			"${hz:-100,250,300,1000}" ]
	}
	# The kernel a report names and the settings it lists repeat it anywhere.
	host_repeats() {
		replay --policy=call-srcu --hz=250 --cpus=2 --machine=x86-vmx --kernel=host -q &&
			mv samples.csv wanted.csv || return 1
		# boot.strace,CALL,OCCURRENCE,hz,policy,kernel,machine,host,cpus,set,...
		kernel=$(sed -n 2p out | cut -d , -f 6)
		settings=$(sed -n 2p out | cut -d , -f 10)
		set --
		for setting in $settings; do
			set -- "$@" --set="$setting"
		done
		replay --policy=call-srcu --hz=250 --cpus=2 --machine=x86-vmx --kernel="$kernel" -q \
			"$@" && cmp -s samples.csv wanted.csv
	}
	check '--kernel=host says what it read' host_is_read
	check "--kernel=host predicts the host's tick rate" host_hz_is_default
	check '--kernel=host can be spelled out' host_repeats
fi
finish
