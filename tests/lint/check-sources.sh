#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every file is built and shipped: it is named in a Makefile fragment.
. "${srcdir:-.}/tests/lint/lint.sh"

# our_files: all that lies in the code folders, but not what an in-tree build makes there
our_files() {
	# shellcheck disable=SC2046,SC2086 # lists of words
	find $(existing $code_folders doc) -type f ! -name '.*' ! -path '*/.deps/*' \
		! -name '*.[oa]' ! -name '*.log' ! -name '*.trs' ! -name 'gs-resources.*' \
		! -name Makefile.inc.am ! -perm -u=x -o -name '*.sh' -o -name '*.py' | LC_ALL=C sort
}

# A data folder may be named as a whole, and a program without its .c.
unlisted() {
	# shellcheck disable=SC2046,SC2086 # lists of words
	our_files | awk '
		FILENAME != "-" && /^#/ { next }
		FILENAME != "-" {
			for (i = 1; i <= NF; i++)
				listed[$i] = 1
			next
		}
		{
			name = $0
			sub(/\.c$/, "", name)
			if (name in listed)
				next
			for (name = $0; !(name in listed); )
				if (!sub(/\/[^\/]*$/, "", name)) {
					print $0 ": in no Makefile.inc.am"
					next
				}
		}' $(find $(existing $code_folders doc) -name Makefile.inc.am) -
}

not_compiled_in() {
	find models -name '*.ini' | LC_ALL=C sort | while read -r file; do
		grep -qF ">${file#models/}<" models/gracesim.gresource.xml ||
			echo "$file: not in models/gracesim.gresource.xml"
	done
}

report 'every file is in a Makefile.inc.am' "$(unlisted)"
report 'every profile and model is compiled in' "$(not_compiled_in)"
finish
