
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "server.h"


static void server_zone(void *data, size_t size, ngx_shm_zone_init_pt init);
static void server_log_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf,
    size_t len);


ngx_pool_t                *server_arena;
ngx_log_t                  server_log;
ngx_actor_token_crypto_t  *server_crypto;
char                       server_line[1024];
ngx_uint_t                 server_lines[NGX_LOG_DEBUG + 1];

/* the keys of an issuer, which its block does not have */

typedef struct {
    const ngx_actor_token_issuer_t  *issuer;
    ngx_actor_token_jwks_t           jwks;
    const ngx_actor_token_jwks_t    *set;
    ngx_actor_token_keys_t           keys;
} server_ring_t;


static server_ring_t             server_rings[8];
static ngx_cycle_t         server_cycle;


void
server_init(void)
{
    ngx_uint_t  n;

    ngx_pid = ngx_getpid();
    ngx_pagesize = getpagesize();

    for (n = ngx_pagesize; n >>= 1; ngx_pagesize_shift++) { /* void */ }

    ngx_cacheline_size = NGX_CPU_CACHE_LINE;
    ngx_ncpu = 1;
    ngx_use_stderr = 0;

    ngx_time_init();
    ngx_regex_init();
    ngx_slab_sizes_init();

    server_log.log_level = NGX_LOG_INFO;
    server_log.writer = server_log_writer;

    server_arena = ngx_create_pool(4096, &server_log);
    server_cycle.log = &server_log;
    server_cycle.pool = server_arena;
    ngx_cycle = &server_cycle;

    if (server_arena == NULL || ngx_crc32_table_init() != NGX_OK) {
        abort();
    }

    server_crypto = ngx_actor_token_crypto_create(server_arena);

    if (server_crypto == NULL) {
        abort();
    }
}


static void
server_log_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf, size_t len)
{
    server_lines[level]++;

    len = ngx_min(len, sizeof(server_line) - 1);
    ngx_memcpy(server_line, buf, len);
    server_line[len] = '\0';
}


ngx_pool_t *
server_pool(void)
{
    ngx_pool_t  *pool;

    pool = ngx_create_pool(1024, &server_log);
    if (pool == NULL) {
        abort();
    }

    return pool;
}


ngx_str_t
server_str(const char *s)
{
    ngx_str_t  str;

    str.len = strlen(s);
    str.data = (u_char *) s;

    return str;
}


ngx_actor_token_list_t
server_list(const char *first, ...)
{
    va_list                  args;
    ngx_str_t               *s;
    const char              *p;
    ngx_array_t              array;
    ngx_actor_token_list_t   list;

    if (ngx_array_init(&array, server_arena, 4, sizeof(ngx_str_t)) != NGX_OK) {
        abort();
    }

    va_start(args, first);

    for (p = first; p; p = va_arg(args, const char *)) {
        s = ngx_array_push(&array);
        if (s == NULL) {
            abort();
        }

        *s = server_str(p);
    }

    va_end(args);

    list.elts = array.elts;
    list.nelts = array.nelts;

    return list;
}


ngx_actor_token_maker_t
server_maker(ngx_pool_t *pool, ngx_actor_token_algs_t algs)
{
    ngx_actor_token_maker_t  maker;

    ngx_memzero(&maker, sizeof(ngx_actor_token_maker_t));

    maker.pool = pool;
    maker.crypto = server_crypto;
    maker.algs = algs;

    return maker;
}


void
server_issuer(ngx_actor_token_issuer_t *issuer, const char *iss)
{
    static ngx_str_t  placeholder = ngx_string("{tenant}");

    ngx_memzero(issuer, sizeof(ngx_actor_token_issuer_t));

    issuer->name = STR("a");
    issuer->value = server_str(iss);

    if (ngx_actor_token_template_parse(&issuer->issuer, &issuer->value,
                                       &placeholder)
        != NULL)
    {
        abort();
    }

    issuer->algs = ngx_actor_token_alg_default();
    issuer->types = LIST("at+jwt");
    issuer->subject_claim = LIST("sub");
    issuer->max_lifetime = 86400;
    issuer->leeway = 30;

    if (issuer->issuer.templated) {
        issuer->tenant_rule = NGX_ACTOR_TOKEN_TENANT_LABEL;

    } else {
        issuer->tenant_rule = NGX_ACTOR_TOKEN_TENANT_SINGLE;
        issuer->tenant = STR("acme");
    }

    if (ngx_array_init(&issuer->require, server_arena, 2,
                       sizeof(ngx_actor_token_require_t))
        != NGX_OK)
    {
        abort();
    }
}


void
server_policy(ngx_actor_token_policy_t *policy)
{
    ngx_memzero(policy, sizeof(ngx_actor_token_policy_t));

    policy->max_size = 8192;
    policy->trust_any = 1;
    policy->check_audience = NGX_ACTOR_TOKEN_COMPARE;
    policy->audience = LIST("api");
    policy->check_tenant = NGX_ACTOR_TOKEN_COMPARE;
    policy->tenant = STR("acme");
    policy->delegation = NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL;
    policy->max_depth = 4;
    policy->actors_any = 1;
}


