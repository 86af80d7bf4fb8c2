# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Sourced by every test of the command line: a directory of its own, a small
# log in it, and TAP.

: "${GRACESIM:?says where the program is}"
srcdir=${srcdir:-$(dirname "$0")/../..}
srcdir=$(cd "$srcdir" && pwd) || exit 99
test_count=0
failed=0

directory=$(mktemp -d) || exit 99
trap 'rm -rf "$directory"' EXIT
trap 'exit 99' HUP INT TERM
cd "$directory" || exit 99

# A VM as Firecracker starts it, cut short: devices, then vCPUs, then memory.
cat >boot.strace <<'END'
100 1795365489.527497 openat(AT_FDCWD, "/dev/kvm", O_RDWR|O_CLOEXEC) = 3 <0.000003>
100 1795365489.527505 ioctl(3, KVM_CREATE_VM, 0) = 4 <0.000188>
100 1795365489.527704 ioctl(4, KVM_CREATE_IRQCHIP, 0) = 0 <0.000076>
100 1795365489.527785 ioctl(4, KVM_CREATE_PIT2, {flags=KVM_PIT_SPEAKER_DUMMY}) = 0 <0.000070>
100 1795365489.527900 ioctl(4, KVM_CREATE_VCPU, 0) = 5 <0.000137>
100 1795365489.528100 ioctl(4, KVM_CREATE_VCPU, 1) = 6 <0.000046>
100 1795365489.528200 ioctl(4, KVM_SET_USER_MEMORY_REGION, {slot=0, flags=0, guest_phys_addr=0, memory_size=65536, userspace_addr=0x7f60198d4000}) = 0 <0.000025>
100 1795365489.528300 ioctl(4, KVM_IOEVENTFD, {datamatch=0, addr=0xd0000050, len=4, fd=7, flags=0}) = 0 <0.000012>
100 1795365489.528400 ioctl(4, KVM_IOEVENTFD, {datamatch=0, addr=0xd0001050, len=4, fd=8, flags=0}) = 0 <0.000012>
END

# check DESCRIPTION COMMAND...: one TAP result, ok if the command succeeds
check() {
	description=$1
	shift
	test_count=$((test_count + 1))
	if "$@"; then
		printf 'ok %d - %s\n' "$test_count" "$description"
	else
		failed=1
		printf 'not ok %d - %s\n' "$test_count" "$description"
		for file in out err; do
			[ ! -s "$file" ] || sed "s/^/# $file: /" "$file" | head -n 20
		done
	fi
}

# gracesim ARGUMENT...: run it; what it says is in the files out and err
gracesim() {
	"$GRACESIM" "$@" >out 2>err
}

# exits STATUS ARGUMENT...: gracesim ends with exactly that, so not by a signal
exits() {
	wanted=$1
	shift
	status=0
	gracesim "$@" || status=$?
	[ "$status" -eq "$wanted" ] || {
		echo "exit status $status, not $wanted" >>err
		return 1
	}
}

# refuses STATUS PATTERN ARGUMENT...: it fails with one line on stderr, which
# the shell pattern fits, and says nothing on stdout
refuses() {
	wanted=$1
	pattern=$2
	shift 2
	exits "$wanted" "$@" || return 1
	[ ! -s out ] && [ "$(wc -l <err)" -eq 1 ] || return 1
	# shellcheck disable=SC2254 # a pattern it is
	case $(cat err) in
	$pattern) ;;
	*) return 1 ;;
	esac
}

# finish: the plan, and the exit status
finish() {
	printf '1..%d\n' "$test_count"
	exit "$failed"
}
