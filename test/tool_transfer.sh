#!/bin/sh
# examples/dynamo-export.c and dynamo-import.c: there and back again, killed amid it; their errors and exit statuses, in
# a pipe and on a terminal. Writes TAP.
# The environment: BUILD, DYNAMO_TEST_ENDPOINT; DYNAMO_TEST_WRAPPER, DYNAMO_TEST_SERVER. With DYNAMO_TEST_ITEMS or
# DYNAMO_TEST_KILLS, there and back again with so many (2000 and 3), and nothing else.
. "$(dirname "$0")/tool.sh"
table=Music-$$
copy=Copy-$$
items=${DYNAMO_TEST_ITEMS:-2000}
kills=${DYNAMO_TEST_KILLS:-3}
running=

tool() { # NAME ARGUMENT...
    tool=$1
    shift
    ${DYNAMO_TEST_WRAPPER-} "$build/examples/$tool" "$@"
}
dynamo() { tool dynamo "$@"; }
export_table() { tool dynamo-export "$@"; }
import_table() { tool dynamo-import "$@"; }

# On a terminal; what is written over in a line is a line of its own here.
on_terminal() { # NAME ARGUMENT...
    tool=$1
    shift
    "$build/test/pty" ${DYNAMO_TEST_WRAPPER-} "$build/examples/$tool" "$@" >"$folder/terminal"
    code=$?
    tr '\r' '\n' <"$folder/terminal"
    return $code
}

delete_table() {
    dynamo call DeleteTable "{\"TableName\": \"$1\"}" >/dev/null 2>&1
}

table_is_gone() {
    ! dynamo describe "$1"
}

clean_up() {
    [ -z "$running" ] || kill -9 "$running"
    delete_table "$table"
    delete_table "$copy"
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 143' HUP INT TERM

# That two files have the same lines, in whatever order.
same_lines() { # FILE FILE
    sort "$1" >"$folder/one" && sort "$2" >"$folder/other" && cmp "$folder/one" "$folder/other"
}

# What begins with the file's name.
files() { # NAME
    (cd "$folder" && ls -d "$1"*)
}

# Waits until what runs has come further than its checkpoint said before. False: it has ended.
comes_further() { # CHECKPOINT
    until [ -e "$1" ] && ! cmp -s "$1" "$folder/before" && grep -q '"Bytes":[1-9]' "$1"; do
        kill -0 "$running" 2>/dev/null || return 1
        sleep 0.01
    done
}

start() { # CHECKPOINT NAME ARGUMENT...
    cp "$1" "$folder/before" 2>/dev/null || : >"$folder/before"
    program=$build/examples/$2
    shift 2
    # Its process is the one to kill, not a shell around it.
    (exec ${DYNAMO_TEST_WRAPPER-} "$program" "$@") &
    running=$!
}

kill_it() {
    kill -9 "$running"
    wait "$running" 2>/dev/null
    running=
}

# Starts the command and kills it each time it has come further, so often; then it may end.
kill_amid() { # TIMES CHECKPOINT NAME ARGUMENT...
    times=$1
    shift
    while [ "$times" -gt 0 ]; do
        start "$@"
        if ! comes_further "$1"; then
            echo "it has ended, with $times kills to go"
            return 1
        fi
        sleep 0.0$((times % 10)) # checkpoints are a tenth of a second apart
        kill_it
        times=$((times - 1))
    done
    shift
    tool "$@"
}

# ---- There and back again --------------------------------------------------------------------------------------------

awk -v items="$items" 'BEGIN {
    value[0] = "{\"$N\": \"1234567890123456789012345678.5\"}"
    value[1] = "{\"$SS\": [\"a\", \"b\\n\"]}"
    value[2] = "[1, null, {\"a\": {\"$B\": \"AAEC\"}}, \"\\u0001\\u00e4\"]"
    value[3] = "{\"$$B\": true}"
    value[4] = "-0.5"
    for (i = 0; i < items; i++)
        printf "{\"Artist\": \"a%d\", \"Song\": %d, \"Value\": %s, \"Text\": \"%" i % 700 "s\"}\n", \
            i % 7, i, value[i % 5], "x"
}' >"$folder/items"
check 'create' 0 '' '' dynamo create "$table" Artist:S:HASH Song:N:RANGE
check 'import' 0 '' '' import_table "$table" "$folder/items"
check 'nothing is left beside the file' 0 items '' files items
check 'export' 0 '' '' export_table "$table" -o "$folder/whole"
check 'the file and its schema' 0 'whole
whole.schema.json' '' files whole
count_lines() { wc -l <"$1" | tr -d ' '; }
check 'all items' 0 "$items" '' count_lines "$folder/whole"
check "an export killed $kills times" 0 '' '' kill_amid "$kills" "$folder/killed.checkpoint" \
    dynamo-export "$table" --output="$folder/killed" --segments "$kills" --rate $((kills * 20))
