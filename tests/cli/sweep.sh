#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# gracesim sweep: its plans, and that a study comes to the same bytes however it is run.
. "${srcdir:-.}/tests/cli/lib.sh"

sweep() {
	gracesim sweep firecracker -q -P hz=100,1000 -P policy=sync,call-srcu --runs=70 "$@"
}

# same ENVIRONMENT... -- OPTION...: as the first run
same() {
	(
		while [ "$1" != -- ]; do
			export "${1?}"
			shift
		done
		shift
		sweep "$@"
	) && cmp -s out "wanted.$format"
}

for format in table csv json markdown; do
	sweep --jobs=1 --format=$format && mv out "wanted.$format"
	check "$format: --jobs=2 as --jobs=1" same -- --jobs=2 --format=$format
	check "$format: --jobs=8 as --jobs=1" same -- --jobs=8 --format=$format
	check "$format: in another locale and time zone" \
		same LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo -- --jobs=3 --format=$format
done

precise() {
	sweep --runs=5000 --precision=2% --jobs=1 --format=csv && mv out wanted.precise || return 1
	sweep --runs=5000 --precision=2% --jobs=2 --format=csv && cmp -s out wanted.precise
}

# The column of runs: rounds of 64, 128, ..., or all; and not all of them.
in_rounds() {
	awk -F, 'NR > 1 && !($20 in seen) {
		seen[$20]
		early += $20 < 5000
		for (n = 64; n < $20; n *= 2)
			;
		bad += n != $20 && $20 != 5000
	}
	END { exit bad || !early }' wanted.precise
}

check '--precision gives the same, whatever the threads' precise
check '--precision ends some points early, at the end of a round' in_rounds

# A row for each point and call; the first and the last are known.
has_rows() {
	head -n 1 wanted.csv | grep -q '^index,hz,policy,call,occurrence,samples,min_ns,' &&
		[ "$(grep -c ',(start),' wanted.csv)" -eq 4 ] &&
		grep -q '^0,100,sync,KVM_CREATE_VM,0,70,' wanted.csv &&
		grep -q '^3,1000,call-srcu,(start),0,70,' wanted.csv
}

# The seed's question: the first vCPU waits for the IRQ chip's grace period, under call-srcu alone.
answers() {
	awk -F, '$4 == "KVM_CREATE_VCPU" && $5 == 0 { print $3, $18, $19 }' wanted.csv |
		sort -u >out
	printf '%s\n' 'call-srcu KVM_CREATE_IRQCHIP 0' 'sync own ' | cmp -s - out
}

above_budget() {
	sweep --format=csv --call=KVM_CREATE_VCPU:0 --budget=10s && awk -F, '
		NR > 1 { rows++; bad += $15 != 10000000000 || $16 != 0 } END { exit bad || rows != 4 }' out
}

check 'CSV has a row for each point and call' has_rows
check 'a cell says what a call waited for' answers
check '--call picks, and --budget counts what is above it' above_budget

# lists POINTS OPTION...: --list, as "a b,c d,"
lists() {
	points=$1
	shift
	gracesim sweep "$@" --list --format=csv &&
		[ "$(sed 1d out | cut -d, -f2- | tr ',\n' ' ,')" = "$points" ]
}

check 'axes are crossed, the last varies fastest' \
	lists '100 1,100 2,250 1,250 2,' firecracker -P hz=100,250 -P vcpus=1,2
check 'ranges have steps and factors' \
	lists '0 1,0 2,0 4,5 1,5 2,5 4,' firecracker -P net=0..9:5 -P vcpus=1..7*2
check 'keys go in lockstep' \
	lists '1 2,4 8,' firecracker -P vcpus,cpus=1/2,4/8
check 'constraints leave out points' \
	lists '1 1,1 2,2 2,' firecracker -P vcpus=1,2 -P cpus=1,2 --constraint='vcpus<=cpus'
check 'constraints compare words' \
	lists 'sync,' firecracker -P policy=sync,hybrid --constraint='policy!=hybrid'
check '-P takes the place of a scenario'"'"'s axis' \
	lists 'sync-expedited 1000,call-srcu 1000,' hz-tuning -P hz=1000
check '--set does away with it' \
	lists 'sync-expedited,call-srcu,' hz-tuning --set hz=1000

lists_table() {
	gracesim sweep firecracker -P hz=100,250 --list &&
		printf '%s\n' 'index  hz' '    0  100' '    1  250' | cmp -s - out
}

same_parts() {
	for shard in 1 2 3; do
		sweep --format=csv --shard=$shard/3 && sed 1d out || return 1
	done | LC_ALL=C sort >parts
	sed 1d wanted.csv | LC_ALL=C sort | cmp -s - parts
}

