/*
 * Cold starts: launch ROUNDS PROGRAM... starts each program in turn, so many times, with the argument "once", and
 * prints "once NAME MICROSECONDS PEAK_KIB": from before its start to its first answer, and its peak of memory. A
 * program of its own since a peak of memory begins as the parent's, which has to be small.
 */
#include "bench.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static pid_t start(const char *program, int output)
{
    char                      *arguments[] = {(char *)(size_t)program, (char[]){"once"}, NULL};
    posix_spawn_file_actions_t actions;
    pid_t                      child;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    if (posix_spawn(&child, program, &actions, NULL, arguments, environ) != 0)
        bench_fail(program, "can't be started");
    posix_spawn_file_actions_destroy(&actions);
    return child;
}

static void launch(const char *program)
{
    const char *slash = strrchr(program, '/');
    double      begin, end;
    long        peak;
    int         ends[2], status;
    FILE       *told;
    pid_t       child;

    if (pipe(ends) != 0)
        bench_fail("launch", "no pipe");
    begin = bench_clock_us();
    child = start(program, ends[1]);
    close(ends[1]);
    told = fdopen(ends[0], "r");
    if (told == NULL || fscanf(told, "%lf %ld", &end, &peak) != 2)
        bench_fail(program, "has not told what was measured");
    fclose(told);
    if (waitpid(child, &status, 0) != child || status != 0)
        bench_fail(program, "has failed");
    printf("once %s %.0f %ld\n", slash != NULL ? slash + 1 : program, end - begin, peak);
}

int main(int count, char **arguments)
{
    long rounds = count > 2 ? strtol(arguments[1], NULL, 10) : 0;

    if (rounds <= 0)
        bench_fail("usage", "launch ROUNDS PROGRAM...");
    for (long round = 0; round < rounds; round++)
        for (int i = 2; i < count; i++)
            launch(arguments[i]);
    return EXIT_SUCCESS;
}
