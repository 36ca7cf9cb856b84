# Series of figures by name, for the scripts that print or draw them: awk -f statistics.awk -f SCRIPT.

function sort(list, count,    i, j, value) {
    for (i = 2; i <= count; i++) {
        value = list[i]
        for (j = i - 1; j > 0 && list[j] > value; j--)
            list[j + 1] = list[j]
        list[j + 1] = value
    }
}

# The value below which `part` of those in values[name, 1...] lie.
function quantile(name, part,    list, i, count) {
    count = counts[name]
    for (i = 1; i <= count; i++)
        list[i] = values[name, i]
    sort(list, count)
    return count ? list[int((count - 1) * part + 1.5)] : 0
}

function median(name) {
    return quantile(name, 0.5)
}

function add(name, value) {
    values[name, ++counts[name]] = value + 0
}

# Keeps the ratio of two series as a third.
function compare(name, upper, lower,    i) {
    for (i = 1; i <= counts[upper] && i <= counts[lower]; i++)
        if (values[lower, i] > 0)
            add(name, values[upper, i] / values[lower, i])
}
