#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The inputs the fuzzers start from, once each; one plan for all programs.
. "${srcdir:-.}/tests/fuzz/inputs.sh"

for program in tests/fuzz/corpus-*; do
	target=${program##*/corpus-}
	# shellcheck disable=SC2046 # a list of words
	"$program" $(inputs_of "$target") ||
		echo "Bail out! $program ended with $? at the last file above"
done | awk '
	/^1\.\.[0-9]/ { planned += substr($0, 4); next }
	/^(not )?ok / { sub(/ok [0-9]+/, "ok " ++count) }
	{ print }
	END { print "1.." planned }'
