
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_fetch.h>
#include <ngx_http_actor_token_keys.h>
#include <ngx_http_actor_token_metrics.h>


#define NGX_HTTP_ACTOR_TOKEN_FETCH_LIMIT  60000    /* msec, for one fetch */
#define NGX_HTTP_ACTOR_TOKEN_FRESH_MIN    60000    /* msec, of a max-age */
#define NGX_HTTP_ACTOR_TOKEN_POLL         100      /* msec */


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


static ngx_http_actor_token_remote_t *ngx_http_actor_token_remote_get(
    const ngx_actor_token_t *token);
static ngx_http_actor_token_remote_t *ngx_http_actor_token_remote_create(
    ngx_http_actor_token_remotes_t *remotes,
    ngx_http_actor_token_ring_t *ring, const ngx_str_t *tenant);
static ngx_int_t ngx_http_actor_token_remote_identify(
    ngx_http_actor_token_remote_t *remote);
static void ngx_http_actor_token_remote_destroy(
    ngx_http_actor_token_remote_t *remote);
static void ngx_http_actor_token_remotes_cleanup(void *data);

static ngx_int_t ngx_http_actor_token_remote_own(
    const ngx_actor_token_t *token, const ngx_actor_token_policy_t *policy,
    ngx_actor_token_verdict_t *v);
static void ngx_http_actor_token_remote_status(
    ngx_http_actor_token_remote_t *remote,
    ngx_http_actor_token_keys_status_t *status);
static void ngx_http_actor_token_remote_sync(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now);
static ngx_uint_t ngx_http_actor_token_remote_outdated(
    ngx_http_actor_token_remote_t *remote,
    const ngx_actor_token_set_info_t *info, ngx_msec_t now);
static void ngx_http_actor_token_remote_load(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now);
static ngx_actor_token_keyset_t *ngx_http_actor_token_remote_parse(
    ngx_http_actor_token_remote_t *remote, const ngx_str_t *text,
    ngx_uint_t quiet, const char **err);
static void ngx_http_actor_token_remote_swap(
    ngx_http_actor_token_remote_t *remote, ngx_actor_token_keyset_t *keyset);

static ngx_int_t ngx_http_actor_token_remote_refresh(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now,
    ngx_msec_t unknown);
static const char *ngx_http_actor_token_remote_fetch(
    ngx_http_actor_token_remote_t *remote);
static void ngx_http_actor_token_remote_fetched(void *data,
    const ngx_http_actor_token_answer_t *answer);
static const char *ngx_http_actor_token_remote_take(
    ngx_http_actor_token_remote_t *remote,
    const ngx_http_actor_token_answer_t *answer, ngx_msec_t now);
static void ngx_http_actor_token_remote_keep(
    ngx_http_actor_token_remote_t *remote,
    const ngx_http_actor_token_answer_t *answer, ngx_msec_t now,
    const u_char *content);
static void ngx_http_actor_token_remote_fail(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now,
    const ngx_str_t *cause);
static ngx_msec_t ngx_http_actor_token_remote_fresh(
    const ngx_http_actor_token_key_request_t *request, time_t max_age);

static void ngx_http_actor_token_remote_abandon(
    ngx_http_actor_token_remote_t *remote);

static ngx_int_t ngx_http_actor_token_remote_wait(
    ngx_http_actor_token_remote_t *remote,
    ngx_http_actor_token_asker_t *asker, ngx_msec_t now);
static void ngx_http_actor_token_remote_arm(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now);
static void ngx_http_actor_token_remote_event(ngx_event_t *ev);
static void ngx_http_actor_token_remote_wake(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now, ngx_uint_t all);


/* of two moments, whether the first is not later */
#define ngx_http_actor_token_passed(t, now)                                   \
    ((ngx_msec_int_t) ((now) - (t)) >= 0)


