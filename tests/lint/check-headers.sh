#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every header compiles alone, without warnings, and only once per source file.
#
# COMPILE_HEADERS: the compiler command, from make check.
top_builddir=$(pwd)
. "${srcdir:-.}/tests/lint/lint.sh"

if [ -z "${COMPILE_HEADERS-}" ]; then
	echo '1..0 # SKIP run by make check'
	exit 0
fi

headers=$(c_files | grep '\.h$')

not_self_contained() {
	(
		cd "$top_builddir" || exit
		# shellcheck disable=SC2046,SC2086 # lists of words
		$COMPILE_HEADERS -Werror -Wno-unused-function \
			$(for header in $headers; do echo "$srcdir/$header"; done) 2>&1 ||
			echo 'the compiler failed'
	)
}

# The guard is the file's name behind GS_: engine.h and gs-test.h have GS_ENGINE_H and GS_TEST_H.
wrong_guard() {
	for header in $headers; do
		name=$(basename "$header" .h)
		guard=GS_$(printf '%s' "${name#gs-}" | tr 'a-z-' 'A-Z_')_H
		grep -qx "#ifndef $guard" "$header" || echo "$header: no #ifndef $guard"
	done
}

report 'every header compiles alone' "$(not_self_contained)"
report 'every header has the guard its name gives' "$(wrong_guard)"
finish
