
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_record.h>


/* a record begins with this; strings and lists follow, lengths first */

typedef struct {
    double                           expires;
    double                           not_before;
    double                           issued_at;

    unsigned                         has_audience:1;
    unsigned                         has_not_before:1;
    unsigned                         has_issued_at:1;
    unsigned                         has_kid:1;
    unsigned                         actor_self:1;
} ngx_actor_token_record_head_t;


typedef struct {
    u_char                          *pos;        /* NULL: only measure */
    size_t                           len;
    unsigned                         failed:1;
} ngx_actor_token_writer_t;


typedef struct {
    u_char                          *pos;
    u_char                          *last;
    ngx_pool_t                      *pool;
    ngx_int_t                        rc;         /* the first failure's */
} ngx_actor_token_slicer_t;


static void ngx_actor_token_put(ngx_actor_token_writer_t *w, const void *data,
    size_t len);
static void ngx_actor_token_put_number(ngx_actor_token_writer_t *w, size_t n);
static void ngx_actor_token_put_str(ngx_actor_token_writer_t *w,
    const ngx_str_t *s);
static void ngx_actor_token_put_list(ngx_actor_token_writer_t *w,
    const ngx_str_t *elts, ngx_uint_t n);
static void ngx_actor_token_put_chain(ngx_actor_token_writer_t *w,
    const ngx_actor_token_claims_t *claims);

static u_char *ngx_actor_token_get(ngx_actor_token_slicer_t *r, size_t len);
static size_t ngx_actor_token_get_number(ngx_actor_token_slicer_t *r);
static void ngx_actor_token_get_str(ngx_actor_token_slicer_t *r,
    ngx_str_t *s);
static void *ngx_actor_token_get_array(ngx_actor_token_slicer_t *r,
    ngx_uint_t n, size_t size);
static ngx_str_t *ngx_actor_token_get_list(ngx_actor_token_slicer_t *r,
    ngx_uint_t *n);
static void ngx_actor_token_get_tenant(ngx_actor_token_slicer_t *r,
    const ngx_actor_token_issuer_t *issuer, ngx_actor_token_claims_t *claims);
static void ngx_actor_token_get_chain(ngx_actor_token_slicer_t *r,
    ngx_actor_token_claims_t *claims);


size_t
ngx_actor_token_record_write(u_char *p,
    const ngx_actor_token_claims_t *claims,
    const ngx_actor_token_issuer_t *issuer, const ngx_str_t *kid,
    ngx_uint_t nexports)
{
    ngx_actor_token_writer_t       w;
    ngx_actor_token_record_head_t  head;

    w.pos = p;
    w.len = 0;
    w.failed = 0;

    ngx_memzero(&head, sizeof(ngx_actor_token_record_head_t));

    head.expires = claims->expires;
    head.not_before = claims->not_before;
    head.issued_at = claims->issued_at;
    head.has_audience = claims->has_audience;
    head.has_not_before = claims->has_not_before;
    head.has_issued_at = claims->has_issued_at;
    head.has_kid = (kid->data != NULL);
    head.actor_self = claims->actor_self;

    ngx_actor_token_put(&w, &head, sizeof(ngx_actor_token_record_head_t));

    if (issuer->issuer.templated) {
        ngx_actor_token_put_str(&w, &claims->issuer);

    } else if (issuer->tenant_rule == NGX_ACTOR_TOKEN_TENANT_CLAIM) {
        ngx_actor_token_put_str(&w, &claims->tenant);
    }

    ngx_actor_token_put_str(&w, &claims->subject);

    ngx_actor_token_put_str(&w, &claims->id);
    ngx_actor_token_put_str(&w, &claims->client);

    if (head.has_kid) {
        ngx_actor_token_put_str(&w, kid);
    }

    if (issuer->actor_tenant_claim.nelts) {
        ngx_actor_token_put_str(&w, &claims->actor_tenant);
    }

    ngx_actor_token_put_list(&w, claims->audience.elts,
                             claims->audience.nelts);
    ngx_actor_token_put_list(&w, claims->scopes.elts, claims->scopes.nelts);
    ngx_actor_token_put_list(&w, claims->exports, nexports);
    ngx_actor_token_put_chain(&w, claims);

    return w.failed ? 0 : w.len;
}