ngx_int_t
ngx_http_actor_token_remotes_start(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_str_t                         none;
    ngx_uint_t                        i, n;
    ngx_pool_cleanup_t               *cln;
    ngx_actor_token_issuer_t        **issuer;
    ngx_http_actor_token_issuer_t    *block;
    ngx_http_actor_token_remote_t    *remote;
    ngx_http_actor_token_remotes_t   *remotes;

    cln = ngx_pool_cleanup_add(cycle->pool,
                               sizeof(ngx_http_actor_token_remotes_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    remotes = cln->data;
    ngx_memzero(remotes, sizeof(ngx_http_actor_token_remotes_t));

    ngx_queue_init(&remotes->blocks);
    ngx_queue_init(&remotes->tenants);

    cln->handler = ngx_http_actor_token_remotes_cleanup;

    remotes->log = cycle->log;
    remotes->store = mcf->store;
    remotes->crypto = mcf->trusted.issuers.crypto;
    remotes->metrics = mcf->metrics;

    ngx_str_null(&none);

    n = 0;
    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        block = (ngx_http_actor_token_issuer_t *) issuer[i];

        if (block->request == NULL) {
            continue;
        }

        block->ring->remotes = remotes;

        if (block->request->tenants) {
            continue;
        }

        remote = ngx_http_actor_token_remote_create(remotes, block->ring,
                                                    &none);
        if (remote == NULL) {
            return NGX_ERROR;
        }

        block->ring->remote = remote;

        /* those of many blocks are not fetched all at once */

        remote->event.cancelable = 1;
        ngx_add_timer(&remote->event, 1 + 2 * n++);
    }

    return NGX_OK;
}


ngx_http_actor_token_remote_t *
ngx_http_actor_token_remote_find(const ngx_actor_token_t *token)
{
    ngx_str_t                             label;
    ngx_http_actor_token_remote_t        *remote;
    const ngx_http_actor_token_issuer_t  *block;

    block = (const ngx_http_actor_token_issuer_t *) token->issuer;

    if (block->request == NULL || !block->request->tenants) {
        return block->ring->remote;
    }

    label = token->label;

    remote = (ngx_http_actor_token_remote_t *)
                 ngx_str_rbtree_lookup(&block->ring->tenants, &label,
                                       ngx_crc32_long(label.data, label.len));
    if (remote) {
        ngx_queue_remove(&remote->queue);
        ngx_queue_insert_head(&remote->remotes->tenants, &remote->queue);
    }

    return remote;
}


/* finds it or makes it; NULL also if all of them are in use */

static ngx_http_actor_token_remote_t *
ngx_http_actor_token_remote_get(const ngx_actor_token_t *token)
{
    ngx_queue_t                     *q;
    ngx_http_actor_token_ring_t     *ring;
    ngx_http_actor_token_remote_t   *remote;
    ngx_http_actor_token_remotes_t  *remotes;

    remote = ngx_http_actor_token_remote_find(token);

    if (remote) {
        return remote;
    }

    ring = ((const ngx_http_actor_token_issuer_t *) token->issuer)->ring;
    remotes = ring->remotes;

    /* of those that nobody waits for, the one used least recently goes */

    if (remotes->ntenants >= NGX_ACTOR_TOKEN_SETS_MAX) {

        q = ngx_queue_last(&remotes->tenants);
        remote = ngx_queue_data(q, ngx_http_actor_token_remote_t, queue);

        while (remote->fetch || !ngx_queue_empty(&remote->waiting)) {

            q = ngx_queue_prev(q);

            if (q == ngx_queue_sentinel(&remotes->tenants)) {
                return NULL;
            }

            remote = ngx_queue_data(q, ngx_http_actor_token_remote_t, queue);
        }

        ngx_http_actor_token_remote_destroy(remote);
    }

    return ngx_http_actor_token_remote_create(remotes, ring, &token->label);
}


static ngx_http_actor_token_remote_t *
ngx_http_actor_token_remote_create(ngx_http_actor_token_remotes_t *remotes,
    ngx_http_actor_token_ring_t *ring, const ngx_str_t *tenant)
{
    ngx_pool_t                     *pool;
    ngx_http_actor_token_remote_t  *remote;

    pool = ngx_create_pool(1024, remotes->log);
    if (pool == NULL) {
        return NULL;
    }

    remote = ngx_pcalloc(pool, sizeof(ngx_http_actor_token_remote_t));

    if (remote == NULL) {
        ngx_destroy_pool(pool);
        return NULL;
    }

    remote->pool = pool;
    remote->remotes = remotes;
    remote->ring = ring;
    remote->keys.sets = &remote->set;
    remote->next = ngx_current_msec;
    remote->busy = ngx_current_msec;

    remote->event.data = remote;
    remote->event.handler = ngx_http_actor_token_remote_event;
    remote->event.log = remotes->log;

    ngx_queue_init(&remote->waiting);

    remote->node.str.len = tenant->len;
    remote->node.str.data = ngx_pstrdup(pool, (ngx_str_t *) tenant);

    if (remote->node.str.data == NULL
        || ngx_http_actor_token_remote_identify(remote) != NGX_OK)
    {
        ngx_destroy_pool(pool);
        return NULL;
    }

    if (tenant->len == 0) {
        ngx_queue_insert_head(&remotes->blocks, &remote->queue);
        return remote;
    }

    remote->id.tenant = 1;
    remote->node.node.key = ngx_crc32_long(tenant->data, tenant->len);

    ngx_rbtree_insert(&ring->tenants, &remote->node.node);
    ngx_queue_insert_head(&remotes->tenants, &remote->queue);
    remotes->ntenants++;

    return remote;
}


/* under which name the store has the set, through reloads */

static ngx_int_t
ngx_http_actor_token_remote_identify(ngx_http_actor_token_remote_t *remote)
{
    u_char                                    *p;
    ngx_str_t                                  s;
    const ngx_http_actor_token_issuer_t       *block;
    const ngx_http_actor_token_key_request_t  *request;

    block = remote->ring->block;
    request = block->request;

    s.len = block->issuer.value.len + request->uri.len + request->server.len
            + remote->node.str.len + 4 * sizeof(size_t);

    s.data = ngx_pnalloc(remote->pool, s.len);
    if (s.data == NULL) {
        return NGX_ERROR;
    }

    p = s.data;

#define ngx_http_actor_token_name(str)                                        \
    p = ngx_cpymem(p, &(str).len, sizeof(size_t));                            \
                                                                              \
    if ((str).len) {                                                          \
        p = ngx_cpymem(p, (str).data, (str).len);                             \
    }

    ngx_http_actor_token_name(block->issuer.value);
    ngx_http_actor_token_name(request->uri);
    ngx_http_actor_token_name(request->server);

    if (ngx_actor_token_sha256(remote->remotes->crypto, s.data, p - s.data,
                               remote->id.issuer)
        != NGX_OK)
    {
        goto failed;
    }

    ngx_http_actor_token_name(remote->node.str);

    if (ngx_actor_token_sha256(remote->remotes->crypto, s.data, p - s.data,
                               remote->id.id)
        != NGX_OK)
    {
        goto failed;
    }

    return NGX_OK;

failed:

    ngx_actor_token_openssl_error(NGX_LOG_ALERT, remote->remotes->log,
                                  "SHA-256 failed");

    return NGX_ERROR;
}


static void
ngx_http_actor_token_remote_destroy(ngx_http_actor_token_remote_t *remote)
{
    ngx_http_actor_token_remote_abandon(remote);

    if (remote->event.timer_set) {
        ngx_del_timer(&remote->event);
    }

    if (remote->keyset) {
        ngx_actor_token_keyset_release(remote->keyset);
    }

    ngx_queue_remove(&remote->queue);

    if (remote->id.tenant) {
        ngx_rbtree_delete(&remote->ring->tenants, &remote->node.node);
        remote->remotes->ntenants--;
    }

    ngx_destroy_pool(remote->pool);
}


static void
ngx_http_actor_token_remotes_cleanup(void *data)
{
    ngx_http_actor_token_remotes_t *remotes = data;

    ngx_queue_t                    *q, *list[2];
    ngx_uint_t                      i;
    ngx_http_actor_token_remote_t  *remote;

    list[0] = &remotes->blocks;
    list[1] = &remotes->tenants;

    for (i = 0; i < 2; i++) {
        while (!ngx_queue_empty(list[i])) {
            q = ngx_queue_head(list[i]);
            remote = ngx_queue_data(q, ngx_http_actor_token_remote_t, queue);

            ngx_http_actor_token_remote_destroy(remote);
        }
    }
}


ngx_int_t
ngx_http_actor_token_remote_keys(ngx_http_actor_token_asker_t *asker,
    const ngx_actor_token_t *token, const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_keys_t **keys, ngx_actor_token_verdict_t *v)
{
    ngx_int_t                       rc;
    ngx_msec_t                      now;
    ngx_http_actor_token_ring_t    *ring;
    ngx_http_actor_token_remote_t  *remote;

    ring = ((const ngx_http_actor_token_issuer_t *) token->issuer)->ring;

    if (ring->block->request->tenants
        && ngx_http_actor_token_remote_own(token, policy, v) != NGX_OK)
    {
        return NGX_DECLINED;
    }

    remote = ngx_http_actor_token_remote_get(token);

    if (remote == NULL) {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_KEYS_UNAVAILABLE,
                                      "no room for keys of another tenant");
    }

    now = ngx_current_msec;

    ngx_http_actor_token_remote_sync(remote, now);

    rc = NGX_OK;

    if (remote->keyset == NULL
        || (ngx_http_actor_token_passed(remote->info.fresh, now)
            && !ngx_exiting))
    {
        rc = ngx_http_actor_token_remote_refresh(remote, now, 0);
    }

    /* keys of files will do as long as there is nothing else */

    if (ring->files.nelts) {
        *keys = &ring->keys;
        return NGX_OK;
    }

    if (remote->keyset) {
        *keys = &remote->keys;
        return NGX_OK;
    }

    if (rc == NGX_AGAIN
        && ngx_http_actor_token_remote_wait(remote, asker, now) == NGX_AGAIN)
    {
        return NGX_AGAIN;
    }

    return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_KEYS_UNAVAILABLE,
                                  "no keys of this issuer could be fetched");
}


