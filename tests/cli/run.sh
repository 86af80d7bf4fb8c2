#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# gracesim run: every model and scenario, what --set sets, and files of one's own.
. "${srcdir:-.}/tests/cli/lib.sh"

# names TOPIC: the first word of each line
names() {
	gracesim list "$1" && cut -d ' ' -f 1 out
}

# It runs, and the report has the ioctl that every start makes.
model_runs() {
	exits 0 run "$1" --runs=20 --hz=100 --policy=sync-expedited,call-srcu --format=csv &&
		grep -q '^[^,]*,KVM_CREATE_VCPU,0,100,call-srcu,' out &&
		grep -q "^$1," out && [ ! -s err ]
}

# The machine is the one that the model is of.
model_machine() {
	case $1 in
	*arm64* | *virt*) grep -q ',arm64,metal-arm64,' out ;;
	*) grep -q ',x86-vmx,metal-x86,' out ;;
	esac
}

for model in $(names vmms); do
	check "$model runs" model_runs "$model"
	check "$model: on its machine" model_machine "$model"
done

# median_us POLICY: of the first vCPU at HZ=100
median_us() {
	awk -F , -v policy="$1" '$2 == "KVM_CREATE_VCPU" && $3 == 0 && $4 == 100 &&
		$5 == policy { print int($25 / 1000) }' out
}

# Between one and three jiffies since 6.18, below a millisecond before.
regression() {
	exits 0 run firecracker --hz=100 --runs=100 --format=csv || return 1
	head -n 1 out | cut -d , -f 25 | grep -qx median_ns || return 1
	after=$(median_us call-srcu)
	before=$(median_us sync-expedited)
	[ "$after" -gt 10000 ] && [ "$after" -lt 30000 ] && [ "$before" -lt 1000 ]
}
check 'the first vCPU of Firecracker stalls with call-srcu, and not without' regression

scenario_runs() {
	exits 0 run "$1" --runs=2 && grep -q '^scenario  ' out && grep -q '^question  .*?$' out
}
for scenario in $(names scenarios); do
	check "$scenario runs" scenario_runs "$scenario"
done

# longest_us POLICY CALL: the longest it took in any run
longest_us() {
	awk -F , -v policy="$1" -v call="$2" '$5 == policy && $2 == call && $27 > longest {
		longest = $27 } END { print int(longest / 1000) }' out
}

# least_us POLICY CALL: and the shortest of its first
least_us() {
	awk -F , -v policy="$1" -v call="$2" '$5 == policy && $2 == call && $3 == 0 {
		print int($23 / 1000) }' out
}

answers_running_vcpus() {
	exits 0 run running-vcpus -q --runs=20 --format=csv &&
		[ "$(longest_us sync-expedited KVM_IOEVENTFD)" -gt 1000 ] &&
		[ "$(longest_us call-srcu KVM_IOEVENTFD)" -lt 1000 ]
}
check 'running-vcpus: who waits for readers waits milliseconds, call_srcu() does not' \
	answers_running_vcpus

answers_arm64_order() {
	exits 0 run arm64-order -q --runs=20 --format=csv &&
		[ "$(least_us hybrid KVM_SET_USER_MEMORY_REGION)" -gt 5000 ] &&
		[ "$(longest_us call-srcu-expedited KVM_SET_USER_MEMORY_REGION)" -lt 1000 ]
}
check 'arm64-order: hybrid does not help there' answers_arm64_order

answers_amd_order() {
	exits 0 run amd-order -q --runs=20 --format=csv &&
		[ "$(longest_us call-srcu KVM_CREATE_VCPU)" -lt 1000 ] &&
		[ "$(least_us call-srcu KVM_SET_USER_MEMORY_REGION)" -gt 5000 ]
}
check 'amd-order: the memslot waits, the vCPU does not' answers_amd_order

cells() {
	gracesim run "$@" --runs=2 -q --format=csv &&
		cut -d , -f 4,5 out | sed 1d | sort -u | tr '\n' ' ' >cells
}

model_cells() {
	cells firecracker && [ "$(tr ' ' '\n' <cells | grep -c ,)" -eq 24 ] && grep -q '300,hybrid' cells
}
check 'a model is run under every policy at four tick rates' model_cells

# expects CELLS ARGUMENT...
expects() {
	wanted=$1
	shift
	cells "$@" && [ "$(cat cells)" = "$wanted" ]
}
check 'a scenario is run at its own axes' expects \
	'100,call-srcu 100,sync-expedited 1000,call-srcu 1000,sync-expedited ' seed-regression
check 'or at those asked for' expects '250,sync ' seed-regression --hz=250 --policy=sync
check '--set of an axis ends it' expects \
	'300,call-srcu 300,sync-expedited ' seed-regression --set hz=300

