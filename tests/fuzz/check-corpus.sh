#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The inputs the fuzzers start from, once each.
exec tests/fuzz/corpus-strace "$srcdir/tests/fuzz/corpus/strace" "$srcdir/traces/corpus"