check 'has each item once' 0 '' '' same_lines "$folder/whole" "$folder/killed"
check 'and leaves nothing else' 0 'killed
killed.schema.json' '' files killed
check "an import killed $kills times" 0 '' '' kill_amid "$kills" "$folder/killed.import" \
    dynamo-import "$copy" "$folder/killed" --create --rate $((items / 2))
check 'leaves nothing else' 0 'killed
killed.schema.json' '' files killed
to_file() { export_table "$copy" --segments 7 --consistent >"$folder/again"; }
check 'export to the standard output' 0 '' '' to_file
check 'the copy is the same' 0 '' '' same_lines "$folder/whole" "$folder/again"
if [ -n "${DYNAMO_TEST_ITEMS-}${DYNAMO_TEST_KILLS-}" ]; then
    echo "1..$number"
    [ "$failed" -eq 0 ]
    exit
fi
check 'create what is there' 4 '' "dynamo-import: the table $copy is there already*" \
    import_table "$copy" "$folder/killed" --create
delete_table "$copy"
until_true table_is_gone "$copy"
from_pipe() { import_table "$copy" --create --schema "$folder/whole.schema.json" <"$folder/whole"; }
check 'import of the standard input' 0 '' '' from_pipe
check 'how many' 0 2000 '' dynamo scan "$copy" --count

# ---- Killed at the worst moments -------------------------------------------------------------------------------------

start "$folder/late.checkpoint" dynamo-export "$table" -o "$folder/late" --rate 30 --segments 1
comes_further "$folder/late.checkpoint"
check 'a second export to one file' 4 '' 'dynamo-export: */late: another export writes to this file' \
    export_table "$table" -o "$folder/late"
kill_it
# A checkpoint of this table by which all is read, in two parts.
half=$(head -n 1000 "$folder/whole" | wc -c | tr -d ' ')
rest=$(tail -n 1000 "$folder/whole" | wc -c | tr -d ' ')
states='{"Bytes":'$half',"Items":1000,"Done":true},{"Bytes":'$rest',"Items":1000,"Done":true}'
sed 's/"Segments":\[.*\]/"Segments":['"$states"']/' "$folder/late.checkpoint" >"$folder/done"
{
    head -n 1000 "$folder/whole"
    echo 'half of the second pa'
} >"$folder/late.part-0"
tail -n 1000 "$folder/whole" >"$folder/late.part-1"
cp "$folder/done" "$folder/late.checkpoint"
check 'killed while the parts were joined' 0 '' '' export_table "$table" -o "$folder/late"
check 'it is whole' 0 '' '' cmp "$folder/whole" "$folder/late"
cp "$folder/done" "$folder/late.checkpoint"
: >"$folder/late.part-1"
check 'killed after it had its name' 0 '' '' export_table "$table" -o "$folder/late"
check 'it is still whole' 0 '' '' cmp "$folder/whole" "$folder/late"
check 'and swept up' 0 'late
late.schema.json' '' files late
cp "$folder/done" "$folder/late.checkpoint"
check 'other options than before' 4 '' 'dynamo-export: *without --consistent*' \
    export_table "$table" -o "$folder/late" --consistent
