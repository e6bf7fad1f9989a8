
/*
 * Copyright (C) The actor-token gateway authors
 */


#ifndef _NGX_HTTP_ACTOR_TOKEN_ANSWER_H_INCLUDED_
#define _NGX_HTTP_ACTOR_TOKEN_ANSWER_H_INCLUDED_


#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>


#define NGX_HTTP_ACTOR_TOKEN_ANSWER_MAX  (1024 * 1024)


/*
 * What a location answered, read from its response and not sent to anybody.
 * The body may be used if "error" is empty; otherwise "error" is a phrase
 * that says why not.
 */

typedef struct {
    ngx_uint_t   status;         /* 0: there was no answer */
    ngx_str_t    body;
    time_t       max_age;        /* of Cache-Control; -1: not said */
    ngx_str_t    error;

    size_t       size;           /* allocated for the body */
    off_t        length;         /* the body's, as announced, or -1 */
    u_char       text[64];
    unsigned     last:1;         /* the end of the body was seen */
} ngx_http_actor_token_answer_t;


void ngx_http_actor_token_answer_init(ngx_http_actor_token_answer_t *a);

/* the first error is kept */
void ngx_cdecl ngx_http_actor_token_answer_fail(
    ngx_http_actor_token_answer_t *a, const char *fmt, ...);

/* for a header filter and a body filter; unless NGX_OK, "error" is set */
ngx_int_t ngx_http_actor_token_answer_header(ngx_http_actor_token_answer_t *a,
    ngx_http_request_t *r);
ngx_int_t ngx_http_actor_token_answer_body(ngx_http_actor_token_answer_t *a,
    ngx_http_request_t *r, ngx_chain_t *in);

/* the request that answers has ended */
void ngx_http_actor_token_answer_end(ngx_http_actor_token_answer_t *a);


#endif /* _NGX_HTTP_ACTOR_TOKEN_ANSWER_H_INCLUDED_ */
