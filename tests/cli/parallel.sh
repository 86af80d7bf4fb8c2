#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Shards run side by side by GNU parallel, as gracesim-merge(1) shows it.
. "${srcdir:-.}/tests/cli/lib.sh"

# There are other programs of that name.
if ! parallel --version 2>/dev/null | grep -q '^GNU parallel'; then
	echo '1..0 # SKIP GNU parallel is not installed'
	exit 0
fi

study='firecracker -P hz=100,250,1000 -P policy=all --repeat=20'

# shellcheck disable=SC2086 # a list of options
single() {
	gracesim sweep $study -q && mv out wanted
}

# shellcheck disable=SC2086 # a list of options
shards() {
	HOME=$directory parallel -j 4 "$GRACESIM" sweep $study -q --jobs=1 --shard={}/4 \
		--store=shard{}.db -o /dev/null ::: 1 2 3 4 >out 2>err && [ ! -s out ]
}

same() {
	gracesim merge -o study.db shard?.db && gracesim report study.db && cmp -s out wanted
}

check 'a study on its own' single
check 'its shards, all at once' shards
check 'merged they give the same report' same
finish
