#!/bin/sh
# examples/dynamo.c in a pipe and on a terminal: what it writes, its errors and its exit statuses. Writes TAP.
# The environment: BUILD, DYNAMO_TEST_ENDPOINT; DYNAMO_TEST_WRAPPER, DYNAMO_TEST_SERVER.
. "$(dirname "$0")/tool.sh"
table=Music-$$
silent=

dynamo() {
    ${DYNAMO_TEST_WRAPPER-} "$build/examples/dynamo" "$@"
}

# On a terminal, whose lines end with a carriage return too.
on_terminal() {
    "$build/test/pty" ${DYNAMO_TEST_WRAPPER-} "$build/examples/dynamo" "$@" >"$folder/terminal"
    code=$?
    tr -d '\r' <"$folder/terminal"
    return $code
}

clean_up() {
    dynamo call DeleteTable "{\"TableName\": \"$table\"}" >/dev/null 2>&1
    [ -z "$silent" ] || kill "$silent"
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 143' HUP INT TERM

key() { # SONG
    printf '{"Artist": "Nobody", "Song": "%s"}' "$1"
}

# ---- Tables ----------------------------------------------------------------------------------------------------------

check 'create' 0 '' '' dynamo create "$table" Artist:S:HASH Song:S:RANGE
check 'create again' 4 '' 'dynamo: ResourceInUseException: *' dynamo create "$table" Artist:S Song:S
check 'create with a malformed key' 2 '' "dynamo: a key is NAME:TYPE*not 'Artist'" dynamo create "$table" Artist
check 'create with an unknown type' 2 '' "dynamo: a key is NAME:TYPE*not 'Artist:X'" dynamo create "$table" Artist:X
check 'describe, roles by position' 5 '' 'dynamo: ResourceNotFoundException: *dynamo tables*request id*' \
    dynamo describe "$table-missing"
names_table() { dynamo tables "$@" | grep -x "$want"; }
want="\"$table\""
check 'tables' 0 "\"$table\"" '' names_table
want=$table
check 'tables, raw' 0 "$table" '' names_table --raw
check 'tables, -r' 0 "$table" '' names_table -r
described() { dynamo describe "$table" | grep -o '"TableStatus":"[A-Z]*"'; }
check 'describe' 0 '"TableStatus":"ACTIVE"' '' described
keys() { dynamo describe "$table" | grep -Eo '"AttributeName":"[A-Za-z]*","KeyType":"[A-Z]*"'; }
[ "${DYNAMO_TEST_SERVER-}" = dynalite ] || check 'the key that was made' 0 '"AttributeName":"Artist","KeyType":"HASH"
"AttributeName":"Song","KeyType":"RANGE"' '' keys

# ---- Items -----------------------------------------------------------------------------------------------------------

check 'put' 0 '' '' dynamo put "$table" '{"Artist": "Nobody", "Song": "Roads", "Plays": 7,
    "Big": 1234567890123456789012345678.50, "Tags": ["live", {"$N": "1.25"}, true, null, ["x"], {"$SS": ["a"]}]}'
check 'get, every digit kept' 0 '{"Big":1234567890123456789012345678.5}' '' \
    dynamo get "$table" "$(key Roads)" --only Big
check 'get a list' 0 '{"Tags":["live",1.25,true,null,["x"],{"$SS":["a"]}]}' '' \
    dynamo get "$table" "$(key Roads)" --only=Tags
check 'get a part of it' 0 '{"Tags":[["x"]]}' '' dynamo --only 'Tags[4]' get "$table" "$(key Roads)"
check 'get nothing' 1 '' '' dynamo get "$table" "$(key None)"
check 'get some of two' 1 '{"Plays":7}' '' dynamo get "$table" "$(key None)" "$(key Roads)" --only Plays --consistent
check 'get with a wrong key' 3 '' 'dynamo: ValidationException: *request id *' dynamo get "$table" '{"Artist": "x"}'
check 'get with half of JSON' 2 '' "dynamo: {\"Artist: this isn't JSON: *" dynamo get "$table" '{"Artist'

