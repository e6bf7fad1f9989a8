
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _SERVER_H_INCLUDED_
#define _SERVER_H_INCLUDED_


#include <ngx_actor_token_check.h>
#include <ngx_actor_token_store.h>


/*
 * What is left of a server when there is none: nginx's own start, a log that
 * is remembered, and the parts of a configuration.  Used by unit tests and
 * fuzzers alike.
 */


void server_init(void);

ngx_pool_t *server_pool(void);

/* lives as long as the program */
extern ngx_pool_t                *server_arena;
extern ngx_log_t                  server_log;
extern ngx_actor_token_crypto_t  *server_crypto;

/* the last line of the log, and how many lines there were of each level */
extern char         server_line[1024];
extern ngx_uint_t   server_lines[NGX_LOG_DEBUG + 1];


#define STR(s)     ((ngx_str_t) { sizeof(s) - 1, (u_char *) (s) })
#define LIST(...)  server_list(__VA_ARGS__, NULL)

ngx_str_t server_str(const char *s);
ngx_actor_token_list_t server_list(const char *first, ...);

/* of keys for these algorithms */
ngx_actor_token_maker_t server_maker(ngx_pool_t *pool,
    ngx_actor_token_algs_t algs);


/*
 * An issuer "https://a.example" of tenant "acme" with the defaults of
 * interface.md and no key, and a policy for audience "api" and that tenant
 * that leaves everything else open.
 */

void server_issuer(ngx_actor_token_issuer_t *issuer, const char *iss);
void server_policy(ngx_actor_token_policy_t *policy);
void server_trust(ngx_actor_token_trusted_t *trusted,
    ngx_actor_token_issuer_t *issuer, ...);

/* where the keys of an issuer are, once they are put there */
ngx_actor_token_jwks_t *server_jwks(const ngx_actor_token_issuer_t *issuer);

/* checks with each issuer's own keys, at once, and remembers nothing */
void server_env(ngx_actor_token_env_t *env,
    const ngx_actor_token_trusted_t *trusted, ngx_pool_t *pool);

/* a cache in a zone of this size, as good as new */
void server_cache(ngx_actor_token_cache_t *cache, size_t size);

/* and likewise a store of key sets */
void server_store(ngx_actor_token_store_t *store, size_t size);

#define SERVER_NOW  1700000000


#endif /* _SERVER_H_INCLUDED_ */
