
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


#define NGX_HTTP_ACTOR_TOKEN_LINE_MAX   8192
#define NGX_HTTP_ACTOR_TOKEN_LIST_MAX   3


/* a JSON object in the making; what does not fit any more is left out */

typedef struct {
    u_char     *start;
    u_char     *pos;
    u_char     *last;            /* with room for what closes the object */
} ngx_http_actor_token_writer_t;


static u_char *ngx_http_actor_token_log_list(u_char *p, u_char *last,
    const char *name, const ngx_actor_token_list_t *list);

static ngx_uint_t ngx_http_actor_token_early(
    const ngx_http_actor_token_decision_t *d);
static void ngx_http_actor_token_audit_request(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d,
    ngx_http_actor_token_writer_t *w);
static void ngx_http_actor_token_audit_token(
    const ngx_actor_token_claims_t *claims,
    ngx_http_actor_token_writer_t *w);
static void ngx_http_actor_token_audit_chain(
    const ngx_actor_token_claims_t *claims,
    ngx_http_actor_token_writer_t *w);
static void ngx_http_actor_token_audit_time(ngx_str_t *s, u_char *buf);
static u_char *ngx_http_actor_token_write_name(
    ngx_http_actor_token_writer_t *w, const char *name, size_t room);
static void ngx_http_actor_token_write_string(
    ngx_http_actor_token_writer_t *w, const char *name, const ngx_str_t *s);
static void ngx_http_actor_token_write_raw(ngx_http_actor_token_writer_t *w,
    const char *name, const char *text);
static void ngx_http_actor_token_write_number(
    ngx_http_actor_token_writer_t *w, const char *name, int64_t n);
static void ngx_http_actor_token_write_array(
    ngx_http_actor_token_writer_t *w, const char *name,
    const ngx_actor_token_list_t *list);


static const ngx_str_t  ngx_http_actor_token_status_names[] = {
    ngx_null_string,
    ngx_string("PASSED"),
    ngx_string("REJECTED"),
    ngx_string("REJECTED_DRY_RUN")
};


const ngx_str_t *
ngx_http_actor_token_status_name(ngx_http_actor_token_status_e status)
{
    return &ngx_http_actor_token_status_names[status];
}


/*
 * One line that lets an administrator mend the cause.  What comes from the
 * token is quoted and bounded; the token itself is only its fingerprint.
 */

void
ngx_http_actor_token_log_rejection(ngx_http_request_t *r,
    const ngx_http_actor_token_loc_conf_t *conf,
    const ngx_http_actor_token_decision_t *d)
{
    u_char                           text[NGX_MAX_ERROR_STR], *p, *last;
    ngx_str_t                        fingerprint;
    ngx_uint_t                       level;
    const ngx_actor_token_t         *token;
    const ngx_actor_token_verdict_t *v;

    v = &d->verdict;

    if (v->reason == NGX_ACTOR_TOKEN_OK) {
        return;
    }

    level = (v->reason == NGX_ACTOR_TOKEN_MISSING) ? NGX_LOG_INFO
                                                   : conf->log_level;

    if (r->connection->log->log_level < level) {
        return;
    }

    last = text + NGX_MAX_ERROR_STR - 512;
    p = text;

    if (d->seen && d->seen->token.issuer) {
        p = ngx_slprintf(p, last, ", issuer: \"%V\"",
                         &d->seen->token.issuer->name);
    }

    if (v->what) {
        p = ngx_slprintf(p, last, ", %s", v->what);
    }

    p = ngx_http_actor_token_log_list(p, last, "expected", &v->expected);
    p = ngx_http_actor_token_log_list(p, last, "got", &v->got);

    if (v->numeric) {
        p = ngx_slprintf(p, last, ", expected: %L, got: %L", v->limit,
                         v->value);
    }

    if (d->seen) {
        token = &d->seen->token;

        if (token->jws.kid.data) {
            p = ngx_slprintf(p, last, ", kid: ");
            p = ngx_actor_token_json_quote(p, &token->jws.kid);
        }

        if (ngx_http_actor_token_fingerprint(r, d->seen, &fingerprint)
            == NGX_OK
            && fingerprint.len)
        {
            p = ngx_sprintf(p, ", fingerprint: %V", &fingerprint);
        }
    }

    ngx_log_error(level, r->connection->log, 0,
                  "actor token rejected%s: %V%*s",
                  conf->dry_run ? " (dry run)" : "",
                  &ngx_actor_token_reason(v->reason)->code,
                  p - text, text);
}


