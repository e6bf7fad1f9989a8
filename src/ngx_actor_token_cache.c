
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_cache.h>


/* how many entries make room for one before it is given up */
#define NGX_ACTOR_TOKEN_CACHE_TRIES  64


struct ngx_actor_token_cache_sh_s {
    ngx_rbtree_t               tokens;           /* by digest */
    ngx_rbtree_node_t          tokens_sentinel;
    ngx_rbtree_t               expiry;           /* by time */
    ngx_rbtree_node_t          expiry_sentinel;
    ngx_queue_t                queue;            /* the last used first */

    ngx_uint_t                 entries;
    ngx_uint_t                 bytes;
    ngx_uint_t                 evictions;
};


typedef struct {
    ngx_rbtree_node_t          node;
    ngx_rbtree_node_t          expiry;           /* its key is the time */
    ngx_queue_t                queue;
    u_char                     digest[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_actor_token_witness_t  witness;
    uint32_t                   len;
    u_char                     record[1];
} ngx_actor_token_memory_t;


static ngx_actor_token_memory_t *ngx_actor_token_cache_lookup(
    ngx_actor_token_cache_sh_t *sh, const u_char *digest);
static ngx_rbtree_key_t ngx_actor_token_cache_key(const u_char *digest);
static ngx_actor_token_memory_t *ngx_actor_token_cache_alloc(
    ngx_actor_token_cache_t *cache, size_t size, time_t now);
static ngx_actor_token_memory_t *ngx_actor_token_cache_expired(
    ngx_actor_token_cache_sh_t *sh, time_t now);
static void ngx_actor_token_cache_remove(ngx_actor_token_cache_t *cache,
    ngx_actor_token_memory_t *entry);


#define ngx_actor_token_memory_size(len)                                       \
    (offsetof(ngx_actor_token_memory_t, record) + (len))


ngx_int_t
ngx_actor_token_cache_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_actor_token_cache_t *old = data;

    ngx_actor_token_cache_t     *cache;
    ngx_actor_token_cache_sh_t  *sh;

    cache = zone->data;
    cache->shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old) {
        cache->sh = old->sh;
        return NGX_OK;
    }

    if (zone->shm.exists) {
        cache->sh = cache->shpool->data;
        return NGX_OK;
    }

    sh = ngx_slab_calloc(cache->shpool, sizeof(ngx_actor_token_cache_sh_t));
    if (sh == NULL) {
        return NGX_ERROR;
    }

    /* no function of a module, which a reload may load elsewhere */

    ngx_rbtree_init(&sh->tokens, &sh->tokens_sentinel,
                    ngx_rbtree_insert_value);
    ngx_rbtree_init(&sh->expiry, &sh->expiry_sentinel,
                    ngx_rbtree_insert_timer_value);
    ngx_queue_init(&sh->queue);

    cache->shpool->data = sh;
    cache->sh = sh;

    /* a full zone is what evicting is for, and nothing to log */

    cache->shpool->log_nomem = 0;

    return NGX_OK;
}


ngx_int_t
ngx_actor_token_cache_find(ngx_actor_token_cache_t *cache,
    const u_char *digest, time_t now, ngx_pool_t *pool,
    ngx_actor_token_witness_t *witness, ngx_str_t *record)
{
    ngx_int_t                 rc;
    ngx_actor_token_memory_t  *entry;

    rc = NGX_DECLINED;

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_actor_token_cache_lookup(cache->sh, digest);

    if (entry
        && (time_t) entry->expiry.key > now
        && ngx_memcmp(entry->digest, digest, NGX_ACTOR_TOKEN_DIGEST_LEN) == 0)
    {

        ngx_queue_remove(&entry->queue);
        ngx_queue_insert_head(&cache->sh->queue, &entry->queue);

        record->len = entry->len;
        record->data = ngx_pnalloc(pool, entry->len);

        if (record->data) {
            ngx_memcpy(record->data, entry->record, entry->len);
            *witness = entry->witness;
            rc = NGX_OK;

        } else {
            rc = NGX_ERROR;
        }
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);

    return rc;
}