/*
 * A tenant's keys are fetched, and asked, for requests to that tenant alone:
 * or whoever names tenants in "iss" would have us fetch what he likes.
 */

static ngx_int_t
ngx_http_actor_token_remote_own(const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *policy, ngx_actor_token_verdict_t *v)
{
    ngx_actor_token_list_t           expected;
    const ngx_actor_token_issuer_t  *issuer;

    issuer = token->issuer;

    if (!ngx_actor_token_issuer_serves(issuer, &token->label)) {
        return ngx_actor_token_reject_value(v,
                   NGX_ACTOR_TOKEN_TENANT_NOT_ALLOWED,
                   "tenant in \"iss\" is not among this issuer's",
                   &issuer->tenants, &token->label);
    }

    if (policy->check_tenant == NGX_ACTOR_TOKEN_COMPARE_OFF) {

        if (issuer->tenants.nelts) {
            return NGX_OK;
        }

    } else if (policy->tenant.len
               && ngx_actor_token_eq(&policy->tenant, &token->label))
    {
        return NGX_OK;
    }

    expected.elts = &policy->tenant;
    expected.nelts = 1;

    return ngx_actor_token_reject_value(v, NGX_ACTOR_TOKEN_TENANT_MISMATCH,
                                        "tenant in \"iss\"", &expected,
                                        &token->label);
}