static u_char *
ngx_http_actor_token_log_list(u_char *p, u_char *last, const char *name,
    const ngx_actor_token_list_t *list)
{
    ngx_uint_t  i;

    if (list->nelts == 0) {
        return p;
    }

    p = ngx_slprintf(p, last, ", %s: ", name);

    for (i = 0; i < list->nelts; i++) {

        if (i == NGX_HTTP_ACTOR_TOKEN_LIST_MAX
            || last - p < NGX_ACTOR_TOKEN_QUOTED_MAX + 16)
        {
            return ngx_slprintf(p, last, " and %ui more", list->nelts - i);
        }

        if (i) {
            *p++ = ' ';
        }

        p = ngx_actor_token_json_quote(p, &list->elts[i]);
    }

    return p;
}


ngx_int_t
ngx_http_actor_token_audit(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d, ngx_str_t *line)
{
    ngx_http_actor_token_writer_t  w;

    w.start = ngx_pnalloc(r->pool, NGX_HTTP_ACTOR_TOKEN_LINE_MAX);
    if (w.start == NULL) {
        return NGX_ERROR;
    }

    w.pos = w.start;
    w.last = w.start + NGX_HTTP_ACTOR_TOKEN_LINE_MAX - sizeof("]}\n");

    ngx_http_actor_token_audit_request(r, d, &w);

    if (d->seen && d->seen->token.verified && !ngx_http_actor_token_early(d)) {
        ngx_http_actor_token_audit_token(&d->seen->token.claims, &w);
    }

    *w.pos++ = '}';

    line->data = w.start;
    line->len = w.pos - w.start;

    return NGX_OK;
}


/*
 * Whether the verdict came before the signature was asked for, even if it is
 * known to hold: from another location, or because the token is remembered.
 */

static ngx_uint_t
ngx_http_actor_token_early(const ngx_http_actor_token_decision_t *d)
{
    return d->verdict.reason == NGX_ACTOR_TOKEN_TOO_LARGE
           || d->verdict.reason == NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER;
}


static void
ngx_http_actor_token_audit_request(ngx_http_request_t *r,
    const ngx_http_actor_token_decision_t *d,
    ngx_http_actor_token_writer_t *w)
{
    u_char                             buf[64];
    ngx_str_t                          s, empty;
    ngx_http_variable_value_t         *vv;
    ngx_http_core_srv_conf_t          *cscf;
    ngx_http_actor_token_main_conf_t  *mcf;

    ngx_str_set(&empty, "");

    ngx_http_actor_token_audit_time(&s, buf);
    ngx_http_actor_token_write_string(w, "time", &s);

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);
    vv = ngx_http_get_indexed_variable(r, mcf->request_id);

    s = empty;

    if (vv && !vv->not_found) {
        s.data = vv->data;
        s.len = vv->len;
    }

    ngx_http_actor_token_write_string(w, "request_id", &s);

    ngx_http_actor_token_write_string(w, "remote_addr",
                                      &r->connection->addr_text);

    s = r->headers_in.server;

    if (s.len == 0) {
        cscf = ngx_http_get_module_srv_conf(r, ngx_http_core_module);
        s = cscf->server_name;
    }

    ngx_http_actor_token_write_string(w, "host", &s);
    ngx_http_actor_token_write_string(w, "method", &r->method_name);
    ngx_http_actor_token_write_string(w, "uri", &d->uri);

    ngx_http_actor_token_write_number(w, "http_status",
                                      r->err_status ? r->err_status
                                                    : r->headers_out.status);

    ngx_http_actor_token_write_string(w, "status",
                                 ngx_http_actor_token_status_name(d->status));
    ngx_http_actor_token_write_string(w, "reason",
                         &ngx_actor_token_reason(d->verdict.reason)->code);

    ngx_http_actor_token_write_string(w, "issuer_name",
                                      (d->seen && d->seen->token.issuer)
                                          ? &d->seen->token.issuer->name
                                          : &empty);

    if (d->seen == NULL
        || ngx_http_actor_token_fingerprint(r, d->seen, &s) != NGX_OK)
    {
        s = empty;
    }

    ngx_http_actor_token_write_string(w, "fingerprint", &s);

    ngx_http_actor_token_write_raw(w, "accepted",
                                   d->status == NGX_HTTP_ACTOR_TOKEN_PASSED
                                   ? "true" : "false");
}


/* who tried to do what: on rejections too, as soon as it can be believed */

