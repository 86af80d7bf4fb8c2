#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# import: what its formats look like, what it says of what it did not understand.
. "${srcdir:-.}/tests/cli/lib.sh"

# Two threads, of which one starts first and ends last; a failure; a line of the VMM's.
cat >threads.strace <<'END_OF_LOG'
100   1795365489.527505 ioctl(3</dev/kvm>, KVM_CREATE_VM, 0) = 4<anon_inode:kvm-vm> <0.000188>
101   1795365489.527700 ioctl(6<anon_inode:kvm-vcpu:0>, KVM_RUN, 0 <unfinished ...>
100   1795365489.527800 write(2, "a \"b\", c\n", 9) = 9 <0.000004>
qemu: warning: nothing
100   1795365489.527900 ioctl(4<anon_inode:kvm-vm>, 0xae41, 0) = -1 EEXIST (File exists) <0.000137>
101   1795365489.528100 <... ioctl resumed>) = ? ERESTARTSYS (To be restarted) <0.000400>
100   1795365489.528200 exit_group(0) = ?
END_OF_LOG

cat >mail.txt <<'END_OF_LOG'
Hi all,

Before the patch:

> 45726 14:45:32.914330 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.000137>
> 45726 14:45:32.914533 ioctl(25, KVM_CREATE_VCPU, 1) = 30 <0.000046>

After the patch:

> 30295 14:47:08.057412 ioctl(25, KVM_CREATE_VCPU, 0) = 28 <0.025182>
> 30295 14:47:08.082663 ioctl(25, KVM_CREATE_VCPU, 1) = 30 <0.000031>
END_OF_LOG

import() {
	gracesim import "$@"
}

says() {
	[ "$(cat out)" = "$1" ]
}

csv() {
	import -q --format=csv threads.strace && says "$(cat <<-'END_OF_ROWS'
		tid,start_ns,call,request,latency_ns,result,status,error,args,fd,role,vm,series,file,line
		100,1795365489527505000,ioctl,KVM_CREATE_VM,188000,4,ok,,"3</dev/kvm>, KVM_CREATE_VM, 0",3,kvm,0,1,threads.strace,1
		101,1795365489527700000,ioctl,KVM_RUN,400000,?,restarted,ERESTARTSYS,"6<anon_inode:kvm-vcpu:0>, KVM_RUN, 0",6,vcpu,0,1,threads.strace,2
		100,1795365489527800000,write,,4000,9,ok,,"2, ""a \""b\"", c\n"", 9",,,,1,threads.strace,3
		100,1795365489527900000,ioctl,KVM_CREATE_VCPU,137000,-1,error,EEXIST,"4<anon_inode:kvm-vm>, 0xae41, 0",4,vm,0,1,threads.strace,5
		100,1795365489528200000,exit_group,,,?,ok,,0,,,,1,threads.strace,7
	END_OF_ROWS
	)"
}

jsonl() {
	import -q --format=jsonl threads.strace && [ "$(sed -n 2p out)" = "$(cat <<-'END_OF_ROWS'
		{"tid":101,"start_ns":1795365489527700000,"call":"ioctl","request":"KVM_RUN","latency_ns":400000,"result":"?","status":"restarted","error":"ERESTARTSYS","args":"6<anon_inode:kvm-vcpu:0>, KVM_RUN, 0","fd":6,"role":"vcpu","vm":0,"series":1,"file":"threads.strace","line":2}
	END_OF_ROWS
	)" ] && [ "$(wc -l <out)" -eq 5 ]
}

jsonl_is_json() {
	import -q --format=jsonl threads.strace || return 1
	"$PYTHON" -c 'import json, sys
rows = [json.loads(line) for line in open("out", encoding="utf-8")]
sys.exit(rows[1]["tid"] != 101 or rows[2]["args"] != r"""2, "a \"b\", c\n", 9""" or
	 rows[2]["request"] is not None)'
}

table() {
	import -q threads.strace && says "$(cat <<-'END_OF_ROWS'
		TID              START  CALL        REQUEST           LATENCY  RESULT         STATUS     VM  LINE
		100  1795365489.527505  ioctl       KVM_CREATE_VM    0.000188  4              ok          0  1
		101  1795365489.527700  ioctl       KVM_RUN          0.000400  ? ERESTARTSYS  restarted   0  2
		100  1795365489.527800  write                        0.000004  9              ok             3
		100  1795365489.527900  ioctl       KVM_CREATE_VCPU  0.000137  -1 EEXIST      error       0  5
		100  1795365489.528200  exit_group                             ?              ok             7
	END_OF_ROWS
	)"
}