ngx_int_t
ngx_http_actor_token_remote_unknown(ngx_http_actor_token_asker_t *asker,
    const ngx_actor_token_t *token)
{
    ngx_msec_t                      now;
    ngx_http_actor_token_ctx_t     *ctx;
    ngx_http_actor_token_remote_t  *remote;

    remote = ngx_http_actor_token_remote_find(token);

    if (remote == NULL) {
        return NGX_DECLINED;
    }

    ctx = asker->ctx;

    if (ctx->refetched) {
        return NGX_DECLINED;
    }

    now = ngx_current_msec;

    if (ngx_http_actor_token_remote_refresh(remote, now,
                                         remote->ring->block->request->refetch)
        != NGX_AGAIN)
    {
        return NGX_DECLINED;
    }

    if (asker->may_wait) {
        ctx->refetched = 1;
    }

    return ngx_http_actor_token_remote_wait(remote, asker, now);
}


void
ngx_http_actor_token_remote_proven(const ngx_actor_token_t *token)
{
    ngx_http_actor_token_remote_t  *remote;

    remote = ngx_http_actor_token_remote_find(token);

    if (remote && remote->id.tenant && !remote->proven) {
        remote->proven = 1;
        ngx_actor_token_store_proven(remote->remotes->store, &remote->id);
    }
}


void
ngx_http_actor_token_remotes_status(ngx_http_actor_token_ring_t *ring,
    ngx_http_actor_token_keys_status_t *status)
{
    ngx_rbtree_node_t  *node;

    if (ring->remote) {
        ngx_http_actor_token_remote_sync(ring->remote, ngx_current_msec);
        ngx_http_actor_token_remote_status(ring->remote, status);
        return;
    }

    if (ring->tenants.root == &ring->tenants_sentinel) {
        return;
    }

    for (node = ngx_rbtree_min(ring->tenants.root, &ring->tenants_sentinel);
         node;
         node = ngx_rbtree_next(&ring->tenants, node))
    {
        ngx_http_actor_token_remote_status(
                              (ngx_http_actor_token_remote_t *) node, status);
    }
}


static void
ngx_http_actor_token_remote_status(ngx_http_actor_token_remote_t *remote,
    ngx_http_actor_token_keys_status_t *status)
{
    time_t                       age, left;
    ngx_msec_t                   now;
    ngx_actor_token_set_info_t   info;

    if (remote->keyset == NULL) {
        return;
    }

    now = ngx_current_msec;

    /* the same set, fetched again elsewhere, is news to nobody but this */

    if (remote->homeless
        || ngx_actor_token_store_look(remote->remotes->store, &remote->id,
                                      now, &info, NULL, NULL)
           != NGX_OK
        || !info.kept)
    {
        info = remote->info;
    }

    age = (time_t) (now - info.fetched) / 1000;
    left = ngx_http_actor_token_passed(info.stale, now)
           ? 0 : (time_t) (info.stale - now) / 1000;

    status->count += remote->keyset->jwks.keys.nelts;
    status->age = ngx_max(status->age, age);
    status->stale_in = status->fetched ? ngx_min(status->stale_in, left)
                                       : left;
    status->fetched = 1;
}


/* takes what others have fetched, and drops what they have dropped */

