#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every mistake gets one clear line on stderr: exit 2 if the command line is
# wrong, 1 if what it names is.
. "${srcdir:-.}/tests/cli/lib.sh"

: >empty.strace
echo '100 1795365489.527497 close(3) = 0 <0.000003>' >no-ioctl.strace
printf 'not\na strace\nlog\n' >prose.strace
{
	echo '100 1.000000 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000100>'
	echo '100 2.000000 ioctl(4, KVM_CREATE_VCPU, 0) = 5 <99999999.000000>'
} >years.strace

check 'no log' refuses 2 'gracesim: replay: no TRACE given' replay
check 'a missing file' refuses 1 'gracesim: replay: *missing.strace*' replay missing.strace
check 'an empty log' refuses 1 'gracesim: replay: *empty.strace*' replay empty.strace
check 'a log without KVM ioctls' refuses 1 'gracesim: replay: *no-ioctl.strace*' replay no-ioctl.strace
check 'a file that is no log' refuses 1 'gracesim: replay: *prose.strace*' replay prose.strace
check 'a call of three years' refuses 1 'gracesim: replay: years.strace:2: *' replay -q years.strace
check 'a directory' refuses 1 'gracesim: replay: *' replay .
check 'one bad log among good ones' \
	refuses 1 'gracesim: replay: *missing.strace*' replay -q boot.strace missing.strace

for hz in 0 23 10001 abc 1e2 -100; do
	check "--hz=$hz" refuses 2 "gracesim: replay: --hz: '$hz' is not a tick rate from 24 to 10000" \
		replay boot.strace "--hz=$hz"
done
check 'a bad word in a list' \
	refuses 2 "gracesim: replay: --hz: 'abc' is not *" replay boot.strace --hz=100,abc
check '--ioeventfd=maybe' refuses 2 "gracesim: replay: --ioeventfd: 'maybe' *" \
	replay boot.strace --ioeventfd=maybe
check 'an empty list' refuses 2 'gracesim: replay: --hz: the list is empty' replay boot.strace --hz=
check 'a word twice in a list' \
	refuses 2 "gracesim: replay: --hz: '100' is listed twice" replay boot.strace --hz=100,100
check 'an unknown policy suggests the nearest' \
	refuses 2 "gracesim: replay: --policy: unknown policy 'hybird'; did you mean 'hybrid'?" \
	replay boot.strace --policy=hybird
check 'an unknown policy of the log suggests the nearest' \
	refuses 2 "gracesim: replay: --from-policy: *; did you mean 'call-srcu'?" \
	replay boot.strace --from-policy=callsrcu
check 'an unknown kernel suggests the nearest' \
	refuses 2 "gracesim: replay: *'v7.3x'; did you mean 'v7.3'?" replay boot.strace --kernel=v7.3x
check 'an unknown host suggests the nearest' \
	refuses 2 "gracesim: replay: *'labb'; did you mean 'lab'?" replay boot.strace --host=labb
check 'an unknown machine suggests the nearest' \
	refuses 2 "gracesim: replay: *'x86-vxm'; did you mean 'x86-vmx'?" \
	replay boot.strace --machine=x86-vxm
check 'an unknown parameter' refuses 2 "gracesim: replay: *no.such*" replay boot.strace --set no.such=1
check 'a parameter without a value' refuses 2 "gracesim: replay: *" replay boot.strace --set nonsense
check 'an unknown VMM model' refuses 2 "gracesim: replay: *'firecraker'; did you mean 'firecracker'?" \
	replay -q boot.strace --preamble=firecraker
check 'an unknown format suggests the nearest' \
	refuses 2 "gracesim: replay: --format: 'jsom' is none of *; did you mean 'json'?" \
	replay boot.strace --format=jsom
for option in runs cpus jobs; do
	check "--$option=0" refuses 2 "gracesim: replay: --$option: '0' is not a whole number from 1 *" \
		replay boot.strace "--$option=0"
done
check '--seed=-1' refuses 2 "gracesim: replay: --seed: '-1' is not *" replay boot.strace --seed=-1
check 'an ioctl that the log does not have suggests the nearest' \
	refuses 2 "gracesim: replay: --call: *; did you mean 'KVM_CREATE_VCPU'?" \
	replay -q boot.strace --call=create_vcpu
check 'an occurrence that the log does not have' \
	refuses 2 'gracesim: replay: --call: *KVM_CREATE_VCPU 2; the last is 1' \
	replay -q boot.strace --call=KVM_CREATE_VCPU:2
check 'an occurrence that is no number' \
	refuses 2 "gracesim: replay: --call: 'x' is not an occurrence*" replay boot.strace --call=KVM_RUN:x

check 'what is before a failure is not reported' test ! -s out
finish
