#!/bin/sh
# The manual: every page is clean by mandoc -Tlint, every alias leads to a page, every public name of dynamo.h has a
# page or an alias, every status and macro is spoken of, and every EXAMPLES, and the README's program, compiles, without
# a warning, and runs against the local server. What stands after a $ in the EXAMPLES of section 1 and in the README's
# ```console is run on a terminal, and has to show what stands there.
# The environment: BUILD, CC, WARNINGS, FLAGS, LIBS, SERVER.
set -u
export LC_ALL=C
status=0
folder=$BUILD/man
rm -rf "$folder"
mkdir -p "$folder/man1" "$folder/man3" "$folder/man5"

complain() {
    echo "man: $*"
    status=1
}

# As they are installed, for the aliases.
for page in man/*.[135]; do
    cp "$page" "$folder/man${page##*.}"
done

is_alias() {
    head -n 1 "$1" | grep -q '^\.so '
}

# The linter looks for the pages that a page refers to among those of the system: here the tree is looked through.
lint() {
    command -v mandoc >/dev/null 2>&1 || complain "there is no mandoc"
    for page in man/*.[135]; do
        is_alias "$page" || mandoc -Tlint "$page"
    done 2>&1 | grep -Ev 'referenced manual not found|outdated mandoc.db' >"$folder/lint"
    if [ -s "$folder/lint" ]; then
        cat "$folder/lint"
        complain "mandoc -Tlint has something to say"
    fi
    sed -n 's/^\.Xr \(dynamo[a-z0-9_-]*\) \([0-9]\).*/\1.\2/p' man/*.[135] | sort -u | while read -r page; do
        [ -e "man/$page" ] || echo "a page refers to $page, which isn't there"
    done >"$folder/references"
    if [ -s "$folder/references" ]; then
        complain "$(cat "$folder/references")"
    fi
}

