#!/bin/sh
# Installs to an empty folder, runs the tools, builds and runs a program with what is there, in C11 and C++17, static and shared, by
# pkg-config alone, and uninstalls: nothing may be left.
# The environment: BUILD, CC, MAKE.
set -u
top=$(pwd)
case $BUILD in
/*) folder=$BUILD/install ;;
*) folder=$top/$BUILD/install ;;
esac
rm -rf "$folder"
mkdir -p "$folder/program"

fail() {
    echo "install: $*"
    exit 1
}

cp test/consumer/consumer.c "$folder/program"
cp "$folder/program/consumer.c" "$folder/program/consumer.cc"

# pkg-config moves the paths in dynamo.pc below the folder, as a DESTDIR does.
PKG_CONFIG_PATH=$folder/root/usr/lib/pkgconfig
export PKG_CONFIG_PATH
flags() {
    ${PKG_CONFIG:-pkg-config} --define-variable=prefix="$folder/root/usr" \
        --define-variable=libdir="$folder/root/usr/lib" --define-variable=includedir="$folder/root/usr/include" \
        "$@" dynamo || fail "pkg-config doesn't know dynamo"
}

try() { # KIND COMPILER STANDARD SOURCE FLAGS...
    kind=$1
    compiler=$2
    standard=$3
    source=$4
    shift 4
    program=$folder/program/$kind-${source##*.}
    $compiler "-std=$standard" -o "$program" "$folder/program/$source" "$@" || fail "$kind, $standard: doesn't build"
    LD_LIBRARY_PATH=$folder/root/usr/lib DYLD_LIBRARY_PATH=$folder/root/usr/lib "$program" >"$program.log" 2>&1 || {
        cat "$program.log"
        fail "$kind, $standard: doesn't run"
    }
    echo "install: $kind, $standard: $(cat "$program.log")"
}

# From a clean environment: a user's variables for one make aren't meant for this one.
install_at() {
    env -u MAKEFLAGS -u MFLAGS ${MAKE:-make} --silent BUILD="$BUILD" CC="$CC" PREFIX=/usr DESTDIR="$folder/root" "$@"
}

install_at install || fail "make install fails"
for page in "$folder"/root/usr/share/man/man[135]/*; do
    [ -s "$page" ] || fail "no pages, or an empty one: $page"
done
for tool in "$folder"/root/usr/share/man/man1/*; do
    name=$(basename "$tool" .1)
    "$folder/root/usr/bin/$name" --version >"$folder/program/tool.log" || fail "$name doesn't run"
    echo "install: $(cat "$folder/program/tool.log")"
done
try shared "$CC" c11 consumer.c $(flags --cflags --libs)
try shared c++ c++17 consumer.cc $(flags --cflags --libs)

# Where only the archive is installed, the linker takes it.
rm -f "$folder"/root/usr/lib/libdynamo.so* "$folder"/root/usr/lib/libdynamo*.dylib
try static "$CC" c11 consumer.c $(flags --cflags --libs --static)
try static c++ c++17 consumer.cc $(flags --cflags --libs --static)

install_at install && install_at uninstall || fail "make uninstall fails"
left=$(find "$folder/root" -mindepth 1)
[ -z "$left" ] || fail "left after make uninstall:" $left
echo "install: uninstalled, nothing left"
