/*
 * Tables of cases in tests: a row that fails says so and lets the others run, then the test fails once.
 */
#ifndef COMPLAINTS_H
#define COMPLAINTS_H

extern int complaints; /* since they were last expected to be none */

__attribute__((format(printf, 2, 3))) void complain(const char *row, const char *format, ...);

/* Fails the cmocka test where there were any; forgets them. */
void expect_no_complaints(void);

#endif
