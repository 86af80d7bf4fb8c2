# SPDX-License-Identifier: GPL-3.0-or-later
# awk -f count-requests.awk kvm-numbers.txt LOG...: how often each ioctl request was completed,
# counted without any of the importer's code. A call whose end stands on a "resumed" line
# counts there, under the request of the thread's line before.

NR == FNR {
	name[$1] = $2
	next
}

FNR == 1 {
	delete open
}

{
	thread = "-"
	if (match($0, /^\[pid +[0-9]+/) || match($0, /^[0-9]+[ <]/)) {
		thread = substr($0, RSTART, RLENGTH)
		gsub(/[^0-9]/, "", thread)
	}
}

match($0, /ioctl\([0-9]+/) {
	request = substr($0, RSTART + RLENGTH)
	sub(/^[^,]*, /, "", request)
	if (request ~ /^_IOC\(/)
		request = substr(request, 1, index(request, ")"))
	else
		sub(/[^A-Za-z0-9_].*/, "", request)
	sub(/strace$/, "", request)
	if (request in name)
		request = name[request]
	open[thread] = request
}

/<\.\.\. ioctl resumed>/ || /ioctl\([0-9]+/ {
	if (match($0, /\) += (-?[0-9]|0x)/))
		count[open[thread]]++
}

END {
	for (request in count)
		print request, count[request]
}
