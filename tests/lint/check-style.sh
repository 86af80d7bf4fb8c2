#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The house style, as far as a machine can see it.
. "${srcdir:-.}/tests/lint/lint.sh"

# Files of ours that have comments.
commented_files() {
	c_files
	# shellcheck disable=SC2046,SC2086 # lists of words
	find $(existing $code_folders m4 doc) -type f \( -name '*.sh' -o -name '*.py' -o \
		-name '*.ini' -o -name '*.m4' -o -name '*.am' -o -name '*.xml' \) | LC_ALL=C sort
	existing .ci/run .clang-format .editorconfig Makefile.am bootstrap build-aux/run-gtest \
		configure.ac start
}

without_license() {
	for file in $(commented_files); do
		head -n 2 "$file" | grep -q 'SPDX-License-Identifier: GPL-3\.0-or-later' ||
			echo "$file: no SPDX-License-Identifier in its first two lines"
	done
}

too_long() {
	commented_files | xargs wc -l | awk '$2 != "total" && $1 > 600 {
		print $2 ": " $1 " lines, more than 600: is it one concept?"
	}'
}

too_wide() {
	c_files | xargs awk '{
		line = $0
		while (i = index(line, "\t"))
			line = substr(line, 1, i - 1) substr("        ", 1 + (i - 1) % 8) substr(line, i + 1)
		if (length(line) > 100)
			print FILENAME ":" FNR ": more than 100 columns"
	}'
}

trailing_space() {
	commented_files | xargs grep -nE '[[:space:]]$'
}

# Simulated time, that is: tests/bench measures the processor's.
floating_time() {
	c_files | grep -v '^tests/' | xargs grep -nE '\<(double|float)[[:space:]*]+[A-Za-z0-9_]*_(ns|us|ms|jiffies)\>'
}

# Take strings, characters and comments off the front of what is left of the
# line; a // met on the way begins a comment.
line_comments() {
	c_files | xargs awk '
		FNR == 1 { inside = 0 }
		{
			line = $0
			while (line != "") {
				if (inside) {
					end = index(line, "*/")
					if (!end)
						next
					line = substr(line, end + 2)
					inside = 0
				}
				if (!match(line, /"([^"\\]|\\.)*"|\047([^\047\\]|\\.)*\047|\/\*|\/\//))
					next
				found = substr(line, RSTART, RLENGTH)
				line = substr(line, RSTART + RLENGTH)
				if (found == "//") {
					print FILENAME ":" FNR ": a // comment"
					next
				}
				inside = found == "/*"
			}
		}'
}

not_executable() {
	find tests lab -name '*.sh' -type f ! -path tests/lint/lint.sh 2>/dev/null |
		while read -r file; do
			! head -n 1 "$file" | grep -q '^#!' || [ -x "$file" ] || echo "$file: has no run bit"
		done
}

report 'every file names its licence' "$(without_license)"
report 'no file is longer than 600 lines' "$(too_long)"
report 'no line is wider than 100 columns' "$(too_wide)"
report 'no line ends in white space' "$(trailing_space)"
report 'simulated time is never floating point' "$(floating_time)"
report 'comments are /* */' "$(line_comments)"
report 'every script can be run' "$(not_executable)"
finish
