# Draws one plot as SVG, from the medians of the figures: -v plot=clients, sizes or threads. Both colour schemes of the
# reader's screen are in the file itself, each with its own background: not every viewer knows which one is on.

BEGIN {
    label["floor"] = "libcurl alone"
    label["library"] = "dynamo"
    label["rust"] = "Rust SDK"
    label["go"] = "Go SDK v2"
    label["boto3"] = "boto3"
    label["javascript"] = "JavaScript SDK v3"
}

$1 == "call" {
    add("wall " $2 " " $3 " " $4 " " $5, $6)
    add("cpu " $2 " " $3 " " $4 " " $5, $7)
}

# ---- SVG -----------------------------------------------------------------------------------------------------------

function open_svg(width, height, title) {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">\n",
        width, height, width, height
    printf "<title>%s</title>\n", title
    print "<rect width=\"100%\" height=\"100%\" class=\"paper\"/>"
    print "<style>"
    print "text { font: 13px sans-serif; fill: #1f2328 }"
    print ".paper { fill: #ffffff }"
    print ".title { font-weight: bold }"
    print ".quiet { fill: #59636e; font-size: 12px }"
    print ".grid { stroke: #d1d9e0; stroke-width: 1 }"
    print ".library { stroke: #0969da; fill: #0969da }"
    print ".floor { stroke: #818b98; fill: #818b98 }"
    print ".other { stroke: #bc4c00; fill: #bc4c00 }"
    print ".line { fill: none; stroke-width: 2 }"
    print ".cpu { fill-opacity: 0; stroke-width: 2 }"
    print "@media (prefers-color-scheme: dark) {"
    print "text { fill: #f0f6fc }"
    print ".paper { fill: #0d1117 }"
    print ".quiet { fill: #9198a1 }"
    print ".grid { stroke: #3d444d }"
    print ".library { stroke: #4493f8; fill: #4493f8 }"
    print ".floor { stroke: #9198a1; fill: #9198a1 }"
    print ".other { stroke: #f0883e; fill: #f0883e }"
    print ".line { fill: none }"
    print "}"
    print "</style>"
}

function text(x, y, anchor, class, words) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s</text>\n", x, y, anchor, class, words
}

function stroke(x1, y1, x2, y2, class) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x1, y1, x2, y2, class
}

function dot(x, y, class) {
    printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\" class=\"%s\"/>\n", x, y, class
}

function class_of(client) {
    return client == "library" || client == "floor" ? client : "other"
}

# ---- Numbers -------------------------------------------------------------------------------------------------------

# From `low` to `high` by logarithm, onto `from` to `to`.
function place(value, low, high, from, to) {
    return from + (log(value) - log(low)) / (log(high) - log(low)) * (to - from)
}

# In two digits, or whole.
function rounded(value) {
    return sprintf(value < 10 ? "%.2g" : "%.0f", value)
}

function duration(us) {
    if (us >= 1000000)
        return rounded(us / 1000000) " s"
    return us >= 1000 ? rounded(us / 1000) " ms" : rounded(us) " us"
}

function bytes(count) {
    return count >= 1000 ? count / 1000 " KB" : count " B"
}

# ---- clients: wall and CPU of each client, a row each, on a logarithmic scale -----------------------------------------

function draw_row(client, operation, x, y, right, high,    wall, cpu, class) {
    wall = median("wall " client " " operation " 334 1")
    cpu = median("cpu " client " " operation " 334 1")
    class = class_of(client)
    text(x - 10, y + 4, "end", "", label[client])
    stroke(x, y, right, y, "grid")
    dot(place(wall, 10, high, x, right), y, class)
    dot(place(cpu, 10, high, x, right), y, class " cpu")
    text(right + 12, y + 4, "start", "", duration(wall))
    text(right + 88, y + 4, "start", "quiet", duration(cpu))
}

function draw_clients(    operations, clients, i, j, y, tick, x, right, high, bottom) {
    split("GetItem PutItem Scan", operations, " ")
    split("floor library rust go boto3 javascript", clients, " ")
    x = 150; right = 560; high = 1000000; bottom = 530
    open_svg(740, bottom, "Wall time and CPU a call, by client")
    text(16, 22, "start", "title", "One call, by client: wall time (filled) and CPU (hollow)")
    for (tick = 10; tick <= high; tick *= 10) {
        stroke(place(tick, 10, high, x, right), 36, place(tick, 10, high, x, right), bottom - 24, "grid")
        text(place(tick, 10, high, x, right), bottom - 8, "middle", "quiet", duration(tick))
    }
    y = 56
    for (i = 1; i in operations; i++) {
        text(16, y, "start", "title", operations[i] (operations[i] == "Scan" ? " of 1 MB" : " of 334 bytes"))
        if (i == 1) {
            text(right + 12, y, "start", "", "wall")
            text(right + 88, y, "start", "quiet", "CPU")
        }
        for (j = 1; j in clients; j++)
            if (counts["wall " clients[j] " " operations[i] " 334 1"])
                draw_row(clients[j], operations[i], x, y += 20, right, high)
        y += 32
    }
}

