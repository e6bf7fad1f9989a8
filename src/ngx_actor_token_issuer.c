
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_issuer.h>


static ngx_int_t ngx_actor_token_issuer_tenants(
    ngx_actor_token_issuer_t *issuer, ngx_pool_t *pool);
static ngx_actor_token_issuer_t *ngx_actor_token_issuer_add_template(
    ngx_actor_token_issuers_t *issuers, ngx_actor_token_issuer_t *issuer,
    ngx_pool_t *pool);
static ngx_actor_token_issuer_t *ngx_actor_token_issuer_cross(
    ngx_actor_token_issuers_t *issuers, ngx_actor_token_issuer_t *issuer,
    const ngx_str_t *text);
static ngx_int_t ngx_actor_token_issuer_crossing(ngx_pool_t *pool,
    const ngx_str_t *text, const ngx_str_t *label, const char *hole,
    const char *second, ngx_str_t *crossing);
static ngx_uint_t ngx_actor_token_issuer_segment(const ngx_str_t *text,
    ngx_str_t *segment, ngx_uint_t *host);
static ngx_actor_token_issuer_t *ngx_actor_token_issuer_at(
    const ngx_actor_token_issuers_t *issuers, const ngx_str_t *iss,
    const ngx_str_t *segment);


/* what stands for the label in a name in the table of templates */
static ngx_str_t  ngx_actor_token_hole = ngx_string("{}");


ngx_int_t
ngx_actor_token_issuers_init(ngx_actor_token_issuers_t *issuers,
    ngx_pool_t *pool)
{
    issuers->crypto = ngx_actor_token_crypto_create(pool);
    if (issuers->crypto == NULL) {
        return NGX_ERROR;
    }

    return ngx_array_init(&issuers->issuers, pool, 4,
                          sizeof(ngx_actor_token_issuer_t *));
}


ngx_actor_token_issuer_t *
ngx_actor_token_issuers_add(ngx_actor_token_issuers_t *issuers,
    ngx_actor_token_issuer_t *issuer, ngx_pool_t *pool, ngx_pool_t *temp)
{
    ngx_str_t                 *value;
    ngx_uint_t                 n;
    ngx_actor_token_issuer_t  *other;

    n = issuers->issuers.nelts;

    if (issuers->literals.buckets == NULL
        && (ngx_actor_token_table_init(&issuers->literals, pool, n) != NGX_OK
            || ngx_actor_token_table_init(&issuers->templates, pool, n)
               != NGX_OK
            || ngx_actor_token_table_init(&issuers->crossings, temp, n)
               != NGX_OK))
    {
        return NGX_ACTOR_TOKEN_ISSUER_ERROR;
    }

    if (ngx_actor_token_issuer_tenants(issuer, pool) != NGX_OK) {
        return NGX_ACTOR_TOKEN_ISSUER_ERROR;
    }

    if (issuer->issuer.templated) {
        return ngx_actor_token_issuer_add_template(issuers, issuer, pool);
    }

    value = &issuer->issuer.prefix;

    other = ngx_actor_token_table_value(&issuers->literals, value);

    if (other) {
        return other;
    }

    return ngx_actor_token_table_add(&issuers->literals, value, issuer)
           == NGX_OK ? NULL : NGX_ACTOR_TOKEN_ISSUER_ERROR;
}