strace_text() {
	import -q --format=strace threads.strace && says "$(cat <<-'END_OF_ROWS'
		100   1795365489.527505 ioctl(3</dev/kvm>, KVM_CREATE_VM, 0) = 4<anon_inode:kvm-vm> <0.000188>
		101   1795365489.527700 ioctl(6<anon_inode:kvm-vcpu:0>, KVM_RUN, 0) = ? ERESTARTSYS (To be restarted) <0.000400>
		100   1795365489.527800 write(2, "a \"b\", c\n", 9) = 9 <0.000004>
		100   1795365489.527900 ioctl(4<anon_inode:kvm-vm>, 0xae41, 0) = -1 EEXIST (File exists) <0.000137>
		100   1795365489.528200 exit_group(0)   = ?
	END_OF_ROWS
	)"
}

# without_places: the rows in out, but for file and line
without_places() {
	sed 's/,[^,]*,[0-9]*$//' out
}

# reads_back LOG: written as strace text, it has the same rows
reads_back() {
	import -q --format=csv "$1" && without_places >wanted &&
		import -q --format=strace -o again.strace "$1" &&
		import -q --format=csv again.strace && without_places >got && cmp -s wanted got
}

summary() {
	import -q --summary threads.strace && says "$(cat <<-'END_OF_ROWS'
		SERIES  CALLS  THREADS  VMS      SPAN
		     1      5        2    1  0.000695

		REQUEST          COUNT  ERRORS  RESTARTED     TOTAL    MEDIAN       MAX
		KVM_RUN              1                  1  0.000400  0.000400  0.000400
		KVM_CREATE_VM        1                     0.000188  0.000188  0.000188
		KVM_CREATE_VCPU      1       1             0.000137  0.000137  0.000137
		write                1                     0.000004  0.000004  0.000004
		exit_group           1

		FILE            LINES  USED  CALLS  FOREIGN  FIRST             SKIPPED  CUT
		threads.strace      7     6      5        1  threads.strace:4        0    0
	END_OF_ROWS
	)"
}

summary_csv() {
	import -q --summary --format=csv threads.strace && [ "$(sed -n 1,2p out)" = "$(cat <<-'END_OF_ROWS'
		series,request,count,errors,restarted,unfinished,total_ns,median_ns,max_ns
		1,KVM_RUN,1,0,1,0,400000,400000,400000
	END_OF_ROWS
	)" ]
}

summary_of_series() {
	import -q --summary mail.txt && grep -q '^ *1  Before the patch  *2  *1 ' out &&
		grep -q '^ *2  KVM_CREATE_VCPU  *2  0.025213 ' out
}

check_only() {
	import --check --format=csv threads.strace boot.strace && [ ! -s err ] &&
		says "$(cat <<-'END_OF_ROWS'
		file,lines,used,calls,foreign,first_foreign,skipped,first_skipped,cut
		threads.strace,7,6,5,1,threads.strace:4,0,,0
		boot.strace,9,9,9,0,,0,,0
		,16,15,14,1,threads.strace:4,0,,0
	END_OF_ROWS
	)"
}

notes() {
	import threads.strace && [ "$(wc -l <err)" -eq 1 ] &&
		grep -q '^gracesim: note: threads.strace:4: 1 of 7 lines ' err
}

strict() {
	exits 3 import -q --strict --format=csv threads.strace && [ "$(wc -l <out)" -eq 6 ] &&
		[ "$(cat err)" = 'gracesim: import: threads.strace:4: this line is in no row' ]
}

strict_cut() {
	printf '1 ioctl(3, KVM_CREATE_VM, 0) = 4\n1 ioctl(4, KVM_CRE' >cut.strace
	exits 3 import -q --strict cut.strace &&
		[ "$(cat err)" = "gracesim: import: 'cut.strace' is cut off at its end" ]
}

strict_output() {
	rm -f rows.csv
	exits 3 import -q --strict --format=csv -o rows.csv threads.strace &&
		[ "$(wc -l <rows.csv)" -eq 6 ]
}

series() {
	import -q --format=csv --series=2 mail.txt && [ "$(sed 1d out)" = "$(cat <<-'END_OF_ROWS'
		30295,53228057412000,ioctl,KVM_CREATE_VCPU,25182000,28,ok,,"25, KVM_CREATE_VCPU, 0",25,vm,0,2,mail.txt,10
		30295,53228082663000,ioctl,KVM_CREATE_VCPU,31000,30,ok,,"25, KVM_CREATE_VCPU, 1",25,vm,0,2,mail.txt,11
	END_OF_ROWS
	)" ]
}

series_in_table() {
	import -q mail.txt && grep -q '^Series 1: Before the patch$' out &&
		grep -q '^Series 2: After the patch$' out
}

standard_input() {
	import -q --format=csv - <threads.strace && sed 's/(standard input)/threads.strace/' out >got &&
		import -q --format=csv threads.strace && cmp -s got out
}

