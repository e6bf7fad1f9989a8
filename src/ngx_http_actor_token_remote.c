
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_remote.h>


static ngx_http_actor_token_remote_t *ngx_http_actor_token_remote_get(
    const ngx_actor_token_t *token);
static ngx_http_actor_token_remote_t *ngx_http_actor_token_remote_create(
    ngx_http_actor_token_remotes_t *remotes, ngx_http_actor_token_ring_t *ring,
    const ngx_str_t *tenant);
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

    remote->id.cache = request->cache;
    remote->id.stale = request->stale;
    remote->id.refetch = request->refetch;

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

    if (policy->check_tenant != NGX_ACTOR_TOKEN_COMPARE_OFF
        && policy->tenant.len == 0)
    {
        return ngx_actor_token_reject(v, NGX_ACTOR_TOKEN_TENANT_UNRESOLVED,
                                      "actor_token_tenant is empty for this "
                                      "request");
    }

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

    } else if (ngx_actor_token_eq(&policy->tenant, &token->label)) {
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

    if (ngx_http_actor_token_remote_refresh(remote, now, 1) != NGX_AGAIN) {
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


ngx_actor_token_keyset_t *
ngx_http_actor_token_remote_keyset(
    const ngx_http_actor_token_remote_t *remote)
{
    return remote->keyset;
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
