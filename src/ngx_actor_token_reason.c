
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token.h>

#include <openssl/err.h>


#define NGX_ACTOR_TOKEN_REASON_ROW(symbol, code, status, challenge)           \
    { ngx_string(code), status, NGX_ACTOR_TOKEN_CHALLENGE_##challenge },

static const ngx_actor_token_reason_t  ngx_actor_token_reasons[] = {
    { ngx_null_string, 500, NGX_ACTOR_TOKEN_CHALLENGE_NONE },
    NGX_ACTOR_TOKEN_REASONS(NGX_ACTOR_TOKEN_REASON_ROW)
};


const ngx_actor_token_reason_t *
ngx_actor_token_reason(ngx_actor_token_reason_e reason)
{
    if (reason == NGX_ACTOR_TOKEN_UNDECIDED
        || reason >= NGX_ACTOR_TOKEN_REASON_MAX)
    {
        reason = NGX_ACTOR_TOKEN_INTERNAL_ERROR;
    }

    return &ngx_actor_token_reasons[reason];
}


ngx_int_t
ngx_actor_token_reject(ngx_actor_token_verdict_t *v,
    ngx_actor_token_reason_e reason, const char *what)
{
    if (v->reason == NGX_ACTOR_TOKEN_UNDECIDED) {
        v->reason = reason;
        v->what = what;
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_actor_token_reject_value(ngx_actor_token_verdict_t *v,
    ngx_actor_token_reason_e reason, const char *what,
    const ngx_actor_token_list_t *expected, const ngx_str_t *got)
{
    if (v->reason == NGX_ACTOR_TOKEN_UNDECIDED) {

        if (expected) {
            v->expected = *expected;
        }

        if (got) {
            v->got.elts = got;
            v->got.nelts = 1;
        }
    }

    return ngx_actor_token_reject(v, reason, what);
}


ngx_int_t
ngx_actor_token_reject_number(ngx_actor_token_verdict_t *v,
    ngx_actor_token_reason_e reason, const char *what, int64_t limit,
    int64_t value)
{
    if (v->reason == NGX_ACTOR_TOKEN_UNDECIDED) {
        v->limit = limit;
        v->value = value;
        v->numeric = 1;
    }

    return ngx_actor_token_reject(v, reason, what);
}


ngx_uint_t
ngx_actor_token_list_has(const ngx_actor_token_list_t *list,
    const ngx_str_t *value)
{
    ngx_uint_t  i;

    for (i = 0; i < list->nelts; i++) {
        if (ngx_actor_token_eq(&list->elts[i], value)) {
            return 1;
        }
    }

    return 0;
}


ngx_uint_t
ngx_actor_token_printable(const ngx_str_t *s)
{
    size_t  i;

    for (i = 0; i < s->len; i++) {
        if (s->data[i] < 0x20 || s->data[i] == 0x7f) {
            return 0;
        }
    }

    return 1;
}


void
ngx_actor_token_openssl_error(ngx_uint_t level, ngx_log_t *log,
    const char *text)
{
    char           buf[256];
    unsigned long  n;

    n = ERR_peek_last_error();

    if (n == 0) {
        ngx_log_error(level, log, 0, "%s", text);
        return;
    }

    ERR_error_string_n(n, buf, sizeof(buf));
    ngx_log_error(level, log, 0, "%s (SSL: %s)", text, buf);

    ERR_clear_error();
}


ngx_int_t
ngx_actor_token_openssl_fault(void)
{
    return (ERR_GET_REASON(ERR_peek_error()) == ERR_R_MALLOC_FAILURE)
           ? NGX_ERROR : NGX_DECLINED;
}
