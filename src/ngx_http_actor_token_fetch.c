
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_fetch.h>


/*
 * The main request of a fetch never runs a phase and never answers anybody.
 * It carries one subrequest, which is what the location sees: the filters
 * below keep its answer.  Everything is freed where nginx frees a request
 * and its connection.
 */

struct ngx_http_actor_token_fetch_s {
    ngx_http_log_ctx_t              log_ctx;      /* comes first */

    ngx_connection_t               *connection;
    ngx_http_request_t             *request;      /* the subrequest */
    ngx_event_t                     event;        /* ends it */

    ngx_str_t                       uri;
    ngx_str_t                       args;
    ngx_str_t                       issuer;
    ngx_msec_t                      limit;
    ngx_http_actor_token_fetch_pt   handler;      /* NULL: was called */
    void                           *data;

    ngx_http_actor_token_answer_t   answer;
};


static ngx_connection_t *ngx_http_actor_token_fetch_connect(
    const ngx_http_actor_token_fetch_task_t *task);
static ngx_int_t ngx_http_actor_token_fetch_set_connection(
    ngx_connection_t *c, const ngx_http_actor_token_fetch_task_t *task);
static ngx_http_actor_token_fetch_t *ngx_http_actor_token_fetch_create(
    ngx_connection_t *c, const ngx_http_actor_token_fetch_task_t *task);
static ngx_int_t ngx_http_actor_token_fetch_request(
    ngx_http_actor_token_fetch_t *fetch,
    const ngx_http_actor_token_place_t *place);
static ngx_int_t ngx_http_actor_token_fetch_set_request(
    ngx_http_request_t *r, ngx_http_actor_token_fetch_t *fetch,
    const ngx_http_actor_token_place_t *place);
static ngx_table_elt_t *ngx_http_actor_token_fetch_header(
    ngx_http_request_t *r, const char *name, const char *lowcase,
    const ngx_str_t *value);

static void ngx_http_actor_token_fetch_start_handler(ngx_event_t *wev);
static void ngx_http_actor_token_fetch_handler(ngx_event_t *ev);
static void ngx_http_actor_token_fetch_done(ngx_http_request_t *r);
static void ngx_http_actor_token_fetch_end_handler(ngx_event_t *ev);
static void ngx_http_actor_token_fetch_end(
    ngx_http_actor_token_fetch_t *fetch);
static void ngx_http_actor_token_fetch_no_action(ngx_http_request_t *r);
static void ngx_http_actor_token_fetch_cleanup(void *data);
static void ngx_http_actor_token_fetch_report(
    ngx_http_actor_token_fetch_t *fetch);
static ngx_http_actor_token_fetch_t *ngx_http_actor_token_fetch_get(
    const ngx_http_request_t *r);

static ngx_uint_t ngx_http_actor_token_fetch_keeps(
    ngx_http_actor_token_fetch_t *fetch, ngx_http_request_t *r);
static ngx_int_t ngx_http_actor_token_fetch_refuse(
    ngx_http_actor_token_fetch_t *fetch);
static ngx_int_t ngx_http_actor_token_fetch_header_filter(
    ngx_http_request_t *r);
static ngx_int_t ngx_http_actor_token_fetch_body_filter(
    ngx_http_request_t *r, ngx_chain_t *in);
static u_char *ngx_http_actor_token_fetch_log_error(ngx_log_t *log,
    u_char *buf, size_t len);


static ngx_http_output_header_filter_pt  ngx_http_next_header_filter;
static ngx_http_output_body_filter_pt    ngx_http_next_body_filter;


ngx_http_actor_token_fetch_t *
ngx_http_actor_token_fetch_start(const ngx_http_actor_token_fetch_task_t *task)
{
    ngx_connection_t              *c;
    ngx_http_actor_token_fetch_t  *fetch;

    c = ngx_http_actor_token_fetch_connect(task);

    fetch = c ? ngx_http_actor_token_fetch_create(c, task) : NULL;

    if (fetch == NULL) {
        ngx_log_error(NGX_LOG_ERR, ngx_cycle->log, 0,
                      "could not start to fetch keys of issuer \"%V\"",
                      &task->issuer);
        return NULL;
    }

    ngx_add_timer(&fetch->event, fetch->limit);
    ngx_post_event(c->write, &ngx_posted_events);

    return fetch;
}


/*
 * The descriptor is one that the event method takes, that nothing can be
 * received from, and that never looks closed.
 */

