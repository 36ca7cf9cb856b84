# What the tests of the tools have in common, to be sourced: an environment of their own, a folder, and TAP.
# Set when this is read: BUILD, DYNAMO_TEST_ENDPOINT. Sets build, folder, number, failed.
set -u
export LC_ALL=C
build=$(cd "$BUILD" && pwd) || exit 1
folder=$(mktemp -d) || exit 1
number=0
failed=0

# Nothing but what is set here: no settings of whoever runs this.
for name in $(env | sed -n 's/^\(AWS_[A-Z0-9_]*\)=.*/\1/p'); do
    case $name in
    AWS_ACCESS_KEY_ID | AWS_SECRET_ACCESS_KEY | AWS_SESSION_TOKEN | AWS_REGION) ;;
    *) unset "$name" ;;
    esac
done
unset NO_COLOR
export AWS_ENDPOINT_URL="$DYNAMO_TEST_ENDPOINT" AWS_REGION="${AWS_REGION-us-east-1}" TERM=xterm
export AWS_ACCESS_KEY_ID="${AWS_ACCESS_KEY_ID-key}" AWS_SECRET_ACCESS_KEY="${AWS_SECRET_ACCESS_KEY-secret}"
export AWS_CONFIG_FILE="$folder/config" AWS_SHARED_CREDENTIALS_FILE="$folder/credentials"
: >"$folder/config"
: >"$folder/credentials"

ok() { # NAME
    number=$((number + 1))
    echo "ok $number - $1"
}

not_ok() { # NAME REASON...
    number=$((number + 1))
    failed=$((failed + 1))
    echo "not ok $number - $1"
    shift
    printf '%s\n' "$@" | sed 's/^/# /'
}

skip() { # NAME REASON
    number=$((number + 1))
    echo "ok $number - $1 # SKIP $2"
}

# The command's exit status, its standard output to the byte, and its standard error, a pattern of the shell's, are as
# given.
check() { # NAME STATUS OUTPUT ERRORS COMMAND...
    name=$1 status=$2 output=$3 errors=$4
    shift 4
    "$@" >"$folder/output" 2>"$folder/errors"
    got=$?
    [ -z "$output" ] || output="$output
"
    printf '%s' "$output" >"$folder/expected"
    right=yes
    # The word is a pattern.
    case $(cat "$folder/errors") in
    $errors) ;;
    *) right=no ;;
    esac
    if [ "$got" = "$status" ] && [ "$right" = yes ] && cmp -s "$folder/output" "$folder/expected"; then
        ok "$name"
    else
        not_ok "$name" "$*" "status $got, expected $status" "errors: $(cat "$folder/errors")" "expected: $errors" \
            "output:" "$(cat "$folder/output")" "expected:" "$(cat "$folder/expected")"
    fi
}

# Waits for a condition of its own: the test as a whole has a time limit.
until_true() {
    until "$@" >/dev/null 2>&1; do
        sleep 0.05
    done
}