check_aliases() {
    for page in "$folder"/man[135]/*; do
        is_alias "$page" || continue
        target=$(sed -n '1s/^\.so //p' "$page")
        [ -e "$folder/$target" ] && ! is_alias "$folder/$target" || complain "$page leads to no page: $target"
        # The page it leads to says that it is about this name too.
        name=$(basename "$page")
        sed '/^\.Sh SYNOPSIS/q' "$folder/$target" | grep -Eq "^\.Nm ${name%.*}( |$)" ||
            complain "NAME of $target doesn't have ${name%.*}"
    done
}

# Functions, and types: "struct dynamo_x", "enum dynamo_x" and what a typedef ends with.
public_names() {
    {
        cat "$BUILD/dynamo.names"
        sed -n 's/^}* *typedef.* \(dynamo_[a-z0-9_]*\)[ ;{]*$/\1/p; s/^} \(dynamo_[a-z0-9_]*\);/\1/p' dynamo.h
    } | sort -u
}

check_names() {
    public_names >"$folder/names"
    [ -s "$folder/names" ] || complain "dynamo.h has no names?"
    while read -r name; do
        [ -e "man/$name.3" ] || [ -e "man/$name.5" ] || complain "no page for $name"
    done <"$folder/names"
    # The constants, without their reserved parts: the include guard, and what a vendored copy defines.
    grep -Eo '\bDYNAMO_[A-Z0-9_]+' dynamo.h | sort -u | grep -Ev '^(DYNAMO_H|DYNAMO_API)$' >"$folder/constants"
    cat man/*.[135] >"$folder/all"
    while read -r name; do
        grep -Eq "(^|[^A-Z0-9_])$name([^A-Z0-9_]|$)" "$folder/all" || complain "no page speaks of $name"
    done <"$folder/constants"
}

# The program of each EXAMPLES section: a literal block with a main(). Roff's escapes become what they stand for.
extract() { # PAGE FOLDER
    awk -v stem="$2/$(basename "$1" | sed 's/\.[135]$//')" '
        /^\.Sh /                      { examples = /^\.Sh EXAMPLES/; next }
        examples && /^\.Bd .*-literal/ { number++; inside = 1; next }
        /^\.Ed/                       { inside = 0; next }
        examples && inside {
            gsub(/\\&/, "")
            gsub(/\\-/, "-")
            gsub(/\\\(aq|\\\(cq/, "\047")
            gsub(/\\\(dq/, "\"")
            gsub(/\\(e|\(rs)/, "\\")
            print >(stem "." number ".c")
        }' "$1"
}

compile_and_run() { # SOURCE
    program=${1%.c}
    if ! $CC -std=c11 -pthread $WARNINGS -Werror -I. $FLAGS -o "$program" "$1" "$BUILD/libdynamo.a" $LIBS; then
        complain "the program of $(basename "$1") doesn't compile"
    elif ! "$program" >"$program.log" 2>&1 </dev/null; then
        cat "$program.log"
        complain "the program of $(basename "$1") fails"
    fi
}

# The README's program, between ```c and ```.
extract_readme() { # FOLDER
    awk -v stem="$1/README" '
        /^```c$/ { number++; inside = 1; next }
        /^```/   { inside = 0 }
        inside   { print >(stem "." number ".c") }' README.md
    [ -e "$1/README.1.c" ] || complain "README.md has no program"
}

run_examples() {
    mkdir -p "$folder/examples"
    extract_readme "$folder/examples"
    for page in man/*.[35]; do
        is_alias "$page" && continue
        extract "$page" "$folder/examples"
    done
    for source in "$folder"/examples/*.c; do
        # Lines of a shell or of a file, and fragments, are no programs.
        grep -q 'main(' "$source" || continue
        compile_and_run "$source"
        programs=$((programs + 1))
    done
}

# The README's sessions, between ```console and ```, and those of section 1.
extract_sessions() { # FOLDER
    mkdir -p "$1"
    awk '
        /^```console$/ { inside = 1; next }
        /^```/         { inside = 0 }
        inside' README.md >"$1/README.session"
    for page in man/*.1; do
        extract "$page" "$1"
        cat "$1/$(basename "$page" .1)".*.c >"$1/$(basename "$page").session"
    done
}

# A script that shows each command before it runs it. A command that ends with a backslash goes on in the next line.
script_of() { # SESSION
    awk '
        function quoted(text) { gsub(/\047/, "\047\\\047\047", text); return "\047" text "\047" }
        !continued && !/^\$ / { next }
        { print "printf \"%s\\n\" " quoted($0); text = $0; if (!continued) sub(/^\$ /, "", text) }
        { command = command text "\n"; continued = /\\$/ }
        !continued { print "eval " quoted(command); command = "" }' "$1"
}

run_session() { # SESSION
    script_of "$1" >"$1.sh"
    grep -q . "$1.sh" || complain "$(basename "$1") has no command"
    PATH=$(cd "$BUILD/examples" && pwd):$PATH NO_COLOR=1 AWS_ENDPOINT_URL=$DYNAMO_TEST_ENDPOINT \
        "$BUILD/test/pty" sh "$1.sh" </dev/null | tr -d '\r' >"$1.shown"
    diff "$1" "$1.shown" || complain "$(basename "$1") shows something else"
}

run_sessions() {
    extract_sessions "$folder/sessions"
    for session in "$folder"/sessions/*.session; do
        run_session "$session"
        sessions=$((sessions + 1))
    done
}

# "`unit_x`: `test_a`, `test_b`; ..." in the README's table of guarantees: each of them is there.
check_guarantees() {
    grep -o '`unit_[a-z]*`[^;|]*' README.md | tr '`' ' ' | while read -r program names; do
        [ -e "test/$program.c" ] || echo "the README speaks of test/$program.c, which isn't there"
        for name in $(echo "$names" | grep -o '[a-z][a-z0-9]*_[a-z0-9_]*'); do
            grep -q "test[a-z_]*($name[,)]\|SERVED($name)" "test/$program.c" ||
                echo "the README speaks of $name in test/$program.c, which isn't run there"
        done
    done >"$folder/guarantees"
    if [ -s "$folder/guarantees" ]; then
        complain "$(cat "$folder/guarantees")"
    fi
}

programs=0
sessions=0
if [ "${1-}" = examples ]; then
    run_examples
    run_sessions
    echo "man: $programs programs in EXAMPLES and README compiled and run, $sessions sessions typed"
    [ "$programs" -gt 0 ] || complain "no page has an example"
    exit "$status"
fi
lint
check_aliases
check_names
check_guarantees
echo "man: $(grep -c . "$folder/names") names, $(ls man/*.[135] | grep -c .) pages and aliases"
test/local-server run "$SERVER" -- "$0" examples || status=1
exit "$status"