static void
ngx_actor_token_put(ngx_actor_token_writer_t *w, const void *data, size_t len)
{
    if (w->pos && len) {
        w->pos = ngx_cpymem(w->pos, data, len);
    }

    w->len += len;
}


static void
ngx_actor_token_put_number(ngx_actor_token_writer_t *w, size_t n)
{
    uint16_t  number;

    if (n > 0xffff) {
        w->failed = 1;
        return;
    }

    number = (uint16_t) n;

    ngx_actor_token_put(w, &number, sizeof(uint16_t));
}


static void
ngx_actor_token_put_str(ngx_actor_token_writer_t *w, const ngx_str_t *s)
{
    ngx_actor_token_put_number(w, s->len);
    ngx_actor_token_put(w, s->data, s->len);
}


static void
ngx_actor_token_put_list(ngx_actor_token_writer_t *w, const ngx_str_t *elts,
    ngx_uint_t n)
{
    ngx_uint_t  i;

    ngx_actor_token_put_number(w, n);

    for (i = 0; i < n; i++) {
        ngx_actor_token_put_str(w, &elts[i]);
    }
}


/* an actor's issuer is never empty where the token names it */

static void
ngx_actor_token_put_chain(ngx_actor_token_writer_t *w,
    const ngx_actor_token_claims_t *claims)
{
    ngx_uint_t  i;

    ngx_actor_token_put_number(w, claims->depth);

    for (i = 0; i < claims->depth; i++) {
        ngx_actor_token_put_str(w, &claims->actors[i].issuer);
        ngx_actor_token_put_str(w, &claims->actors[i].subject);
    }
}


ngx_int_t
ngx_actor_token_record_read(ngx_pool_t *pool, const ngx_str_t *record,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_issuers_t *issuers, ngx_uint_t nexports,
    ngx_actor_token_claims_t *claims, ngx_str_t *kid)
{
    u_char                         *p;
    ngx_uint_t                      n;
    ngx_actor_token_slicer_t        r;
    ngx_actor_token_record_head_t   head;

    ngx_memzero(claims, sizeof(ngx_actor_token_claims_t));
    ngx_str_null(kid);

    r.pos = record->data;
    r.last = record->data + record->len;
    r.pool = pool;
    r.rc = NGX_OK;

    p = ngx_actor_token_get(&r, sizeof(ngx_actor_token_record_head_t));
    if (p == NULL) {
        return NGX_DECLINED;
    }

    ngx_memcpy(&head, p, sizeof(ngx_actor_token_record_head_t));

    claims->expires = head.expires;
    claims->not_before = head.not_before;
    claims->issued_at = head.issued_at;
    claims->has_expires = 1;
    claims->has_audience = head.has_audience;
    claims->has_not_before = head.has_not_before;
    claims->has_issued_at = head.has_issued_at;
    claims->actor_self = head.actor_self;

    ngx_actor_token_get_tenant(&r, issuer, claims);

    ngx_actor_token_get_str(&r, &claims->subject);

    ngx_actor_token_get_str(&r, &claims->id);
    ngx_actor_token_get_str(&r, &claims->client);

    if (head.has_kid) {
        ngx_actor_token_get_str(&r, kid);
    }

    if (issuer->actor_tenant_claim.nelts) {
        ngx_actor_token_get_str(&r, &claims->actor_tenant);
    }

    claims->audience.elts = ngx_actor_token_get_list(&r, &n);
    claims->audience.nelts = n;

    claims->scopes.elts = ngx_actor_token_get_list(&r, &n);
    claims->scopes.nelts = n;

    claims->exports = ngx_actor_token_get_list(&r, &n);

    ngx_actor_token_get_chain(&r, claims);

    if (r.rc != NGX_OK) {
        return r.rc;
    }

    if (n != nexports || r.pos != r.last) {
        return NGX_DECLINED;
    }

    if (issuer->actor_tenant_claim.nelts == 0) {
        ngx_actor_token_claims_home(issuers, claims);
    }

    return NGX_OK;
}


/* NULL, and the record is declined, where there is not so much left */