static void
ngx_http_actor_token_remote_sync(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now)
{
    ngx_int_t                    rc;
    ngx_uint_t                   over;
    ngx_atomic_uint_t            changes;
    ngx_actor_token_set_info_t   info;

    changes = *remote->remotes->store->changes;

    over = remote->keyset
           && ngx_http_actor_token_passed(remote->info.stale, now);

    if (remote->synced && remote->changes == changes && !over) {
        return;
    }

    rc = ngx_actor_token_store_look(remote->remotes->store, &remote->id, now,
                                    &info, NULL, NULL);

    remote->synced = 1;
    remote->changes = changes;

    if (rc != NGX_OK || !info.kept
        || ngx_http_actor_token_passed(info.stale, now))
    {
        if (over || !remote->homeless
            || (rc == NGX_OK
                && ngx_http_actor_token_remote_outdated(remote, &info, now)))
        {
            remote->homeless = 0;
            ngx_http_actor_token_remote_swap(remote, NULL);
        }

        return;
    }

    remote->homeless = 0;

    if ((remote->keyset || remote->useless)
        && ngx_memcmp(remote->info.content, info.content,
                      NGX_ACTOR_TOKEN_DIGEST_LEN)
           == 0)
    {
        /* it may have been fetched again since */

        remote->info = info;
        return;
    }

    ngx_http_actor_token_remote_load(remote, now);
}


/*
 * Whether another worker has fetched another set since, for which there was no
 * room either.  What was fetched here just before is used until "key_refetch"
 * has passed: workers that a server answers differently would else take it
 * from each other with every request.
 */

static ngx_uint_t
ngx_http_actor_token_remote_outdated(ngx_http_actor_token_remote_t *remote,
    const ngx_actor_token_set_info_t *info, ngx_msec_t now)
{
    ngx_msec_t  refetch;

    refetch = remote->ring->block->request->refetch;

    if (!info->known
        || !ngx_http_actor_token_passed(remote->info.fetched, info->fetched)
        || ngx_memcmp(remote->info.content, info->content,
                      NGX_ACTOR_TOKEN_DIGEST_LEN)
           == 0)
    {
        return 0;
    }

    if (!ngx_http_actor_token_passed(remote->info.fetched + refetch, now)) {
        remote->synced = 0;
        return 0;
    }

    return 1;
}


static void
ngx_http_actor_token_remote_load(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now)
{
    ngx_str_t                    text;
    ngx_pool_t                  *pool;
    const char                  *err;
    ngx_actor_token_keyset_t    *keyset;
    ngx_actor_token_set_info_t   info;

    keyset = NULL;

    pool = ngx_create_pool(4096, remote->remotes->log);

    if (pool) {

        if (ngx_actor_token_store_look(remote->remotes->store, &remote->id,
                                       now, &info, pool, &text)
            == NGX_OK
            && info.kept)
        {
            keyset = ngx_http_actor_token_remote_parse(remote, &text, 1, &err);

            remote->info = info;
            remote->useless = (keyset == NULL);
        }

        ngx_destroy_pool(pool);
    }

    ngx_http_actor_token_remote_swap(remote, keyset);
}


/* NULL, and a cause: a static text; "quiet": others have told its faults */

static ngx_actor_token_keyset_t *
ngx_http_actor_token_remote_parse(ngx_http_actor_token_remote_t *remote,
    const ngx_str_t *text, ngx_uint_t quiet, const char **err)
{
    ngx_int_t                             rc;
    ngx_uint_t                            symmetric;
    ngx_actor_token_keyset_t             *keyset;
    ngx_actor_token_jwks_error_t          fault;
    const ngx_http_actor_token_issuer_t  *block;

    block = remote->ring->block;
    *err = "out of memory";

    keyset = ngx_actor_token_keyset_create(remote->remotes->crypto,
                                           block->issuer.algs,
                                           remote->remotes->log);
    if (keyset == NULL) {
        return NULL;
    }

    ngx_http_actor_token_tolerate(keyset, remote->ring, quiet);

    keyset->jwks.maker.published = 1;

    rc = ngx_actor_token_jwks_add_set(&keyset->jwks, text, &symmetric,
                                      &fault);

    if (rc == NGX_OK) {
        rc = ngx_actor_token_jwks_finish(&keyset->jwks);

    } else if (rc == NGX_DECLINED) {
        *err = fault.what;
    }

    if (rc != NGX_OK) {
        ngx_actor_token_keyset_release(keyset);
        return NULL;
    }

    return keyset;
}


ngx_actor_token_keyset_t *
ngx_http_actor_token_remote_keyset(
    const ngx_http_actor_token_remote_t *remote)
{
    return remote->keyset;
}


static void
ngx_http_actor_token_remote_swap(ngx_http_actor_token_remote_t *remote,
    ngx_actor_token_keyset_t *keyset)
{
    if (remote->keyset) {
        ngx_actor_token_keyset_release(remote->keyset);
    }

    remote->keyset = keyset;
    remote->set = keyset ? &keyset->jwks : NULL;
    remote->keys.nsets = keyset ? 1 : 0;
    remote->proven = 0;

    if (!remote->id.tenant) {
        ngx_http_actor_token_ring_update(remote->ring);
    }
}


/*
 * Has the set fetched, unless it is fresh: NGX_OK.  NGX_AGAIN if a fetch runs
 * now, here or in another worker; NGX_DECLINED if there must not be one yet.
 */