static ngx_connection_t *
ngx_http_actor_token_fetch_connect(
    const ngx_http_actor_token_fetch_task_t *task)
{
    ngx_log_t         *log;
    ngx_pool_t        *pool;
    ngx_socket_t       s;
    ngx_connection_t  *c;

    log = ngx_cycle->log;

    s = ngx_socket(AF_UNIX, SOCK_DGRAM, 0);

    if (s == (ngx_socket_t) -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_socket_errno,
                      ngx_socket_n " failed");
        return NULL;
    }

    if (ngx_nonblocking(s) == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_socket_errno,
                      ngx_nonblocking_n " failed");
        goto failed;
    }

    c = ngx_get_connection(s, log);
    if (c == NULL) {
        goto failed;
    }

    pool = ngx_create_pool(task->place->server->connection_pool_size, log);
    if (pool == NULL) {
        ngx_close_connection(c);
        return NULL;
    }

    c->pool = pool;

    if (ngx_http_actor_token_fetch_set_connection(c, task) != NGX_OK) {
        ngx_close_connection(c);
        ngx_destroy_pool(pool);
        return NULL;
    }

    return c;

failed:

    if (ngx_close_socket(s) == -1) {
        ngx_log_error(NGX_LOG_ALERT, log, ngx_socket_errno,
                      ngx_close_socket_n " failed");
    }

    return NULL;
}


/* what nginx sets where it accepts a connection, and inits it for HTTP */

static ngx_int_t
ngx_http_actor_token_fetch_set_connection(ngx_connection_t *c,
    const ngx_http_actor_token_fetch_task_t *task)
{
    ngx_log_t              *log;
    struct sockaddr_in     *sin;
    ngx_http_connection_t  *hc;

    log = ngx_palloc(c->pool, sizeof(ngx_log_t));
    sin = ngx_pcalloc(c->pool, sizeof(struct sockaddr_in));
    hc = ngx_pcalloc(c->pool, sizeof(ngx_http_connection_t));
    c->buffer = ngx_calloc_buf(c->pool);

    if (log == NULL || sin == NULL || hc == NULL || c->buffer == NULL) {
        return NGX_ERROR;
    }

    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);
    c->start_time = ngx_current_msec;

    *log = *ngx_cycle->log;
    log->connection = c->number;
    log->action = NULL;

    c->log = log;
    c->pool->log = log;
    c->read->log = log;
    c->write->log = log;
    c->log_error = NGX_ERROR_INFO;

    sin->sin_family = AF_INET;
    sin->sin_addr.s_addr = htonl(INADDR_LOOPBACK);

    c->type = SOCK_STREAM;
    c->sockaddr = (struct sockaddr *) sin;
    c->socklen = sizeof(struct sockaddr_in);
    c->local_sockaddr = c->sockaddr;
    c->local_socklen = c->socklen;
    ngx_str_set(&c->addr_text, "127.0.0.1");

    c->recv = ngx_recv;
    c->send = ngx_send;
    c->recv_chain = ngx_recv_chain;
    c->send_chain = ngx_send_chain;
    c->tcp_nodelay = NGX_TCP_NODELAY_DISABLED;
    c->tcp_nopush = NGX_TCP_NOPUSH_DISABLED;

    hc->conf_ctx = task->place->server->ctx;
    c->data = hc;

    c->read->handler = ngx_http_actor_token_fetch_handler;
    c->write->handler = ngx_http_actor_token_fetch_start_handler;
    c->write->ready = 1;

    /* nginx closes what is idle when a worker begins to shut down */

    c->idle = 1;

    return NGX_OK;
}


static ngx_http_actor_token_fetch_t *
ngx_http_actor_token_fetch_create(ngx_connection_t *c,
    const ngx_http_actor_token_fetch_task_t *task)
{
    ngx_pool_t                    *pool;
    ngx_http_actor_token_fetch_t  *fetch;

    pool = c->pool;

    fetch = ngx_pcalloc(pool, sizeof(ngx_http_actor_token_fetch_t));
    if (fetch == NULL) {
        goto failed;
    }

    fetch->uri.len = task->uri.len;
    fetch->uri.data = ngx_pstrdup(pool, (ngx_str_t *) &task->uri);
    fetch->args.len = task->args.len;
    fetch->args.data = ngx_pstrdup(pool, (ngx_str_t *) &task->args);
    fetch->issuer.len = task->issuer.len;
    fetch->issuer.data = ngx_pstrdup(pool, (ngx_str_t *) &task->issuer);

    if (fetch->uri.data == NULL || fetch->args.data == NULL
        || fetch->issuer.data == NULL)
    {
        goto failed;
    }

    fetch->connection = c;
    fetch->limit = task->limit;
    fetch->handler = task->handler;
    fetch->data = task->data;

    fetch->event.handler = ngx_http_actor_token_fetch_end_handler;
    fetch->event.data = fetch;
    fetch->event.log = c->log;

    fetch->log_ctx.connection = c;
    c->log->handler = ngx_http_actor_token_fetch_log_error;
    c->log->data = fetch;

    ngx_http_actor_token_answer_init(&fetch->answer);

    if (ngx_http_actor_token_fetch_request(fetch, task->place) != NGX_OK) {
        goto failed;
    }

    return fetch;

failed:

    ngx_close_connection(c);
    ngx_destroy_pool(pool);

    return NULL;
}


