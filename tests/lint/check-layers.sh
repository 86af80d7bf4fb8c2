#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows between folders run one way: doc/ARCHITECTURE.md.
. "${srcdir:-.}/tests/lint/lint.sh"

# FOLDER and what its files may include, as prefixes; a folder may have several
# rows. The first folder that fits a file counts, so the inner ones come first.
# tests and lab see all.
arrows='
sim/engine/     sim/engine/
sim/stats/      sim/stats/ sim/engine/bug.h sim/engine/sim-time.h
sim/kernel/     sim/kernel/ sim/engine/
sim/srcu/       sim/srcu/ sim/kernel/ sim/engine/
models/kvm/     models/kvm/ traces/script.h sim/
models/policy/  models/policy/ models/kvm/kvm-policy.h sim/srcu/srcu-policy.h
models/profile/ models/profile/ models/data-file.h models/ini-file.h models/machine-spec.h
models/profile/ models/params.h models/suggest.h sim/
models/vmm/     models/vmm/ models/kvm/ models/data-file.h models/ini-file.h models/suggest.h
models/vmm/     traces/kvm-args.h traces/kvm-request.h traces/script.h sim/engine/sim-time.h
models/         models/ traces/script.h sim/
traces/         traces/ sim/engine/sim-time.h
runs/           runs/ models/ traces/ sim/
plots/          plots/ runs/ sim/
cli/            cli/ plots/ runs/ models/ traces/ sim/
'

# "FILE:LINE HEADER" for each quoted include
includes() {
	c_files | xargs awk '/^[ \t]*#[ \t]*include[ \t]*"/ {
		split($0, part, "\"")
		print FILENAME ":" FNR, part[2]
	}'
}

against_arrows() {
	includes | ARROWS=$arrows awk '
		BEGIN {
			line_count = split(ENVIRON["ARROWS"], lines, "\n")
			for (i = 1; i <= line_count; i++)
				if (split(lines[i], words, " ") > 1) {
					if (!(words[1] in allowed))
						folder[++n] = words[1]
					allowed[words[1]] = allowed[words[1]] " " lines[i]
				}
		}
		$2 == "config.h" || /^(tests|lab)\// { next }
		{
			fits = ""
			for (i = 1; i <= n && fits == ""; i++)
				if (index($1, folder[i]) == 1)
					fits = allowed[folder[i]]
			count = split(fits, words, " ")
			for (i = 1; i <= count; i++)
				if (index($2, words[i]) == 1)
					next
			print $1 ": may not include " $2
		}'
}

unresolved() {
	includes | while read -r place header; do
		case $header in
		config.h | models/gs-resources.h) ;;
		*) [ -e "$header" ] || echo "$place: no such file from the top: $header" ;;
		esac
	done
}

report 'every include follows the arrows' "$(against_arrows)"
report 'every quoted include is a path from the top' "$(unresolved)"
finish