compressed() {
	gzip -c threads.strace >threads.strace.gz && import -q --format=csv threads.strace.gz &&
		without_places >got && import -q --format=csv threads.strace && without_places >wanted &&
		cmp -s got wanted
}

# gzip was killed along with the tracer: what it wrote is read, and that more is missing is said.
compressed_in_part() {
	for i in 1 2 3 4 5 6 7 8 9; do cat threads.strace; done >long.strace
	gzip -c long.strace | head -c 300 >part.gz
	import --format=csv part.gz && [ "$(wc -l <out)" -gt 3 ] &&
		grep -q '^gracesim: note: part.gz:[0-9]*: the log is cut off here' err &&
		exits 3 import -q --strict --format=csv part.gz
}

# The halves of one log, given in the wrong order, are merged by time.
several_files() {
	grep '^100' threads.strace >100.strace
	grep '^101' threads.strace >101.strace
	import -q --format=csv 101.strace 100.strace && cut -d, -f1-8 out >got &&
		import -q --format=csv threads.strace && cut -d, -f1-8 out >wanted && cmp -s got wanted
}

# Sums of gaps have nothing in common: one file after the other.
gaps_in_turn() {
	printf '1      0.000000 close(3) = 0\n1      0.500000 close(4) = 0\n' >first.strace
	printf '2      0.000000 close(5) = 0\n2      0.100000 close(6) = 0\n' >second.strace
	import -q --format=csv second.strace first.strace &&
		[ "$(sed 1d out | cut -d, -f1,2 | tr '\n' ' ')" = '2,0 2,100000000 1,0 1,500000000 ' ]
}

# Trap 5: the clock was set back by an hour.
clock_set_back() {
	cat >back.strace <<-'END_OF_LOG'
		1 10:00:00.000000 close(3) = 0 <0.000001>
		2 10:00:00.100000 close(4) = 0 <0.000001>
		1 09:00:00.200000 close(5) = 0 <0.000001>
		2 09:00:00.300000 close(6) = 0 <0.000001>
	END_OF_LOG
	import -q --format=csv back.strace &&
		[ "$(sed 1d out | sed 's/.*,//' | tr '\n' ' ')" = '1 2 3 4 ' ] &&
		[ "$(sed -n 4p out | cut -d, -f2)" = 32400200000000 ]
}

# strace says who the first thread is only once there is another.
named_later() {
	cat >stderr.strace <<-'END_OF_LOG'
		ioctl(3, KVM_CREATE_VM, 0) = 4
		strace: Process 201 attached
		[pid   200] close(3) = 0
		[pid   201] close(4) = 0
	END_OF_LOG
	import -q --format=csv stderr.strace &&
		[ "$(sed 1d out | cut -d, -f1 | tr '\n' ' ')" = '200 200 201 ' ]
}

whole_or_not() {
	echo old >rows.csv
	! import -q -o rows.csv threads.strace missing.strace && [ "$(cat rows.csv)" = old ] &&
		import -q --format=csv -o rows.csv threads.strace && [ ! -s out ] &&
		[ "$(wc -l <rows.csv)" -eq 6 ]
}

# Enough rows that the pipe is closed in the midst of them.
closed_pipe() {
	i=0
	while [ $i -lt 2000 ]; do
		echo "1 1795365489.$((100000 + i)) close($i) = 0 <0.000001>"
		i=$((i + 1))
	done >long.strace
	{
		status=0
		"$GRACESIM" import long.strace 2>err || status=$?
		echo "$status" >status
	} | head -n 1 >out
	# Where SIGPIPE is ignored the write fails instead.
	case $(cat status) in
	0 | 141) [ ! -s err ] ;;
	1) grep -q 'cannot write standard output' err ;;
	*) false ;;
	esac
}

same_everywhere() {
	import --summary threads.strace mail.txt && mv out wanted && mv err wanted-err
	for locale in C de_DE.UTF-8 C.UTF-8; do
		LC_ALL=$locale TZ=Asia/Tokyo gracesim import --summary threads.strace mail.txt &&
			cmp -s out wanted && cmp -s err wanted-err || return 1
	done
}

ioeventfd() {
	import --format=csv boot.strace && [ ! -s err ] || return 1
	echo '1 ioctl(4, KVM_IOEVENTFD, 0x7ffda75452d0) = 0 <0.000010>' >pointer.strace
	import pointer.strace && grep -q '^gracesim: note: pointer.strace:1: 1 KVM_IOEVENTFD ' err &&
		import --ioeventfd=assign pointer.strace && [ ! -s err ]
}