from_stdin() { printf '%s\n' "$input" | dynamo "$@"; }
input='{"Artist": "Nobody", "Song": "A", "Year": 1990, "first-name": "x"}
{"Artist": "Nobody", "Song": "B", "Year": 1991, "size": 5, "Tags": ["live"]}

  {
  "Artist": "Nobody", "Song": "C } \" ]",
  "Year": 1992
}{"Artist": "Nobody", "Song": "D"}'
check 'put from the standard input' 0 '' '' from_stdin put "$table"
check 'what was put' 0 '{"Song":"A"}
{"Song":"B"}
{"Song":"C } \" ]"}
{"Song":"D"}
{"Song":"Roads"}' '' dynamo query "$table" --where 'Artist = "Nobody"' --only Song
printf '%s\n' "$input" >"$folder/items"
check 'put from a file' 0 '' '' dynamo put "$table" "@$folder/items"
check 'put from a file that is not there' 2 '' 'dynamo: */none: No such file*' dynamo put "$table" "@$folder/none"
input="$(key A)
$(key B)"
check 'get from the standard input' 0 '{"Year":1990}
{"Year":1991}' '' from_stdin get "$table" - --only Year
input="$(key W)
{\"Artist\": 5}
$(key B)"
check 'where it stopped' 3 '' 'dynamo: ValidationException: *that was document 2 of the standard input; those before*' \
    from_stdin put "$table"
input="$(key W)
nonsense"
check 'where the JSON is wrong' 2 '' "dynamo: document 2 of the standard input:
dynamo: nonsense*this isn't JSON*" from_stdin put "$table"

check 'put on a condition that fails' 4 '' 'dynamo: ConditionalCheckFailedException: *request id*' \
    dynamo put "$table" "$(key A)" --if 'attribute_not_exists(Song)'
check 'the item before it' 0 "{\"Artist\":\"Nobody\",\"Song\":\"E\"}" '' \
    sh -c "$(printf '"$1/examples/dynamo" put "$2" "$3" && "$1/examples/dynamo" delete "$2" "$3" --print old |
        sed "s/{.Song.:.E.,.Artist.:.Nobody.}/{\\"Artist\\":\\"Nobody\\",\\"Song\\":\\"E\\"}/"')" \
    sh "$build" "$table" "$(key E)"
check 'deleted' 1 '' '' dynamo get "$table" "$(key E)"
check 'delete on a condition' 4 '' 'dynamo: ConditionalCheckFailed*' \
    dynamo delete "$table" "$(key A)" --if 'Year < 1990 or not Year between 1980 and 1995'

# ---- Expressions -----------------------------------------------------------------------------------------------------

update() { # OPTION...: what the item's attributes are then
    dynamo update "$table" "$(key U)" "$@" && dynamo get "$table" "$(key U)" --only "$only"
}
only=N
check 'set' 0 '{"N":1}' '' update --set 'N = 1, L = ["a", {"b": [1, 2]}], T = true, `my-name` = "a ] \" b"'
check 'set by arithmetic' 0 '{"N":6}' '' update --set 'N=N+5'
check 'set from two attributes' 0 '{"N":12}' '' update --set 'N = N+N'
check 'a minus that is a sign' 0 '{"N":-3}' '' update --set 'N = -3'
check 'a minus that subtracts' 0 '{"N":-4}' '' update --set 'N = N -1'
check 'add' 0 '{"N":-3.5}' '' update --add 'N 0.5'
check 'add what is negative' 0 '{"N":-103.5}' '' update --add 'N -1e2'
check 'every digit of a value' 0 '{"N":12345678901234567890.12345}' '' update --set 'N = 12345678901234567890.12345'
check 'functions' 0 '{"N":3}' '' update --set 'N = if_not_exists(M, 3), L = list_append(L, [null])'
only=L
check 'a list and a map' 0 '{"L":["a",{"b":[1,2]},null]}' '' update --set 'T = false' --if 'size(L) = 3'
check 'a path' 0 '{"L":["a",{"b":[1,9]},null]}' '' update --set 'L[1].b[1] = 9' --if 'L[1].b[0] = 1 and N in (3, 4)'
check 'remove' 0 '{"L":["a",null]}' '' update --remove 'L[1], `my-name`'
only='`my-name`'
check 'removed by a quoted name' 0 '{}' '' update --add 'S {"$SS": ["a", "b"]}'
only=S
check 'take from a set' 0 '{"S":{"$SS":["a"]}}' '' update --take 'S {"$SS": ["b"]}'
only='and,`size`'
check 'names that are words of the language' 0 '{"and":{"or":1}}' '' update --set 'and = {"or": 1}' --remove 'size, T'
check 'such names in conditions' 0 '{"and":{"or":1}}' '' update --set 'T = 1' --if '`and`.or = 1 and size (`or`) > 0 OR T<>1'
check 'update and print' 0 '{"V":1}' '' sh -c '"$1/examples/dynamo" update "$2" "$3" --set "V = 1" --print new |
    grep -o "\"V\":1" | sed "s/.*/{&}/"' sh "$build" "$table" "$(key U)"
check 'update nothing' 2 '' 'dynamo: update needs --set, --remove, --add or --take*' dynamo update "$table" "$(key U)"
check 'print what' 2 '' "dynamo: --print is old or new, not 'all'" dynamo put "$table" "$(key U)" --print all

refused() { # NAME EXPRESSION COLUMN WORDS
    check "$1" 2 '' "dynamo: --filter, column $3: $4: *" dynamo scan "$table" --filter "$2"
}
refused 'two equals signs' 'Year == 5' 6 'equal is ='
refused 'an exclamation mark' 'Year != 5' 6 'unequal is <>'
refused 'single quotes' "Year = 'a'" 8 'text stands in double quotes, as in JSON'
refused 'placeholders of a name' '#y = 5' 1 'names stand as they are*'
refused 'placeholders of a value' 'Year = :y' 8 'values stand as they are*'
refused 'an unknown function' 'Year = 1 and foo (Year)' 14 'there is no such function'
refused 'an unknown sign' 'Year ~ 5' 6 'what is this?*'
refused 'text that does not end' 'Year = "a' 8 '*'
refused 'a list that does not end' 'Year = [1, "]"' 8 '*'
refused 'a number that is none' 'Year = 1.2.3' 8 '*'
refused 'an index that is none' 'Tags[a] = 1' 5 'an index is a number: ?0?'
refused 'a quoted name without end' '`Year = 5' 1 'a name in backquotes*'
check 'a value among names' 2 '' 'dynamo: --only, column 7: only names*' dynamo scan "$table" --only 'Song, 5'
check 'what the service refuses' 3 '' 'dynamo: ValidationException: *' dynamo scan "$table" --filter 'Year ='

# ---- Pages -----------------------------------------------------------------------------------------------------------

check 'query' 0 '{"Year":1991}
{"Year":1992}' '' dynamo query "$table" --where 'Artist = "Nobody" and Song between "B" and "D"' --only Year \
    --filter 'attribute_exists(Year)'
check 'query, descending, limited' 0 '{"Song":"U"}
{"Song":"Roads"}' '' dynamo query --descending "$table" --limit 2 --where 'Artist = "Nobody" and Song < "V"' --only Song
check 'query with a filter and a limit' 0 '{"Year":1992}' '' \
    dynamo query "$table" --where 'Artist = "Nobody"' --filter 'Year >= 1992' --limit 1 --only Year
check 'a condition on a tag' 0 '{"Song":"B"}' '' dynamo scan "$table" --filter 'contains(Tags, "live") and Year > 5' \
    --only Song
check 'a name with a minus' 0 '{"Song":"A"}' '' dynamo scan "$table" --filter '`first-name` = "x"' --only Song
check 'query without keys' 2 '' 'dynamo: query needs --where*' dynamo query "$table"
check 'query of no item' 0 '' '' dynamo query "$table" --where 'Artist = "Somebody"'
check 'a limit that is none' 2 '' "dynamo: --limit is a number from 1 *, not '0'" dynamo scan "$table" --limit 0
check 'a limit that is a word' 2 '' "dynamo: --limit is a number *, not '5x'" dynamo scan "$table" --limit 5x
check 'an index that is not there' 3 '' 'dynamo: *' dynamo scan "$table" --index none

# 400 items of 4 KB are two pages.
many() {
    awk 'BEGIN { text = sprintf("%4000s", "x")
        for (i = 1000; i < 1400; i++) printf "{\"Artist\":\"Many\",\"Song\":\"%d\",\"Text\":\"%s\"}\n", i, text }'
}
put_many() { many | dynamo put "$table"; }
check 'put many' 0 '' '' put_many
lines() { "$@" | wc -l | tr -d ' '; }
check 'all pages' 0 400 '' lines dynamo query "$table" --where 'Artist = "Many"'
check 'count over all pages' 0 400 '' dynamo query "$table" --where 'Artist = "Many"' --count
check 'a limit within the second page' 0 350 '' lines dynamo query "$table" --where 'Artist = "Many"' --limit 350
first_line() { { dynamo scan "$table" --filter 'Artist = "Many"' --only Artist,Text; echo $? >"$folder/code"; } |
    head -n 1 | wc -l | tr -d ' ' && cat "$folder/code"; }
