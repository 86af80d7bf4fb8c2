#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What gracesim list names, the options of gracesim replay take.
. "${srcdir:-.}/tests/cli/lib.sh"

# names TOPIC: the first word of each line
names() {
	gracesim list "$1" && cut -d ' ' -f 1 out
}

# Every line is a name and what it is.
described() {
	exits 0 list "$1" && [ -s out ] && [ ! -s err ] && ! grep -vq '^[a-z0-9._-]*  *[^ ]' out
}

takes() {
	exits 0 replay boot.strace --hz=100 --runs=2 -q "$@"
}

for topic in policies kernels hosts machines vmms scenarios parameters; do
	check "each of the $topic has a name and a description" described "$topic"
done
for policy in $(names policies); do
	check "--policy takes $policy" takes --policy="$policy"
done
for kernel in $(names kernels); do
	check "--kernel takes $kernel" takes --policy=sync --kernel="$kernel"
done
for host in $(names hosts); do
	check "--host takes $host" takes --policy=sync --host="$host"
done
for machine in $(names machines); do
	check "--machine takes $machine" takes --policy=sync --machine="$machine"
done
check 'an unknown topic suggests the nearest' \
	refuses 2 "gracesim: list: *; did you mean 'policies'?" list polices
check 'no topic is a usage error' refuses 2 'gracesim: list: say one of policies,*' list
finish
