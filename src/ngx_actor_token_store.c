
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_store.h>


/* whose last news are remembered; it is no harm if two share a place */
#define NGX_ACTOR_TOKEN_NEWS  256


/* who makes room for something new; and those before */

typedef enum {
    NGX_ACTOR_TOKEN_ROOM_EMPTY = 0,
    NGX_ACTOR_TOKEN_ROOM_UNPROVEN,
    NGX_ACTOR_TOKEN_ROOM_ALL
} ngx_actor_token_room_e;


/* a fetch that is under way */

typedef struct {
    ngx_pid_t                    pid;            /* 0: none */
    ngx_msec_t                   until;
} ngx_actor_token_claim_t;


/* the tenants' sets of one issuer share this */

typedef struct {
    ngx_rbtree_node_t            node;
    u_char                       id[NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_actor_token_claim_t      claims[NGX_ACTOR_TOKEN_FETCHES_MAX];
} ngx_actor_token_quota_t;


typedef struct {
    ngx_rbtree_node_t            node;
    ngx_queue_t                  queue;
    u_char                       id[NGX_ACTOR_TOKEN_DIGEST_LEN];

    ngx_actor_token_set_info_t   info;
    ngx_actor_token_claim_t      claim;
    ngx_msec_t                   unknown;        /* kid: the last fetch */
    ngx_str_t                    text;

    unsigned                     tenant:1;
    unsigned                     file:1;
    unsigned                     proven:1;
    unsigned                     asked:1;        /* "unknown" is set */
} ngx_actor_token_set_t;


struct ngx_actor_token_store_sh_s {
    ngx_rbtree_t                 sets;           /* by id */
    ngx_rbtree_node_t            sets_sentinel;
    ngx_rbtree_t                 quotas;         /* by id of the issuer */
    ngx_rbtree_node_t            quotas_sentinel;

    ngx_queue_t                  blocks;         /* issuers' own sets */

    /* tenants' sets, the last used first */
    ngx_queue_t                  proven;
    ngx_queue_t                  unproven;
    ngx_queue_t                  empty;          /* there is no set */
    ngx_uint_t                   nkept;
    ngx_uint_t                   nempty;

    ngx_atomic_t                 changes;
    ngx_atomic_t                 files;
    ngx_atomic_t                 news[NGX_ACTOR_TOKEN_NEWS];
};


static ngx_rbtree_node_t *ngx_actor_token_store_node(ngx_rbtree_t *tree,
    const u_char *id);
static ngx_actor_token_set_t *ngx_actor_token_store_find(
    ngx_actor_token_store_t *store, const ngx_actor_token_set_id_t *id);
static ngx_actor_token_set_t *ngx_actor_token_store_make(
    ngx_actor_token_store_t *store, const ngx_actor_token_set_id_t *id,
    ngx_actor_token_room_e room, ngx_msec_t now);
static ngx_actor_token_quota_t *ngx_actor_token_store_quota(
    ngx_actor_token_store_t *store, const u_char *id);
static ngx_uint_t ngx_actor_token_claim_holds(
    const ngx_actor_token_claim_t *claim, ngx_msec_t now);
static ngx_uint_t ngx_actor_token_claim_is(
    const ngx_actor_token_claim_t *claim, const ngx_actor_token_set_id_t *id);
static ngx_int_t ngx_actor_token_store_claim(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set, ngx_actor_token_set_id_t *id, ngx_msec_t now,
    ngx_msec_t limit);
static void ngx_actor_token_store_unclaim(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set, const ngx_actor_token_set_id_t *id);
static ngx_msec_t ngx_actor_token_store_pause(
    const ngx_actor_token_set_id_t *id,
    const ngx_actor_token_set_info_t *info);
static ngx_int_t ngx_actor_token_store_put(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set, ngx_msec_t now, const ngx_str_t *text,
    const u_char *content);
static void *ngx_actor_token_store_alloc(ngx_actor_token_store_t *store,
    size_t size, ngx_actor_token_room_e room,
    const ngx_actor_token_set_t *keep, ngx_msec_t now);
static ngx_uint_t ngx_actor_token_store_room(ngx_actor_token_store_t *store,
    ngx_actor_token_room_e room, const ngx_actor_token_set_t *keep,
    ngx_msec_t now);
static ngx_uint_t ngx_actor_token_store_evict(ngx_actor_token_store_t *store,
    ngx_queue_t *queue, const ngx_actor_token_set_t *keep);
static ngx_uint_t ngx_actor_token_store_evict_orphan(
    ngx_actor_token_store_t *store, const ngx_actor_token_set_t *keep,
    ngx_msec_t now);
static void ngx_actor_token_store_forget(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set);
static void ngx_actor_token_store_place(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set);
static void ngx_actor_token_store_drop(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set);


#define ngx_actor_token_before(one, two)                                      \
    ((ngx_msec_int_t) ((one) - (two)) < 0)


ngx_int_t
ngx_actor_token_store_init(ngx_shm_zone_t *zone, void *data)
{
    ngx_actor_token_store_t *old = data;

    ngx_actor_token_store_t     *store;
    ngx_actor_token_store_sh_t  *sh;

    store = zone->data;
    store->shpool = (ngx_slab_pool_t *) zone->shm.addr;

    if (old) {
        sh = old->sh;

    } else if (zone->shm.exists) {
        sh = store->shpool->data;

    } else {
        sh = ngx_slab_calloc(store->shpool,
                             sizeof(ngx_actor_token_store_sh_t));
        if (sh == NULL) {
            return NGX_ERROR;
        }

        /* no function of a module, which a reload may load elsewhere */

        ngx_rbtree_init(&sh->sets, &sh->sets_sentinel,
                        ngx_rbtree_insert_value);
        ngx_rbtree_init(&sh->quotas, &sh->quotas_sentinel,
                        ngx_rbtree_insert_value);

        ngx_queue_init(&sh->blocks);
        ngx_queue_init(&sh->proven);
        ngx_queue_init(&sh->unproven);
        ngx_queue_init(&sh->empty);

        store->shpool->data = sh;
        store->shpool->log_nomem = 0;
    }

    store->sh = sh;
    store->changes = &sh->changes;
    store->files = &sh->files;

    return NGX_OK;
}


ngx_int_t
ngx_actor_token_store_look(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id, ngx_msec_t now,
    ngx_actor_token_set_info_t *info, ngx_pool_t *pool, ngx_str_t *text)
{
    ngx_int_t               rc;
    ngx_actor_token_set_t  *set;

    rc = NGX_DECLINED;

    ngx_shmtx_lock(&store->shpool->mutex);

    set = ngx_actor_token_store_find(store, id);

    if (set) {
        rc = NGX_OK;

        *info = set->info;
        info->fetching = ngx_actor_token_claim_holds(&set->claim, now);

        ngx_actor_token_store_times(id, info);

        ngx_actor_token_store_place(store, set);

        if (pool && set->info.kept) {
            text->len = set->text.len;
            text->data = ngx_pnalloc(pool, text->len);

            if (text->data) {
                ngx_memcpy(text->data, set->text.data, text->len);

            } else {
                rc = NGX_ERROR;
            }
        }
    }

    ngx_shmtx_unlock(&store->shpool->mutex);

    return rc;
}


/* "max-age" may shorten the time, but not below a minute */

void
ngx_actor_token_store_times(const ngx_actor_token_set_id_t *id,
    ngx_actor_token_set_info_t *info)
{
    ngx_msec_t  fresh, min;

    fresh = id->cache;

    if (info->max_age >= 0 && info->max_age <= (time_t) (id->cache / 1000)) {
        min = ngx_min(id->cache, NGX_ACTOR_TOKEN_FRESH_MIN);
        fresh = ngx_max((ngx_msec_t) info->max_age * 1000, min);
    }

    info->fresh = info->fetched + fresh;
    info->stale = info->fresh + id->stale;
}


ngx_int_t
ngx_actor_token_store_begin(ngx_actor_token_store_t *store,
    ngx_actor_token_set_id_t *id, ngx_msec_t now, ngx_msec_t limit,
    ngx_uint_t unknown)
{
    ngx_int_t               rc;
    ngx_actor_token_set_t  *set;

    ngx_shmtx_lock(&store->shpool->mutex);

    set = ngx_actor_token_store_make(store, id, NGX_ACTOR_TOKEN_ROOM_EMPTY,
                                     now);

    if (set == NULL) {
        rc = ngx_actor_token_store_claim(store, NULL, id, now, limit);

        if (rc == NGX_OK) {
            rc = NGX_DONE;
        }

    } else if (ngx_actor_token_claim_holds(&set->claim, now)) {
        rc = NGX_AGAIN;

    } else if ((set->info.failed
                && ngx_actor_token_before(now,
                               set->info.failure
                               + ngx_actor_token_store_pause(id, &set->info)))
               || (unknown && set->asked
                   && ngx_actor_token_before(now, set->unknown + id->refetch)))
    {
        rc = NGX_DECLINED;

    } else {
        rc = ngx_actor_token_store_claim(store, set, id, now, limit);

        if (rc == NGX_OK && unknown) {
            set->unknown = now;
            set->asked = 1;
        }
    }

    ngx_shmtx_unlock(&store->shpool->mutex);

    return rc;
}


ngx_int_t
ngx_actor_token_store_end(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id, ngx_msec_t now,
    const ngx_str_t *text, const u_char *content, time_t max_age)
{
    ngx_int_t               rc;
    ngx_uint_t              late;
    ngx_actor_token_set_t  *set;

    ngx_shmtx_lock(&store->shpool->mutex);

    set = ngx_actor_token_store_find(store, id);

    late = set && set->info.kept
           && !ngx_actor_token_claim_is(&set->claim, id);

    ngx_actor_token_store_unclaim(store, set, id);

    if (late) {
        rc = NGX_ABORT;
        goto done;
    }

    set = ngx_actor_token_store_make(store, id, NGX_ACTOR_TOKEN_ROOM_UNPROVEN,
                                     now);
    if (set == NULL) {
        rc = NGX_DECLINED;
        goto done;
    }

    rc = ngx_actor_token_store_put(store, set, now, text, content);

    set->info.known = (rc != NGX_OK);
    set->info.fetched = now;
    set->info.max_age = max_age;

    ngx_actor_token_store_times(id, &set->info);

    ngx_memcpy(set->info.content, content, NGX_ACTOR_TOKEN_DIGEST_LEN);

    if (rc == NGX_OK) {
        set->info.failed = 0;

        if (set->asked
            && !ngx_actor_token_before(now, set->unknown + id->refetch))
        {
            set->asked = 0;
        }
    }

    ngx_actor_token_store_place(store, set);

done:

    ngx_shmtx_unlock(&store->shpool->mutex);

    return rc;
}


/* the old set goes even if there is no room for the new one */

static ngx_int_t
ngx_actor_token_store_put(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set, ngx_msec_t now, const ngx_str_t *text,
    const u_char *content)
{
    u_char                  *p;
    ngx_uint_t               same;
    ngx_actor_token_room_e   room;

    same = (ngx_memcmp(set->info.content, content, NGX_ACTOR_TOKEN_DIGEST_LEN)
            == 0);

    if (set->info.kept) {

        if (same) {
            return NGX_OK;
        }

        ngx_actor_token_store_drop(store, set);
    }

    if (!set->info.known || !same) {
        (void) ngx_atomic_fetch_add(store->changes, 1);
    }

    room = (set->tenant && !set->proven) ? NGX_ACTOR_TOKEN_ROOM_UNPROVEN
                                         : NGX_ACTOR_TOKEN_ROOM_ALL;

    while (set->tenant && store->sh->nkept >= NGX_ACTOR_TOKEN_SETS_MAX) {

        if (!ngx_actor_token_store_evict(store, &store->sh->unproven, set)
            && !(set->proven
                 && ngx_actor_token_store_evict(store, &store->sh->proven,
                                                set)))
        {
            return NGX_DECLINED;
        }
    }

    p = ngx_actor_token_store_alloc(store, text->len, room, set, now);
    if (p == NULL) {
        return NGX_DECLINED;
    }

    ngx_memcpy(p, text->data, text->len);

    set->text.data = p;
    set->text.len = text->len;
    set->info.kept = 1;

    if (set->tenant) {
        store->sh->nkept++;
        store->sh->nempty--;
    }

    return NGX_OK;
}


static ngx_msec_t
ngx_actor_token_store_pause(const ngx_actor_token_set_id_t *id,
    const ngx_actor_token_set_info_t *info)
{
    ngx_uint_t  i;
    ngx_msec_t  pause, max;

    pause = id->refetch;
    max = ngx_max(pause, NGX_ACTOR_TOKEN_PAUSE_MAX);

    for (i = 1; i < info->failed && pause < max; i++) {
        pause *= 2;
    }

    return ngx_min(pause, max);
}


void
ngx_actor_token_store_fail(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id, ngx_msec_t now)
{
    ngx_actor_token_set_t  *set;

    ngx_shmtx_lock(&store->shpool->mutex);

    set = ngx_actor_token_store_make(store, id, NGX_ACTOR_TOKEN_ROOM_EMPTY,
                                     now);

    ngx_actor_token_store_unclaim(store, set, id);

    if (set) {
        set->info.failed++;
        set->info.failure = now;

        ngx_actor_token_store_place(store, set);
    }

    ngx_shmtx_unlock(&store->shpool->mutex);
}


void
ngx_actor_token_store_cancel(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id)
{
    ngx_shmtx_lock(&store->shpool->mutex);

    ngx_actor_token_store_unclaim(store,
                                  ngx_actor_token_store_find(store, id), id);

    ngx_shmtx_unlock(&store->shpool->mutex);
}


void
ngx_actor_token_store_proven(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id)
{
    ngx_actor_token_set_t  *set;

    ngx_shmtx_lock(&store->shpool->mutex);

    set = ngx_actor_token_store_find(store, id);

    if (set) {
        set->proven = 1;
        ngx_actor_token_store_place(store, set);
    }

    ngx_shmtx_unlock(&store->shpool->mutex);
}


void
ngx_actor_token_store_renew(ngx_actor_token_store_t *store)
{
    ngx_uint_t              i;
    ngx_queue_t            *q, *next;
    ngx_actor_token_set_t  *set;

    ngx_queue_t  *queues[] = { &store->sh->blocks, &store->sh->proven,
                               &store->sh->unproven, &store->sh->empty };

    ngx_shmtx_lock(&store->shpool->mutex);

    for (i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {

        for (q = ngx_queue_head(queues[i]);
             q != ngx_queue_sentinel(queues[i]);
             q = next)
        {
            next = ngx_queue_next(q);
            set = ngx_queue_data(q, ngx_actor_token_set_t, queue);

            set->info.failed = 0;

            if (set->file) {
                ngx_actor_token_store_forget(store, set);
            }
        }
    }

    ngx_shmtx_unlock(&store->shpool->mutex);
}


ngx_uint_t
ngx_actor_token_store_news(ngx_actor_token_store_t *store, ngx_uint_t n,
    ngx_atomic_uint_t what)
{
    ngx_atomic_t       *place;
    ngx_atomic_uint_t   old;

    place = &store->sh->news[n % NGX_ACTOR_TOKEN_NEWS];
    old = *place;

    return old != what && ngx_atomic_cmp_set(place, old, what);
}


/* by the head of a digest, which no two have in common */

static ngx_rbtree_node_t *
ngx_actor_token_store_node(ngx_rbtree_t *tree, const u_char *id)
{
    ngx_rbtree_key_t    key;
    ngx_rbtree_node_t  *node;

    ngx_memcpy(&key, id, sizeof(ngx_rbtree_key_t));

    node = tree->root;

    while (node != tree->sentinel) {

        if (key == node->key) {
            return node;
        }

        node = (key < node->key) ? node->left : node->right;
    }

    return NULL;
}


static ngx_actor_token_set_t *
ngx_actor_token_store_find(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id)
{
    ngx_actor_token_set_t  *set;

    set = (ngx_actor_token_set_t *)
              ngx_actor_token_store_node(&store->sh->sets, id->id);

    if (set
        && ngx_memcmp(set->id, id->id, NGX_ACTOR_TOKEN_DIGEST_LEN) == 0)
    {
        return set;
    }

    return NULL;
}


/*
 * Finds it, or makes an empty one; NULL where there is no room for that, or
 * where two ids have the head in common.
 */

static ngx_actor_token_set_t *
ngx_actor_token_store_make(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_id_t *id, ngx_actor_token_room_e room,
    ngx_msec_t now)
{
    ngx_actor_token_set_t  *set;

    set = ngx_actor_token_store_find(store, id);

    if (set) {
        return set;
    }

    if (ngx_actor_token_store_node(&store->sh->sets, id->id)) {
        return NULL;
    }

    if (!id->tenant) {
        room = NGX_ACTOR_TOKEN_ROOM_ALL;
    }

    set = ngx_actor_token_store_alloc(store, sizeof(ngx_actor_token_set_t),
                                      room, NULL, now);
    if (set == NULL) {
        return NULL;
    }

    ngx_memzero(set, sizeof(ngx_actor_token_set_t));

    ngx_memcpy(&set->node.key, id->id, sizeof(ngx_rbtree_key_t));
    ngx_memcpy(set->id, id->id, NGX_ACTOR_TOKEN_DIGEST_LEN);
    set->tenant = id->tenant;
    set->file = id->file;

    ngx_queue_init(&set->queue);

    ngx_rbtree_insert(&store->sh->sets, &set->node);

    if (set->tenant) {
        store->sh->nempty++;
    }

    ngx_actor_token_store_place(store, set);

    return set;
}


static ngx_actor_token_quota_t *
ngx_actor_token_store_quota(ngx_actor_token_store_t *store, const u_char *id)
{
    ngx_actor_token_quota_t  *quota;

    quota = (ngx_actor_token_quota_t *)
                ngx_actor_token_store_node(&store->sh->quotas, id);

    if (quota) {
        return quota;
    }

    quota = ngx_actor_token_store_alloc(store,
                                        sizeof(ngx_actor_token_quota_t),
                                        NGX_ACTOR_TOKEN_ROOM_EMPTY, NULL, 0);
    if (quota == NULL) {
        return NULL;
    }

    ngx_memzero(quota, sizeof(ngx_actor_token_quota_t));

    ngx_memcpy(&quota->node.key, id, sizeof(ngx_rbtree_key_t));
    ngx_memcpy(quota->id, id, NGX_ACTOR_TOKEN_DIGEST_LEN);

    ngx_rbtree_insert(&store->sh->quotas, &quota->node);

    return quota;
}


/* a worker that has died fetches nothing any more */

static ngx_uint_t
ngx_actor_token_claim_holds(const ngx_actor_token_claim_t *claim,
    ngx_msec_t now)
{
    return claim->pid
           && ngx_actor_token_before(now, claim->until)
           && (claim->pid == ngx_pid
               || kill(claim->pid, 0) == 0 || ngx_errno != NGX_ESRCH);
}


/* claims with the same end are as good as each other */

static ngx_uint_t
ngx_actor_token_claim_is(const ngx_actor_token_claim_t *claim,
    const ngx_actor_token_set_id_t *id)
{
    return claim->pid == ngx_pid && claim->until == id->until;
}


/* "set" may be NULL: of the issuer's tenants are at most so many, still */

static ngx_int_t
ngx_actor_token_store_claim(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set, ngx_actor_token_set_id_t *id, ngx_msec_t now,
    ngx_msec_t limit)
{
    ngx_uint_t                i;
    ngx_actor_token_claim_t   claim;
    ngx_actor_token_quota_t  *quota;

    claim.pid = ngx_pid;
    claim.until = now + limit;

    if (id->tenant) {

        quota = ngx_actor_token_store_quota(store, id->issuer);
        if (quota == NULL) {
            return NGX_AGAIN;
        }

        for (i = 0; i < NGX_ACTOR_TOKEN_FETCHES_MAX; i++) {
            if (!ngx_actor_token_claim_holds(&quota->claims[i], now)) {
                break;
            }
        }

        if (i == NGX_ACTOR_TOKEN_FETCHES_MAX) {
            return NGX_AGAIN;
        }

        quota->claims[i] = claim;
    }

    if (set) {
        set->claim = claim;
    }

    id->until = claim.until;

    return NGX_OK;
}


/* the set may have been forgotten since, and its claim with it */

static void
ngx_actor_token_store_unclaim(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set, const ngx_actor_token_set_id_t *id)
{
    ngx_uint_t                i;
    ngx_actor_token_quota_t  *quota;

    if (set && ngx_actor_token_claim_is(&set->claim, id)) {
        set->claim.pid = 0;
    }

    if (!id->tenant) {
        return;
    }

    quota = (ngx_actor_token_quota_t *)
                ngx_actor_token_store_node(&store->sh->quotas, id->issuer);

    for (i = 0; quota && i < NGX_ACTOR_TOKEN_FETCHES_MAX; i++) {
        if (ngx_actor_token_claim_is(&quota->claims[i], id)) {
            quota->claims[i].pid = 0;
            break;
        }
    }
}


static void *
ngx_actor_token_store_alloc(ngx_actor_token_store_t *store, size_t size,
    ngx_actor_token_room_e room, const ngx_actor_token_set_t *keep,
    ngx_msec_t now)
{
    void  *p;

    /* nobody goes for what will never fit */

    if (size > (size_t) (store->shpool->end - store->shpool->start) / 2) {
        return NULL;
    }

    for ( ;; ) {
        p = ngx_slab_alloc_locked(store->shpool, size);

        if (p || !ngx_actor_token_store_room(store, room, keep, now)) {
            return p;
        }
    }
}


static ngx_uint_t
ngx_actor_token_store_room(ngx_actor_token_store_t *store,
    ngx_actor_token_room_e room, const ngx_actor_token_set_t *keep,
    ngx_msec_t now)
{
    ngx_actor_token_store_sh_t  *sh;

    sh = store->sh;

    if (ngx_actor_token_store_evict(store, &sh->empty, keep)) {
        return 1;
    }

    if (room == NGX_ACTOR_TOKEN_ROOM_EMPTY) {
        return 0;
    }

    if (ngx_actor_token_store_evict_orphan(store, keep, now)
        || ngx_actor_token_store_evict(store, &sh->unproven, keep))
    {
        return 1;
    }

    return room == NGX_ACTOR_TOKEN_ROOM_ALL
           && ngx_actor_token_store_evict(store, &sh->proven, keep);
}


/* the one of the queue that was used least recently, but not "keep" */

static ngx_uint_t
ngx_actor_token_store_evict(ngx_actor_token_store_t *store,
    ngx_queue_t *queue, const ngx_actor_token_set_t *keep)
{
    ngx_queue_t  *q;

    q = ngx_queue_last(queue);

    if (keep && q == &keep->queue) {
        q = ngx_queue_prev(q);
    }

    if (q == ngx_queue_sentinel(queue)) {
        return 0;
    }

    ngx_actor_token_store_forget(store,
                                 ngx_queue_data(q, ngx_actor_token_set_t,
                                                queue));

    return 1;
}


/*
 * An issuer's own set that nobody may use, and nobody fetches, any more: most
 * likely that of an issuer that is not configured now.
 */

static ngx_uint_t
ngx_actor_token_store_evict_orphan(ngx_actor_token_store_t *store,
    const ngx_actor_token_set_t *keep, ngx_msec_t now)
{
    ngx_queue_t            *q;
    ngx_actor_token_set_t  *set;

    for (q = ngx_queue_last(&store->sh->blocks);
         q != ngx_queue_sentinel(&store->sh->blocks);
         q = ngx_queue_prev(q))
    {
        set = ngx_queue_data(q, ngx_actor_token_set_t, queue);

        if (set == keep || set->file
            || ngx_actor_token_claim_holds(&set->claim, now)
            || ((set->info.kept || set->info.known)
                && ngx_actor_token_before(now, set->info.stale)))
        {
            continue;
        }

        ngx_actor_token_store_forget(store, set);

        return 1;
    }

    return 0;
}


static void
ngx_actor_token_store_forget(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set)
{
    if (set->info.kept) {
        (void) ngx_atomic_fetch_add(store->changes, 1);
        ngx_actor_token_store_drop(store, set);
    }

    if (set->tenant) {
        store->sh->nempty--;
    }

    ngx_queue_remove(&set->queue);
    ngx_rbtree_delete(&store->sh->sets, &set->node);
    ngx_slab_free_locked(store->shpool, set);
}


/* at the head of the queue where it belongs, with the empty ones bounded */

static void
ngx_actor_token_store_place(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set)
{
    ngx_queue_t                 *queue;
    ngx_actor_token_store_sh_t  *sh;

    sh = store->sh;

    queue = !set->tenant ? &sh->blocks
            : !set->info.kept ? &sh->empty
            : set->proven ? &sh->proven : &sh->unproven;

    ngx_queue_remove(&set->queue);
    ngx_queue_insert_head(queue, &set->queue);

    if (queue == &sh->empty && sh->nempty > NGX_ACTOR_TOKEN_FAILED_MAX) {
        (void) ngx_actor_token_store_evict(store, queue, set);
    }
}


/* what there is of a set, but not the set's own place */

static void
ngx_actor_token_store_drop(ngx_actor_token_store_t *store,
    ngx_actor_token_set_t *set)
{
    ngx_slab_free_locked(store->shpool, set->text.data);

    ngx_str_null(&set->text);
    set->info.kept = 0;

    if (set->tenant) {
        store->sh->nkept--;
        store->sh->nempty++;
    }
}