check 'head ends it quietly' 0 '1
141' '' first_line
to_full_disk() { dynamo scan "$table" >/dev/full; }
if [ -c /dev/full ]; then
    check 'a full disk' 9 '' "dynamo: the output can't be written: *" to_full_disk
fi

# ---- PartiQL and other calls -----------------------------------------------------------------------------------------

if [ "${DYNAMO_TEST_SERVER-}" = dynalite ]; then
    skip 'sql' 'dynalite has no PartiQL'
else
    check 'sql' 0 '{"Year":1991}' '' \
        dynamo sql "SELECT Year FROM \"$table\" WHERE Artist = ? AND Song = ?" '"Nobody"' '"B"'
    check 'sql, from pages' 0 400 '' lines dynamo sql "SELECT Song FROM \"$table\" WHERE Artist = 'Many'"
    check 'sql, limited' 0 3 '' lines dynamo sql "SELECT Song FROM \"$table\" WHERE Artist = 'Many'" --limit 3
    check 'sql that writes' 0 '' '' \
        dynamo sql "UPDATE \"$table\" SET Year = ? WHERE Artist = 'Nobody' AND Song = 'A'" 1980
    check 'what it wrote' 0 '{"Year":1980}' '' dynamo get "$table" "$(key A)" --only Year
    check 'sql that is wrong' 3 '' 'dynamo: ValidationException: *' dynamo sql 'SELECT'
