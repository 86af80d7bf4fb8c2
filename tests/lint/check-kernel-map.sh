#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every file and function doc/KERNEL-MAP.md names is there.
. "${srcdir:-.}/tests/lint/lint.sh"

map=doc/KERNEL-MAP.md
if [ ! -e "$map" ]; then
	echo "1..0 # SKIP no $map"
	exit 0
fi

missing_files() {
	grep -oE '\<(sim|models|traces|runs|cli)/[a-z0-9/-]+\.[ch]\>' "$map" | LC_ALL=C sort -u |
		while read -r file; do
			[ -e "$file" ] || echo "$file"
		done
}

# A name that ends in _ stands for a family: gs_srcu_read_.
missing_functions() {
	grep -oE '\<gs_[a-z0-9_]+' "$map" | LC_ALL=C sort -u |
		while read -r name; do
			case $name in
			*_) pattern="\\<$name" ;;
			*) pattern="\\<$name\\>" ;;
			esac
			c_files | xargs grep -q -e "$pattern" || echo "$name"
		done
}

report 'every file in the kernel map exists' "$(missing_files)"
report 'every function in the kernel map exists' "$(missing_functions)"
finish