void
ngx_actor_token_cache_add(ngx_actor_token_cache_t *cache,
    const u_char *digest, time_t expires, time_t now,
    const ngx_actor_token_witness_t *witness, const ngx_str_t *record)
{
    size_t                    size;
    ngx_actor_token_memory_t  *entry;

    if (expires <= now) {
        return;
    }

    size = ngx_actor_token_memory_size(record->len);

    ngx_shmtx_lock(&cache->shpool->mutex);

    entry = ngx_actor_token_cache_lookup(cache->sh, digest);

    if (entry) {
        ngx_actor_token_cache_remove(cache, entry);
    }

    entry = ngx_actor_token_cache_alloc(cache, size, now);

    if (entry) {
        entry->node.key = ngx_actor_token_cache_key(digest);
        entry->expiry.key = (ngx_rbtree_key_t) expires;
        entry->witness = *witness;
        entry->len = (uint32_t) record->len;

        ngx_memcpy(entry->digest, digest, NGX_ACTOR_TOKEN_DIGEST_LEN);
        ngx_memcpy(entry->record, record->data, record->len);

        ngx_rbtree_insert(&cache->sh->tokens, &entry->node);
        ngx_rbtree_insert(&cache->sh->expiry, &entry->expiry);
        ngx_queue_insert_head(&cache->sh->queue, &entry->queue);

        cache->sh->entries++;
        cache->sh->bytes += size;
    }

    ngx_shmtx_unlock(&cache->shpool->mutex);
}


/* by the head of the digest, which no two entries have in common */

static ngx_actor_token_memory_t *
ngx_actor_token_cache_lookup(ngx_actor_token_cache_sh_t *sh,
    const u_char *digest)
{
    ngx_rbtree_key_t    key;
    ngx_rbtree_node_t  *node;

    key = ngx_actor_token_cache_key(digest);
    node = sh->tokens.root;

    while (node != &sh->tokens_sentinel) {

        if (key == node->key) {
            return (ngx_actor_token_memory_t *) node;
        }

        node = (key < node->key) ? node->left : node->right;
    }

    return NULL;
}


static ngx_rbtree_key_t
ngx_actor_token_cache_key(const u_char *digest)
{
    ngx_rbtree_key_t  key;

    ngx_memcpy(&key, digest, sizeof(ngx_rbtree_key_t));

    return key;
}


/*
 * What one entry leaves need not be of the size that is wanted, so several
 * may have to go; their number is bounded, because the lock is held.
 */

static ngx_actor_token_memory_t *
ngx_actor_token_cache_alloc(ngx_actor_token_cache_t *cache, size_t size,
    time_t now)
{
    ngx_uint_t                i;
    ngx_queue_t              *q;
    ngx_actor_token_memory_t  *entry, *old;

    for (i = 0; i < NGX_ACTOR_TOKEN_CACHE_TRIES; i++) {

        entry = ngx_slab_alloc_locked(cache->shpool, size);

        if (entry) {
            return entry;
        }

        old = ngx_actor_token_cache_expired(cache->sh, now);

        if (old == NULL) {

            if (ngx_queue_empty(&cache->sh->queue)) {
                return NULL;
            }

            q = ngx_queue_last(&cache->sh->queue);
            old = ngx_queue_data(q, ngx_actor_token_memory_t, queue);

            cache->sh->evictions++;
        }

        ngx_actor_token_cache_remove(cache, old);
    }

    return NULL;
}


static ngx_actor_token_memory_t *
ngx_actor_token_cache_expired(ngx_actor_token_cache_sh_t *sh, time_t now)
{
    ngx_rbtree_node_t  *node;

    if (sh->expiry.root == &sh->expiry_sentinel) {
        return NULL;
    }

    node = ngx_rbtree_min(sh->expiry.root, &sh->expiry_sentinel);

    if ((time_t) node->key > now) {
        return NULL;
    }

    return (ngx_actor_token_memory_t *)
               ((u_char *) node - offsetof(ngx_actor_token_memory_t, expiry));
}


static void
ngx_actor_token_cache_remove(ngx_actor_token_cache_t *cache,
    ngx_actor_token_memory_t *entry)
{
    cache->sh->entries--;
    cache->sh->bytes -= ngx_actor_token_memory_size(entry->len);

    ngx_queue_remove(&entry->queue);
    ngx_rbtree_delete(&cache->sh->expiry, &entry->expiry);
    ngx_rbtree_delete(&cache->sh->tokens, &entry->node);

    ngx_slab_free_locked(cache->shpool, entry);
}


void
ngx_actor_token_cache_status(ngx_actor_token_cache_t *cache,
    ngx_actor_token_cache_status_t *status)
{
    ngx_shmtx_lock(&cache->shpool->mutex);

    status->entries = cache->sh->entries;
    status->bytes = cache->sh->bytes;
    status->evictions = cache->sh->evictions;

    ngx_shmtx_unlock(&cache->shpool->mutex);
}
