
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_keys.h>
#include <ngx_http_actor_token_metrics.h>


static ngx_int_t ngx_http_actor_token_keys(void *data,
    const ngx_actor_token_t *token, const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_keys_t **keys, ngx_actor_token_verdict_t *v);
static ngx_int_t ngx_http_actor_token_unknown(void *data,
    const ngx_actor_token_t *token);
static ngx_int_t ngx_http_actor_token_run(void *data,
    ngx_actor_token_t *token);
static void ngx_http_actor_token_ran(ngx_http_request_t *r,
    const ngx_actor_token_job_t *job);
static void ngx_http_actor_token_resume(ngx_http_request_t *r);

#if (NGX_THREADS)

#define NGX_HTTP_ACTOR_TOKEN_THREAD_TIME  60000    /* msec */


static ngx_int_t ngx_http_actor_token_post(ngx_http_actor_token_asker_t *asker,
    ngx_actor_token_t *token);
static void ngx_http_actor_token_task(void *data, ngx_log_t *log);
static void ngx_http_actor_token_task_done(ngx_event_t *ev);

#endif


void
ngx_http_actor_token_env(ngx_http_actor_token_asker_t *asker,
    ngx_actor_token_env_t *env)
{
    ngx_time_t                        *tp;
    ngx_http_request_t                *r;
    ngx_http_actor_token_main_conf_t  *mcf;

    r = asker->request;
    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);
    tp = ngx_timeofday();

    env->trusted = &mcf->trusted;
    env->cache = mcf->cache;
    env->keys = ngx_http_actor_token_keys;
    env->unknown = ngx_http_actor_token_unknown;
    env->run = ngx_http_actor_token_run;
    env->data = asker;
    env->pool = r->pool;
    env->now = tp->sec + tp->msec / 1000.0;
}


static ngx_int_t
ngx_http_actor_token_keys(void *data, const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_keys_t **keys, ngx_actor_token_verdict_t *v)
{
    ngx_http_actor_token_asker_t *asker = data;

    ngx_http_actor_token_ring_t           *ring;
    ngx_http_actor_token_main_conf_t      *mcf;
    const ngx_http_actor_token_issuer_t   *block;

    block = (const ngx_http_actor_token_issuer_t *) token->issuer;
    ring = block->ring;

    if (ring->files.nelts) {
        mcf = ngx_http_get_module_main_conf(asker->request,
                                            ngx_http_actor_token_module);

        ngx_http_actor_token_files_check(ring, mcf->store);
    }

    if (block->request == NULL) {
        *keys = &ring->keys;
        return NGX_OK;
    }

    return ngx_http_actor_token_remote_keys(asker, token, policy, keys, v);
}


static ngx_int_t
ngx_http_actor_token_unknown(void *data, const ngx_actor_token_t *token)
{
    const ngx_http_actor_token_issuer_t  *block;

    block = (const ngx_http_actor_token_issuer_t *) token->issuer;

    if (block->request == NULL) {
        return NGX_DECLINED;
    }

    return ngx_http_actor_token_remote_unknown(data, token);
}


static ngx_int_t
ngx_http_actor_token_run(void *data, ngx_actor_token_t *token)
{
    ngx_http_actor_token_asker_t *asker = data;

#if (NGX_THREADS)

    if (asker->may_wait && asker->conf->threads
        && ngx_http_actor_token_post(asker, token) == NGX_OK)
    {
        return NGX_AGAIN;
    }

#endif

    ngx_actor_token_job_run(&token->job, asker->request->connection->log);

    ngx_http_actor_token_ran(asker->request, &token->job);

    return NGX_OK;
}


static void
ngx_http_actor_token_ran(ngx_http_request_t *r,
    const ngx_actor_token_job_t *job)
{
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);

    ngx_http_actor_token_metrics_verified(mcf->metrics, job);
}


#if (NGX_THREADS)

static ngx_int_t
ngx_http_actor_token_post(ngx_http_actor_token_asker_t *asker,
    ngx_actor_token_t *token)
{
    ngx_thread_task_t    *task;
    ngx_http_request_t   *r;

    r = asker->request;

    task = ngx_thread_task_alloc(r->pool, 0);

    if (task == NULL
        || ngx_http_actor_token_keys_hold(token, r->pool) != NGX_OK)
    {
        return NGX_ERROR;
    }

    task->ctx = &token->job;
    task->handler = ngx_http_actor_token_task;
    task->event.data = r;
    task->event.log = r->connection->log;
    task->event.handler = ngx_http_actor_token_task_done;

    if (ngx_thread_task_post(asker->conf->threads, task) != NGX_OK) {
        return NGX_ERROR;
    }

    /*
     * The request, and the token with it, stays until the thread is done; the
     * timer keeps a worker that is shutting down from exiting before that.
     */

    r->main->blocked++;
    r->aio = 1;

    asker->ctx->verifying = token;

    ngx_add_timer(&task->event, NGX_HTTP_ACTOR_TOKEN_THREAD_TIME);

    return NGX_OK;
}


/* in a thread: nothing of the request is touched but the job */

static void
ngx_http_actor_token_task(void *data, ngx_log_t *log)
{
    ngx_actor_token_job_run_apart(data);
}


static void
ngx_http_actor_token_task_done(ngx_event_t *ev)
{
    ngx_connection_t            *c;
    ngx_http_request_t          *r;
    ngx_http_actor_token_ctx_t  *ctx;

    r = ev->data;
    c = r->connection;

    ngx_http_set_log_request(c->log, r);

    if (ev->timedout) {
        ev->timedout = 0;
        ngx_log_error(NGX_LOG_ALERT, c->log, 0,
                      "thread that verifies a signature has taken too long");
        return;
    }

    if (ev->timer_set) {
        ngx_del_timer(ev);
    }

    r->main->blocked--;
    r->aio = 0;

    ctx = ngx_http_actor_token_get_ctx(r);
    ctx->verifying->run = 1;

    ngx_http_actor_token_ran(r, &ctx->verifying->job);

    ngx_http_actor_token_wake(r);
}

#endif


void
ngx_http_actor_token_suspend(ngx_http_request_t *r,
    ngx_http_actor_token_ctx_t *ctx)
{
    ctx->waiting = 1;

    r->read_event_handler = ngx_http_test_reading;
    r->write_event_handler = ngx_http_actor_token_resume;
}


/* nginx has another handler for a request that ended while it waited */

void
ngx_http_actor_token_wake(ngx_http_request_t *r)
{
    ngx_connection_t            *c;
    ngx_http_actor_token_ctx_t  *ctx;

    c = r->connection;
    ctx = ngx_http_actor_token_get_ctx(r);

    ctx->waiting = 0;

    r->write_event_handler(r);

    ngx_http_run_posted_requests(c);
}


static void
ngx_http_actor_token_resume(ngx_http_request_t *r)
{
    ngx_http_actor_token_ctx_t  *ctx;

    ctx = ngx_http_actor_token_get_ctx(r);

    /* the connection can be written to, which nobody has waited for */

    if (ctx->waiting) {

        if (ngx_handle_write_event(r->connection->write, 0) != NGX_OK) {
            ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        }

        return;
    }

    if (ngx_handle_read_event(r->connection->read, 0) != NGX_OK) {
        ngx_http_finalize_request(r, NGX_HTTP_INTERNAL_SERVER_ERROR);
        return;
    }

    r->read_event_handler = ngx_http_block_reading;
    r->write_event_handler = ngx_http_core_run_phases;

    ngx_http_core_run_phases(r);
}
