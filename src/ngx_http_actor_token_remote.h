
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_REMOTE_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_REMOTE_H_INCLUDED_


#include <ngx_http_actor_token_fetch.h>
#include <ngx_http_actor_token_keys.h>


/*
 * Fetched key sets, from within: one of each block with "key_request", or of
 * each of its tenants, in every worker.  The store in shared memory has their
 * texts, and says who may fetch; all else is the worker's own.
 */


/* all sets of a worker */

struct ngx_http_actor_token_remotes_s {
    ngx_actor_token_store_t              *store;
    ngx_actor_token_crypto_t             *crypto;
    ngx_queue_t                           blocks;
    ngx_queue_t                           tenants;   /* the last used first */
    ngx_uint_t                            ntenants;
    ngx_http_actor_token_metrics_t       *metrics;
    ngx_log_t                            *log;
};


/* the set of a block, or of one of its tenants */

struct ngx_http_actor_token_remote_s {
    ngx_str_node_t                        node;      /* by tenant */
    ngx_queue_t                           queue;
    ngx_http_actor_token_remotes_t       *remotes;
    ngx_http_actor_token_ring_t          *ring;
    ngx_pool_t                           *pool;      /* this is in */
    ngx_actor_token_set_id_t              id;

    ngx_actor_token_keyset_t             *keyset;    /* NULL: none */
    const ngx_actor_token_jwks_t         *set;       /* of it */
    ngx_actor_token_keys_t                keys;      /* that alone */

    /* what the store says, as of "changes", or nobody but us if "homeless" */
    ngx_actor_token_set_info_t            info;
    ngx_atomic_uint_t                     changes;
    ngx_msec_t                            next;      /* fetch, of our own */
    ngx_msec_t                            busy;      /* others are, till then */

    ngx_http_actor_token_fetch_t         *fetch;
    ngx_queue_t                           waiting;   /* contexts */
    ngx_event_t                           event;

    unsigned                              synced:1;
    unsigned                              homeless:1;
    unsigned                              useless:1; /* no keys in "info" */
    unsigned                              proven:1;
};


/* of two moments, in msec, whether the first is not later */
#define ngx_http_actor_token_passed(t, now)                                   \
    ((ngx_msec_int_t) ((now) - (t)) >= 0)


/* ngx_http_actor_token_sync.c */

/* takes what other workers have fetched, and drops what they have dropped */
void ngx_http_actor_token_remote_sync(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now);

/*
 * The keys of a set's text, owned by the caller; or NULL and why: a static
 * text.  "quiet": its faults have been told.
 */
ngx_actor_token_keyset_t *ngx_http_actor_token_remote_parse(
    ngx_http_actor_token_remote_t *remote, const ngx_str_t *text,
    ngx_uint_t quiet, const char **err);

/* puts a keyset, which is the remote's from now on, or NULL in use */
void ngx_http_actor_token_remote_swap(ngx_http_actor_token_remote_t *remote,
    ngx_actor_token_keyset_t *keyset);


/* ngx_http_actor_token_refresh.c */

/*
 * Has the set fetched, unless it is fresh: NGX_OK.  NGX_AGAIN if a fetch runs
 * now, here or in another worker; NGX_DECLINED if there must not be one yet.
 * "unknown": a kid is not in the set, which is fetched although it is fresh
 * if "key_refetch" has passed since that happened last.
 */
ngx_int_t ngx_http_actor_token_remote_refresh(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now, ngx_uint_t unknown);

/* has the fetch, if there is one, end without an answer */
void ngx_http_actor_token_remote_abandon(
    ngx_http_actor_token_remote_t *remote);

/*
 * NGX_AGAIN: the request is woken when there is news, within "key_timeout";
 * NGX_DECLINED: it has waited that long, or it must not wait.
 */
ngx_int_t ngx_http_actor_token_remote_wait(
    ngx_http_actor_token_remote_t *remote, ngx_http_actor_token_asker_t *asker,
    ngx_msec_t now);

/* the timer of a set, whose data the set is */
void ngx_http_actor_token_remote_event(ngx_event_t *ev);


#endif /* _NGX_HTTP_ACTOR_TOKEN_REMOTE_H_INCLUDED_ */
