#!/bin/sh
# The sources compile as a copy in another tree: an empty folder, no flags but the standard, not a word of the compiler.
# The environment: BUILD, CC.
set -u
folder=$BUILD/vendor
rm -rf "$folder"
mkdir -p "$folder"
cp ./*.c ./*.h "$folder" && cd "$folder" || exit 1
if ! ${CC:-cc} -std=c11 -c ./*.c >log 2>&1 || [ -s log ]; then
    cat log
    exit 1
fi
echo "vendor: $(ls ./*.o | grep -c .) files"