static ngx_int_t
ngx_http_actor_token_remote_refresh(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now, ngx_msec_t unknown)
{
    ngx_int_t                                  rc;
    ngx_str_t                                  cause;
    const char                                *err;
    ngx_actor_token_set_info_t                 info;
    const ngx_http_actor_token_key_request_t  *request;

    /* the store is not asked for what it cannot have to say yet */

    if (remote->fetch
        || (!unknown && !ngx_http_actor_token_passed(remote->busy, now)))
    {
        return NGX_AGAIN;
    }

    if (!ngx_http_actor_token_passed(remote->next, now)) {
        return NGX_DECLINED;
    }

    request = remote->ring->block->request;

    if (!unknown
        && ngx_actor_token_store_look(remote->remotes->store, &remote->id,
                                      now, &info, NULL, NULL)
           == NGX_OK
        && info.kept
        && !ngx_http_actor_token_passed(info.fresh, now))
    {
        remote->synced = 0;
        ngx_http_actor_token_remote_sync(remote, now);

        if (remote->keyset
            && !ngx_http_actor_token_passed(remote->info.fresh, now))
        {
            return NGX_OK;
        }
    }

    rc = ngx_actor_token_store_begin(remote->remotes->store, &remote->id, now,
                                     NGX_HTTP_ACTOR_TOKEN_FETCH_LIMIT,
                                     unknown);

    if (rc == NGX_AGAIN) {
        remote->busy = now + NGX_HTTP_ACTOR_TOKEN_POLL;
        return NGX_AGAIN;
    }

    if (rc == NGX_DECLINED) {

        if (!unknown) {
            remote->next = now + NGX_HTTP_ACTOR_TOKEN_POLL;
        }

        return NGX_DECLINED;
    }

    if (rc == NGX_DONE) {
        remote->next = now + request->refetch;
    }

    err = ngx_http_actor_token_remote_fetch(remote);

    if (err) {
        cause.data = (u_char *) err;
        cause.len = ngx_strlen(err);

        ngx_http_actor_token_remote_fail(remote, now, &cause);
        return NGX_DECLINED;
    }

    return NGX_AGAIN;
}


/* NULL if a fetch has been started, else the cause why not: a static text */

static const char *
ngx_http_actor_token_remote_fetch(ngx_http_actor_token_remote_t *remote)
{
    ngx_pool_t                                *pool;
    ngx_str_t                                 *tenant;
    const char                                *err;
    ngx_http_core_loc_conf_t                  *clcf;
    ngx_http_actor_token_fetch_task_t          task;
    const ngx_http_actor_token_key_request_t  *request;

    request = remote->ring->block->request;
    err = "no request could be made";

    pool = ngx_create_pool(512, remote->remotes->log);
    if (pool == NULL) {
        return err;
    }

    tenant = request->tenants ? &remote->node.str : NULL;

    ngx_memzero(&task, sizeof(ngx_http_actor_token_fetch_task_t));

    if (ngx_http_actor_token_place_uri(pool, &request->uri, tenant, &task.uri,
                                       &task.args)
        != NGX_OK)
    {
        goto done;
    }

    /* a tenant's path may have a location other than that of all others */

    clcf = ngx_http_actor_token_place_location(request->place.server,
                                               &task.uri);

    if (clcf == NULL || !clcf->internal) {
        err = "the location for the tenant's path is not internal";
        goto done;
    }

    task.place = &request->place;
    task.issuer = remote->ring->block->issuer.name;
    task.limit = NGX_HTTP_ACTOR_TOKEN_FETCH_LIMIT;
    task.handler = ngx_http_actor_token_remote_fetched;
    task.data = remote;

    remote->fetch = ngx_http_actor_token_fetch_start(&task);

    if (remote->fetch) {
        err = NULL;
    }

done:

    ngx_destroy_pool(pool);

    return err;
}


static void
ngx_http_actor_token_remote_fetched(void *data,
    const ngx_http_actor_token_answer_t *answer)
{
    ngx_http_actor_token_remote_t *remote = data;

    ngx_str_t    cause;
    ngx_msec_t   now;
    const char  *err;

    now = ngx_current_msec;

    remote->fetch = NULL;

    /* what ends with the worker has not failed: the next one fetches */

    if (answer->error.len && ngx_exiting && ngx_queue_empty(&remote->waiting))
    {
        ngx_actor_token_store_cancel(remote->remotes->store, &remote->id);
        return;
    }

    cause = answer->error;

    if (cause.len == 0) {
        err = ngx_http_actor_token_remote_take(remote, answer, now);

        if (err) {
            cause.data = (u_char *) err;
            cause.len = ngx_strlen(err);
        }
    }

    if (cause.len) {
        ngx_http_actor_token_remote_fail(remote, now, &cause);
    }

    ngx_http_actor_token_remote_arm(remote, now);

    /* last, because it may be forgotten by what the woken ones do */

    ngx_http_actor_token_remote_wake(remote, now, 1);
}