void
server_trust(ngx_actor_token_trusted_t *trusted,
    ngx_actor_token_issuer_t *issuer, ...)
{
    va_list                     args;
    ngx_actor_token_issuer_t  **p;

    ngx_memzero(trusted, sizeof(ngx_actor_token_trusted_t));

    if (ngx_actor_token_issuers_init(&trusted->issuers, server_arena) != NGX_OK
        || ngx_array_init(&trusted->exports, server_arena, 2,
                          sizeof(ngx_actor_token_list_t))
           != NGX_OK)
    {
        abort();
    }

    va_start(args, issuer);

    for ( /* void */ ;
         issuer;
         issuer = va_arg(args, ngx_actor_token_issuer_t *))
    {
        p = ngx_array_push(&trusted->issuers.issuers);
        if (p == NULL) {
            abort();
        }

        *p = issuer;
        issuer->index = trusted->issuers.issuers.nelts - 1;

        if (ngx_actor_token_issuers_add(&trusted->issuers, issuer,
                                        server_arena, server_arena)
            != NULL)
        {
            abort();
        }
    }

    va_end(args);

    if (ngx_actor_token_facts_init(&trusted->issuers, &trusted->exports,
                                   server_arena)
        != NGX_OK)
    {
        abort();
    }
}


static server_ring_t *
server_ring(const ngx_actor_token_issuer_t *issuer)
{
    ngx_uint_t  i;

    for (i = 0; i < 8; i++) {

        if (server_rings[i].issuer == issuer) {
            return &server_rings[i];
        }

        if (server_rings[i].issuer == NULL) {
            server_rings[i].issuer = issuer;
            server_rings[i].set = &server_rings[i].jwks;
            server_rings[i].keys.sets = &server_rings[i].set;
            server_rings[i].keys.nsets = 1;

            if (ngx_actor_token_jwks_init(&server_rings[i].jwks, server_arena,
                                          server_crypto, issuer->algs)
                != NGX_OK)
            {
                abort();
            }

            return &server_rings[i];
        }
    }

    abort();
}


ngx_actor_token_jwks_t *
server_jwks(const ngx_actor_token_issuer_t *issuer)
{
    return &server_ring(issuer)->jwks;
}


static ngx_int_t
server_keys(void *data, const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_keys_t **keys, ngx_actor_token_verdict_t *v)
{
    *keys = &server_ring(token->issuer)->keys;

    return NGX_OK;
}


static ngx_int_t
server_unknown(void *data, const ngx_actor_token_t *token)
{
    return NGX_DECLINED;
}


static ngx_int_t
server_run(void *data, ngx_actor_token_t *token)
{
    ngx_actor_token_job_run(&token->job, &server_log);

    return NGX_OK;
}


void
server_env(ngx_actor_token_env_t *env,
    const ngx_actor_token_trusted_t *trusted, ngx_pool_t *pool)
{
    ngx_memzero(env, sizeof(ngx_actor_token_env_t));

    env->trusted = trusted;
    env->keys = server_keys;
    env->unknown = server_unknown;
    env->run = server_run;
    env->pool = pool;
    env->now = SERVER_NOW;
}


/* as nginx makes the zones of its configuration */

void
server_cache(ngx_actor_token_cache_t *cache, size_t size)
{
    ngx_memzero(cache, sizeof(ngx_actor_token_cache_t));
    server_zone(cache, size, ngx_actor_token_cache_init);
}


void
server_store(ngx_actor_token_store_t *store, size_t size)
{
    ngx_memzero(store, sizeof(ngx_actor_token_store_t));
    server_zone(store, size, ngx_actor_token_store_init);
}


/* as nginx makes one */

static void
server_zone(void *data, size_t size, ngx_shm_zone_init_pt init)
{
    ngx_shm_zone_t    zone;
    ngx_slab_pool_t  *sp;

    ngx_memzero(&zone, sizeof(ngx_shm_zone_t));

    zone.data = data;
    zone.shm.size = size;
    zone.shm.addr = ngx_pmemalign(server_arena, size, ngx_pagesize);
    if (zone.shm.addr == NULL) {
        abort();
    }

    sp = (ngx_slab_pool_t *) zone.shm.addr;

    ngx_memzero(sp, sizeof(ngx_slab_pool_t));

    sp->end = zone.shm.addr + size;
    sp->min_shift = 3;
    sp->addr = zone.shm.addr;

    if (ngx_shmtx_create(&sp->mutex, &sp->lock, NULL) != NGX_OK) {
        abort();
    }

    ngx_slab_init(sp);

    if (init(&zone, NULL) != NGX_OK) {
        abort();
    }
}
