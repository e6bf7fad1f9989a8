
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "server.h"


static void server_log_writer(ngx_log_t *log, ngx_uint_t level, u_char *buf,
    size_t len);


ngx_pool_t                *server_arena;
ngx_log_t                  server_log;
ngx_actor_token_crypto_t  *server_crypto;
char                       server_line[1024];
ngx_uint_t                 server_lines[NGX_LOG_DEBUG + 1];

static ngx_cycle_t         server_cycle;


void
server_init(void)
{
    ngx_pid = ngx_getpid();
    ngx_pagesize = getpagesize();
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
        != NGX_OK
        || ngx_actor_token_jwks_init(&issuer->keys, server_arena,
                                     server_crypto, issuer->algs)
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
                                        server_arena)
            != NULL)
        {
            abort();
        }
    }

    va_end(args);
}
