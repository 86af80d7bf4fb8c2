#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The same inputs give the same bytes, whatever the threads, locale and time zone.
. "${srcdir:-.}/tests/cli/lib.sh"

replay() {
	gracesim replay boot.strace -q --runs=50 --seed=7 --samples=samples.csv "$@"
}

# same ENVIRONMENT... -- OPTION...: as the first run, in report and samples
same() {
	(
		while [ "$1" != -- ]; do
			export "${1?}"
			shift
		done
		shift
		replay "$@"
	) && cmp -s out "wanted.${format:-table}" && cmp -s samples.csv wanted.samples
}

for format in table csv json markdown; do
	replay --jobs=1 --format=$format && mv out "wanted.$format" && mv samples.csv wanted.samples
	check "$format: --jobs=8 as --jobs=1" same -- --jobs=8 --format=$format
	check "$format: in another locale and time zone" \
		same LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo -- --jobs=3 --format=$format
done

# run_same ENVIRONMENT... -- OPTION...: gracesim run gives the bytes it gave before
run_same() {
	(
		while [ "$1" != -- ]; do
			export "${1?}"
			shift
		done
		shift
		gracesim run seed-regression --runs=50 --samples=run.csv "$@"
	) && cmp -s out run.wanted && cmp -s run.csv run.samples
}

for format in table csv json; do
	gracesim run seed-regression --runs=50 --samples=run.csv --jobs=1 --format=$format &&
		mv out run.wanted && mv run.csv run.samples
	check "run, $format: --jobs=8 as --jobs=1" run_same -- --jobs=8 --format=$format
	check "run, $format: in another locale and time zone" \
		run_same LC_ALL=de_DE.UTF-8 TZ=Asia/Tokyo -- --jobs=3 --format=$format
done

differs() {
	gracesim replay boot.strace -q --runs=50 --seed=8 --samples=samples.csv &&
		! cmp -s samples.csv wanted.samples
}

# What a cell holds does not depend on which others are asked for.
same_alone() {
	replay --hz=1000 --policy=call-srcu && sed 1d samples.csv >alone &&
		grep ',1000,call-srcu,' wanted.samples >among && cmp -s alone among
}

check 'another seed gives other samples' differs
check 'a cell is the same alone and among others' same_alone
finish
