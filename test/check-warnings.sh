#!/bin/sh
# Every C source compiles without a warning, with gcc and with clang.
# The environment: BUILD, FLAGS (for the dependencies).
set -u
status=0
folder=$BUILD/warnings
mkdir -p "$folder"

for compiler in gcc clang; do
    if ! command -v "$compiler" >/dev/null 2>&1; then
        echo "warnings: there is no $compiler"
        status=1
        continue
    fi
    count=0
    # With optimisation: some warnings need its analysis of the flow.
    for source in *.c test/*.c test/fuzz/*.c test/bench/*.c examples/*.c; do
        [ -e "$source" ] || continue
        "$compiler" -std=c11 -O2 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -pthread -I. -Itest $FLAGS \
            -c -o "$folder/object.o" "$source" || status=1
        count=$((count + 1))
    done
    echo "warnings: $count files with $compiler"
done
exit "$status"
