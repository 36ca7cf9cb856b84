# Prints the table of the clients from the figures that test/bench/peers/run took: medians, and ratios to the floor.

$1 == "call" {
    if (!(($3, $2) in seen)) {
        seen[$3, $2] = 1
        clients[$3] = clients[$3] " " $2
    }
    if (!($3 in known)) {
        known[$3] = 1
        operations[++count] = $3
    }
    add("wall " $2 " " $3, $6)
    add("cpu " $2 " " $3, $7)
}

$1 == "missing" {
    client = $2
    sub(/^missing [^ ]* /, "")
    if (!((client, $0) in told)) {
        told[client, $0] = 1
        lacks = lacks sprintf("%-16s %-12s not measured: %s\n", "", client, $0)
    }
}

function print_operation(operation, list,    names, i, key) {
    split(list, names, " ")
    for (i = 1; i in names; i++) {
        key = names[i] " " operation
        compare("wall ratio " key, "wall " key, "wall floor " operation)
        compare("cpu ratio " key, "cpu " key, "cpu floor " operation)
        printf "%-16s %-12s %10.1f %8.2f %10.1f %8.2f\n", i == 1 ? operation : "", names[i], median("wall " key),
            median("wall ratio " key), median("cpu " key), median("cpu ratio " key)
    }
}

END {
    printf "%-16s %-12s %10s %8s %10s %8s\n", "one thread", "client", "wall, us", "to floor", "CPU, us", "to floor"
    for (i = 1; i <= count; i++)
        print_operation(operations[i], clients[operations[i]])
    printf "%s", lacks
}
