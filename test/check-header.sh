#!/bin/sh
# dynamo.h compiles alone, as C11 and as C++17, twice in one file, with each compiler that is there.
# The environment: BUILD, FLAGS (for the dependencies).
set -u
status=0
folder=$BUILD/header
mkdir -p "$folder"
printf '#include "dynamo.h"\n#include "dynamo.h"\n' >"$folder/alone.c"
cp "$folder/alone.c" "$folder/alone.cc"

try() { # COMPILER STANDARD FILE
    command -v "$1" >/dev/null 2>&1 || return 0
    if $1 "-std=$2" -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror -I. $FLAGS -c -o "$folder/alone.o" "$3"; then
        echo "header: $1 -std=$2"
    else
        status=1
    fi
}

for compiler in cc gcc clang; do
    try "$compiler" c11 "$folder/alone.c"
done
for compiler in c++ g++ clang++; do
    try "$compiler" c++17 "$folder/alone.cc"
done
exit "$status"
