#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The inputs the fuzzers start from, once each; one plan for all three programs.
logs="$srcdir/tests/fuzz/corpus/strace $srcdir/traces/corpus"
inis="$srcdir/models/profile $srcdir/models/vmm"

# shellcheck disable=SC2086 # lists of folders
{
	tests/fuzz/corpus-strace $logs
	tests/fuzz/corpus-replay $logs
	tests/fuzz/corpus-ini $inis
} | awk '
	/^1\.\.[0-9]/ { planned += substr($0, 4); next }
	/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++count) }
	{ print }
	END { print "1.." planned }'
