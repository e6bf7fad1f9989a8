
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_FETCH_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_FETCH_H_INCLUDED_


#include <ngx_http_actor_token_answer.h>
#include <ngx_http_actor_token_place.h>


/*
 * A fetch is a GET that is nobody's request: it runs in a location of a
 * server as a subrequest does, but of a request of its own, on a connection
 * that leads nowhere.
 */

typedef struct ngx_http_actor_token_fetch_s  ngx_http_actor_token_fetch_t;


/* the answer and its body live until the handler returns */

typedef void (*ngx_http_actor_token_fetch_pt)(void *data,
    const ngx_http_actor_token_answer_t *answer);


typedef struct {
    const ngx_http_actor_token_place_t  *place;
    ngx_str_t                       uri;      /* path, as locations see it */
    ngx_str_t                       args;
    ngx_str_t                       issuer;   /* its block's name, for logs */
    ngx_msec_t                      limit;    /* of the time it may take */
    ngx_http_actor_token_fetch_pt   handler;
    void                           *data;     /* for the handler */
} ngx_http_actor_token_fetch_task_t;


/*
 * Starts a fetch, which runs once the caller has returned to the event loop.
 * Strings are copied.  The handler is called exactly once, never from here,
 * and not after a cancel; the fetch must not be used after either.  NULL, and
 * a line in the log, for lack of memory, descriptors or connections.
 *
 * In a worker that is shutting down only what somebody waits for should be
 * fetched.
 */
ngx_http_actor_token_fetch_t *ngx_http_actor_token_fetch_start(
    const ngx_http_actor_token_fetch_task_t *task);

/* not from within its handler */
void ngx_http_actor_token_fetch_cancel(ngx_http_actor_token_fetch_t *fetch);

/*
 * Whether somebody waits for the answer, which is not so at first.  A fetch
 * for which nobody waits is ended when its worker begins to shut down.
 */
void ngx_http_actor_token_fetch_awaited(ngx_http_actor_token_fetch_t *fetch,
    ngx_uint_t awaited);

/* whether a request is a part of a fetch: nothing in it is anybody's */
ngx_uint_t ngx_http_actor_token_is_fetch(const ngx_http_request_t *r);

/* puts the filters in place; the last that a module does about filters */
ngx_int_t ngx_http_actor_token_fetch_init(ngx_conf_t *cf);


#endif /* _NGX_HTTP_ACTOR_TOKEN_FETCH_H_INCLUDED_ */
