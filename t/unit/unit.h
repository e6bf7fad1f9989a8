
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _UNIT_H_INCLUDED_
#define _UNIT_H_INCLUDED_


#include <ngx_actor_token_check.h>
#include <ngx_actor_token_jwk.h>
#include <ngx_actor_token_key.h>
#include <ngx_actor_token_reader.h>

#include "server.h"


/* what a program of tests defines; main() prints the plan behind them */
void unit_tests(void);


/* One line of TAP each.  All return whether the test has passed. */

#define ok(cond, ...)                                                         \
    unit_ok(!!(cond), #cond, __FILE__, __LINE__, __VA_ARGS__)

#define is(got, wanted, ...)                                                  \
    unit_is((long) (got), (long) (wanted), __FILE__, __LINE__, __VA_ARGS__)

#define is_str(got, wanted, ...)                                              \
    unit_is_str((got), (wanted), __FILE__, __LINE__, __VA_ARGS__)

ngx_uint_t unit_ok(ngx_uint_t passed, const char *cond, const char *file,
    int line, const char *fmt, ...) __attribute__((format(printf, 5, 6)));
ngx_uint_t unit_is(long got, long wanted, const char *file, int line,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
ngx_uint_t unit_is_str(const ngx_str_t *got, const char *wanted,
    const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* a line that says what cannot be tested here */
void unit_skip(const char *why);

/* a fault of the module that is known: tests may fail until NULL ends it */
void unit_todo(const char *why);


/*
 * Faults of the module that a sweep of failing allocations shows, and that
 * are known.  NULL: there is none.
 */

typedef struct {
    const char  *wrong;         /* done, but not what was asked */
    const char  *blames;        /* says that its input is at fault */
    const char  *errors;        /* leaves OpenSSL's error queue filled */
} unit_known_t;


/*
 * Calls "f" again and again, each time with another allocation failing: of
 * nginx, of OpenSSL, or of jansson.  Each time a second round fails all that
 * follow too.  "f" gets a pool of its own, and returns what the function
 * under test has returned, or UNIT_WRONG if that was NGX_OK without reason.
 *
 * Tests that "f" returns "good" when nothing fails; that it never returns
 * NGX_OK wrongly; that it blames no token for our lack of memory; that
 * OpenSSL's error queue is left empty; and that no memory is lost.  "known"
 * may be NULL.
 */

#define UNIT_WRONG  (-1000)

typedef ngx_int_t (*unit_failing_pt)(ngx_pool_t *pool, void *data);

void unit_failing(const char *name, unit_failing_pt f, void *data,
    ngx_int_t good, const unit_known_t *known);


#endif /* _UNIT_H_INCLUDED_ */