static const char *
ngx_http_actor_token_remote_take(ngx_http_actor_token_remote_t *remote,
    const ngx_http_actor_token_answer_t *answer, ngx_msec_t now)
{
    u_char                     content[NGX_ACTOR_TOKEN_DIGEST_LEN];
    const char                *err;
    ngx_actor_token_keyset_t  *keyset;

    if (ngx_actor_token_sha256(remote->remotes->crypto, answer->body.data,
                               answer->body.len, content)
        != NGX_OK)
    {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, remote->remotes->log,
                                      "SHA-256 failed");
        return "could not be hashed";
    }

    if (remote->keyset == NULL
        || ngx_memcmp(remote->info.content, content,
                      NGX_ACTOR_TOKEN_DIGEST_LEN)
           != 0)
    {
        keyset = ngx_http_actor_token_remote_parse(remote, &answer->body, 0,
                                                   &err);
        if (keyset == NULL) {
            return err;
        }

        ngx_http_actor_token_remote_swap(remote, keyset);
    }

    ngx_http_actor_token_remote_keep(remote, answer, now, content);

    return NULL;
}


/* gives a set that is in use here to the others */

static void
ngx_http_actor_token_remote_keep(ngx_http_actor_token_remote_t *remote,
    const ngx_http_actor_token_answer_t *answer, ngx_msec_t now,
    const u_char *content)
{
    ngx_int_t                                  rc;
    ngx_msec_t                                 fresh;
    const ngx_http_actor_token_key_request_t  *request;

    request = remote->ring->block->request;

    fresh = ngx_http_actor_token_remote_fresh(request, answer->max_age);

    rc = ngx_actor_token_store_end(remote->remotes->store, &remote->id, now,
                                   &answer->body, content, fresh,
                                   request->stale);

    ngx_memcpy(remote->info.content, content, NGX_ACTOR_TOKEN_DIGEST_LEN);

    remote->info.fetched = now;
    remote->info.fresh = now + fresh;
    remote->info.stale = now + fresh + request->stale;

    ngx_http_actor_token_metrics_fetched(remote->remotes->metrics,
                                         &remote->ring->block->issuer, 1);

    ngx_log_error(NGX_LOG_INFO, remote->remotes->log, 0,
                  "keys of issuer \"%V\"%s%V%s have been fetched, and are "
                  "fresh for %M ms", &remote->ring->block->issuer.name,
                  remote->id.tenant ? " for tenant \"" : "",
                  &remote->node.str, remote->id.tenant ? "\"" : "", fresh);

    remote->useless = 0;
    remote->homeless = (rc == NGX_DECLINED);

    /* NGX_ABORT: whatever is there is newer */

    remote->synced = remote->homeless;

    if (!remote->homeless) {
        ngx_http_actor_token_remote_sync(remote, now);
        return;
    }

    ngx_log_error(NGX_LOG_WARN, remote->remotes->log, 0,
                  "no room in \"actor_token_key_zone\" for the keys of issuer "
                  "\"%V\": each worker fetches them for itself",
                  &remote->ring->block->issuer.name);
}


static void
ngx_http_actor_token_remote_fail(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now, const ngx_str_t *cause)
{
    const ngx_http_actor_token_issuer_t  *block;

    block = remote->ring->block;

    ngx_http_actor_token_metrics_fetched(remote->remotes->metrics,
                                         &block->issuer, 0);

    ngx_actor_token_store_fail(remote->remotes->store, &remote->id, now,
                               block->request->refetch);

    ngx_log_error(NGX_LOG_ERR, remote->remotes->log, 0,
                  "keys of issuer \"%V\"%s%V%s could not be fetched: "
                  "%V%s", &block->issuer.name,
                  remote->id.tenant ? " for tenant \"" : "",
                  &remote->node.str, remote->id.tenant ? "\"" : "", cause,
                  remote->keyset ? "; the last good set stays in use" : "");
}


/* "max-age" may shorten the time, but not below a minute */

static ngx_msec_t
ngx_http_actor_token_remote_fresh(
    const ngx_http_actor_token_key_request_t *request, time_t max_age)
{
    ngx_msec_t  age, min;

    if (max_age < 0 || max_age > (time_t) (request->cache / 1000)) {
        return request->cache;
    }

    age = (ngx_msec_t) max_age * 1000;
    min = ngx_min(request->cache, NGX_HTTP_ACTOR_TOKEN_FRESH_MIN);

    return ngx_max(age, min);
}


/* has the fetch, if there is one, end without an answer */

static void
ngx_http_actor_token_remote_abandon(ngx_http_actor_token_remote_t *remote)
{
    if (remote->fetch == NULL) {
        return;
    }

    ngx_http_actor_token_fetch_cancel(remote->fetch);
    remote->fetch = NULL;

    ngx_actor_token_store_cancel(remote->remotes->store, &remote->id);
}