check 'other segments than before' 4 '' 'dynamo-export: *--segments 2: leave the option out' \
    export_table "$table" -o "$folder/late" --segments 3
check 'another table than before' 4 '' 'dynamo-export: *late.checkpoint is of an export of another table*' \
    export_table "$copy" -o "$folder/late"
echo short >"$folder/late.part-0"
check 'a part that is too short' 9 '' 'dynamo-export: */late.part-0 is shorter than*' \
    export_table "$table" -o "$folder/late"
rm "$folder/late.part-0"
echo more >>"$folder/late"
check 'a part that is missing' 9 '' 'dynamo-export: */late.part-0 is missing*' export_table "$table" -o "$folder/late"
rm "$folder"/late*

start "$folder/whole.import" dynamo-import "$copy" "$folder/whole" --rate 300
comes_further "$folder/whole.import"
check 'a second import of one file' 4 '' 'dynamo-import: */whole: another import reads this file' \
    import_table "$copy" "$folder/whole"
kill_it
check 'into another table than before' 4 '' 'dynamo-import: *whole.import is of an import into another table*' \
    import_table "$table" "$folder/whole"
cp "$folder/whole" "$folder/kept"
sed 's/"Artist"/"Artisd"/' "$folder/kept" >"$folder/whole"
check 'another file than before' 4 '' 'dynamo-import: *whole.import is of another file than */whole is now*' \
    import_table "$copy" "$folder/whole"
cp "$folder/kept" "$folder/whole"
check 'the same file again' 0 '' '' import_table "$copy" "$folder/whole"

# ---- Files that can't be written -------------------------------------------------------------------------------------

limited() { (ulimit -f 16 && exec "$build/examples/dynamo-export" "$table" -o "$folder/limited"); }
check 'a file beyond its limit' 9 '' 'dynamo-export: */limited.part-*: File too large*the same command goes on*' limited
check 'the same command without the limit' 0 '' '' export_table "$table" -o "$folder/limited"
check 'it is whole after all' 0 '' '' same_lines "$folder/whole" "$folder/limited"
check 'a folder that is not there' 9 '' 'dynamo-export: */none/file.part-0: No such file*' \
    export_table "$table" -o "$folder/none/file"
first_line() {
    {
        export_table "$table"
        echo $? >"$folder/code"
    } | head -n 1 | wc -l | tr -d ' ' && cat "$folder/code"
}
check 'head ends it quietly' 0 '1
141' '' first_line
if [ -c /dev/full ]; then
    to_full_disk() { export_table "$table" >/dev/full; }
    check 'a full disk' 9 '' 'dynamo-export: the standard output: No space left*' to_full_disk
    check 'a full disk by its name' 9 '' 'dynamo-export: /dev/full: No space left*' export_table "$table" -o /dev/full
fi

# ---- Lines that can't be written -------------------------------------------------------------------------------------

{
    head -n 30 "$folder/items" | sed 's/"a[0-9]"/"new"/'
    echo '{"Artist": "new", "Song": 31'
    echo '{"Artist": "new", "Song": 32}'
} >"$folder/bad"
check 'a line that is no JSON' 2 '' "dynamo-import: $folder/bad:31: *the first 25 lines are written*" \
    import_table "$copy" "$folder/bad" --writers 1
check 'nothing after it was sent' 0 25 '' dynamo query "$copy" --where 'Artist = "new"' --count
sed 's/31$/31}/' "$folder/bad" >"$folder/good" && cat "$folder/good" >"$folder/bad"
check 'it goes on with the line mended' 0 '' '' import_table "$copy" "$folder/bad"
check 'all of them' 0 32 '' dynamo query "$copy" --where 'Artist = "new"' --count
{
    echo 'nonsense'
    echo '{"Artist": "other", "Song": 1}'
    echo '["no item"]'
    echo
    echo '{"Artist": "other", "Song": "text"}'
    echo '{"Artist": "other", "Song": 2, "Bytes": {"$B": "?"}}'
    printf '{"Artist": "other", "Song": 3}'
} >"$folder/bad"
refused_alone() { echo '{"Artist": 5, "Song": 1}' | import_table "$copy"; }
check 'an item that is refused' 3 '' "dynamo-import: the standard input:1: *" refused_alone
check 'lines are rejected' 2 '' "dynamo-import: *bad:1: *bad:3: *bad:[56]: *bad:[56]: *4 lines are rejected: *rejects" \
    import_table "$copy" "$folder/bad" --rejects "$folder/rejects"