cat >mine.ini <<'END'
[scenario]
title=Mine
vmm=firecracker
kernel=6.18
cpus=4

[vmm]
net=2

[sweep]
vcpus=2,4
END
check 'a scenario without policy runs that of its kernel' expects '250,call-srcu ' ./mine.ini

says() {
	pattern=$1
	shift
	exits 0 "$@" && grep -q -- "$pattern" err
}
check 'an axis that is not run is noted' says \
	"note: ./mine.ini:11: this runs vcpus=2; 'gracesim sweep ./mine.ini' runs all" \
	run ./mine.ini --runs=2

quiet() {
	exits 0 run ./mine.ini --runs=2 -q && [ ! -s err ]
}
check '-q is quiet' quiet

sets() {
	exits 0 run firecracker --hz=100 --policy=call-srcu --set vcpus=3 --set net=2 \
		--set srcutree.exp_holdoff=0 --set vms=4 --set start=every:10ms --set runs=3 &&
		grep -q '^model     firecracker net=2 vcpus=3: 4 VMs, .* each, start every:10ms$' out &&
		grep -q '^set       srcutree.exp_holdoff=0$' out && grep -q '^runs      3 per cell' out
}
check '--set takes parameters of model, machine and scenario' sets

more_vcpus() {
	gracesim run firecracker --runs=2 -q --hz=100 --set vcpus=3 --call=KVM_CREATE_VCPU \
		--format=csv && grep -q ',KVM_CREATE_VCPU,2,' out && ! grep -q ',KVM_CREATE_VCPU,3,' out
}
check '--set vcpus=3 makes three' more_vcpus

# What --print prints is a scenario that runs to the same report.
prints() {
	gracesim run firecracker --set net=2 --set hz=100 --set policy=call-srcu --print &&
		mv out printed.ini &&
		gracesim run ./printed.ini --format=csv --runs=20 && mv out from-print &&
		gracesim run firecracker --set net=2 --hz=100 --policy=call-srcu --format=csv \
			--runs=20 && cmp -s out from-print
}
check '--print prints a scenario that does the same' prints

prints_ours() {
	gracesim run --print boot-storm && cmp -s out "$srcdir/models/scenario/boot-storm.ini"
}
check '--print of a scenario of ours is its file' prints_ours

check 'no name is a usage error' refuses 2 'gracesim: run: say which *' run
check 'two names are' refuses 2 "gracesim: run: one *, not also 'b'" run a b
check 'an unknown name suggests the nearest' \
	refuses 2 "gracesim: run: no VMM model or scenario *; did you mean 'firecracker'?" \
	run firecraker
check 'so does an unknown key' \
	refuses 2 "gracesim: run: unknown key 'vcpu' *; did you mean 'vcpus'?" \
	run firecracker --set vcpu=2
check 'a value out of range is a usage error' \
	refuses 2 'gracesim: run: vcpus: 99 is not in 1 to 32' run firecracker --set vcpus=99
check 'what an option sets, --set does not' \
	refuses 2 'gracesim: run: --hz and --set hz are the same: give one' \
	run firecracker --hz=100 --set hz=250
check '--set without a value is' \
	refuses 2 "gracesim: run: --set: 'vcpus' is not KEY=VALUE" run firecracker --set vcpus
check 'a duration needs its unit' \
	refuses 2 "gracesim: run: 'every:10' has no unit: *" run firecracker --set start=every:10
check '--call names an ioctl of the model' \
	refuses 2 "gracesim: run: --call: *; did you mean 'KVM_CREATE_VCPU'?" \
	run firecracker --call=KVM_CREATE_VCPUS
check 'a name is told on one line' \
	refuses 2 "gracesim: run: no VMM model or scenario 'fire?racker'; *" run "fire
racker"
printf '\357\273\277[scenario]\r\nvmm=kvmtool\r\nruns=1\r\n' >edited.ini
check 'a file from an editor that marks texts' exits 0 run ./edited.ini
check 'what never ends is no file' \
	refuses 2 "gracesim: run: cannot read scenario '/dev/zero': *" run /dev/zero
check 'no file' refuses 2 "gracesim: run: cannot read scenario './none.ini': *" run ./none.ini

printf '[scenario]\nvmm=firecracker\n\n[vmm]\nvcpu=2\n' >bad.ini
check 'an error in a file names line and suggestion' \
	refuses 1 "gracesim: run: ./bad.ini:5: *; did you mean 'vcpus'?" run ./bad.ini
printf '[scenario]\nvmm=firecracker\n[sweep]\nvms=1..\n' >bad-axis.ini
check 'so does one of an axis' refuses 2 "gracesim: run: ./bad-axis.ini:4: *" run ./bad-axis.ini
finish
