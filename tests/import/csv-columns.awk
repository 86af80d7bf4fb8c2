# SPDX-License-Identifier: GPL-3.0-or-later
# awk -v columns=NAME,NAME,... -f csv-columns.awk FILE: only these columns of a CSV, by its header.

# Split @line at its commas into @fields, each as it stands, with its quotes.
function split_record(line, fields,    count, field, rest)
{
	count = 0
	rest = line ","
	while (rest != "") {
		if (substr(rest, 1, 1) == "\"") {
			if (!match(rest, /^"([^"]|"")*",/)) {
				print "line " FNR " of " FILENAME " is no CSV: " line >"/dev/stderr"
				exit 1
			}
		} else {
			match(rest, /^[^,]*,/)
		}
		fields[++count] = substr(rest, 1, RLENGTH - 1)
		rest = substr(rest, RLENGTH + 1)
	}
	return count
}

NR == 1 {
	sub(/\r$/, "")
	wanted_count = split(columns, wanted, ",")
	count = split_record($0, header)
	for (i = 1; i <= wanted_count; i++) {
		for (j = 1; j <= count && header[j] != wanted[i]; j++)
			;
		if (j > count) {
			print "no column " wanted[i] " in " FILENAME >"/dev/stderr"
			exit 1
		}
		place[i] = j
	}
}
{
	sub(/\r$/, "")
	split_record($0, fields)
	line = fields[place[1]]
	for (i = 2; i <= wanted_count; i++)
		line = line "," fields[place[i]]
	print line
}