check '--list is a table, too' lists_table
check 'shards have each cell once, and the same' same_parts

# Of a cell of a sweep there is a scenario, and the samples are those of gracesim run.
has_samples() {
	sweep --samples=samples.csv && [ "$(wc -l <samples.csv)" -eq "$(($(sed 1d wanted.csv |
		awk -F, '$4 !~ /^\(/ { n += $6 } END { print n }') + 1))" ] &&
		grep -q '^firecracker hz=100 policy=sync,' samples.csv
}

check '--samples has every ioctl of every run' has_samples

# usage PATTERN ARGUMENT...
usage() {
	pattern=$1
	shift
	refuses 2 "gracesim: sweep: $pattern" sweep "$@"
}

check 'no name' usage 'no NAME given*'
check 'an unknown name' \
	usage "no VMM model or scenario 'firecraker'; did you mean 'firecracker'?" firecraker
check 'an unknown key' \
	usage "-P: axis 'vcpu': unknown key*did you mean 'vcpus'?" firecracker -P vcpu=1,2
check 'a value that is none' \
	usage "-P: axis 'policy':*did you mean 'hybrid'?" firecracker -P policy=sync,hybird
check 'a value twice, in another spelling' \
	usage "-P: axis 'hz': '100' is listed twice" firecracker -P hz=100,0100
check 'an axis twice' usage "-P: axis 'hz': there is one already" firecracker -P hz=100 -P hz=250
check 'a key that is set and varied' \
	usage "'hz' is both set and varied" firecracker -P hz=100 --set hz=250
check 'an element that is empty' \
	usage "-P: axis 'hz': an element of '100,,250' is empty" firecracker -P hz=100,,250
check 'no axis' usage "-P: 'hz' is no axis such as hz=100,250,1000" firecracker -P hz
check 'half a range' usage "-P: axis 'net': '0..' is no range such as *" firecracker -P net=0..
check 'a range that goes nowhere' \
	usage "-P: axis 'net': '0..8*2' never gets*" firecracker -P net=0..8*2
check 'too many points' \
	usage "-P: axis 'seed': '1..2000000' has more than 1000000 values" firecracker -P seed=1..2000000
check 'too many combinations' \
	usage 'the axes span more than 1000000 points' firecracker -P seed=1..2000 -P hz=100..1000
check 'a parameter that not every VMM has' \
	usage "-P: axis 'net_queue_pairs': unknown key 'net_queue_pairs' (with VMM model 'firecracker')*" \
	firecracker -P vmm=kvmtool,firecracker -P net_queue_pairs=1,2
check 'a constraint that is none' \
	usage "--constraint: constraint 'vcpus=cpus': it is not two keys*" \
	firecracker -P vcpus=1 --constraint=vcpus=cpus
check 'a constraint on a word that is none' \
	usage "--constraint: constraint 'policy!=snyc': 'snyc' is*did you mean 'sync'?" \
	firecracker -P policy=all '--constraint=policy!=snyc'
check 'a constraint on what has no value' \
	usage "--constraint: constraint 'vcpus<=cpus': 'cpus' has no value*" \
	firecracker -P vcpus=1 '--constraint=vcpus<=cpus'
check 'no point is left' \
	usage 'no point meets the constraints' firecracker -P vcpus=1,2 '--constraint=vcpus>2'
check 'an unknown call, before anything is run' \
	usage "no VM has an ioctl 'KVM_CREATE_VCP'; did you mean 'KVM_CREATE_VCPU'?" \
	firecracker --repeat=10000000 --call=KVM_CREATE_VCP
check 'runs are no axis' usage "-P: 'runs' is no axis*" firecracker -P runs=1,2
check 'a precision that histograms do not have' \
	usage "--precision: '0.05%' is not a percentage from*" firecracker --precision=0.05%
check 'a shard that is not there' usage "--shard: '5/4' is not I/N*" firecracker --shard=5/4
check 'what is varied is not set as well' \
	usage "'seed' is both set and varied" firecracker -P seed=1,2 --seed=3
check 'nor set twice' usage "'runs' is set twice" firecracker --set runs=2 --repeat=3
check 'report and samples are two files' \
	usage "the report and --samples cannot both go to 'x.csv'" \
	firecracker --samples=x.csv -o ./x.csv
check 'samples of a store' usage '--samples has no samples of*' firecracker --samples=x --store=y

nothing_written() {
	! gracesim sweep firecracker -P hz=100 --call=KVM_NO -o report.txt && [ ! -e report.txt ]
}

check 'an error leaves no file' nothing_written

empty_shard() {
	exits 0 sweep firecracker -P hz=100 --shard=2/2 --list && [ "$(cat out)" = 'index  hz' ]
}

check 'the list of a shard without points says of what' empty_shard
finish