check 'CSV has the columns and rows that programs count on' csv
check 'JSON lines have the same keys' jsonl
[ -z "${PYTHON-}" ] || check 'and are JSON' jsonl_is_json
check 'a table, for people' table
check 'strace text, each call on its line' strace_text
for log in threads.strace boot.strace mail.txt "$srcdir"/traces/corpus/*.strace; do
	check "$(basename "$log") as strace text has the same rows" reads_back "$log"
done
check '--summary sums up calls, threads, VMs and lines' summary
check '--summary as CSV is the table of calls' summary_csv
check '--summary keeps series apart' summary_of_series
check '--check tells of the lines, by file and in all' check_only
check 'a note says where the first line is that is no tracer'"'"'s' notes
check '--strict exits with 3 once all is written' strict
check '--strict is about cut logs, too' strict_cut
check '--strict leaves a whole file' strict_output
check '--strict is content with a log it understands' exits 0 import --strict boot.strace
check '--series picks a series' series
check 'a table has a heading for each series' series_in_table
check '- is standard input' standard_input
check 'a compressed log is read as it is' compressed
check 'a compressed log that ends early is read as far as it goes' compressed_in_part
check 'several files are merged by time' several_files
check 'files without a common clock follow each other' gaps_in_turn
check 'a clock set back does not reorder a thread' clock_set_back
check 'rows of a thread named later have its name' named_later
check 'an output file is whole or not there' whole_or_not
check 'a closed pipe ends it quietly' closed_pipe
check 'locale and time zone change nothing' same_everywhere
check 'a KVM_IOEVENTFD that shows a pointer has a note' ioeventfd

# A model made of a log is one like those that come with the program.
model_runs() {
	import --format=model -o mine.ini boot.strace &&
		grep -q '^think_source=recorded in boot.strace:' mine.ini &&
		gracesim run ./mine.ini -q --runs=20 --policy=call-srcu --hz=100 --format=csv &&
		[ "$(grep -c '^./mine.ini,KVM_CREATE_VCPU,' out)" -eq 2 ]
}
model_is_preamble() {
	import -q --format=model -o mine.ini boot.strace &&
		gracesim replay -q --preamble=./mine.ini --series=2 --policy=call-srcu --hz=100 mail.txt
}
model_of_vm() {
	cat boot.strace >two.strace
	sed 's/^100/200/; s/1795365489/1795365499/' boot.strace >>two.strace
	import --format=model two.strace && grep -q 'note: the model is of VM 0 of 2, from 0 (--vm)$' err &&
		mv out first.ini && import -q --format=model --vm=1 two.strace && ! cmp -s out first.ini
}
model_strict() {
	exits 3 import --format=model --strict threads.strace && [ -s out ]
}
check 'a log becomes a model that runs' model_runs
check 'and that another log begins with' model_is_preamble
check 'a model is of one VM' model_of_vm
check 'a model of a VM that there is not' \
	refuses 1 "gracesim: import: no VM 7 in 'boot.strace', which has 1, from 0" \
	import --format=model --vm=7 boot.strace
check '--vm is for models' refuses 2 'gracesim: import: --vm is for --format=model' \
	import --vm=0 boot.strace
check 'a summary is no model' refuses 2 "gracesim: import: --summary has no format 'model'" \
	import --summary --format=model boot.strace
check '--strict is about models, too' model_strict

: >empty.strace
printf 'not\na strace\nlog\n' >prose.strace
check 'no file' refuses 2 "gracesim: import: no FILE given; '-' is standard input" import
check 'a missing file' refuses 1 "gracesim: import: *missing.strace*" import missing.strace
check 'an empty log' refuses 1 "gracesim: import: empty log: 'empty.strace'" import empty.strace
check 'a file that is no log' refuses 1 "gracesim: import: *prose.strace*" import prose.strace
check 'a directory' refuses 1 'gracesim: import: *' import .
check 'an unknown format suggests the nearest' \
	refuses 2 "gracesim: import: --format: 'cvs' is none of *; did you mean 'csv'?" \
	import --format=cvs boot.strace
check 'a series that there is not' \
	refuses 2 "gracesim: import: --series: no series 3 in '*'; there is 1 'Before the patch', 2 'After the patch'" \
	import -q --series=3 mail.txt
check 'series are counted from 1' \
	refuses 2 "gracesim: import: --series: '0' is not a whole number from 1 *" import --series=0 mail.txt
check 'an unknown word for --ioeventfd suggests the nearest' \
	refuses 2 "gracesim: import: --ioeventfd: *; did you mean 'assign'?" \
	import --ioeventfd=asign boot.strace
check 'a summary is no strace text' \
	refuses 2 "gracesim: import: --summary has no format 'strace'" \
	import --summary --format=strace boot.strace
check 'nor is a check' refuses 2 "gracesim: import: --check has no format 'strace'" \
	import --check --format=strace boot.strace
check 'a summary has a check in it' refuses 2 'gracesim: import: --check is part of --summary*' \
	import --check --summary boot.strace
check 'an output into a missing directory' \
	refuses 1 "gracesim: import: cannot write 'no/such/out': *" import -o no/such/out boot.strace
finish