static ngx_int_t
ngx_http_actor_token_fetch_request(ngx_http_actor_token_fetch_t *fetch,
    const ngx_http_actor_token_place_t *place)
{
    ngx_connection_t    *c;
    ngx_http_cleanup_t  *cln;
    ngx_http_request_t  *r;

    c = fetch->connection;

    r = ngx_http_create_request(c);
    if (r == NULL) {
        return NGX_ERROR;
    }

#if (NGX_STAT_STUB)

    /* no client's request */

    (void) ngx_atomic_fetch_add(ngx_stat_requests, -1);
    (void) ngx_atomic_fetch_add(ngx_stat_reading, -1);
    r->stat_reading = 0;

#endif

    c->data = r;
    r->logged = 1;

    if (ngx_http_actor_token_fetch_set_request(r, fetch, place) != NGX_OK
        || ngx_http_subrequest(r, &fetch->uri, &fetch->args, &fetch->request,
                               NULL, 0)
           != NGX_OK)
    {
        goto failed;
    }

    fetch->request->filter_need_in_memory = 1;

    cln = ngx_http_cleanup_add(r, 0);
    if (cln == NULL) {
        goto failed;
    }

    cln->handler = ngx_http_actor_token_fetch_cleanup;
    cln->data = fetch;

    return NGX_OK;

failed:

    ngx_http_free_request(r, 0);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_actor_token_fetch_set_request(ngx_http_request_t *r,
    ngx_http_actor_token_fetch_t *fetch,
    const ngx_http_actor_token_place_t *place)
{
    u_char                  *p;
    static const ngx_str_t   accept =
        ngx_string("application/jwk-set+json, application/json");

    if (ngx_list_init(&r->headers_in.headers, r->pool, 2,
                      sizeof(ngx_table_elt_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    r->headers_in.server = place->host;
    r->headers_in.host = ngx_http_actor_token_fetch_header(r, "Host", "host",
                                                           &place->host);

    if (r->headers_in.host == NULL
        || ngx_http_actor_token_fetch_header(r, "Accept", "accept", &accept)
           == NULL)
    {
        return NGX_ERROR;
    }

    p = ngx_pnalloc(r->pool, sizeof("GET ? HTTP/1.1") - 1 + fetch->uri.len
                             + fetch->args.len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    r->request_line.data = p;
    p = ngx_cpymem(p, "GET ", 4);

    r->unparsed_uri.data = p;
    p = ngx_sprintf(p, "%V%s%V", &fetch->uri, fetch->args.len ? "?" : "",
                    &fetch->args);
    r->unparsed_uri.len = p - r->unparsed_uri.data;

    p = ngx_cpymem(p, " HTTP/1.1", sizeof(" HTTP/1.1") - 1);
    r->request_line.len = p - r->request_line.data;

    r->uri = fetch->uri;
    r->args = fetch->args;

    r->method = NGX_HTTP_GET;
    r->method_name = ngx_http_core_get_method;
    r->http_version = NGX_HTTP_VERSION_11;
    r->http_major = 1;
    r->http_minor = 1;
    ngx_str_set(&r->http_protocol, "HTTP/1.1");

    r->internal = 1;
    r->http_state = NGX_HTTP_PROCESS_REQUEST_STATE;
    r->write_event_handler = ngx_http_actor_token_fetch_done;

    /* limits are for clients; a subrequest finds that they have been kept */

    r->limit_conn_status = 1;
    r->limit_req_status = 1;

    return NGX_OK;
}


static ngx_table_elt_t *
ngx_http_actor_token_fetch_header(ngx_http_request_t *r, const char *name,
    const char *lowcase, const ngx_str_t *value)
{
    ngx_table_elt_t  *h;

    h = ngx_list_push(&r->headers_in.headers);
    if (h == NULL) {
        return NULL;
    }

    ngx_memzero(h, sizeof(ngx_table_elt_t));

    h->key.data = (u_char *) name;
    h->key.len = ngx_strlen(name);
    h->lowcase_key = (u_char *) lowcase;
    h->hash = ngx_hash_key(h->lowcase_key, h->key.len);
    h->value = *value;

    return h;
}


static void
ngx_http_actor_token_fetch_start_handler(ngx_event_t *wev)
{
    ngx_connection_t  *c;

    c = wev->data;

    c->write->handler = ngx_http_actor_token_fetch_handler;

    ngx_http_run_posted_requests(c);
}


/* what nginx's own handler of a client's connection does */

static void
ngx_http_actor_token_fetch_handler(ngx_event_t *ev)
{
    ngx_connection_t              *c;
    ngx_http_request_t            *r;
    ngx_http_actor_token_fetch_t  *fetch;

    c = ev->data;
    r = c->data;

    ngx_http_set_log_request(c->log, r);

    if (ev->delayed && ev->timedout) {
        ev->delayed = 0;
        ev->timedout = 0;
    }

    if (c->close) {
        fetch = ngx_http_actor_token_fetch_get(r);
        ngx_http_actor_token_answer_fail(&fetch->answer,
                                         "the worker is shutting down");
        ngx_http_actor_token_fetch_end(fetch);

    } else if (ev->write) {
        r->write_event_handler(r);

    } else {
        r->read_event_handler(r);
    }

    ngx_http_run_posted_requests(c);
}


/* the main request, woken by the end of the subrequest */

static void
ngx_http_actor_token_fetch_done(ngx_http_request_t *r)
{
    ngx_http_actor_token_fetch_t  *fetch;

    fetch = ngx_http_actor_token_fetch_get(r);

    if (!fetch->request->done) {
        return;
    }

    r->write_event_handler = ngx_http_request_empty_handler;

    ngx_http_actor_token_answer_end(&fetch->answer);
    ngx_http_actor_token_fetch_report(fetch);

    if (r->count > 1 && !ngx_exiting) {

        /* a cache is being updated in the background */

        r->connection->idle = 1;
        ngx_http_finalize_request(r, NGX_DONE);
        return;
    }

    ngx_http_actor_token_fetch_end(fetch);
}


/* the time is over, or a filter wants no more */

static void
ngx_http_actor_token_fetch_end_handler(ngx_event_t *ev)
{
    ngx_connection_t              *c;
    ngx_http_actor_token_fetch_t  *fetch;

    fetch = ev->data;
    c = fetch->connection;

    if (ev->timedout) {
        ngx_http_actor_token_answer_fail(&fetch->answer,
                                   fetch->limit % 1000 ? "it took over %M ms"
                                                       : "it took over %M s",
                                   fetch->limit % 1000 ? fetch->limit
                                                       : fetch->limit / 1000);
    }

    ngx_http_actor_token_fetch_end(fetch);
    ngx_http_run_posted_requests(c);
}


/*
 * Has the requests freed when posted ones are run next, unless a thread or a
 * cache lock still holds one.
 */

static void
ngx_http_actor_token_fetch_end(ngx_http_actor_token_fetch_t *fetch)
{
    ngx_http_request_t  *r;

    r = fetch->connection->data;

    ngx_http_set_log_request(r->connection->log, r);

    ngx_http_actor_token_fetch_no_action(r);

    r->main->count++;
    ngx_http_finalize_request(r, NGX_ERROR);
}


/* as if there had been a post_action, which otherwise would come now */

static void
ngx_http_actor_token_fetch_no_action(ngx_http_request_t *r)
{
    r->post_action = 1;
    r->uri_changes = 0;
}


static void
ngx_http_actor_token_fetch_cleanup(void *data)
{
    ngx_http_actor_token_fetch_t  *fetch = data;

    if (fetch->event.timer_set) {
        ngx_del_timer(&fetch->event);
    }

    if (fetch->event.posted) {
        ngx_delete_posted_event(&fetch->event);
    }

#if (NGX_STAT_STUB)

    /* what closes the connection takes one away */

    (void) ngx_atomic_fetch_add(ngx_stat_active, 1);

#endif

    ngx_http_actor_token_answer_end(&fetch->answer);
    ngx_http_actor_token_fetch_report(fetch);
}


static void
ngx_http_actor_token_fetch_report(ngx_http_actor_token_fetch_t *fetch)
{
    ngx_http_actor_token_fetch_pt  handler;

    handler = fetch->handler;
    fetch->handler = NULL;

    if (handler) {
        handler(fetch->data, &fetch->answer);
    }
}


void
ngx_http_actor_token_fetch_cancel(ngx_http_actor_token_fetch_t *fetch)
{
    ngx_connection_t  *c;

    c = fetch->connection;

    fetch->handler = NULL;

    ngx_http_actor_token_fetch_end(fetch);
    ngx_http_run_posted_requests(c);
}


void
ngx_http_actor_token_fetch_awaited(ngx_http_actor_token_fetch_t *fetch,
    ngx_uint_t awaited)
{
    fetch->connection->idle = !awaited;
}


ngx_uint_t
ngx_http_actor_token_is_fetch(const ngx_http_request_t *r)
{
    return r->connection->log->handler == ngx_http_actor_token_fetch_log_error;
}


static ngx_http_actor_token_fetch_t *
ngx_http_actor_token_fetch_get(const ngx_http_request_t *r)
{
    return r->connection->log->data;
}


/*
 * What a fetch answers ends here, and is kept.  There may be other requests
 * in it: one that updates a cache, or one that another module reads from
 * memory, where its answer must arrive.
 */

static ngx_uint_t
ngx_http_actor_token_fetch_keeps(ngx_http_actor_token_fetch_t *fetch,
    ngx_http_request_t *r)
{
    return r == fetch->request && fetch->handler
           && fetch->answer.error.len == 0;
}


/*
 * NGX_ERROR ends it at once, unless a cache wants the rest of the answer; then
 * the event does.
 */

static ngx_int_t
ngx_http_actor_token_fetch_refuse(ngx_http_actor_token_fetch_t *fetch)
{
    ngx_http_actor_token_fetch_no_action(fetch->request);

    ngx_post_event(&fetch->event, &ngx_posted_events);

    return NGX_ERROR;
}


static ngx_int_t
ngx_http_actor_token_fetch_header_filter(ngx_http_request_t *r)
{
    ngx_http_actor_token_fetch_t  *fetch;

    if (!ngx_http_actor_token_is_fetch(r) || r->subrequest_in_memory) {
        return ngx_http_next_header_filter(r);
    }

    r->header_sent = 1;

    fetch = ngx_http_actor_token_fetch_get(r);

    if (ngx_http_actor_token_fetch_keeps(fetch, r)
        && ngx_http_actor_token_answer_header(&fetch->answer, r) != NGX_OK)
    {
        return ngx_http_actor_token_fetch_refuse(fetch);
    }

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_fetch_body_filter(ngx_http_request_t *r, ngx_chain_t *in)
{
    ngx_chain_t                   *cl;
    ngx_http_actor_token_fetch_t  *fetch;

    if (!ngx_http_actor_token_is_fetch(r) || r->subrequest_in_memory) {
        return ngx_http_next_body_filter(r, in);
    }

    fetch = ngx_http_actor_token_fetch_get(r);

    if (ngx_http_actor_token_fetch_keeps(fetch, r)
        && ngx_http_actor_token_answer_body(&fetch->answer, r, in) != NGX_OK)
    {
        return ngx_http_actor_token_fetch_refuse(fetch);
    }

    for (cl = in; cl; cl = cl->next) {
        cl->buf->pos = cl->buf->last;
        cl->buf->file_pos = cl->buf->file_last;
    }

    return NGX_OK;
}


static u_char *
ngx_http_actor_token_fetch_log_error(ngx_log_t *log, u_char *buf, size_t len)
{
    u_char                        *p;
    ngx_http_request_t            *r;
    ngx_http_actor_token_fetch_t  *fetch;

    fetch = log->data;
    r = fetch->log_ctx.request;

    p = ngx_snprintf(buf, len, " while fetching keys of issuer \"%V\"",
                     &fetch->issuer);

    if (log->action) {
        p = ngx_snprintf(p, len - (p - buf), " (%s)", log->action);
    }

    if (r == NULL) {
        return p;
    }

    return r->log_handler(r, fetch->log_ctx.current_request, p,
                          len - (p - buf));
}


ngx_int_t
ngx_http_actor_token_fetch_init(ngx_conf_t *cf)
{
    ngx_http_next_header_filter = ngx_http_top_header_filter;
    ngx_http_top_header_filter = ngx_http_actor_token_fetch_header_filter;

    ngx_http_next_body_filter = ngx_http_top_body_filter;
    ngx_http_top_body_filter = ngx_http_actor_token_fetch_body_filter;

    return NGX_OK;
}
