/*
 * For test/tool_*.sh: a server that answers what a file says, line by line.
 *
 *     scripted FILE    prints its endpoint, and each request as it comes: "OPERATION BODY"; stays until it is ended
 *
 * A line is a status and a body, "400 {...}"; empty lines and those that begin with # are none. After the last one
 * every answer is 400 with a ScriptEndedException.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault_server.h"

#define STEPS 1000

static fault_step steps[STEPS];

static void read_script(FILE *file)
{
    char  *line = NULL;
    size_t size = 0, count = 0;

    while (count < STEPS && getline(&line, &size, file) > 0) {
        char *body = strchr(line, ' ');

        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || body == NULL)
            continue;
        steps[count].status = atoi(line);
        steps[count].body   = strdup(body + 1);
        count++;
    }
    free(line);
    for (size_t i = count; i < STEPS; i++)
        steps[i] = (fault_step){.status = 400, .body = "{\"__type\": \"ScriptEndedException\"}"};
}

static void print_request(const fault_request *request)
{
    char        target[128] = "?";
    const char *operation;

    fault_request_header(request, "X-Amz-Target", target, sizeof(target));
    operation = strchr(target, '.');
    printf("%s %s\n", operation != NULL ? operation + 1 : target, request->body);
    fflush(stdout);
}

int main(int count, char **arguments)
{
    FILE         *file   = count == 2 ? fopen(arguments[1], "r") : NULL;
    fault_server *server = file != NULL ? fault_server_start() : NULL;

    if (server == NULL) {
        fputs("usage: scripted FILE\n", stderr);
        return 2;
    }
    read_script(file);
    fclose(file);
    fault_server_script(server, steps, STEPS);
    puts(fault_server_endpoint(server));
    fflush(stdout);
    for (size_t seen = 0; seen < STEPS;)
        if (fault_server_wait_requests(server, seen + 1))
            print_request(fault_server_request(server, seen++));
    return 1;
}