static ngx_int_t
ngx_actor_token_issuer_tenants(ngx_actor_token_issuer_t *issuer,
    ngx_pool_t *pool)
{
    ngx_uint_t  i;

    if (issuer->tenants.nelts == 0) {
        return NGX_OK;
    }

    if (ngx_actor_token_table_init(&issuer->tenant_table, pool,
                                   issuer->tenants.nelts)
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for (i = 0; i < issuer->tenants.nelts; i++) {
        if (ngx_actor_token_table_add(&issuer->tenant_table,
                                      &issuer->tenants.elts[i], issuer)
            != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_actor_token_issuer_t *
ngx_actor_token_issuer_add_template(ngx_actor_token_issuers_t *issuers,
    ngx_actor_token_issuer_t *issuer, ngx_pool_t *pool)
{
    u_char                      *p;
    ngx_str_t                    text;
    ngx_actor_token_issuer_t    *other;
    ngx_actor_token_template_t  *t;

    t = &issuer->issuer;

    text.len = t->prefix.len + ngx_actor_token_hole.len + t->suffix.len;
    text.data = ngx_pnalloc(pool, text.len);
    if (text.data == NULL) {
        return NGX_ACTOR_TOKEN_ISSUER_ERROR;
    }

    p = ngx_cpymem(text.data, t->prefix.data, t->prefix.len);
    p = ngx_cpymem(p, ngx_actor_token_hole.data, ngx_actor_token_hole.len);
    ngx_memcpy(p, t->suffix.data, t->suffix.len);

    other = ngx_actor_token_table_value(&issuers->templates, &text);

    if (other == NULL) {
        other = ngx_actor_token_issuer_cross(issuers, issuer, &text);
    }

    if (other) {
        return other;
    }

    if (issuers->longest < text.len) {
        issuers->longest = text.len;
    }

    return ngx_actor_token_table_add(&issuers->templates, &text, issuer)
           == NGX_OK ? NULL : NGX_ACTOR_TOKEN_ISSUER_ERROR;
}


/*
 * Two templates that are not the same can match one "iss" where each has a
 * label that fits the other's hole:
 *
 *     https://a.example/{}/two
 *     https://a.example/one/{}
 *
 * and both are then alike but for which of the two holes they have named:
 *
 *     https://a.example/{}/{?}
 *     https://a.example/{?}/{}
 */

static ngx_actor_token_issuer_t *
ngx_actor_token_issuer_cross(ngx_actor_token_issuers_t *issuers,
    ngx_actor_token_issuer_t *issuer, const ngx_str_t *text)
{
    ngx_str_t                  segment, own, others;
    ngx_uint_t                 host;
    ngx_pool_t                *pool;
    ngx_actor_token_issuer_t  *other;

    pool = issuers->crossings.pool;
    ngx_str_null(&segment);

    while (ngx_actor_token_issuer_segment(text, &segment, &host)) {

        if (!ngx_actor_token_template_label(host, &segment)) {
            continue;
        }

        if (ngx_actor_token_issuer_crossing(pool, text, &segment, "{?}", "{}",
                                            &others)
            != NGX_OK
            || ngx_actor_token_issuer_crossing(pool, text, &segment, "{}",
                                               "{?}", &own)
               != NGX_OK)
        {
            return NGX_ACTOR_TOKEN_ISSUER_ERROR;
        }

        other = ngx_actor_token_table_value(&issuers->crossings, &others);

        if (other) {
            return other;
        }

        if (ngx_actor_token_table_add(&issuers->crossings, &own, issuer)
            != NGX_OK)
        {
            return NGX_ACTOR_TOKEN_ISSUER_ERROR;
        }
    }

    return NULL;
}


/* the text with these in place of its own hole, and of a label */

static ngx_int_t
ngx_actor_token_issuer_crossing(ngx_pool_t *pool, const ngx_str_t *text,
    const ngx_str_t *label, const char *hole, const char *second,
    ngx_str_t *crossing)
{
    u_char  *p, *src, *last;

    crossing->data = ngx_pnalloc(pool, text->len + 2 * (sizeof("{?}") - 1));
    if (crossing->data == NULL) {
        return NGX_ERROR;
    }

    p = crossing->data;
    src = text->data;
    last = text->data + text->len;

    while (src < last) {

        if (src == label->data) {
            p = ngx_cpymem(p, second, ngx_strlen(second));
            src += label->len;

        } else if (*src == '{') {
            p = ngx_cpymem(p, hole, ngx_strlen(hole));
            src += ngx_actor_token_hole.len;

        } else {
            *p++ = *src++;
        }
    }

    crossing->len = p - crossing->data;

    return NGX_OK;
}


const ngx_actor_token_issuer_t *
ngx_actor_token_issuers_find(const ngx_actor_token_issuers_t *issuers,
    const ngx_str_t *iss, ngx_str_t *label)
{
    ngx_str_t                  segment;
    ngx_uint_t                 host;
    ngx_actor_token_issuer_t  *issuer;

    ngx_str_null(label);

    issuer = ngx_actor_token_table_value(&issuers->literals, iss);

    if (issuer) {
        return issuer;
    }

    /* bounds the work that an "iss" of thousands of segments can cause */

    if (iss->len > issuers->longest + NGX_ACTOR_TOKEN_LABEL_MAX) {
        return NULL;
    }

    /*
     * Each host label and each path segment in turn could be the one that a
     * template has left open: is there a template of the rest?
     */

    ngx_str_null(&segment);

    while (ngx_actor_token_issuer_segment(iss, &segment, &host)) {

        issuer = ngx_actor_token_issuer_at(issuers, iss, &segment);

        if (issuer
            && ngx_actor_token_template_match(&issuer->issuer, iss, label))
        {
            return issuer;
        }
    }

    ngx_str_null(label);

    return NULL;
}


/*
 * The next label of the host of a URL, or segment of its path, or else 0;
 * the first where "segment" has no data.
 */

static ngx_uint_t
ngx_actor_token_issuer_segment(const ngx_str_t *text, ngx_str_t *segment,
    ngx_uint_t *host)
{
    u_char  *p, *last;

    last = text->data + text->len;

    if (segment->data == NULL) {
        p = ngx_strlchr(text->data, last, ':');

        if (p == NULL || last - p < 3) {
            return 0;
        }

        p += 3;
        *host = 1;

    } else {
        p = segment->data + segment->len;

        if (p == last) {
            return 0;
        }

        if (*p++ == '/') {
            *host = 0;
        }
    }

    segment->data = p;

    while (p < last && *p != '/' && !(*host && *p == '.')) {
        p++;
    }

    segment->len = p - segment->data;

    return 1;
}


static ngx_actor_token_issuer_t *
ngx_actor_token_issuer_at(const ngx_actor_token_issuers_t *issuers,
    const ngx_str_t *iss, const ngx_str_t *segment)
{
    u_char     *p, *end, *last;
    ngx_str_t   key;
    u_char      buf[NGX_ACTOR_TOKEN_TEMPLATE_MAX];

    key.len = iss->len - segment->len + ngx_actor_token_hole.len;

    if (key.len > issuers->longest) {
        return NULL;
    }

    last = iss->data + iss->len;
    end = segment->data + segment->len;

    p = ngx_cpymem(buf, iss->data, segment->data - iss->data);
    p = ngx_cpymem(p, ngx_actor_token_hole.data, ngx_actor_token_hole.len);
    ngx_memcpy(p, end, last - end);

    key.data = buf;

    return ngx_actor_token_table_value(&issuers->templates, &key);
}
