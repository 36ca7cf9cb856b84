#!/bin/sh
# Instructions of a GetItem and of reading a Scan page, counted by callgrind, are at most 5% above the recorded ones.
# They hardly vary from run to run; they do with the processor's kind, the libraries, the compiler and its flags, so
# that each combination has figures of its own in test/bench/instructions. Where this one has none, that is said.
#
#     test/check-instructions.sh           compares; the last line is "N passed, N failed"
#     test/check-instructions.sh record    keeps the figures of this combination: make record-instructions
#
# The environment: BUILD, CC, CFLAGS.
set -eu

recorded=test/bench/instructions
programs=$BUILD/test/bench
log=$programs/callgrind.log
margin=5

# Of a command's whole run.
instructions() { # COMMAND...
    LD_BIND_NOW=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" >"$log" 2>&1 || {
        cat "$log" >&2
        return 1
    }
    awk '/Collected :/ { print $4 }' "$log"
}

# A difference leaves out what happens once, however it varies.
of_get_item() {
    less=$(instructions "$programs/$1" count GetItem 100)
    more=$(instructions "$programs/$1" count GetItem 1100)
    echo $(((more - less) / 1000))
}

of_scan_page() {
    less=$(instructions "$programs/micro" count page_plain 1)
    more=$(instructions "$programs/micro" count page_plain 5)
    echo $(((more - less) / 4))
}

# What the figures depend on, without a blank.
combination() {
    "$programs/library" versions | tr '\n' ';'
    printf '%s' "$CFLAGS" | tr ' ' ','
}

recorded_for() { # NAME
    awk -v key="$key" -v name="$1" '$1 == key && $2 == name { print $3 }' "$recorded"
}

compare() { # NAME COUNTED
    limit=$(recorded_for "$1")
    if [ -z "$limit" ]; then
        printf '%-10s %10d instructions: nothing is recorded to compare them with\n' "$1" "$2"
        unknown=1
        return
    fi
    printf '%-10s %10d instructions, %d recorded\n' "$1" "$2" "$limit"
    if [ $(($2 * 100)) -gt $((limit * (100 + margin))) ]; then
        echo "    more than $margin% above: make them fewer, or record them (make record-instructions) and say why"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

record() {
    kept=$(awk -v key="$key" '$1 != key' "$recorded")
    {
        printf '%s\n' "$kept"
        printf '%s %s %s\n' "$key" GetItem "$get_item" "$key" ScanPage "$scan_page"
    } >"$recorded"
    echo "recorded in $recorded: GetItem $get_item, ScanPage $scan_page"
}

if [ -z "${DYNAMO_BENCH_ENDPOINT-}" ]; then
    if ! command -v valgrind >/dev/null; then
        echo 'There is no valgrind, whose callgrind counts the instructions.'
        exit 1
    fi
    exec "$programs/server" "$0" "$@"
fi
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
key=$(combination)
get_item=$(of_get_item library)
scan_page=$(of_scan_page)
if [ "${1-}" = record ]; then
    record
    exit
fi
passed=0
failed=0
unknown=0
compare GetItem "$get_item"
compare ScanPage "$scan_page"
printf '%-10s %10d instructions by libcurl alone\n' '' "$(of_get_item floor)"
if [ $unknown = 1 ]; then
    echo "NOT COMPARED: $recorded has no figures for $key (make record-instructions keeps these)"
    passed=1
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
