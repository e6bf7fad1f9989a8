
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"

#include <stdio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define UNIT_LSAN  1
#endif
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(UNIT_LSAN)
#include <sanitizer/lsan_interface.h>
#define unit_leaked()  __lsan_do_recoverable_leak_check()
#else
#define unit_leaked()  0
#endif


#define UNIT_SWEEP_MAX  20000


typedef struct {
    ngx_uint_t   runs;
    ngx_uint_t   failed;        /* runs that have met a failing allocation */
    ngx_uint_t   wrong;
    ngx_uint_t   blamed;
    ngx_uint_t   errors;
    long         first_wrong;
    long         first_blamed;
    long         first_errors;
} unit_sweep_t;


static void unit_result(ngx_uint_t passed, const char *file, int line,
    const char *fmt, va_list args);
static void unit_sweep(unit_failing_pt f, void *data, ngx_int_t good,
    ngx_uint_t all, unit_sweep_t *sweep);
static ngx_uint_t unit_fails(void);
static void *unit_malloc(size_t size);
static void unit_free(void *p);
static void *unit_openssl_malloc(size_t size, const char *file, int line);
static void *unit_openssl_realloc(void *p, size_t size, const char *file,
    int line);
static void unit_openssl_free(void *p, const char *file, int line);

void *__real_ngx_alloc(size_t size, ngx_log_t *log);
void *__wrap_ngx_alloc(size_t size, ngx_log_t *log);
void *__real_ngx_memalign(size_t alignment, size_t size, ngx_log_t *log);
void *__wrap_ngx_memalign(size_t alignment, size_t size, ngx_log_t *log);


static ngx_uint_t   unit_count;
static ngx_uint_t   unit_failures;
static const char  *unit_known;

/* allocations since the sweep's call, which of them fails, and what follows */
static long         unit_allocations;
static long         unit_fail_at;
static ngx_uint_t   unit_fail_all;
static ngx_uint_t   unit_failed;
static long         unit_json_live;


int
main(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);

    if (CRYPTO_set_mem_functions(unit_openssl_malloc, unit_openssl_realloc,
                                 unit_openssl_free)
        != 1)
    {
        printf("Bail out! OpenSSL has allocated already\n");
        return 1;
    }

    json_set_alloc_funcs(unit_malloc, unit_free);

    server_init();
    unit_tests();

    printf("1..%lu\n", (unsigned long) unit_count);

    ngx_destroy_pool(server_arena);

    return unit_failures || unit_count == 0;
}


void
unit_todo(const char *why)
{
    unit_known = why;
}


static void
unit_result(ngx_uint_t passed, const char *file, int line, const char *fmt,
    va_list args)
{
    unit_count++;

    printf("%s %lu - ", passed ? "ok" : "not ok", (unsigned long) unit_count);
    vprintf(fmt, args);

    if (unit_known) {
        printf(" # TODO %s", unit_known);
    }

    printf("\n");

    if (!passed) {
        printf("# at %s:%d\n", file, line);
        unit_failures += (unit_known == NULL);
    }
}


void
unit_skip(const char *why)
{
    unit_count++;

    printf("ok %lu # SKIP %s\n", (unsigned long) unit_count, why);
}


ngx_uint_t
unit_ok(ngx_uint_t passed, const char *cond, const char *file, int line,
    const char *fmt, ...)
{
    va_list  args;

    va_start(args, fmt);
    unit_result(passed, file, line, fmt, args);
    va_end(args);

    if (!passed) {
        printf("# not true: %s\n", cond);
    }

    return passed;
}


ngx_uint_t
unit_is(long got, long wanted, const char *file, int line, const char *fmt,
    ...)
{
    va_list  args;

    va_start(args, fmt);
    unit_result(got == wanted, file, line, fmt, args);
    va_end(args);

    if (got != wanted) {
        printf("# got %ld, wanted %ld\n", got, wanted);
    }

    return got == wanted;
}


ngx_uint_t
unit_is_str(const ngx_str_t *got, const char *wanted, const char *file,
    int line, const char *fmt, ...)
{
    va_list     args;
    ngx_uint_t  passed;

    passed = (got->len == strlen(wanted)
              && (got->len == 0
                  || ngx_memcmp(got->data, wanted, got->len) == 0));

    va_start(args, fmt);
    unit_result(passed, file, line, fmt, args);
    va_end(args);

    if (!passed) {
        printf("# got \"%.*s\", wanted \"%s\"\n", (int) got->len, got->data,
               wanted);
    }

    return passed;
}


