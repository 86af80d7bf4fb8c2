# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh
# Sourced by those who run fuzz targets.

srcdir=${srcdir:-.}

# inputs_of TARGET: files and folders with its inputs, as one line
inputs_of() {
	case $1 in
	ini) echo "$srcdir/tests/fuzz/corpus/ini $srcdir/models/profile $srcdir/models/vmm" ;;
	scenario) echo "$srcdir/tests/fuzz/corpus/scenario $srcdir/models/scenario" ;;
	store) echo "$srcdir/tests/fuzz/corpus/store" ;;
	*) echo "$srcdir/tests/fuzz/corpus $srcdir/tests/import $srcdir/traces/corpus" ;;
	esac
}

# with GLib's own allocator the sanitizers would not see where a block ends
export G_SLICE=always-malloc