static void
ngx_http_actor_token_audit_token(const ngx_actor_token_claims_t *claims,
    ngx_http_actor_token_writer_t *w)
{
    if (claims->issuer.len) {
        ngx_http_actor_token_write_string(w, "iss", &claims->issuer);
    }

    if (claims->tenant.len) {
        ngx_http_actor_token_write_string(w, "tenant", &claims->tenant);
    }

    if (claims->subject.len) {
        ngx_http_actor_token_write_string(w, "sub", &claims->subject);
    }

    if (claims->id.len) {
        ngx_http_actor_token_write_string(w, "jti", &claims->id);
    }

    if (claims->has_expires) {
        ngx_http_actor_token_write_number(w, "exp",
                                   ngx_actor_token_seconds(claims->expires));
    }

    /* last, because a token may have any number of these */

    if (claims->actor_fault == NULL) {
        ngx_http_actor_token_audit_chain(claims, w);
    }

    if (claims->has_audience) {
        ngx_http_actor_token_write_array(w, "aud", &claims->audience);
    }
}


static void
ngx_http_actor_token_audit_chain(const ngx_actor_token_claims_t *claims,
    ngx_http_actor_token_writer_t *w)
{
    u_char                         *p;
    ngx_uint_t                      i;
    const ngx_actor_token_actor_t  *actor;

    p = ngx_http_actor_token_write_name(w, "chain", 2);
    if (p == NULL) {
        return;
    }

    *p++ = '[';

    actor = claims->actors;

    for (i = 0; i < claims->depth; i++) {

        if (w->last - p < 2 * NGX_ACTOR_TOKEN_QUOTED_MAX
                          + (ssize_t) sizeof(",{\"iss\":,\"sub\":}"))
        {
            break;
        }

        if (i) {
            *p++ = ',';
        }

        *p++ = '{';

        if (actor[i].issuer.data) {
            p = ngx_cpymem(p, "\"iss\":", 6);
            p = ngx_actor_token_json_quote(p, &actor[i].issuer);
            *p++ = ',';
        }

        p = ngx_cpymem(p, "\"sub\":", 6);
        p = ngx_actor_token_json_quote(p, &actor[i].subject);
        *p++ = '}';
    }

    *p++ = ']';

    w->pos = p;
}


/* nginx's cached time, with the milliseconds put in */

static void
ngx_http_actor_token_audit_time(ngx_str_t *s, u_char *buf)
{
    size_t  n;

    n = sizeof("1970-09-28T12:00:00") - 1;

    s->data = buf;
    s->len = ngx_sprintf(buf, "%*s.%03M%*s", n,
                         ngx_cached_http_log_iso8601.data,
                         ngx_timeofday()->msec,
                         ngx_cached_http_log_iso8601.len - n,
                         ngx_cached_http_log_iso8601.data + n)
             - buf;
}


/* begins a member if there is room for a value of this size */

static u_char *
ngx_http_actor_token_write_name(ngx_http_actor_token_writer_t *w,
    const char *name, size_t room)
{
    if ((size_t) (w->last - w->pos) < sizeof(",\"\":") + ngx_strlen(name)
                                      + room)
    {
        return NULL;
    }

    return ngx_sprintf(w->pos, "%c\"%s\":", (w->pos == w->start) ? '{' : ',',
                       name);
}


static void
ngx_http_actor_token_write_string(ngx_http_actor_token_writer_t *w,
    const char *name, const ngx_str_t *s)
{
    u_char  *p;

    p = ngx_http_actor_token_write_name(w, name, NGX_ACTOR_TOKEN_QUOTED_MAX);

    if (p) {
        w->pos = ngx_actor_token_json_quote(p, s);
    }
}


static void
ngx_http_actor_token_write_raw(ngx_http_actor_token_writer_t *w,
    const char *name, const char *text)
{
    u_char  *p;

    p = ngx_http_actor_token_write_name(w, name, ngx_strlen(text));

    if (p) {
        w->pos = ngx_sprintf(p, "%s", text);
    }
}


static void
ngx_http_actor_token_write_number(ngx_http_actor_token_writer_t *w,
    const char *name, int64_t n)
{
    u_char  *p;

    p = ngx_http_actor_token_write_name(w, name, NGX_INT64_LEN);

    if (p) {
        w->pos = ngx_sprintf(p, "%L", n);
    }
}


static void
ngx_http_actor_token_write_array(ngx_http_actor_token_writer_t *w,
    const char *name, const ngx_actor_token_list_t *list)
{
    u_char      *p;
    ngx_uint_t   i;

    p = ngx_http_actor_token_write_name(w, name, 2);
    if (p == NULL) {
        return;
    }

    *p++ = '[';

    for (i = 0; i < list->nelts; i++) {

        if (w->last - p < NGX_ACTOR_TOKEN_QUOTED_MAX + 2) {
            break;
        }

        if (i) {
            *p++ = ',';
        }

        p = ngx_actor_token_json_quote(p, &list->elts[i]);
    }

    *p++ = ']';

    w->pos = p;
}
