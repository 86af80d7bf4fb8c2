#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Replays of real VMMs' logs against what their ioctls took; the comparison is in Python.
if [ -z "${PYTHON-}" ]; then
	echo '1..0 # SKIP python3 is not installed'
	exit 0
fi
exec "$PYTHON" "${srcdir:-.}/tests/ground-truth/check-recorded.py"
