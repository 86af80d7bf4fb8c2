#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Help and version; every command that the help names has both help and man page.
. "${srcdir:-.}/tests/cli/lib.sh"

has_help() {
	exits 0 "$@" && [ ! -s err ] && head -n 1 out | grep -q '^Usage: gracesim' &&
		sed -n '3,5p' out | grep -q '^Examples:'
}

has_page() {
	[ -s "$srcdir/doc/gracesim-$1.1" ]
}

# Each option of the help is in the man page, and the page has no others.
options_agree() {
	gracesim "$1" --help || return 1
	sed -n 's/^  \(-., \)\{0,1\}--\([a-z-]*\).*/\2/p' out | LC_ALL=C sort -u >in-help
	sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' "$srcdir/doc/gracesim-$1.1" |
		LC_ALL=C sort -u >in-page
	diff in-help in-page >out
}

same_help() {
	gracesim "$1" --help || return 1
	mv out wanted
	gracesim help "$1" && cmp -s out wanted
}

version() {
	exits 0 "$1" && [ ! -s err ] && head -n 1 out | grep -qx 'gracesim [0-9]*\.[0-9]*\.[0-9]*' &&
		grep -q 'GPL version 3 or later' out && grep -q 'NO WARRANTY' out
}

check '--help leads with examples, on stdout' has_help --help
check '-h is --help' has_help -h
check 'help without a command is --help' has_help help
check '--version follows the GNU form' version --version
check '-V is --version' version -V

gracesim --help
commands=$(sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' out)
check 'the help names replay, run, sweep, import, report, merge, list and help' \
	test "$(echo $commands)" = 'replay run import sweep report merge list help'
for command in $commands; do
	check "$command --help leads with examples" has_help "$command" --help
	check "help $command says the same" same_help "$command"
	[ "$command" = help ] && continue
	check "$command has a man page" has_page "$command"
	check "$command: help and man page have the same options" options_agree "$command"
done

check 'no command is a usage error' refuses 2 "gracesim: no command given*" --
check 'an unknown command suggests the nearest' \
	refuses 2 "gracesim: unknown command 'replya'; did you mean 'replay'?" replya
check 'commands cannot be abbreviated' \
	refuses 2 "gracesim: unknown command 'rep'; did you mean 'replay'?" rep
check 'help for an unknown command suggests the nearest' \
	refuses 2 "gracesim: help: unknown command 'lits'; did you mean 'list'?" help lits
check 'an unknown option is a usage error' refuses 2 'gracesim: unknown option --bogus' --bogus
check 'an unknown option of a command is one of that command' \
	refuses 2 'gracesim: replay: unknown option --bogus' replay boot.strace --bogus
check 'a value may be attached to a short option' \
	exits 0 replay -q -j2 -oreport.txt --hz=100 --runs=2 boot.strace
check 'what follows -- is no option' \
	refuses 1 "gracesim: replay: *'-j2'*" replay -q -- -j2
check 'options after the command are not those before it' \
	refuses 2 'gracesim: replay: unknown option --version' replay --version
finish