static ngx_int_t
ngx_http_actor_token_remote_wait(ngx_http_actor_token_remote_t *remote,
    ngx_http_actor_token_asker_t *asker, ngx_msec_t now)
{
    ngx_msec_t                   timeout;
    ngx_http_actor_token_ctx_t  *ctx;

    if (!asker->may_wait) {
        return asker->early ? NGX_AGAIN : NGX_DECLINED;
    }

    ctx = asker->ctx;
    timeout = remote->ring->block->request->timeout;

    if (!ctx->timed) {
        ctx->timed = 1;
        ctx->until = now + timeout;
    }

    if (ngx_http_actor_token_passed(ctx->until, now)) {
        return NGX_DECLINED;
    }

    if (ctx->queued) {
        ngx_queue_remove(&ctx->queue);
    }

    ctx->queued = 1;
    ngx_queue_insert_tail(&remote->waiting, &ctx->queue);

    ngx_http_actor_token_remote_arm(remote, now);

    return NGX_AGAIN;
}


/* in time for the next one who has waited for too long, or for a refresh */

static void
ngx_http_actor_token_remote_arm(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now)
{
    ngx_msec_t                   delay, left;
    ngx_uint_t                   awaited;
    ngx_queue_t                 *q;
    ngx_http_actor_token_ctx_t  *ctx;

    awaited = !ngx_queue_empty(&remote->waiting);

    if (remote->fetch) {
        ngx_http_actor_token_fetch_awaited(remote->fetch, awaited);
    }

    if (awaited) {

        q = ngx_queue_head(&remote->waiting);
        ctx = ngx_queue_data(q, ngx_http_actor_token_ctx_t, queue);

        delay = NGX_HTTP_ACTOR_TOKEN_POLL;
        left = ngx_http_actor_token_passed(ctx->until, now)
               ? 0 : ctx->until - now;

        delay = ngx_max(ngx_min(delay, left), 1);

        /* a worker that is to exit does so when nobody waits any more */

        remote->event.cancelable = 0;

    } else if (remote->id.tenant) {
        return;

    } else {

        delay = 1000;

        if (remote->keyset
            && !ngx_http_actor_token_passed(remote->info.fresh, now))
        {
            delay = remote->info.fresh - now;
        }

        delay = ngx_min(delay, 60000);

        remote->event.cancelable = 1;
    }

    if (remote->event.timer_set) {
        ngx_del_timer(&remote->event);
    }

    ngx_add_timer(&remote->event, delay);
}


static void
ngx_http_actor_token_remote_event(ngx_event_t *ev)
{
    ngx_msec_t                      now;
    ngx_uint_t                      all;
    ngx_actor_token_set_info_t      info;
    ngx_http_actor_token_remote_t  *remote;

    remote = ev->data;
    now = ngx_current_msec;

    if (ngx_exiting && ngx_queue_empty(&remote->waiting)) {
        ngx_http_actor_token_remote_abandon(remote);
        return;
    }

    ngx_http_actor_token_remote_sync(remote, now);

    if (!remote->id.tenant && !ngx_exiting
        && (remote->keyset == NULL
            || ngx_http_actor_token_passed(remote->info.fresh, now)))
    {
        (void) ngx_http_actor_token_remote_refresh(remote, now, 0);
    }

    /* when nobody fetches any more, there is nothing to wait for */

    all = !ngx_queue_empty(&remote->waiting)
          && remote->fetch == NULL
          && (ngx_actor_token_store_look(remote->remotes->store, &remote->id,
                                         now, &info, NULL, NULL)
              != NGX_OK
              || !info.fetching);

    ngx_http_actor_token_remote_arm(remote, now);

    ngx_http_actor_token_remote_wake(remote, now, all);
}


/* wakes all that wait, or those that have done so for too long */

static void
ngx_http_actor_token_remote_wake(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now, ngx_uint_t all)
{
    ngx_queue_t                 *q, *next, woken;
    ngx_http_actor_token_ctx_t  *ctx;

    ngx_queue_init(&woken);

    for (q = ngx_queue_head(&remote->waiting);
         q != ngx_queue_sentinel(&remote->waiting);
         q = next)
    {
        next = ngx_queue_next(q);
        ctx = ngx_queue_data(q, ngx_http_actor_token_ctx_t, queue);

        if (all || ngx_http_actor_token_passed(ctx->until, now)) {
            ngx_queue_remove(q);
            ngx_queue_insert_tail(&woken, q);
        }
    }

    /* one that is woken may end others, which then leave this queue */

    while (!ngx_queue_empty(&woken)) {
        q = ngx_queue_head(&woken);
        ctx = ngx_queue_data(q, ngx_http_actor_token_ctx_t, queue);

        ngx_queue_remove(q);
        ctx->queued = 0;

        ngx_http_actor_token_wake(ctx->request);
    }
}
