# Prints the table of the figures that test/bench/run took: medians, ratios to the floor with the range that half of
# them lie in, and the goals. A ratio is taken within a round, where both sides were measured a moment apart.

# A median with the range of the half around it: "1.13 (1.10-1.17)".
function ratio(name) {
    return sprintf("%5.2f (%.2f-%.2f)", median(name), quantile(name, 0.25), quantile(name, 0.75))
}

function verdict(value, sign, goal) {
    return sprintf("goal %s %s: %s", sign, goal, (sign == "<=" ? value <= goal : value >= goal) ? "met" : "MISSED")
}

$1 == "call" {
    key = $3 " " $4 " " $5
    if (!(key in seen)) {
        seen[key] = 1
        keys[++key_count] = key
    }
    add("wall " $2 " " key, $6)
    add("cpu " $2 " " key, $7)
    if (key in request && (request[key] != $8 || answer[key] != $9)) {
        printf "NOT THE SAME BYTES: %s: %s and %s sent, %s and %s received\n", key, request[key], $8, answer[key], $9
        unequal = 1
    }
    request[key] = $8
    answer[key] = $9
}

$1 == "once" {
    add("start " $2, $3)
    add("peak " $2, $4)
}

$1 == "memory" { add("memory", $4 - $3) }
$1 == "micro" { add($2, $3) }
$1 == "allocations" { allocations[$2] = $3 }
$1 == "size" { size[$2] = $3 }

function print_call(key,    field) {
    split(key, field, " ")
    compare("wall " key, "wall library " key, "wall floor " key)
    compare("cpu " key, "cpu library " key, "cpu floor " key)
    printf "%-14s %6s %3d %8.1f %8.1f  %-19s %8.1f %8.1f  %s\n", field[1], field[2], field[3],
        median("wall floor " key), median("wall library " key), ratio("wall " key),
        median("cpu floor " key), median("cpu library " key), ratio("cpu " key)
}

function print_calls(    i) {
    printf "%-14s %6s %3s %17s  %-19s %17s\n", "", "item", "", "wall, us a call", "", "CPU, us a call"
    printf "%-14s %6s %3s %8s %8s  %-19s %8s %8s  %s\n", "operation", "bytes", "thr", "floor", "library",
        "ratio (half of all)", "floor", "library", "ratio (half of all)"
    for (i = 1; i <= key_count; i++)
        print_call(keys[i])
}

function line(what, figures, goal) {
    printf "%-48s %-48s %s\n", what, figures, goal
}

function milliseconds(name) {
    return sprintf("%.2f ms", median(name) / 1000)
}

function print_small(operation,    key) {
    key = operation " 334 1"
    line(operation ", one thread: wall to the floor's", ratio("wall " key), verdict(median("wall " key), "<=", 1.15))
    line(operation ", one thread: CPU to the floor's", ratio("cpu " key), verdict(median("cpu " key), "<=", 1.45))
}

function print_threads(    many, one) {
    many = "GetItem 334 16"
    one = "GetItem 334 1"
    compare("throughput", "wall floor " many, "wall library " many)
    compare("cpu of 16", "cpu library " many, "cpu library " one)
    compare("floor's cpu of 16", "cpu floor " many, "cpu floor " one)
    line("GetItem, 16 threads: throughput to the floor's", ratio("throughput"),
        verdict(median("throughput"), ">=", 0.85))
    line("GetItem, 16 threads: CPU a call to one thread's",
        ratio("cpu of 16") sprintf(", the floor's %.2f", median("floor's cpu of 16")),
        verdict(median("cpu of 16"), "<=", 1.2))
}

# Both from the same text: the ratio of the medians, since each part was measured in a process of its own.
function print_part(what, upper, lower, goal,    quotient) {
    quotient = median(upper) / median(lower)
    line(what, sprintf("%.2f (%s to %s)", quotient, milliseconds(upper), milliseconds(lower)),
        verdict(quotient, "<=", goal))
}

# A request is written and then hashed: the cost of both to that of the hash.
function print_writing(what, texts,    quotient) {
    quotient = 1 + median("write_" texts) / median("hash_" texts)
    line(what, sprintf("%.2f (%s and %s to %s)", quotient, milliseconds("write_" texts), milliseconds("hash_" texts),
        milliseconds("hash_" texts)), verdict(quotient, "<=", 1.3))
}

function print_parts() {
    print_part("1 MB Scan page to plain values, to json_loadb", "page_plain", "page_loadb", 0.5)
    print_part("the same item by item", "page_items", "page_loadb", 0.15)
    line("the same by dynamo_scan_items, received too", sprintf("%.2f (%s to %s; libcurl alone %s)",
        median("scan_items") / median("page_loadb"), milliseconds("scan_items"), milliseconds("page_loadb"),
        milliseconds("cpu floor Scan 334 1")), "")
    print_writing("400 KB item of one text: write, hash; to hash", "one_text")
    print_writing("400 KB item of 6,000 texts: the same", "many_texts")
}

function print_once(    more) {
    more = (median("start library") - median("start floor")) / 1000
    line("process start to first answer", sprintf("%.2f ms more (%s, floor %s)", more, milliseconds("start library"),
        milliseconds("start floor")), verdict(more, "<=", 2))
    more = median("peak library") - median("peak floor")
    line("peak memory of a GetItem program", sprintf("%d KiB more (%d, floor %d)", more, median("peak library"),
        median("peak floor")), verdict(more, "<=", 1024))
}

function print_memory() {
    line("memory of 100 Scan pages, item by item", sprintf("%d KiB more than the idle client", median("memory")),
        verdict(median("memory"), "<=", 6144))
}

function print_allocations() {
    if (!("library" in allocations)) {
        line("allocations of a warm GetItem", "not counted: this system's linker has no --wrap", "")
        return
    }
    line("allocations of a warm GetItem", sprintf("%.2f (beside %.2f by Jansson, %.2f by libcurl)",
        allocations["library"], allocations["jansson"], allocations["curl"]),
        verdict(allocations["library"], "<=", 6))
}

END {
    print_calls()
    print ""
    print_small("GetItem")
    print_small("PutItem")
    print_threads()
    print_parts()
    print_once()
    print_memory()
    print_allocations()
    line("code and constants of the archive", size["archive"] " bytes", "")
    line("code and constants of a program of one call", sprintf("%d bytes more than without it (%d, %d)",
        size["one_call"] - size["no_call"], size["one_call"], size["no_call"]), "")
    exit unequal
}