check 'these' 0 '["no item"]
nonsense
{"Artist": "other", "Song": "text"}
{"Artist": "other", "Song": 2, "Bytes": {"$B": "?"}}' '' sort "$folder/rejects"
check 'the others are written' 0 2 '' dynamo query "$copy" --where 'Artist = "other"' --count
[ ! -c /dev/full ] || check 'rejects on a full disk' 9 '' "*dynamo-import: /dev/full: No space left*" \
    import_table "$copy" "$folder/bad" --rejects /dev/full
rm -f "$folder"/bad*
from_stdin() { printf '%s\n' '{"Artist": "x", "Song": 1}' '' 'x' | import_table "$copy"; }
check 'the standard input can not be begun amid' 2 '' \
    "dynamo-import: the standard input:3: *the first 0 lines are written*'tail -n +1'*" from_stdin

# ---- The schema ------------------------------------------------------------------------------------------------------

delete_table "$copy"
check 'a table with indexes' 0 '' '' sh -c '"$1" call CreateTable "$2" >/dev/null' sh "$build/examples/dynamo" '{
    "TableName": "'$copy'",
    "AttributeDefinitions": [{"AttributeName": "A", "AttributeType": "S"}, {"AttributeName": "B", "AttributeType": "N"},
        {"AttributeName": "C", "AttributeType": "B"}],
    "KeySchema": [{"AttributeName": "A", "KeyType": "HASH"}, {"AttributeName": "B", "KeyType": "RANGE"}],
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6},
    "LocalSecondaryIndexes": [{"IndexName": "local", "Projection": {"ProjectionType": "KEYS_ONLY"},
        "KeySchema": [{"AttributeName": "A", "KeyType": "HASH"}, {"AttributeName": "C", "KeyType": "RANGE"}]}],
    "GlobalSecondaryIndexes": [{"IndexName": "global",
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x"]},
        "KeySchema": [{"AttributeName": "C", "KeyType": "HASH"}],
        "ProvisionedThroughput": {"ReadCapacityUnits": 3, "WriteCapacityUnits": 4}}]}'
until_true export_table "$copy" -o "$folder/schema"
delete_table "$copy"
until_true table_is_gone "$copy"
check 'is made by its schema' 0 '' '' import_table "$copy" "$folder/schema" --create
check 'and exported, empty' 0 '' '' export_table "$copy" --schema "$folder/schema.again"
check 'has the same schema' 0 '' '' cmp "$folder/schema.schema.json" "$folder/schema.again"
units() { grep -o '"WriteCapacityUnits":[0-9]' "$folder/schema.again" | sort; }
check 'with all that is in it' 0 '"WriteCapacityUnits":4
"WriteCapacityUnits":6' '' units
delete_table "$copy"
until_true table_is_gone "$copy"
check 'create without a schema' 2 '' 'dynamo-import: */items.schema.json: No such file*' \
    import_table "$copy" "$folder/items" --create
check 'a table that is not there' 5 '' 'dynamo-import: ResourceNotFoundException: *--create makes it*' \
    import_table "$copy" "$folder/items"

# ---- Usage -----------------------------------------------------------------------------------------------------------

