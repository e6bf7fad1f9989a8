
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_ACTOR_TOKEN_STORE_H_INCLUDED_
#define _NGX_ACTOR_TOKEN_STORE_H_INCLUDED_


#include <ngx_actor_token.h>


/*
 * Fetched key sets as they were received, in a zone that all workers share
 * and that lives through reloads; and who may fetch which of them when.  And
 * what was read again from key files, until the next reload.
 * Times are ngx_current_msec's, which no setting of a clock moves.
 */


#define NGX_ACTOR_TOKEN_SETS_MAX      10000
#define NGX_ACTOR_TOKEN_FAILED_MAX    1000
#define NGX_ACTOR_TOKEN_FETCHES_MAX   8      /* of an issuer, at one time */
#define NGX_ACTOR_TOKEN_PAUSE_MAX     600000 /* msec, after failures */
#define NGX_ACTOR_TOKEN_FRESH_MIN     60000  /* msec, whatever max-age says */

/* the smallest zone that works */
#define NGX_ACTOR_TOKEN_STORE_MIN     (8 * ngx_pagesize)


typedef struct ngx_actor_token_store_sh_s  ngx_actor_token_store_sh_t;

typedef struct {
    ngx_actor_token_store_sh_t  *sh;
    ngx_slab_pool_t             *shpool;

    /* of all changes of sets, and of key files */
    ngx_atomic_t                *changes;
    ngx_atomic_t                *files;
} ngx_actor_token_store_t;


/*
 * Which set is meant, whether it may be forgotten for others, and the times of
 * the configuration: of one that has been reloaded since the set was fetched,
 * those of now.
 */

typedef struct {
    u_char                       id[NGX_ACTOR_TOKEN_DIGEST_LEN];
    u_char                       issuer[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_msec_t                   cache;
    ngx_msec_t                   stale;
    ngx_msec_t                   refetch;
    ngx_msec_t                   until;      /* the end of the last claim */
    unsigned                     tenant:1;   /* one of the issuer's many */
    unsigned                     file:1;     /* read from a key file */
} ngx_actor_token_set_id_t;


/* what is known of a set */

typedef struct {
    u_char                       content[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_msec_t                   fetched;
    time_t                       max_age;    /* seconds; -1: none was said */
    ngx_msec_t                   fresh;      /* until then; and the last */
    ngx_msec_t                   stale;      /* moment that it may be used */
    ngx_msec_t                   failure;    /* the last, if "failed" */
    ngx_uint_t                   failed;     /* fetches in a row */
    unsigned                     kept:1;     /* there is a set */
    unsigned                     known:1;    /* but there was no room for it */
    unsigned                     fetching:1; /* by some worker */
} ngx_actor_token_set_info_t;


/* an ngx_shm_zone_init_pt; zone->data is a zeroed ngx_actor_token_store_t */
ngx_int_t ngx_actor_token_store_init(ngx_shm_zone_t *zone, void *data);

/*
 * NGX_OK; NGX_DECLINED if nothing is known of the set.  With a pool, the set
 * itself is copied into it; NGX_ERROR is lack of memory then.
 */
ngx_int_t ngx_actor_token_store_look(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id, ngx_msec_t now,
    ngx_actor_token_set_info_t *info, ngx_pool_t *pool, ngx_str_t *text);

/* "fresh" and "stale" of a set of which the rest is known */
void ngx_actor_token_store_times(const ngx_actor_token_set_id_t *id,
    ngx_actor_token_set_info_t *info);

/*
 * Asks for a fetch.  NGX_OK if it is the caller's to do within "limit" msec;
 * NGX_DONE is the same, but the zone has no place to note it in, and how often
 * it is fetched is for the caller to bound; NGX_AGAIN if others fetch this
 * set, or too many of its issuer's; NGX_DECLINED if it must not be fetched
 * yet.  "unknown" is a fetch for an unknown kid: one is allowed in "refetch"
 * msec.  Each of these fetches is to be ended.
 */
ngx_int_t ngx_actor_token_store_begin(ngx_actor_token_store_t *store,
    ngx_actor_token_set_id_t *id, ngx_msec_t now, ngx_msec_t limit,
    ngx_uint_t unknown);

/*
 * Ends a fetch of the caller's: with a set, of that digest and "max-age"; or
 * without, and others must wait for "refetch" msec, twice as long each time.
 * NGX_DECLINED if there was no room for the set: then
 * others can know its digest, if there was room for that, and so that theirs
 * is another.  NGX_ABORT if it took so long that others have fetched a newer
 * one.
 */
ngx_int_t ngx_actor_token_store_end(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id, ngx_msec_t now,
    const ngx_str_t *text, const u_char *content, time_t max_age);
void ngx_actor_token_store_fail(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id, ngx_msec_t now);

/* or nothing has come of it, and others may fetch at once */
void ngx_actor_token_store_cancel(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id);

/*
 * A new configuration has read all key files itself, and need not wait where
 * fetches for the one before have failed.
 */
void ngx_actor_token_store_renew(ngx_actor_token_store_t *store);

/*
 * Of what all workers see, one should tell: whether nobody has seen this in
 * that place before, or something else since.
 */
ngx_uint_t ngx_actor_token_store_news(ngx_actor_token_store_t *store,
    ngx_uint_t n, ngx_atomic_uint_t what);

/* the set has verified a token: from now on it makes no room for others */
void ngx_actor_token_store_proven(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id);


#endif /* _NGX_ACTOR_TOKEN_STORE_H_INCLUDED_ */
