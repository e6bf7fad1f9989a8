
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
#include <ngx_http.h>

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
FAULT(ngx_buf_t *, ngx_create_temp_buf, (ngx_pool_t *pool, size_t size),
      (pool, size), 1)
FAULT(ngx_chain_t *, ngx_alloc_chain_link, (ngx_pool_t *pool), (pool), 1)
FAULT(ngx_shm_zone_t *, ngx_shared_memory_add,
      (ngx_conf_t *cf, ngx_str_t *name, size_t size, void *tag),
      (cf, name, size, tag), 1)
FAULT(ngx_connection_t *, ngx_get_connection,
      (ngx_socket_t s, ngx_log_t *log), (s, log), 1)
FAULT(ngx_http_variable_t *, ngx_http_add_variable,
      (ngx_conf_t *cf, ngx_str_t *name, ngx_uint_t flags), (cf, name, flags),
      1)
FAULT(ngx_http_request_t *, ngx_http_create_request, (ngx_connection_t *c),
      (c), 1)
FAULT(ngx_http_cleanup_t *, ngx_http_cleanup_add,
      (ngx_http_request_t *r, size_t size), (r, size), 1)


/* those that tell of it by a number */

#define FAULT_RC(name, parameters, arguments)                                 \
    ngx_int_t fault_##name parameters;                                        \
    ngx_int_t fault_##name parameters                                         \
    { return fault() ? NGX_ERROR : name arguments; }

FAULT_RC(ngx_conf_full_name,
         (ngx_cycle_t *cycle, ngx_str_t *name, ngx_uint_t conf_prefix),
         (cycle, name, conf_prefix))
FAULT_RC(ngx_http_get_variable_index, (ngx_conf_t *cf, ngx_str_t *name),
         (cf, name))
FAULT_RC(ngx_http_compile_complex_value,
         (ngx_http_compile_complex_value_t *ccv), (ccv))
FAULT_RC(ngx_http_complex_value,
         (ngx_http_request_t *r, ngx_http_complex_value_t *val,
          ngx_str_t *value), (r, val, value))
FAULT_RC(ngx_http_subrequest,
         (ngx_http_request_t *r, ngx_str_t *uri, ngx_str_t *args,
          ngx_http_request_t **psr, ngx_http_post_subrequest_t *ps,
          ngx_uint_t flags), (r, uri, args, psr, ps, flags))


/* a process has only so many descriptors, too */

int fault_socket(int domain, int type, int protocol);

int
fault_socket(int domain, int type, int protocol)
{
    if (fault()) {
        ngx_set_errno(EMFILE);
        return -1;
    }

    return socket(domain, type, protocol);
}