fi
input='{"TableName": "'$table'", "Key": {"Artist": {"S": "Nobody"}, "Song": {"S": "C } \" ]"}}, "ProjectionExpression": "Song"}'
check 'call' 0 '{"Item":{"Song":{"S":"C } \" ]"}}}' '' from_stdin call GetItem
check 'call with an argument' 0 '{"Item":{"Song":{"S":"C } \" ]"}}}' '' dynamo call GetItem "$input"
check 'call of nothing' 3 '' 'dynamo: UnknownOperationException: *' dynamo call GetNothing '{}'

# ---- Usage -----------------------------------------------------------------------------------------------------------

check 'no command' 2 '' 'dynamo: a command is missing: see dynamo --help' dynamo
check 'an unknown command' 2 '' "dynamo: there is no command 'fetch'*" dynamo fetch "$table"
check 'an unknown option' 2 '' "dynamo: there is no option '--colour'*" dynamo tables --colour
check 'an option of another command' 2 '' 'dynamo: get has no option --where*' dynamo get "$table" --where x
check 'a value that is missing' 2 '' 'dynamo: --limit takes a value: COUNT' dynamo scan "$table" --limit
check 'a value too many' 2 '' 'dynamo: --count takes no value' dynamo scan "$table" --count=5
check 'arguments that are missing' 2 '' 'dynamo: usage: dynamo scan TABLE *' dynamo scan
check 'arguments too many' 2 '' 'dynamo: usage: dynamo scan TABLE *' dynamo scan "$table" x
check 'tables takes none' 2 '' 'dynamo: usage: dynamo tables *' dynamo tables x
check 'a color that is none' 2 '' 'dynamo: --color is always, never or auto*' dynamo tables --color red
check 'a dash too few' 2 '' "dynamo: there is no option '-limit'*" dynamo scan "$table" -limit 5
check 'words after --' 2 '' "dynamo: --limit: this isn't JSON: *" dynamo get "$table" -- --limit
check 'version' 0 "dynamo $(sed -n 's/^#define DYNAMO_VERSION "\(.*\)"/\1/p' dynamo.h)" '' dynamo --version
check 'no server' 8 '' 'dynamo: DYNAMO_ERR_REQUEST_FAILED: *may succeed later*' \
    dynamo tables --endpoint http://127.0.0.1:1
