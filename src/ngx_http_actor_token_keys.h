
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_KEYS_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_KEYS_H_INCLUDED_


#include <ngx_actor_token_keyset.h>
#include <ngx_http_actor_token.h>


/*
 * Where the keys of a block come from, and those that it has at the moment.
 * What changes while nginx runs is in the ring alone, which each process has
 * for itself.
 */


/* a "jwks" or "key" directive */

typedef struct {
    ngx_str_t                              file;
    ngx_str_t                              kid;
    const ngx_actor_token_alg_t           *alg;      /* NULL: a JWK Set */
    ngx_http_actor_token_pos_t             pos;
} ngx_http_actor_token_key_source_t;


/* a key file, as it was read last */

typedef struct {
    const ngx_http_actor_token_key_source_t  *source;
    ngx_actor_token_keyset_t              *keyset;   /* the last good one */

    u_char                                 content[NGX_ACTOR_TOKEN_DIGEST_LEN];
    u_char                   bad[NGX_ACTOR_TOKEN_DIGEST_LEN];
    const char                            *fault;    /* the last one told */
    ngx_uint_t                             again;    /* memory was short */
    ngx_uint_t                             number;   /* among all files */

    ngx_file_uniq_t                        uniq;
    off_t                                  size;
    time_t                                 mtime;
    time_t                                 ctime;    /* nobody can set it */
    time_t                                 read;     /* when that was */
    unsigned                               symmetric:1;
    unsigned                               unwatched:1;
    unsigned                               seen:1;   /* good, by this worker */
} ngx_http_actor_token_key_file_t;


/* the keys of a block */

struct ngx_http_actor_token_ring_s {
    ngx_actor_token_keys_t                 keys;     /* of all sources */
    const ngx_http_actor_token_issuer_t   *block;
    ngx_actor_token_crypto_t              *crypto;

    ngx_array_t                            files;
    ngx_atomic_uint_t                      changes;  /* of files, seen */

    ngx_http_actor_token_remotes_t        *remotes;
    ngx_http_actor_token_remote_t         *remote;   /* of the block itself */
    ngx_rbtree_t                           tenants;  /* or of its tenants */
    ngx_rbtree_node_t                      tenants_sentinel;
};


/* how a block is off for keys, as this worker has them; for metrics */

typedef struct {
    ngx_uint_t                             count;
    time_t                                 age;      /* of the oldest set */
    time_t                                 stale_in; /* of the first set that
                                                        is to be given up */
    unsigned                               fetched:1;   /* there is one */
} ngx_http_actor_token_keys_status_t;


/* ngx_http_actor_token_keys.c */

/* NGX_DECLINED if the block's tenants have keys, and none was here yet */
ngx_int_t ngx_http_actor_token_keys_status(ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_keys_status_t *status);

/* whether the block has too many keys with "keyset" in place of "old" */
ngx_uint_t ngx_http_actor_token_ring_full(
    const ngx_http_actor_token_ring_t *ring,
    const ngx_actor_token_keyset_t *old,
    const ngx_actor_token_keyset_t *keyset);

/*
 * Keeps the keys that a token may be verified with for as long as the pool
 * lives, whatever replaces them.
 */
ngx_int_t ngx_http_actor_token_keys_hold(const ngx_actor_token_t *token,
    ngx_pool_t *pool);

/* a key that is refused is left out of the set, and told unless "quiet" */
void ngx_http_actor_token_tolerate(ngx_actor_token_keyset_t *keyset,
    ngx_http_actor_token_ring_t *ring, ngx_uint_t quiet);

/* after a keyset of the block, not of a tenant, has been replaced */
void ngx_http_actor_token_ring_update(ngx_http_actor_token_ring_t *ring);


/* ngx_http_actor_token_files.c */

/* reads all key files of a block while the configuration is read */
char *ngx_http_actor_token_files_load(ngx_conf_t *cf,
    ngx_http_actor_token_ring_t *ring);

/* looks at the files of a block if any worker has seen any file change */
void ngx_http_actor_token_files_check(ngx_http_actor_token_ring_t *ring,
    ngx_actor_token_store_t *store);

/* all files have been read; and notices those that workers cannot read */
void ngx_http_actor_token_files_start(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf);

/* watches the files of all blocks from now on, in a worker */
ngx_int_t ngx_http_actor_token_files_watch(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf);


/* ngx_http_actor_token_kept.c */

/*
 * What a worker has read in a file and found good is kept for workers that
 * start later, and may find the file bad: they know what it had when the
 * configuration was read.  "fresh": it had something else then.
 */
void ngx_http_actor_token_file_keep(ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file, ngx_pool_t *pool,
    ngx_actor_token_store_t *store, const ngx_str_t *text, ngx_uint_t fresh);

/*
 * NGX_OK: this was read last by others, and "content" is its digest.
 * NGX_DECLINED: nothing but what is in use here.  NGX_ABORT: something else,
 * for which there was no room.  NGX_ERROR: lack of memory.
 */
ngx_int_t ngx_http_actor_token_file_kept(ngx_http_actor_token_ring_t *ring,
    const ngx_http_actor_token_key_file_t *file, ngx_pool_t *pool,
    ngx_actor_token_store_t *store, ngx_str_t *text, u_char *content);


/* ngx_http_actor_token_remote.c */

/* the sets of a worker; it fetches those of blocks from now on */
ngx_int_t ngx_http_actor_token_remotes_start(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf);

/*
 * The keys for a token of a block with "key_request".  NGX_OK; NGX_AGAIN if
 * they are on their way: the request is woken then, if it may wait;
 * NGX_DECLINED, and the verdict says why.
 */
ngx_int_t ngx_http_actor_token_remote_keys(
    ngx_http_actor_token_asker_t *asker, const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_keys_t **keys, ngx_actor_token_verdict_t *v);

/* the token's kid is not among them: NGX_AGAIN likewise, or NGX_DECLINED */
ngx_int_t ngx_http_actor_token_remote_unknown(
    ngx_http_actor_token_asker_t *asker, const ngx_actor_token_t *token);

/* the one for a token; NULL: there is none */
ngx_http_actor_token_remote_t *ngx_http_actor_token_remote_find(
    const ngx_actor_token_t *token);

/* NULL: there is none */
ngx_actor_token_keyset_t *ngx_http_actor_token_remote_keyset(
    const ngx_http_actor_token_remote_t *remote);

/* adds what was fetched to a status */
void ngx_http_actor_token_remotes_status(ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_keys_status_t *status);

/* the keys have verified a token */
void ngx_http_actor_token_remote_proven(const ngx_actor_token_t *token);


#endif /* _NGX_HTTP_ACTOR_TOKEN_KEYS_H_INCLUDED_ */