void
unit_failing(const char *name, unit_failing_pt f, void *data,
    ngx_int_t good, const unit_known_t *known)
{
    long          live;
    ngx_int_t     rc;
    ngx_pool_t   *pool;
    unit_sweep_t  sweep;

    /* twice: OpenSSL keeps what it has looked up the first time */

    pool = server_pool();
    (void) f(pool, data);
    ngx_destroy_pool(pool);

    live = unit_json_live;

    pool = server_pool();
    rc = f(pool, data);
    ngx_destroy_pool(pool);

    is(rc, good, "%s: when no allocation fails", name);

    ngx_memzero(&sweep, sizeof(unit_sweep_t));

    unit_sweep(f, data, good, 0, &sweep);
    unit_sweep(f, data, good, 1, &sweep);

    ok(sweep.failed, "%s: %lu runs with failing allocations", name,
       (unsigned long) sweep.failed);

    unit_todo(known ? known->wrong : NULL);

    if (!is(sweep.wrong, 0, "%s: is never done without its memory", name)) {
        printf("# first with allocation %ld\n", sweep.first_wrong);
    }

    unit_todo(known ? known->blames : NULL);

    if (good == NGX_OK) {
        if (!is(sweep.blamed, 0, "%s: blames nobody else for that", name)) {
            printf("# first with allocation %ld\n", sweep.first_blamed);
        }
    }

    unit_todo(known ? known->errors : NULL);

    if (!is(sweep.errors, 0, "%s: empties the error queue", name)) {
        printf("# first with allocation %ld\n", sweep.first_errors);
    }

    unit_todo(NULL);

    is(unit_json_live, live, "%s: returns jansson's memory", name);
    is(unit_leaked(), 0, "%s: loses no memory", name);
}


static void
unit_sweep(unit_failing_pt f, void *data, ngx_int_t good, ngx_uint_t all,
    unit_sweep_t *sweep)
{
    long         n;
    ngx_int_t    rc;
    ngx_pool_t  *pool;

    for (n = 1; n < UNIT_SWEEP_MAX; n++) {

        pool = server_pool();
        ERR_clear_error();

        unit_allocations = 0;
        unit_failed = 0;
        unit_fail_all = all;
        unit_fail_at = n;

        rc = f(pool, data);

        unit_fail_at = 0;

        if (ERR_peek_error()) {
            sweep->first_errors = sweep->errors++ ? sweep->first_errors : n;
            ERR_clear_error();
        }

        ngx_destroy_pool(pool);

        sweep->runs++;

        if (!unit_failed) {
            return;
        }

        sweep->failed++;

        /* OpenSSL can do without some of its memory, and then all is well */

        if (rc == UNIT_WRONG || (rc == NGX_OK && good != NGX_OK)) {
            sweep->first_wrong = sweep->wrong++ ? sweep->first_wrong : n;
        }

        if (rc == NGX_DECLINED) {
            sweep->first_blamed = sweep->blamed++ ? sweep->first_blamed : n;
        }
    }

    printf("Bail out! a sweep without an end\n");
    exit(1);
}


static ngx_uint_t
unit_fails(void)
{
    if (unit_fail_at == 0) {
        return 0;
    }

    unit_allocations++;

    if (unit_allocations == unit_fail_at
        || (unit_fail_all && unit_allocations > unit_fail_at))
    {
        unit_failed = 1;
        return 1;
    }

    return 0;
}


void *
__wrap_ngx_alloc(size_t size, ngx_log_t *log)
{
    return unit_fails() ? NULL : __real_ngx_alloc(size, log);
}


void *
__wrap_ngx_memalign(size_t alignment, size_t size, ngx_log_t *log)
{
    return unit_fails() ? NULL : __real_ngx_memalign(alignment, size, log);
}


static void *
unit_malloc(size_t size)
{
    void  *p;

    p = unit_fails() ? NULL : malloc(size);

    if (p) {
        unit_json_live++;

        /* what is not written must not look as if it were */
        memset(p, 0xa5, size);
    }

    return p;
}


static void
unit_free(void *p)
{
    if (p) {
        unit_json_live--;
        free(p);
    }
}


static void *
unit_openssl_malloc(size_t size, const char *file, int line)
{
    return unit_fails() ? NULL : malloc(size);
}


static void *
unit_openssl_realloc(void *p, size_t size, const char *file, int line)
{
    return unit_fails() ? NULL : realloc(p, size);
}


static void
unit_openssl_free(void *p, const char *file, int line)
{
    free(p);
}
