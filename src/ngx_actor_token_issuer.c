
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_issuer.h>


typedef struct {
    ngx_str_node_t               node;
    ngx_actor_token_issuer_t    *issuer;
} ngx_actor_token_issuer_node_t;


static ngx_actor_token_issuer_t *ngx_actor_token_issuer_lookup(
    const ngx_rbtree_t *tree, const ngx_str_t *value);
static ngx_int_t ngx_actor_token_issuer_insert(ngx_rbtree_t *tree,
    const ngx_str_t *value, ngx_actor_token_issuer_t *issuer,
    ngx_pool_t *pool);
static ngx_actor_token_issuer_t *ngx_actor_token_issuer_at(
    const ngx_actor_token_issuers_t *issuers, const ngx_str_t *iss,
    u_char *start, u_char *end);


/* what stands for the label in a key of the tree of templates */
static ngx_str_t  ngx_actor_token_hole = ngx_string("{}");


ngx_int_t
ngx_actor_token_issuers_init(ngx_actor_token_issuers_t *issuers,
    ngx_pool_t *pool)
{
    issuers->crypto = ngx_actor_token_crypto_create(pool);
    if (issuers->crypto == NULL) {
        return NGX_ERROR;
    }

    ngx_rbtree_init(&issuers->literals, &issuers->literals_sentinel,
                    ngx_str_rbtree_insert_value);
    ngx_rbtree_init(&issuers->templates, &issuers->templates_sentinel,
                    ngx_str_rbtree_insert_value);

    return ngx_array_init(&issuers->issuers, pool, 4,
                          sizeof(ngx_actor_token_issuer_t *));
}


ngx_actor_token_issuer_t *
ngx_actor_token_issuers_add(ngx_actor_token_issuers_t *issuers,
    ngx_actor_token_issuer_t *issuer, ngx_pool_t *pool)
{
    u_char                     *p;
    ngx_str_t                   key;
    ngx_uint_t                  i;
    ngx_actor_token_issuer_t   *other, **elts;
    ngx_actor_token_template_t *t;

    t = &issuer->issuer;

    if (!t->templated) {
        other = ngx_actor_token_issuer_lookup(&issuers->literals, &t->prefix);

        if (other) {
            return other;
        }

        return ngx_actor_token_issuer_insert(&issuers->literals, &t->prefix,
                                             issuer, pool)
               == NGX_OK ? NULL : NGX_ACTOR_TOKEN_ISSUER_ERROR;
    }

    elts = issuers->issuers.elts;

    for (i = 0; i < issuer->index; i++) {
        if (elts[i]->issuer.templated
            && ngx_actor_token_template_overlap(&elts[i]->issuer, t))
        {
            return elts[i];
        }
    }

    key.len = t->prefix.len + ngx_actor_token_hole.len + t->suffix.len;
    key.data = ngx_pnalloc(pool, key.len);
    if (key.data == NULL) {
        return NGX_ACTOR_TOKEN_ISSUER_ERROR;
    }

    p = ngx_cpymem(key.data, t->prefix.data, t->prefix.len);
    p = ngx_cpymem(p, ngx_actor_token_hole.data, ngx_actor_token_hole.len);
    ngx_memcpy(p, t->suffix.data, t->suffix.len);

    if (issuers->longest < key.len) {
        issuers->longest = key.len;
    }

    return ngx_actor_token_issuer_insert(&issuers->templates, &key, issuer,
                                         pool)
           == NGX_OK ? NULL : NGX_ACTOR_TOKEN_ISSUER_ERROR;
}


static ngx_int_t
ngx_actor_token_issuer_insert(ngx_rbtree_t *tree, const ngx_str_t *value,
    ngx_actor_token_issuer_t *issuer, ngx_pool_t *pool)
{
    ngx_actor_token_issuer_node_t  *n;

    n = ngx_palloc(pool, sizeof(ngx_actor_token_issuer_node_t));
    if (n == NULL) {
        return NGX_ERROR;
    }

    n->node.node.key = ngx_crc32_long(value->data, value->len);
    n->node.str = *value;
    n->issuer = issuer;

    ngx_rbtree_insert(tree, &n->node.node);

    return NGX_OK;
}


static ngx_actor_token_issuer_t *
ngx_actor_token_issuer_lookup(const ngx_rbtree_t *tree,
    const ngx_str_t *value)
{
    ngx_str_t                       key;
    ngx_actor_token_issuer_node_t  *n;

    key = *value;

    n = (ngx_actor_token_issuer_node_t *)
            ngx_str_rbtree_lookup((ngx_rbtree_t *) tree, &key,
                                  ngx_crc32_long(key.data, key.len));

    return n ? n->issuer : NULL;
}


const ngx_actor_token_issuer_t *
ngx_actor_token_issuers_find(const ngx_actor_token_issuers_t *issuers,
    const ngx_str_t *iss, ngx_str_t *label)
{
    u_char                    *p, *start, *last, *path;
    ngx_actor_token_issuer_t  *issuer;

    ngx_str_null(label);

    issuer = ngx_actor_token_issuer_lookup(&issuers->literals, iss);

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

    last = iss->data + iss->len;
    p = ngx_strlchr(iss->data, last, ':');

    if (p == NULL || last - p < 3) {
        return NULL;
    }

    start = p + 3;
    path = NULL;

    for (p = start; p <= last; p++) {

        if (p < last && *p != '/' && (path || *p != '.')) {
            continue;
        }

        issuer = ngx_actor_token_issuer_at(issuers, iss, start, p);

        if (issuer
            && ngx_actor_token_template_match(&issuer->issuer, iss, label))
        {
            return issuer;
        }

        if (p < last && *p == '/') {
            path = p;
        }

        start = p + 1;
    }

    ngx_str_null(label);

    return NULL;
}


static ngx_actor_token_issuer_t *
ngx_actor_token_issuer_at(const ngx_actor_token_issuers_t *issuers,
    const ngx_str_t *iss, u_char *start, u_char *end)
{
    u_char     *p, *last;
    ngx_str_t   key;
    u_char      buf[NGX_ACTOR_TOKEN_TEMPLATE_MAX];

    last = iss->data + iss->len;

    key.len = (start - iss->data) + ngx_actor_token_hole.len + (last - end);

    if (key.len > issuers->longest) {
        return NULL;
    }

    p = ngx_cpymem(buf, iss->data, start - iss->data);
    p = ngx_cpymem(p, ngx_actor_token_hole.data, ngx_actor_token_hole.len);
    ngx_memcpy(p, end, last - end);

    key.data = buf;

    return ngx_actor_token_issuer_lookup(&issuers->templates, &key);
}
