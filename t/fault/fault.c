
/*
 * Copyright (C) The actor-token gateway authors
 */


/*
 * Allocations that fail, in a whole nginx.  t/fault/build lets the module's
 * objects call these functions instead of nginx's own; OpenSSL and jansson,
 * which nobody else uses here, are given an allocator.
 *
 * A file, which FAULT_CONTROL names, is mapped into all processes: the test
 * says in it which allocation fails, and reads whether one has.
 */

#include <ngx_config.h>
#include <ngx_core.h>

#include <jansson.h>
#include <openssl/crypto.h>

#include <sys/mman.h>


typedef struct {
    int64_t   count;        /* allocations since the test has set this to 0 */
    int64_t   at;           /* which of them fails; 0: none */
    int64_t   all;          /* those that follow fail too */
    int64_t   libraries;    /* count those of OpenSSL and jansson */
    int64_t   failed;       /* how many have failed */
} fault_control_t;


static void fault_init(void) __attribute__((constructor));
static ngx_uint_t fault(void);
static ngx_uint_t fault_library(void);
static void *fault_openssl_malloc(size_t size, const char *file, int line);
static void *fault_openssl_realloc(void *p, size_t size, const char *file,
    int line);
static void fault_openssl_free(void *p, const char *file, int line);
static void *fault_json_malloc(size_t size);


static fault_control_t  *control;


static void
fault_init(void)
{
    int    fd;
    char  *name;
    void  *p;

    name = getenv("FAULT_CONTROL");
    if (name == NULL) {
        return;
    }

    fd = open(name, O_RDWR);
    if (fd == -1) {
        abort();
    }

    p = mmap(NULL, sizeof(fault_control_t), PROT_READ|PROT_WRITE, MAP_SHARED,
             fd, 0);
    (void) close(fd);

    if (p == MAP_FAILED
        || CRYPTO_set_mem_functions(fault_openssl_malloc,
                                    fault_openssl_realloc, fault_openssl_free)
           != 1)
    {
        abort();
    }

    json_set_alloc_funcs(fault_json_malloc, free);

    control = p;
}


static ngx_uint_t
fault(void)
{
    if (control == NULL || control->at == 0) {
        return 0;
    }

    control->count++;

    if (control->count == control->at
        || (control->all && control->count > control->at))
    {
        control->failed++;
        return 1;
    }

    return 0;
}


static ngx_uint_t
fault_library(void)
{
    return control && control->libraries && fault();
}


static void *
fault_openssl_malloc(size_t size, const char *file, int line)
{
    return fault_library() ? NULL : malloc(size);
}


static void *
fault_openssl_realloc(void *p, size_t size, const char *file, int line)
{
    return fault_library() ? NULL : realloc(p, size);
}


static void
fault_openssl_free(void *p, const char *file, int line)
{
    free(p);
}


static void *
fault_json_malloc(size_t size)
{
    return fault_library() ? NULL : malloc(size);
}


/* "needs" is whether this call allocates at all */

#define FAULT(type, name, parameters, arguments, needs)                       \
    type fault_##name parameters;                                             \
    type fault_##name parameters                                              \
    { return ((needs) && fault()) ? NULL : name arguments; }

FAULT(void *, ngx_alloc, (size_t size, ngx_log_t *log), (size, log), 1)
FAULT(void *, ngx_calloc, (size_t size, ngx_log_t *log), (size, log), 1)
FAULT(void *, ngx_palloc, (ngx_pool_t *pool, size_t size), (pool, size), 1)
FAULT(void *, ngx_pnalloc, (ngx_pool_t *pool, size_t size), (pool, size), 1)
FAULT(void *, ngx_pcalloc, (ngx_pool_t *pool, size_t size), (pool, size), 1)
FAULT(void *, ngx_array_push, (ngx_array_t *a), (a), a->nelts == a->nalloc)
FAULT(void *, ngx_array_push_n, (ngx_array_t *a, ngx_uint_t n), (a, n),
      a->nelts + n > a->nalloc)
FAULT(void *, ngx_list_push, (ngx_list_t *list), (list),
      list->last->nelts == list->nalloc)
FAULT(u_char *, ngx_pstrdup, (ngx_pool_t *pool, ngx_str_t *src), (pool, src),
      1)
FAULT(void *, ngx_slab_alloc, (ngx_slab_pool_t *pool, size_t size),
      (pool, size), 1)
FAULT(void *, ngx_slab_alloc_locked, (ngx_slab_pool_t *pool, size_t size),
      (pool, size), 1)
FAULT(void *, ngx_slab_calloc, (ngx_slab_pool_t *pool, size_t size),
      (pool, size), 1)
FAULT(void *, ngx_slab_calloc_locked, (ngx_slab_pool_t *pool, size_t size),
      (pool, size), 1)
FAULT(ngx_array_t *, ngx_array_create,
      (ngx_pool_t *pool, ngx_uint_t n, size_t size), (pool, n, size), 1)
FAULT(ngx_pool_t *, ngx_create_pool, (size_t size, ngx_log_t *log),
      (size, log), 1)
FAULT(ngx_pool_cleanup_t *, ngx_pool_cleanup_add,
      (ngx_pool_t *pool, size_t size), (pool, size), 1)
