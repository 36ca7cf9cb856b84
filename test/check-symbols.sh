#!/bin/sh
# Every global of the archive begins with dynamo_, and the shared library shows what dynamo.h declares and nothing else.
# The environment: BUILD, the folder of the build; SHARED, the name of the shared library there.
set -u
export LC_ALL=C
status=0

# The Mach-O spelling has one more underscore in front.
strange=$(nm -g "$BUILD/libdynamo.a" | awk 'NF == 3 && $2 != "U" { print $3 }' | grep -Ev '^_?dynamo_')
if [ -n "$strange" ]; then
    echo "Globals of libdynamo.a that don't begin with dynamo_:" $strange
    status=1
fi

mkdir -p "$BUILD/symbols"
sort "$BUILD/dynamo.names" >"$BUILD/symbols/declared"
case $SHARED in
*.dylib) nm -gU "$BUILD/$SHARED" | awk '{ print $3 }' | sed 's/^_//' ;;
*) nm -D --defined-only "$BUILD/$SHARED" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' ;;
esac | sort >"$BUILD/symbols/exported"
if ! [ -s "$BUILD/symbols/declared" ] || ! diff "$BUILD/symbols/declared" "$BUILD/symbols/exported"; then
    echo "dynamo.h (<) and the shared library (>) differ"
    status=1
fi
[ "$status" -ne 0 ] || echo "symbols: $(grep -c . "$BUILD/symbols/exported") exported, all of them dynamo.h's"
exit "$status"