check 'no credentials' 6 '' 'dynamo: DYNAMO_ERR_NO_CREDENTIALS: *' env -u AWS_ACCESS_KEY_ID \
    -u AWS_SECRET_ACCESS_KEY -u AWS_ENDPOINT_URL AWS_EC2_METADATA_DISABLED=true "$build/examples/dynamo" tables
check 'no such profile' 6 '' 'dynamo: DYNAMO_ERR_NO_PROFILE: *nobody*' dynamo tables --profile nobody

help_fits() {
    for command in '' get put update delete query scan sql tables describe create call; do
        dynamo $command --help >"$folder/help" || echo "$command --help: $?"
        [ "$(wc -l <"$folder/help")" -gt 10 ] || echo "$command --help is short"
        awk 'length > 80' "$folder/help"
        [ -z "$command" ] || dynamo help "$command" | cmp -s - "$folder/help" || echo "help $command differs"
    done
}
check 'help, within 80 columns' 0 '' '' help_fits

# ---- On a terminal ---------------------------------------------------------------------------------------------------

escape=$(printf '\033')
plain='{
  "Tags": [
    "live",
    1.25,
    true,
    null,
    ["x"],
    {"$SS": ["a"]},
    "a text that makes the list longer than a line"
  ]
}'
dynamo update "$table" "$(key Roads)" \
    --set 'Tags = list_append(Tags, ["a text that makes the list longer than a line"]), C1 = "a\u009b31m\u007f\u0007"'
show() { on_terminal get "$table" "$(key Roads)" --only Tags "$@" </dev/null; }
colors() { show "$@" | sed "s/$escape\[\([0-9]*\)m/<\1>/g"; }
check 'a terminal, without color' 0 "$plain" '' show --color never
export NO_COLOR=1
check 'NO_COLOR' 0 "$plain" '' show
check 'NO_COLOR gives way to the option' 0 '  <36>"Tags"<0>: [' '' sh -c '"$1/examples/dynamo" get "$2" "$3" \
    --only Tags --color always | sed -n "s/$4\[\([0-9]*\)m/<\1>/g; 2p"' sh "$build" "$table" "$(key Roads)" "$escape"
export NO_COLOR=
TERM=dumb check 'a terminal without colors' 0 "$plain" '' show
check 'a terminal' 0 '{
  <36>"Tags"<0>: [
    <32>"live"<0>,
    <33>1.25<0>,
    <35>true<0>,
    <90>null<0>,
    [<32>"x"<0>],
    {<36>"$SS"<0>: [<32>"a"<0>]},
    <32>"a text that makes the list longer than a line"<0>
  ]
}' '' colors
check 'no command of a terminal in an item' 0 '{
  "C1": "a\u009b31m\u007f\u0007"
}' '' on_terminal get "$table" "$(key Roads)" --only C1 --color never </dev/null
check 'a terminal where JSON is missing' 2 'dynamo: some JSON is missing: as an argument, - for the standard input, or @FILE' \
    '' on_terminal get "$table" </dev/null

# Ctrl-C, typed while it waits for input, and while it waits for an answer.
type_into_put() {
    {
        key Typed
        echo
        until_true dynamo get "$table" "$(key Typed)"
        printf '\003'
    } | on_terminal put "$table" - >/dev/null
}
check 'Ctrl-C while input is read' 130 '' '' type_into_put
"$build/test/port" silent >"$folder/silent" &
silent=$!
until_true test -s "$folder/silent"
type_into_call() {
    {
        until_true grep connected "$folder/silent"
        printf '\003'
    } | on_terminal tables --endpoint "http://127.0.0.1:$(head -n 1 "$folder/silent")" >/dev/null
}
check 'Ctrl-C while it waits for an answer' 130 '' '''' type_into_call

echo "1..$number"
[ "$failed" -eq 0 ]
