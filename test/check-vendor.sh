#!/bin/sh
# The sources as a copy in another tree: they compile with no flag but the standard and not a word of the compiler, and
# a program with the copy below it builds and runs with a makefile, CMake and Meson. The amalgamation has the same
# names, passes tests, and hides them in a host's shared library where it is told to.
# The environment: BUILD, CC, FLAGS, LIBS, MAKE; SOURCES.
set -u
export LC_ALL=C
top=$(pwd)
case $BUILD in
/*) folder=$BUILD/vendor ;;
*) folder=$top/$BUILD/vendor ;;
esac
rm -rf "$folder"
mkdir -p "$folder"

fail() {
    echo "vendor: $*"
    exit 1
}

# In a folder without flags of ours: neither CFLAGS nor make's.
alone() { # COMMAND...
    env -u MAKEFLAGS -u MFLAGS -u CFLAGS -u CPPFLAGS -u LDFLAGS "$@"
}

compile_copy() {
    mkdir "$folder/flat"
    cp ./*.c ./*.h "$folder/flat"
    (cd "$folder/flat" && ${CC:-cc} -std=c11 -c ./*.c >log 2>&1) && ! [ -s "$folder/flat/log" ] || {
        cat "$folder/flat/log"
        fail "a copy doesn't compile, or the compiler has something to say"
    }
    echo "vendor: $(ls "$folder"/flat/*.o | grep -c .) files"
}

# The program that a build system of somebody else's has made, in `build` or beside the sources.
build_consumer() { # NAME COMMAND...
    name=$1
    shift
    mkdir -p "$folder/$name/vendor/dynamo"
    cp ./*.c ./*.h "$folder/$name/vendor/dynamo"
    cp test/consumer/* "$folder/$name"
    (cd "$folder/$name" && alone "$@") >"$folder/$name/log" 2>&1 || {
        tail -n 40 "$folder/$name/log"
        fail "$name: doesn't build"
    }
    program=$(ls "$folder/$name/build/consumer" "$folder/$name/consumer" 2>/dev/null | head -n 1)
    "$program" >"$folder/$name/answer" 2>&1 || {
        cat "$folder/$name/answer"
        fail "$name: doesn't run"
    }
    echo "vendor: $name: $(cat "$folder/$name/answer")"
}

build_consumers() {
    build_consumer make "${MAKE:-make}" "CC=${CC:-cc}"
    if command -v bmake >/dev/null; then
        build_consumer bmake bmake "CC=${CC:-cc}"
    fi
    if command -v cmake >/dev/null; then
        build_consumer cmake sh -c "cmake -S . -B build -DCMAKE_C_COMPILER=${CC:-cc} && cmake --build build -j 2"
    else
        echo 'vendor: there is no cmake: NOT TRIED'
    fi
    if command -v meson >/dev/null && command -v ninja >/dev/null; then
        build_consumer meson env "CC=${CC:-cc}" sh -c 'meson setup build && ninja -j 2 -C build'
    else
        echo 'vendor: there is no meson, or no ninja: NOT TRIED'
    fi
}

globals() { # FILE
    nm -g "$1" | awk 'NF == 3 && $2 != "U" { print $3 }' | sort
}

check_amalgamation() {
    test/amalgamate "$folder/amalgamation" $SOURCES || fail "no amalgamation"
    object=$folder/amalgamation/dynamo.o
    ${CC:-cc} -std=c11 -O1 -g -Wall -Wextra -Wpedantic -Wconversion -Werror $FLAGS -c -o "$object" \
        "$folder/amalgamation/dynamo.c" || fail "the amalgamation doesn't compile"
    globals "$object" >"$folder/joined"
    globals "$BUILD/libdynamo.a" >"$folder/apart"
    diff "$folder/joined" "$folder/apart" || fail "the amalgamation (<) and the archive (>) have other names"
    for name in unit_values unit_client; do
        ${CC:-cc} -std=c11 -pthread -I. $FLAGS -o "$folder/$name" "test/$name.c" "$BUILD/test/libhelpers.a" "$object" \
            -lcmocka $LIBS -lm || fail "$name doesn't build with the amalgamation"
    done
    test/run-tests "$folder/log" "$folder/unit_values" "$folder/unit_client" || fail "a test fails with the amalgamation"
}

# A host's shared library that has the library in it shows nothing of it.
check_hidden() {
    printf '#include "dynamo.h"\nconst char *host(void);\nconst char *host(void) { return dynamo_version(); }\n' \
        >"$folder/host.c"
    ${CC:-cc} -std=c11 -shared -fPIC -fvisibility=hidden '-DDYNAMO_API=__attribute__((visibility("hidden")))' $FLAGS \
        -I"$folder/amalgamation" -o "$folder/host.so" "$folder/host.c" "$folder/amalgamation/dynamo.c" $LIBS ||
        fail "a host's shared library doesn't build"
    shown=$(globals "$folder/host.so" | grep dynamo)
    [ -z "$shown" ] || fail "a host's shared library shows" $shown
    echo 'vendor: hidden in a shared library'
}

compile_copy
build_consumers
check_amalgamation
check_hidden
