#!/bin/sh
# The archive of the sources: the same bytes when it is made again, and when it is made of what was unpacked from it; the
# unpacked tree builds, with a folder for the output elsewhere and several jobs at once.
# The environment: BUILD, CC, MAKE.
set -u
top=$(pwd)
case $BUILD in
/*) folder=$BUILD/dist ;;
*) folder=$top/$BUILD/dist ;;
esac
rm -rf "$folder"
mkdir -p "$folder/tree"

fail() {
    echo "dist: $*"
    exit 1
}

make_alone() { # FOLDER ARGUMENTS...
    where=$1
    shift
    env -u MAKEFLAGS -u MFLAGS ${MAKE:-make} -C "$where" --silent CC="$CC" "$@"
}

test/dist "$folder/first" && test/dist "$folder/second" || fail "doesn't work"
archive=$(basename "$folder"/first/*.tar.gz)
cmp "$folder/first/$archive" "$folder/second/$archive" || fail "made twice, it differs"
gzip -dc "$folder/first/$archive" | (cd "$folder/tree" && tar -xf -) || fail "can't be unpacked"
tree=$folder/tree/${archive%.tar.gz}
(cd "$tree" && test/dist "$folder/third") || fail "doesn't work where there is no git"
cmp "$folder/first/$archive" "$folder/third/$archive" || fail "made of what was unpacked, it differs"
make_alone "$tree" -j 2 BUILD="$folder/output" all || fail "the unpacked tree doesn't build"
(cd "$tree" && test/dist "$folder/fourth") && cmp "$folder/first/$archive" "$folder/fourth/$archive" ||
    fail "the build has left something in the tree"
[ -s "$folder/output/libdynamo.a" ] || fail "there is no libdynamo.a"
echo "dist: $archive, $(wc -c <"$folder/first/$archive") bytes, four times the same; what it holds builds"