static u_char *
ngx_actor_token_get(ngx_actor_token_slicer_t *r, size_t len)
{
    u_char  *p;

    if ((size_t) (r->last - r->pos) < len) {

        if (r->rc == NGX_OK) {
            r->rc = NGX_DECLINED;
        }

        r->pos = r->last;
        return NULL;
    }

    p = r->pos;
    r->pos += len;

    return p;
}


static size_t
ngx_actor_token_get_number(ngx_actor_token_slicer_t *r)
{
    u_char    *p;
    uint16_t   number;

    p = ngx_actor_token_get(r, sizeof(uint16_t));
    if (p == NULL) {
        return 0;
    }

    ngx_memcpy(&number, p, sizeof(uint16_t));

    return number;
}


static void
ngx_actor_token_get_str(ngx_actor_token_slicer_t *r, ngx_str_t *s)
{
    s->len = ngx_actor_token_get_number(r);
    s->data = ngx_actor_token_get(r, s->len);

    if (s->data == NULL) {
        s->len = 0;
    }
}


/* each element has at least a length of its own in the record */

static void *
ngx_actor_token_get_array(ngx_actor_token_slicer_t *r, ngx_uint_t n,
    size_t size)
{
    void  *array;

    if (n == 0) {
        return NULL;
    }

    if (n > (size_t) (r->last - r->pos) / sizeof(uint16_t)) {
        r->pos = r->last;
        r->rc = (r->rc == NGX_OK) ? NGX_DECLINED : r->rc;
        return NULL;
    }

    array = ngx_palloc(r->pool, n * size);

    if (array == NULL) {
        r->rc = NGX_ERROR;
    }

    return array;
}


static ngx_str_t *
ngx_actor_token_get_list(ngx_actor_token_slicer_t *r, ngx_uint_t *n)
{
    ngx_str_t   *elts;
    ngx_uint_t   i;

    *n = ngx_actor_token_get_number(r);

    elts = ngx_actor_token_get_array(r, *n, sizeof(ngx_str_t));

    if (elts == NULL) {
        *n = 0;
        return NULL;
    }

    for (i = 0; i < *n; i++) {
        ngx_actor_token_get_str(r, &elts[i]);
    }

    return elts;
}


/* "iss" and the tenant, which the block says as far as it can */

static void
ngx_actor_token_get_tenant(ngx_actor_token_slicer_t *r,
    const ngx_actor_token_issuer_t *issuer, ngx_actor_token_claims_t *claims)
{
    if (issuer->issuer.templated) {
        ngx_actor_token_get_str(r, &claims->issuer);

        if (!ngx_actor_token_template_match(&issuer->issuer, &claims->issuer,
                                            &claims->tenant_label))
        {
            r->rc = NGX_DECLINED;
        }

        /* where a claim names the tenant as well, both have been equal */

        if (issuer->tenant_rule != NGX_ACTOR_TOKEN_TENANT_OFF) {
            claims->tenant = claims->tenant_label;
        }

        return;
    }

    claims->issuer = issuer->value;

    if (issuer->tenant_rule == NGX_ACTOR_TOKEN_TENANT_CLAIM) {
        ngx_actor_token_get_str(r, &claims->tenant);

    } else if (issuer->tenant_rule == NGX_ACTOR_TOKEN_TENANT_SINGLE) {
        claims->tenant = issuer->tenant;
    }
}


static void
ngx_actor_token_get_chain(ngx_actor_token_slicer_t *r,
    ngx_actor_token_claims_t *claims)
{
    ngx_uint_t                i, n;
    ngx_actor_token_actor_t  *actors;

    n = ngx_actor_token_get_number(r);

    actors = ngx_actor_token_get_array(r, n, sizeof(ngx_actor_token_actor_t));

    if (actors == NULL) {
        return;
    }

    for (i = 0; i < n; i++) {
        ngx_actor_token_get_str(r, &actors[i].issuer);
        ngx_actor_token_get_str(r, &actors[i].subject);

        if (actors[i].issuer.len == 0) {
            ngx_str_null(&actors[i].issuer);
        }
    }

    claims->actors = actors;
    claims->depth = n;

    claims->actor_issuer = actors[0].issuer.data ? actors[0].issuer
                                                 : claims->issuer;
}
