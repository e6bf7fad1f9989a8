
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_metrics.h>
#include <ngx_http_actor_token_remote.h>


#define NGX_HTTP_ACTOR_TOKEN_FETCH_LIMIT  60000    /* msec, for one fetch */
#define NGX_HTTP_ACTOR_TOKEN_POLL         100      /* msec */


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
static void ngx_http_actor_token_remote_arm(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now);
static void ngx_http_actor_token_remote_wake(
    ngx_http_actor_token_remote_t *remote, ngx_msec_t now, ngx_uint_t all);


ngx_int_t
ngx_http_actor_token_remote_refresh(ngx_http_actor_token_remote_t *remote,
    ngx_msec_t now, ngx_uint_t unknown)
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
    ngx_int_t  rc;

    rc = ngx_actor_token_store_end(remote->remotes->store, &remote->id, now,
                                   &answer->body, content, answer->max_age);

    ngx_memcpy(remote->info.content, content, NGX_ACTOR_TOKEN_DIGEST_LEN);

    remote->info.fetched = now;
    remote->info.max_age = answer->max_age;

    ngx_actor_token_store_times(&remote->id, &remote->info);

    ngx_http_actor_token_metrics_fetched(remote->remotes->metrics,
                                         &remote->ring->block->issuer, 1);

    ngx_log_error(NGX_LOG_INFO, remote->remotes->log, 0,
                  "keys of issuer \"%V\"%s%V%s have been fetched, and are "
                  "fresh for %M ms", &remote->ring->block->issuer.name,
                  remote->id.tenant ? " for tenant \"" : "",
                  &remote->node.str, remote->id.tenant ? "\"" : "",
                  remote->info.fresh - now);

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

    ngx_actor_token_store_fail(remote->remotes->store, &remote->id, now);

    ngx_log_error(NGX_LOG_ERR, remote->remotes->log, 0,
                  "keys of issuer \"%V\"%s%V%s could not be fetched: "
                  "%V%s", &block->issuer.name,
                  remote->id.tenant ? " for tenant \"" : "",
                  &remote->node.str, remote->id.tenant ? "\"" : "", cause,
                  remote->keyset ? "; the last good set stays in use" : "");
}


void
ngx_http_actor_token_remote_abandon(ngx_http_actor_token_remote_t *remote)
{
    if (remote->fetch == NULL) {
        return;
    }

    ngx_http_actor_token_fetch_cancel(remote->fetch);
    remote->fetch = NULL;

    ngx_actor_token_store_cancel(remote->remotes->store, &remote->id);
}


ngx_int_t
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


void
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
