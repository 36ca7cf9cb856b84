#!/bin/sh
# What the library adds to a program of one operation, linked dynamically against the three libraries and stripped, and
# the code of the whole archive: each at most 4% above the recorded figure (a file grows by whole pages). They vary with
# compiler, flags and linker, so that each combination has figures of its own in test/bench/sizes. Where this one has
# none, that is said.
#
#     test/check-size.sh           compares; the last line is "N passed, N failed"
#     test/check-size.sh record    keeps the figures of this combination: make record-size
#
# The environment: BUILD, CC, CFLAGS.
set -eu
export LC_ALL=C

recorded=test/bench/sizes
programs=$BUILD/test/bench
margin=4

# What the figures depend on, without a blank.
key=$({
    "$CC" --version | head -n 1
    ld --version 2>/dev/null | head -n 1
    uname -m
    echo "$CFLAGS"
} | tr ' \n' ',;')

stripped_size() { # PROGRAM
    strip -o "$1.stripped" "$1"
    wc -c <"$1.stripped"
}

recorded_for() { # NAME
    awk -v key="$key" -v name="$1" '$1 == key && $2 == name { print $3 }' "$recorded"
}

compare() { # NAME COUNTED WHAT
    limit=$(recorded_for "$1")
    printf '%-8s %7d bytes, %s recorded: %s\n' "$1" "$2" "${limit:-none}" "$3"
    if [ -z "$limit" ]; then
        unknown=1
    elif [ $(($2 * 100)) -gt $((limit * (100 + margin))) ]; then
        echo "    more than $margin% above: make it smaller, or record it (make record-size) and say why"
        failed=$((failed + 1))
    else
        passed=$((passed + 1))
    fi
}

record() {
    kept=$(awk -v key="$key" '$1 != key' "$recorded")
    printf '%s\n%s\n%s\n' "$kept" "$key program $program" "$key archive $archive" >"$recorded"
    echo "recorded in $recorded: program $program, archive $archive"
}

program=$(($(stripped_size "$programs/one_call") - $(stripped_size "$programs/no_call")))
archive=$(size "$BUILD/libdynamo.a" | awk 'NR > 1 { sum += $1 } END { print sum }')
if [ "${1-}" = record ]; then
    record
    exit
fi
passed=0
failed=0
unknown=0
compare program "$program" 'what a program of one operation is larger by'
compare archive "$archive" 'code and constants of all objects'
if [ $unknown = 1 ]; then
    echo "NOT COMPARED: $recorded has no figures for $key (make record-size keeps these)"
    passed=1
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