# ---- sizes: CPU by the item's size, both axes logarithmic ------------------------------------------------------------

function draw_curve(client, operation, sizes, left, right, top, bottom,    i, key, x, y, points) {
    for (i = 1; i in sizes; i++) {
        key = "cpu " client " " operation " " sizes[i] " 1"
        if (!counts[key])
            continue
        x = place(sizes[i], 100, 400000, left, right)
        y = place(median(key), 10, 10000, bottom, top)
        points = points sprintf("%.1f,%.1f ", x, y)
        dot(x, y, client)
    }
    printf "<polyline points=\"%s\" class=\"%s line\"/>\n", points, client
    text(right + 10, y + 4, "start", "", label[client])
}

function draw_panel(operation, left, right,    sizes, ticks, i, at, top, bottom) {
    top = 64; bottom = 300
    split("100 1000 10000 100000 400000", sizes, " ")
    split("10 100 1000 10000", ticks, " ")
    text(left, 48, "start", "title", operation)
    for (i = 1; i in ticks; i++) {
        at = place(ticks[i], 10, 10000, bottom, top)
        stroke(left, at, right, at, "grid")
        text(left - 8, at + 4, "end", "quiet", duration(ticks[i]))
    }
    for (i = 1; i in sizes; i++)
        text(place(sizes[i], 100, 400000, left, right), bottom + 20, i == 5 ? "start" : "middle", "quiet", bytes(sizes[i]))
    draw_curve("floor", operation, sizes, left, right, top, bottom)
    draw_curve("library", operation, sizes, left, right, top, bottom)
}

function draw_sizes() {
    open_svg(800, 330, "CPU a call, by the size of the item")
    text(16, 22, "start", "title", "CPU of one call, by the size of the item")
    draw_panel("GetItem", 70, 300)
    draw_panel("PutItem", 470, 700)
}

# ---- threads: calls a second -----------------------------------------------------------------------------------------

function per_second(client, threads) {
    return 1e6 / median("wall " client " GetItem 334 " threads)
}

function draw_threads(    clients, threads, i, j, most, step, tick, left, right, top, bottom, x, y, points, ends, apart) {
    split("floor library", clients, " ")
    split("1 4 16", threads, " ")
    left = 80; right = 480; top = 50; bottom = 280
    for (i = 1; i in clients; i++)
        for (j = 1; j in threads; j++)
            if (per_second(clients[i], threads[j]) > most)
                most = per_second(clients[i], threads[j])
    step = most > 40000 ? 20000 : most > 20000 ? 10000 : 5000
    most = (int(most / step) + 1) * step
    open_svg(640, 320, "GetItem calls a second, by threads")
    text(16, 22, "start", "title", "GetItem: calls a second, by threads (one client, the server on the same machine)")
    for (tick = 0; tick <= most; tick += step) {
        y = bottom - tick / most * (bottom - top)
        stroke(left, y, right, y, "grid")
        text(left - 8, y + 4, "end", "quiet", tick)
    }
    for (j = 1; j in threads; j++)
        text(left + (j - 1) * (right - left) / 2, bottom + 20, "middle", "quiet", threads[j] (j == 1 ? " thread" : ""))
    for (i = 1; i in clients; i++) {
        points = ""
        for (j = 1; j in threads; j++) {
            x = left + (j - 1) * (right - left) / 2
            y = bottom - per_second(clients[i], threads[j]) / most * (bottom - top)
            points = points sprintf("%.1f,%.1f ", x, y)
            dot(x, y, clients[i])
        }
        printf "<polyline points=\"%s\" class=\"%s line\"/>\n", points, clients[i]
        ends[i] = y
    }
    # Names that would lie on each other move apart.
    apart = ends[1] - ends[2]
    apart = apart > -16 && apart < 16 ? (16 - (apart < 0 ? -apart : apart)) / 2 * (apart < 0 ? -1 : 1) : 0
    text(right + 12, ends[1] + apart + 4, "start", "", label[clients[1]])
    text(right + 12, ends[2] - apart + 4, "start", "", label[clients[2]])
}

END {
    if (plot == "clients")
        draw_clients()
    else if (plot == "sizes")
        draw_sizes()
    else
        draw_threads()
    print "</svg>"
}