version=$(sed -n 's/^#define DYNAMO_VERSION "\(.*\)"/\1/p' dynamo.h)
help_fits() { tool "$1" --help | awk 'length > 80; END { if (NR < 10) print "short" }'; }
for each in dynamo-export dynamo-import; do
    check "$each: no table" 2 '' "$each: a table is missing*" tool $each
    check "$each: an unknown option" 2 '' "$each: there is no option '--colour'*" tool $each --colour
    check "$each: a value that is missing" 2 '' "$each: --rate takes a value: UNITS" tool $each "$table" --rate
    check "$each: a rate that is none" 2 '' "$each: --rate is a number from 1 *'0x'" tool $each "$table" --rate 0x
    check "$each: no such table" 5 '' "$each: ResourceNotFoundException: *" tool $each "$table-none"
    check "$each: no server" 8 '' "$each: DYNAMO_ERR_REQUEST_FAILED: *" \
        tool $each "$table" --endpoint http://127.0.0.1:1
    check "$each: version" 0 "$each $version" '' tool $each -V
    check "$each: help, within 80 columns" 0 '' '' help_fits $each
done
check 'a table too many' 2 '' "dynamo-export: one table *'x' *" export_table "$table" x
check 'a file too many' 2 '' "dynamo-import: one file *'y' *" import_table "$table" x y
check 'a file that is not there' 2 '' 'dynamo-import: */none: No such file*' import_table "$table" "$folder/none"

# ---- On a terminal ---------------------------------------------------------------------------------------------------

last_progress() { on_terminal "$@" </dev/null | grep -Eo '^[0-9,]+ items  [0-9,]+/s  [0-9,]+ units/s' | tail -n 1 |
    sed 's/  .*//'; }
check 'progress of an export' 0 '2,000 items' '' last_progress dynamo-export "$table" -o "$folder/whole" --rate 100
shares() { tr '\r' '\n' <"$folder/terminal" | grep -Eo '[0-9]+%  0:00:[0-9]{2} left' | grep -q . && echo yes; }
if [ "${DYNAMO_TEST_SERVER-}" = dynalite ]; then
    skip 'its share, and the time left' "dynalite doesn't count a table's items at once"
else
    check 'its share, and the time left' 0 yes '' shares
fi
check 'progress of an import' 0 '2,000 items' '' last_progress dynamo-import "$table" "$folder/whole" --rate 1500
check 'likewise' 0 yes '' shares
check 'quiet' 0 '' '' on_terminal dynamo-export "$table" -q -o "$folder/whole" </dev/null
items_shown() { on_terminal dynamo-export "$table" </dev/null | grep -c '^{.*}$'; }
check 'no progress among items' 0 2000 '' items_shown

# Ctrl-C once it has begun, and what it says then.
type_into() { # CHECKPOINT NAME ARGUMENT...
    checkpoint=$1
    shift
    {
        until_true grep '"Bytes":[1-9]' "$checkpoint"
        printf '\003'
    } | on_terminal "$@" >"$folder/said"
    code=$?
    grep -Eo 'stopped|the same command goes on from there' "$folder/said"
    return $code
}
check 'Ctrl-C amid an export' 130 'stopped
the same command goes on from there' '' type_into "$folder/typed.checkpoint" \
    dynamo-export "$table" -o "$folder/typed" --rate 30
check 'the same command' 0 '' '' export_table "$table" -o "$folder/typed"
check 'each item once' 0 '' '' same_lines "$folder/whole" "$folder/typed"
check 'Ctrl-C amid an import' 130 'stopped
the same command goes on from there' '' type_into "$folder/typed.import" \
    dynamo-import "$table" "$folder/typed" --rate 300
check 'the same command again' 0 '' '' import_table "$table" "$folder/typed"

# A batch is full with 25 lines, and the one after them is waited for.
type_lines() {
    {
        awk 'BEGIN { for (i = 1; i <= 26; i++) printf "{\"Artist\": \"typed\", \"Song\": %d}\n", i }'
        until_true dynamo get "$table" '{"Artist": "typed", "Song": 25}'
        printf '\003'
    } | on_terminal dynamo-import "$table" >"$folder/said"
    code=$?
    grep -Eo 'the first [0-9]+ lines are written' "$folder/said"
    return $code
}
check 'Ctrl-C while input is waited for' 130 'the first 25 lines are written' '' type_lines

echo "1..$number"
[ "$failed" -eq 0 ]
