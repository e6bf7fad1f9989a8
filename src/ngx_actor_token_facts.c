
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_facts.h>


typedef struct {
    ngx_rbtree_node_t                node;
    const ngx_actor_token_issuer_t  *issuer;
} ngx_actor_token_facts_node_t;


static ngx_int_t ngx_actor_token_facts_block(
    const ngx_actor_token_issuer_t *issuer, ngx_array_t *text);
static ngx_int_t ngx_actor_token_facts_number(ngx_array_t *text,
    uint64_t number);
static ngx_int_t ngx_actor_token_facts_str(ngx_array_t *text,
    const ngx_str_t *s);
static ngx_int_t ngx_actor_token_facts_list(ngx_array_t *text,
    const ngx_actor_token_list_t *list);
static ngx_rbtree_key_t ngx_actor_token_facts_key(const u_char *digest);


ngx_int_t
ngx_actor_token_facts_init(ngx_actor_token_issuers_t *issuers,
    const ngx_array_t *exports, ngx_pool_t *pool)
{
    ngx_uint_t                     i, common;
    ngx_array_t                    text;
    ngx_actor_token_list_t        *path;
    ngx_actor_token_issuer_t     **issuer;
    ngx_actor_token_facts_node_t  *n;

    ngx_rbtree_init(&issuers->digests, &issuers->digests_sentinel,
                    ngx_rbtree_insert_value);

    if (ngx_array_init(&text, pool, 1024, 1) != NGX_OK
        || ngx_actor_token_facts_number(&text, exports->nelts) != NGX_OK)
    {
        return NGX_ERROR;
    }

    path = exports->elts;

    for (i = 0; i < exports->nelts; i++) {
        if (ngx_actor_token_facts_list(&text, &path[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    common = text.nelts;
    issuer = issuers->issuers.elts;

    for (i = 0; i < issuers->issuers.nelts; i++) {

        text.nelts = common;

        if (ngx_actor_token_facts_block(issuer[i], &text) != NGX_OK) {
            return NGX_ERROR;
        }

        n = ngx_palloc(pool, sizeof(ngx_actor_token_facts_node_t));
        if (n == NULL) {
            return NGX_ERROR;
        }

        if (ngx_actor_token_sha256(issuers->crypto, text.elts, text.nelts,
                                   issuer[i]->digest)
            != NGX_OK)
        {
            ngx_actor_token_openssl_error(NGX_LOG_ALERT, pool->log,
                                          "SHA-256 failed");
            return NGX_ERROR;
        }

        n->node.key = ngx_actor_token_facts_key(issuer[i]->digest);
        n->issuer = issuer[i];

        ngx_rbtree_insert(&issuers->digests, &n->node);
    }

    return NGX_OK;
}


/*
 * All that the signature, the type and the claims are checked against, and
 * how a record is read.  What a policy weighs is not in here.
 */

static ngx_int_t
ngx_actor_token_facts_block(const ngx_actor_token_issuer_t *issuer,
    ngx_array_t *text)
{
    ngx_uint_t                  i;
    ngx_actor_token_require_t  *req;

    if (ngx_actor_token_facts_str(text, &issuer->value) != NGX_OK
        || ngx_actor_token_facts_number(text, issuer->algs) != NGX_OK
        || ngx_actor_token_facts_list(text, &issuer->types) != NGX_OK
        || ngx_actor_token_facts_number(text, issuer->no_type) != NGX_OK
        || ngx_actor_token_facts_number(text, issuer->tenant_rule) != NGX_OK
        || ngx_actor_token_facts_str(text, &issuer->tenant) != NGX_OK
        || ngx_actor_token_facts_list(text, &issuer->tenant_claim) != NGX_OK
        || ngx_actor_token_facts_list(text, &issuer->tenants) != NGX_OK
        || ngx_actor_token_facts_list(text, &issuer->subject_claim) != NGX_OK
        || ngx_actor_token_facts_list(text, &issuer->actor_claim) != NGX_OK
        || ngx_actor_token_facts_str(text, &issuer->unless_claim) != NGX_OK
        || ngx_actor_token_facts_str(text, &issuer->unless_value) != NGX_OK
        || ngx_actor_token_facts_list(text, &issuer->actor_tenant_claim)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    req = issuer->require.elts;

    for (i = 0; i < issuer->require.nelts; i++) {
        if (ngx_actor_token_facts_list(text, &req[i].path) != NGX_OK
            || ngx_actor_token_facts_list(text, &req[i].values) != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_facts_number(ngx_array_t *text, uint64_t number)
{
    u_char  *p;

    p = ngx_array_push_n(text, sizeof(uint64_t));
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, &number, sizeof(uint64_t));

    return NGX_OK;
}


/* lengths first: no two configurations may give the same text */

static ngx_int_t
ngx_actor_token_facts_str(ngx_array_t *text, const ngx_str_t *s)
{
    u_char  *p;

    if (ngx_actor_token_facts_number(text, s->len) != NGX_OK) {
        return NGX_ERROR;
    }

    if (s->len == 0) {
        return NGX_OK;
    }

    p = ngx_array_push_n(text, s->len);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, s->data, s->len);

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_facts_list(ngx_array_t *text,
    const ngx_actor_token_list_t *list)
{
    ngx_uint_t  i;

    if (ngx_actor_token_facts_number(text, list->nelts) != NGX_OK) {
        return NGX_ERROR;
    }

    for (i = 0; i < list->nelts; i++) {
        if (ngx_actor_token_facts_str(text, &list->elts[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


static ngx_rbtree_key_t
ngx_actor_token_facts_key(const u_char *digest)
{
    ngx_rbtree_key_t  key;

    ngx_memcpy(&key, digest, sizeof(ngx_rbtree_key_t));

    return key;
}


const ngx_actor_token_issuer_t *
ngx_actor_token_facts_issuer(const ngx_actor_token_issuers_t *issuers,
    const u_char *digest)
{
    ngx_rbtree_key_t                 key;
    ngx_rbtree_node_t               *node;
    const ngx_actor_token_issuer_t  *issuer;

    key = ngx_actor_token_facts_key(digest);
    node = issuers->digests.root;

    while (node != &issuers->digests_sentinel) {

        if (key != node->key) {
            node = (key < node->key) ? node->left : node->right;
            continue;
        }

        issuer = ((ngx_actor_token_facts_node_t *) node)->issuer;

        return (ngx_memcmp(digest, issuer->digest, NGX_ACTOR_TOKEN_DIGEST_LEN)
                == 0)
               ? issuer : NULL;
    }

    return NULL;
}
