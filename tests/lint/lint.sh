# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Sourced by every check: where the sources are, and TAP.

cd "${srcdir:-$(dirname "$0")/../..}" || exit 1

code_folders='sim models traces runs plots cli lab tests'
test_count=0
failed=0

# c_files: every C source and header of ours, but not what an in-tree build generates
c_files() {
	# shellcheck disable=SC2046,SC2086 # lists of words
	find $(existing $code_folders) -type f -name '*.[ch]' ! -name 'gs-resources.*' | LC_ALL=C sort
}

# existing PATH...: those that there are
existing() {
	for path; do
		if [ -e "$path" ]; then
			printf '%s\n' "$path"
		fi
	done
}

# report DESCRIPTION OFFENDERS: one TAP result, ok if there are none
report() {
	test_count=$((test_count + 1))
	if [ -z "$2" ]; then
		printf 'ok %d - %s\n' "$test_count" "$1"
	else
		failed=1
		printf 'not ok %d - %s\n' "$test_count" "$1"
		printf '%s\n' "$2" | sed 's/^/# /'
	fi
}

# finish: the plan, and the exit status
finish() {
	printf '1..%d\n' "$test_count"
	exit "$failed"
}
