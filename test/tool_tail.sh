#!/bin/sh
# examples/dynamo-tail.c on a server that answers by a script, and on a real stream: its lines, checkpoints, errors and
# exit statuses. Writes TAP. The environment: BUILD, DYNAMO_TEST_ENDPOINT; DYNAMO_TEST_WRAPPER, DYNAMO_TEST_SERVER.
. "$(dirname "$0")/tool.sh"
table=Music-tail-$$
server=
tail=
writer=

dynamo_tail() {
    ${DYNAMO_TEST_WRAPPER-} "$build/examples/dynamo-tail" "$@"
}

dynamo() {
    "$build/examples/dynamo" "$@"
}

clean_up() {
    for process in $server $tail $writer; do
        kill -9 "$process" 2>/dev/null
    done
    dynamo call DeleteTable "{\"TableName\": \"$table\"}" >/dev/null 2>&1
    rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 143' HUP INT TERM

# ---- By a script -----------------------------------------------------------------------------------------------------

# A shard of a DescribeStream's answer.
shard() { # ID PARENT|- open|closed
    printf '{"ShardId": "%s", ' "$1"
    [ "$2" = - ] || printf '"ParentShardId": "%s", ' "$2"
    [ "$3" = open ] || end=', "EndingSequenceNumber": "99"'
    printf '"SequenceNumberRange": {"StartingSequenceNumber": "1"%s}}' "${end-}"
    unset end
}

listing() { # SHARDS [LAST [STATUS]]
    [ -z "${2-}" ] || last=", \"LastEvaluatedShardId\": \"$2\""
    printf '200 {"StreamDescription": {"StreamStatus": "%s", "Shards": [%s]%s}}\n' "${3-ENABLED}" "$1" "${last-}"
    unset last
}

iterator() { # ITERATOR
    printf '200 {"ShardIterator": "%s"}\n' "$1"
}

# A page of records: "SEQUENCE SECONDS" of each.
page() { # NEXT|- [RECORD...]
    [ "$1" = - ] || next=", \"NextShardIterator\": \"$1\""
    shift
    printf '200 {"Records": ['
    comma=
    for record; do
        printf '%s{"eventName": "INSERT", "dynamodb": {"Keys": {"id": {"N": "%s"}}, "SequenceNumber": "%s", ' \
            "$comma" "${record% *}" "${record% *}"
        printf '"ApproximateCreationDateTime": %s}}' "${record#* }"
        comma=', '
    done
    printf ']%s}\n' "${next-}"
    unset next
}

refusal() { # CODE
    printf '400 {"__type": "com.amazonaws.dynamodb.v20120810#%s", "message": "says the script"}\n' "$1"
}

# The line of such a record.
line() { # SEQUENCE SECONDS
    printf '{"eventName":"INSERT","Keys":{"id":%s},"SequenceNumber":"%s","ApproximateCreationDateTime":%s}\n' \
        "$1" "$1" "$2"
}

# Runs the tool on a server that answers by the script in $script; its requests have to be those of $requests, each as
# "OPERATION BODY" without the stream's ARN.
stream=arn:aws:dynamodb:eu-central-1:123456789012:table/Music/stream/1
scripted() { # NAME STATUS OUTPUT ERRORS OPTION...
    scripted_name=$1
    printf '%s\n' "$script" >"$folder/script"
    : >"$folder/requests"
    "$build/test/scripted" "$folder/script" >"$folder/requests" &
    server=$!
    until_true test -s "$folder/requests"
    endpoint=$(head -n 1 "$folder/requests")
    name=$1 status=$2 output=$3 errors=$4
    shift 4
    check "$name" "$status" "$output" "$errors" dynamo_tail "$stream" --endpoint "$endpoint" "$@"
    # Requests are written down in order: with this one, all are.
    dynamo call TheEnd '{}' --endpoint "$endpoint" >/dev/null 2>&1
    until_true grep '^TheEnd' "$folder/requests"
    kill -9 "$server"
    wait "$server" 2>/dev/null
    server=
    sed -e 1d -e '/^TheEnd/d' -e "s|\"StreamArn\":\"$stream\",*||" "$folder/requests" >"$folder/sent"
    printf '%s\n' "$requests" >"$folder/expected"
    if cmp -s "$folder/sent" "$folder/expected"; then
        ok "$scripted_name: requests"
    else
        not_ok "$scripted_name: requests" "$(cat "$folder/sent")" "expected:" "$requests"
    fi
}

script="$(listing "$(shard c1 p open)" c1)
$(listing "$(shard p gone closed)")
$(iterator p1)
$(page p2 '1 10' '2 11')
$(page p3)
$(refusal ProvisionedThroughputExceededException)
$(page - '3 12')
$(listing "$(shard p gone closed), $(shard c1 p open), $(shard c2 p open)")
$(iterator c1a)
$(page c1b '4 13')
$(iterator c2a)
$(page c2b '5 13')
$(page c1c)
$(page c2c)"
requests='DescribeStream {}
DescribeStream {"ExclusiveStartShardId":"c1"}
GetShardIterator {"ShardId":"p","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"p1"}
GetRecords {"ShardIterator":"p2"}
GetRecords {"ShardIterator":"p3"}
GetRecords {"ShardIterator":"p3"}
DescribeStream {}
GetShardIterator {"ShardId":"c1","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"c1a"}
GetShardIterator {"ShardId":"c2","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"c2a"}
GetRecords {"ShardIterator":"c1b"}
GetRecords {"ShardIterator":"c2b"}'
scripted 'a parent before its children, on pages of shards' 0 \
    "$(line 1 10 && line 2 11 && line 3 12 && line 4 13 && line 5 13)" '' --until-idle 0

script="$(listing "$(shard a - open)")
$(iterator a1)
$(page a2 '1 10' '2 10')
$(refusal ExpiredIteratorException)
$(iterator a2b)
$(page a3 '3 10')
$(page a4)"
requests='DescribeStream {}
GetShardIterator {"ShardId":"a","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"a1"}
GetRecords {"ShardIterator":"a2"}
GetShardIterator {"ShardId":"a","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"2"}
GetRecords {"ShardIterator":"a2b"}
GetRecords {"ShardIterator":"a3"}'
scripted 'an iterator that expires' 0 "$(line 1 10 && line 2 10 && line 3 10)" '' --until-idle 0

script="$(listing "$(shard a - closed), $(shard b a open)")
$(iterator b1)
$(page b2 '7 10')
$(page -)
$(listing "$(shard a - closed), $(shard b a closed), $(shard c b open)")
$(iterator c1)
$(page c2 '8 10')
$(page c3)"
requests='DescribeStream {}
GetShardIterator {"ShardId":"b","ShardIteratorType":"LATEST"}
GetRecords {"ShardIterator":"b1"}
GetRecords {"ShardIterator":"b2"}
DescribeStream {}
GetShardIterator {"ShardId":"c","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"c1"}
GetRecords {"ShardIterator":"c2"}'
scripted 'from now: the end of what is there, the beginning of what comes' 0 "$(line 7 10 && line 8 10)" '' \
    --from now --until-idle 0

script="$(listing "$(shard a - open)")
$(iterator a1)
$(refusal ExpiredIteratorException)
$(iterator a2)
$(page a3 '1 10' '2 9999999999')
$(page a4 '3 9999999999')
$(page a5)"
requests='DescribeStream {}
GetShardIterator {"ShardId":"a","ShardIteratorType":"LATEST"}
GetRecords {"ShardIterator":"a1"}
GetShardIterator {"ShardId":"a","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"a2"}
GetRecords {"ShardIterator":"a3"}
GetRecords {"ShardIterator":"a4"}'
scripted 'from now, expired before the first change' 0 "$(line 2 9999999999 && line 3 9999999999)" '' \
    --from=now --until-idle=0

# A child that isn't listed at once; the stream's end.
script="$(listing "$(shard a - closed)")
$(iterator a1)
$(page - '1 10')
$(listing "$(shard a - closed)")
$(listing "$(shard a - closed), $(shard b a closed)" '' DISABLED)
$(iterator b1)
$(page - '2 10')
$(listing "$(shard a - closed), $(shard b a closed)" '' DISABLED)"
requests='DescribeStream {}
GetShardIterator {"ShardId":"a","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"a1"}
DescribeStream {}
DescribeStream {}
GetShardIterator {"ShardId":"b","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"b1"}
DescribeStream {}'
scripted 'a disabled stream has an end' 0 "$(line 1 10 && line 2 10)" ''

# ---- Checkpoints, by a script ----------------------------------------------------------------------------------------

position=$folder/position
checkpoint() { # SHARDS
    printf '{"StreamArn": "%s", "Shards": {%s}}\n' "$stream" "$1" >"$position"
}

# What stands in the file, on one line.
positions() {
    echo "$(tr -d ' \n' <"$position" | sed 's/.*"Shards"://')"
}

checkpoint '"p": {"Finished": true}, "lost": {"SequenceNumber": "3"}, "a": {"SequenceNumber": "5"}, "n": {}'
script="$(listing "$(shard a p closed), $(shard n - open), $(shard c a open)")
$(refusal ResourceNotFoundException)
$(listing "$(shard a p closed), $(shard n - open), $(shard c a open)")
$(refusal TrimmedDataAccessException)
$(iterator n1)
$(page n2)
$(iterator a1)
$(page - '9 10')
$(listing "$(shard a p closed), $(shard n - open), $(shard c a open)")
$(iterator c1)
$(page c2)"
requests='DescribeStream {}
GetShardIterator {"ShardId":"lost","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"3"}
DescribeStream {}
GetShardIterator {"ShardId":"a","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"5"}
GetShardIterator {"ShardId":"n","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"n1"}
GetShardIterator {"ShardId":"a","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"a1"}
DescribeStream {}
GetShardIterator {"ShardId":"c","ShardIteratorType":"TRIM_HORIZON"}
GetRecords {"ShardIterator":"c1"}'
scripted 'a checkpoint of what is partly gone' 0 "$(line 9 10)" 'dynamo-tail: records of lost may be lost: *
dynamo-tail: records of a were lost: they are older than*; the last one read is 5' \
    --checkpoint "$position" --until-idle 0 --from now
check 'the positions then' 0 '{"a":{"Finished":true},"n":{},"c":{}}}' '' positions

checkpoint '"a": {"SequenceNumber": "5", "Since": 20}'
script="$(listing "$(shard a - open)")
$(iterator a1)
$(page a2 '6 10')
$(refusal AccessDeniedException)"
requests='DescribeStream {}
GetShardIterator {"ShardId":"a","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"5"}
GetRecords {"ShardIterator":"a1"}
GetRecords {"ShardIterator":"a2"}'
# Until the first change since then was seen, what is older isn't wanted.
scripted 'a failure' 6 '' 'dynamo-tail: AccessDeniedException: says the script
dynamo-tail: request id *' --checkpoint "$position"
check 'the position then' 0 '{"a":{"SequenceNumber":"6","Since":20}}}' '' positions
script="$(listing "$(shard a - open)")
$(iterator a1)
$(page a2 '7 19' '8 20' '9 10')
$(page a3)"
requests='DescribeStream {}
GetShardIterator {"ShardId":"a","ShardIteratorType":"AFTER_SEQUENCE_NUMBER","SequenceNumber":"6"}
GetRecords {"ShardIterator":"a1"}
GetRecords {"ShardIterator":"a2"}'
scripted 'a position before the first change' 0 "$(line 8 20 && line 9 10)" '' --checkpoint "$position" --until-idle 0
check 'the position after it' 0 '{"a":{"SequenceNumber":"9"}}}' '' positions

check 'a checkpoint of another stream' 2 '' "dynamo-tail: */position is of another stream, $stream: *" \
    dynamo_tail "${stream}2" --checkpoint "$position"
echo '{"StreamArn": "x"' >"$position"
check 'a checkpoint that is none' 2 '' 'dynamo-tail: */position is no checkpoint: *' \
    dynamo_tail "$stream" --checkpoint "$position"
echo '{}' >"$position"
check 'a checkpoint without a stream' 2 '' 'dynamo-tail: */position is no checkpoint: it needs StreamArn and Shards' \
    dynamo_tail "$stream" --checkpoint "$position"
rm "$position"

# ---- Usage -----------------------------------------------------------------------------------------------------------

check 'no table' 2 '' 'dynamo-tail: usage: dynamo-tail TABLE *' dynamo_tail
check 'two tables' 2 '' 'dynamo-tail: usage: dynamo-tail TABLE *' dynamo_tail a b
check 'an unknown option' 2 '' "dynamo-tail: there is no option '--follow': *" dynamo_tail x --follow
check 'an origin that is none' 2 '' "dynamo-tail: --from is start or now, not 'then'" dynamo_tail x --from then
check 'images that are none' 2 '' "dynamo-tail: --images is both, new, old or none, not 'all'" \
    dynamo_tail x --images all
check 'a time that is none' 2 '' "dynamo-tail: --until-idle is a number * not '5x'" dynamo_tail x --until-idle 5x
check 'a value that is missing' 2 '' 'dynamo-tail: --checkpoint takes a value: FILE' dynamo_tail x --checkpoint
check 'a value too many' 2 '' 'dynamo-tail: --help takes no value' dynamo_tail --help=x
check 'version' 0 "dynamo-tail $(sed -n 's/^#define DYNAMO_VERSION "\(.*\)"/\1/p' dynamo.h)" '' dynamo_tail -V
check 'no server' 8 '' 'dynamo-tail: DYNAMO_ERR_REQUEST_FAILED: *may succeed later*' \
    dynamo_tail Music --endpoint http://127.0.0.1:1
check 'no such table' 5 '' 'dynamo-tail: ResourceNotFoundException: *dynamo tables*request id*' dynamo_tail "$table"
help_fits() {
    dynamo_tail --help >"$folder/help" && [ "$(wc -l <"$folder/help")" -gt 10 ] && awk 'length > 80' "$folder/help"
}
check 'help, within 80 columns' 0 '' '' help_fits

# ---- A real stream ---------------------------------------------------------------------------------------------------

finish() {
    echo "1..$number"
    [ "$failed" -eq 0 ]
    exit
}
if [ "${DYNAMO_TEST_SERVER-}" = dynalite ]; then
    skip 'a real stream' 'dynalite has no streams'
    finish
fi

dynamo create "$table" id:N || exit 1
check 'a table without a stream' 5 '' "dynamo-tail: $table has no stream; this enables one: dynamo call UpdateTable *" \
    dynamo_tail "$table"
dynamo call UpdateTable "{\"TableName\": \"$table\", \"StreamSpecification\":
    {\"StreamEnabled\": true, \"StreamViewType\": \"NEW_AND_OLD_IMAGES\"}}" >/dev/null || exit 1

dynamo put "$table" '{"id": 1}' '{"id": 2}'
dynamo update "$table" '{"id": 1}' --set 'N = 12345678901234567890.5, S = {"$SS": ["a"]}, T = "\u0007\u007f\u009b31m\""'
dynamo delete "$table" '{"id": 2}' '{"id": 1}'
image='{"S":{"$SS":["a"]},"T":"\u0007\u007f\u009b31m\"","id":1,"N":12345678901234567890.5}'
# Without what is never the same twice; the order of members is the server's.
plain() {
    dynamo_tail "$table" --until-idle 0 "$@" |
        sed 's/,"SequenceNumber":"[0-9]*","ApproximateCreationDateTime":[0-9.]*}$/}/'
}
image=$(plain --images new | sed -n '3s/.*"NewImage":\(.*\)}$/\1/p')
sorted() { printf '%s' "$image" | tr -d '{}' | tr ',' '\n' | sort | paste -sd, -; }
check 'every digit kept, no command of a terminal' 0 \
    '"N":12345678901234567890.5,"S":"$SS":["a"],"T":"\u0007\u007f\u009b31m\"","id":1' '' sorted
check 'changes in order' 0 '{"eventName":"INSERT","Keys":{"id":1},"NewImage":{"id":1}}
{"eventName":"INSERT","Keys":{"id":2},"NewImage":{"id":2}}
{"eventName":"MODIFY","Keys":{"id":1},"OldImage":{"id":1},"NewImage":'"$image"'}
{"eventName":"REMOVE","Keys":{"id":2},"OldImage":{"id":2}}
{"eventName":"REMOVE","Keys":{"id":1},"OldImage":'"$image"'}' '' plain
check 'old images' 0 '{"eventName":"REMOVE","Keys":{"id":2},"OldImage":{"id":2}}' '' \
    sh -c "$(printf '"$1" "$2" --until-idle 0 --images old | sed -n "4s/,.SequenceNumber.*/}/p"')" \
    sh "$build/examples/dynamo-tail" "$table"
check 'no images' 0 '{"eventName":"INSERT","Keys":{"id":1}}' '' \
    sh -c "$(printf '"$1" "$2" --until-idle 0 --images none | sed -n "1s/,.SequenceNumber.*/}/p"')" \
    sh "$build/examples/dynamo-tail" "$table"
arn=$(dynamo describe "$table" | grep -o '"LatestStreamArn":"[^"]*"' | cut -d '"' -f 4)
of_arn() { dynamo_tail "$arn" --until-idle 0 | wc -l | tr -d ' '; }
check 'a stream by its ARN' 0 5 '' of_arn

# head is gone after the first line: that is noticed without a further change.
first_line() { { dynamo_tail "$table" --images none; echo $? >"$folder/code"; } | head -n 1 | wc -l | tr -d ' ' &&
    cat "$folder/code"; }
check 'head ends it quietly' 0 '1
141' '' first_line
if [ -c /dev/full ]; then
    to_full_disk() { dynamo_tail "$table" >/dev/full; }
    check 'a full disk' 9 '' "dynamo-tail: the output can't be written: *" to_full_disk
fi
check 'a checkpoint that cannot be written' 9 '' 'dynamo-tail: */none/position can*t be written: *' \
    dynamo_tail "$table" --checkpoint "$folder/none/position"
check 'an output that cannot be written' 2 '' 'dynamo-tail: */none/output: No such file*' \
    dynamo_tail "$table" --output "$folder/none/output"

# From now, without an end: the position is kept before the first change, and what comes while nobody reads isn't lost.
start() { # OUTPUT OPTION...
    output=$1
    shift
    "$build/examples/dynamo-tail" "$table" --checkpoint "$position" "$@" >>"$output" 2>"$folder/errors" &
    tail=$!
}
stop() { # SIGNAL
    kill "-$1" "$tail"
    wait "$tail" 2>/dev/null
    code=$?
    tail=
    return $code
}
ids() { sed 's/.*"Keys":{"id":\([0-9]*\)}.*/\1/' "$@" | paste -sd' ' -; }
start "$folder/now" --from now
until_true grep Since "$position"
stop KILL
dynamo put "$table" '{"id": 11}'
start "$folder/now" --from now
until_true grep '"id":11' "$folder/now"
dynamo put "$table" '{"id": 12}' '{"id": 13}'
until_true grep '"id":13' "$folder/now"
check 'a signal ends it' 143 '' '' stop TERM
now_ids() { ids "$folder/now" | sed 's/^.* 11 /11 /'; }
check 'from now' 0 '11 12 13' '' now_ids

# On a terminal.
dynamo put "$table" '{"id": 14}'
type_control_c() {
    {
        until_true grep '"id":14' "$folder/terminal"
        printf '\003'
    } | "$build/test/pty" "$build/examples/dynamo-tail" "$table" --checkpoint "$position" >"$folder/terminal"
}
check 'Ctrl-C' 130 '' '' type_control_c
nothing_left() { dynamo_tail "$table" --checkpoint "$position" --until-idle 0; }
check 'the position is kept' 0 '' '' nothing_left
rm "$position"

# A writer that doesn't stop, and a reader that is killed again and again.
write_many() {
    for round in 1 2 3 4 5 6 7 8; do
        awk -v round="$round" 'BEGIN {
            text = sprintf("%900s", "x")
            for (i = 0; i < 150; i++)
                printf "{\"id\": %d, \"n\": %d, \"text\": \"%s\"}\n", 100 + i % 40, round * 1000 + i, text
        }' | dynamo put "$table"
    done
}
write_many &
writer=$!
: >"$folder/changes"
for round in 1 2 3 4 5 6; do
    before=$(wc -c <"$folder/changes")
    start /dev/null --output "$folder/changes"
    until_true sh -c "[ \"\$(wc -c <'$folder/changes')\" -gt $before ]"
    stop KILL
done
wait "$writer"
writer=
dynamo_tail "$table" --checkpoint "$position" --output "$folder/changes" --until-idle 1
dynamo_tail "$table" --until-idle 1 >"$folder/all"
check 'killed six times: nothing lost, nothing doubled' 0 '' '' cmp "$folder/changes" "$folder/all"
counted() { grep -c '"n":' "$folder/all"; }
check 'all that was written' 0 1200 '' counted
# The changes of an item are in the order in which they were made.
in_order() {
    sed -n 's/.*"Keys":{"id":\([0-9]*\)}.*"NewImage":{.*"n":\([0-9]*\).*/\1 \2/p' "$folder/all" |
        awk '$2 <= last[$1] { print } { last[$1] = $2; count++ } END { print count }'
}
check 'in order' 0 1200 '' in_order

# Lines of a run that was killed before it kept their position.
printf '{"eventName":"INS' >>"$folder/changes"
dynamo put "$table" '{"id": 15}'
dynamo_tail "$table" --checkpoint "$position" --output "$folder/changes" --until-idle 0
last_ids() { tail -n 1 "$folder/changes" | ids; }
check 'a line cut short is cut off' 0 15 '' last_ids
lines_of() { grep -c '^{"eventName":.*}$' "$folder/changes"; grep -vc '^{"eventName":.*}$' "$folder/changes"; }
check 'and all others are whole' 1 "$(($(wc -l <"$folder/all") + 1))
0" '' lines_of
: >"$folder/changes"
check 'an output that was emptied' 2 '' 'dynamo-tail: */changes is shorter than */position says: *' \
    dynamo_tail "$table" --checkpoint "$position" --output "$folder/changes"

dynamo call UpdateTable "{\"TableName\": \"$table\", \"StreamSpecification\": {\"StreamEnabled\": false}}" >/dev/null
disabled() { dynamo_tail "$arn" | wc -l | tr -d ' '; }
check 'a disabled stream ends' 0 "$(($(wc -l <"$folder/all") + 1))" '' disabled

finish
