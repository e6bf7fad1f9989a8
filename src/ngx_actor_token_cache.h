
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_CACHE_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_CACHE_H_INCLUDED_


#include <ngx_actor_token.h>


/*
 * Remembered tokens: a zone that all workers share, and that lives through
 * reloads.  What it holds are facts, never decisions, and nothing of a token
 * but its SHA-256.  The lock is held while bytes are found and copied, and
 * for nothing else.
 */


/* whom a remembered token was verified for, and with which key */

typedef struct {
    u_char                     issuer[NGX_ACTOR_TOKEN_DIGEST_LEN];
    u_char                     key[NGX_ACTOR_TOKEN_DIGEST_LEN];
} ngx_actor_token_witness_t;


typedef struct {
    ngx_uint_t                 entries;
    ngx_uint_t                 bytes;            /* that entries take */
    ngx_uint_t                 evictions;        /* of unexpired ones */
} ngx_actor_token_cache_status_t;


typedef struct ngx_actor_token_cache_sh_s  ngx_actor_token_cache_sh_t;

typedef struct {
    ngx_actor_token_cache_sh_t  *sh;
    ngx_slab_pool_t             *shpool;
} ngx_actor_token_cache_t;


/* the smallest zone that works */
#define NGX_ACTOR_TOKEN_CACHE_MIN  (8 * ngx_pagesize)


/* an ngx_shm_zone_init_pt; zone->data is a zeroed ngx_actor_token_cache_t */
ngx_int_t ngx_actor_token_cache_init(ngx_shm_zone_t *zone, void *data);

/*
 * Finds an unexpired token by its digest.  NGX_OK, with a copy of its record
 * in memory of the pool; NGX_DECLINED if there is none; NGX_ERROR.
 */
ngx_int_t ngx_actor_token_cache_find(ngx_actor_token_cache_t *cache,
    const u_char *digest, time_t now, ngx_pool_t *pool,
    ngx_actor_token_witness_t *witness, ngx_str_t *record);

/*
 * Remembers a token until it expires, in place of what is known of it; a full
 * zone forgets expired tokens, then those that were not used for longest.
 */
void ngx_actor_token_cache_add(ngx_actor_token_cache_t *cache,
    const u_char *digest, time_t expires, time_t now,
    const ngx_actor_token_witness_t *witness, const ngx_str_t *record);

void ngx_actor_token_cache_status(ngx_actor_token_cache_t *cache,
    ngx_actor_token_cache_status_t *status);


#endif /* _NGX_ACTOR_TOKEN_CACHE_H_INCLUDED_ */
