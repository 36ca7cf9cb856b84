#!/bin/sh
# Looks for defects without running anything: gcc -fanalyzer, clang's scan-build, and clang-tidy with the checks of
# .clang-tidy, on every file of the library. What test/analysis/explained doesn't explain is a failure. A tool that isn't
# there is named, and skipped. The last line is "N passed, N failed", with ", N skipped".
#
#     GCC, CLANG, SCAN_BUILD, CLANG_TIDY    the tools' commands
set -u

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
trap 'exit 130' INT TERM
GCC=${GCC:-gcc}
CLANG=${CLANG:-clang}
SCAN_BUILD=${SCAN_BUILD:-scan-build}
CLANG_TIDY=${CLANG_TIDY:-clang-tidy}

# Compiles every file with the command given, told how errors are made; errors.c makes them.
compile_all() {
    for source in *.c; do
        model='-include test/analysis/model.h'
        [ "$source" != errors.c ] || model=
        "$@" -std=c11 -pthread -I. ${FLAGS-} $model -c -o "$folder/${1##*/}.o" "$source" || return 1
    done
}

if [ "${1-}" = compile ]; then # what scan-build runs, with its own compiler
    compile_all "$CC"
    exit
fi

gcc_fanalyzer() {
    compile_all "$GCC" -O1 -fanalyzer
}

scan_build() {
    "$SCAN_BUILD" --use-cc="$CLANG" -o "$folder/reports" "$0" compile
}

clang_tidy() {
    "$CLANG_TIDY" --quiet *.c -- -std=c11 -pthread -I. ${FLAGS-}
}

# The findings in the log "$1" that aren't explained.
unexplained() {
    awk -F ' [|] ' '
        FNR == NR {
            if ($0 !~ /^#/ && NF == 4) {
                check[++count] = $1
                file[count] = $2
                part[count] = $3
            }
            next
        }
        function is_explained(name, line, checks,    i) {
            for (i = 1; i <= count; i++)
                if (file[i] == name && index(checks, check[i]) && (part[i] == "*" || index(line, part[i])))
                    return 1
            return 0
        }
        # FILE:LINE:COLUMN: warning: WORDS [CHECK]
        match($0, /^[^ ]+:[0-9]+:[0-9]+: (warning|error): /) {
            split($0, place, ":")
            name = place[1]
            sub(/.*\//, "", name)
            line = ""
            for (number = 1; number <= place[2] && (getline text < place[1]) > 0; number++)
                line = text
            close(place[1])
            words = $0
            sub(/^.*\[/, "", words)
            if (!seen[$0]++ && !is_explained(name, line, words))
                print $0 "\n        " line
        }' test/analysis/explained "$1"
}

passed=0
failed=0
skipped=0
judge() { # NAME STATUS
    unexplained "$folder/$1.log" >"$folder/$1.found"
    if [ "$2" -eq 0 ] && [ ! -s "$folder/$1.found" ]; then
        passed=$((passed + 1))
        echo "$1: nothing that isn't explained"
        return
    fi
    failed=$((failed + 1))
    echo "$1: FAILED (exit status $2)"
    if [ -s "$folder/$1.found" ]; then
        sed 's/^/    /' "$folder/$1.found"
    else
        tail -n 20 "$folder/$1.log" | sed 's/^/    /'
    fi
}

# All at once.
started=
for tool in gcc_fanalyzer:"$GCC" scan_build:"$SCAN_BUILD" clang_tidy:"$CLANG_TIDY"; do
    name=${tool%%:*}
    if ! command -v "${tool#*:}" >/dev/null 2>&1; then
        echo "$name: skipped, ${tool#*:} isn't there"
        skipped=$((skipped + 1))
        continue
    fi
    $name >"$folder/$name.log" 2>&1 </dev/null &
    started="$started $name:$!"
done
for tool in $started; do
    wait "${tool#*:}"
    judge "${tool%%:*}" $?
done

if [ "$skipped" -eq 0 ]; then
    echo "$passed passed, $failed failed"
else
    echo "$passed passed, $failed failed, $skipped skipped"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
