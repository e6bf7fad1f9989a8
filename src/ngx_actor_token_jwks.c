
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_jwk.h>
#include <ngx_actor_token_jwks.h>

#include <openssl/err.h>


/* what a key is looked for by, and what was found */

typedef struct {
    ngx_actor_token_algs_t           bit;
    const ngx_str_t                 *iss;
    const ngx_str_t                 *label;
    const ngx_actor_token_key_t    **found;
    ngx_uint_t                       n;
} ngx_actor_token_pick_t;


static ngx_int_t ngx_actor_token_jwks_add_keys(ngx_actor_token_jwks_t *set,
    json_t *jwks, ngx_uint_t *symmetric, ngx_pool_t *temp,
    ngx_actor_token_jwks_error_t *err);
static ngx_int_t ngx_actor_token_jwks_refuse(ngx_actor_token_jwks_t *set,
    json_t *jwk, ngx_actor_token_jwks_error_t *err);
static ngx_int_t ngx_actor_token_jwks_push(ngx_actor_token_jwks_t *set,
    const ngx_actor_token_key_t *key);
static ngx_int_t ngx_actor_token_key_content(ngx_actor_token_key_t *key);
static ngx_int_t ngx_actor_token_content_add(EVP_MD_CTX *ctx,
    const ngx_str_t *s);
static ngx_uint_t ngx_actor_token_pick(ngx_actor_token_pick_t *pick,
    const ngx_actor_token_key_t *key);
static void ngx_actor_token_pick_others(ngx_actor_token_pick_t *pick,
    const ngx_actor_token_jwks_t *set, ngx_uint_t any);


ngx_int_t
ngx_actor_token_jwks_init(ngx_actor_token_jwks_t *set, ngx_pool_t *pool,
    ngx_actor_token_crypto_t *crypto, ngx_actor_token_algs_t algs)
{
    ngx_memzero(set, sizeof(ngx_actor_token_jwks_t));

    set->maker.pool = pool;
    set->maker.crypto = crypto;
    set->maker.algs = algs;

    return ngx_array_init(&set->keys, pool, 4, sizeof(ngx_actor_token_key_t));
}


ngx_int_t
ngx_actor_token_jwks_add_set(ngx_actor_token_jwks_t *set,
    const ngx_str_t *text, ngx_uint_t *symmetric,
    ngx_actor_token_jwks_error_t *err)
{
    json_t      *root;
    ngx_int_t    rc;
    ngx_pool_t  *temp;

    ngx_memzero(err, sizeof(ngx_actor_token_jwks_error_t));
    *symmetric = 0;

    temp = ngx_create_pool(4096, set->maker.pool->log);
    if (temp == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_actor_token_json_parse(temp, text, &root, &err->what);

    if (rc == NGX_OK) {
        rc = ngx_actor_token_jwks_add_keys(set, json_object_get(root, "keys"),
                                           symmetric, temp, err);
    }

    ngx_destroy_pool(temp);
    ERR_clear_error();

    return rc;
}


static ngx_int_t
ngx_actor_token_jwks_add_keys(ngx_actor_token_jwks_t *set, json_t *jwks,
    ngx_uint_t *symmetric, ngx_pool_t *temp,
    ngx_actor_token_jwks_error_t *err)
{
    size_t                  i;
    json_t                 *jwk;
    ngx_int_t               rc;
    ngx_uint_t              before;
    ngx_actor_token_key_t   key;

    if (!json_is_array(jwks)) {
        err->what = "has no \"keys\" array: it is not a JWK Set";
        return NGX_DECLINED;
    }

    if (json_array_size(jwks) > NGX_ACTOR_TOKEN_KEYS_MAX) {
        err->what = "holds more than 256 keys";
        return NGX_DECLINED;
    }

    before = set->keys.nelts;

    json_array_foreach(jwks, i, jwk) {

        ngx_memzero(&key, sizeof(ngx_actor_token_key_t));

        rc = ngx_actor_token_jwk_read(&set->maker, jwk, &key, temp,
                                      &err->what);

        if (rc == NGX_ERROR) {
            return NGX_ERROR;
        }

        if (err->what) {
            err->n = i + 1;

            rc = ngx_actor_token_jwks_refuse(set, jwk, err);

            if (rc != NGX_OK) {
                return rc;
            }

            continue;
        }

        if (rc == NGX_DECLINED) {
            set->lacking |= key.algs & ~set->maker.crypto->algs;
            continue;
        }

        if (ngx_actor_token_jwks_push(set, &key) != NGX_OK) {
            return NGX_ERROR;
        }

        if (key.type == NGX_ACTOR_TOKEN_KEY_HMAC) {
            *symmetric = 1;
        }
    }

    if (set->keys.nelts == before) {
        err->what = set->lacking ? set->maker.crypto->useless
                                 : "holds no usable key: it needs one for "
                                   "verifying with one of \"algorithms\"";
        return NGX_DECLINED;
    }

    return NGX_OK;
}


/* NGX_OK: the key is left out */

static ngx_int_t
ngx_actor_token_jwks_refuse(ngx_actor_token_jwks_t *set, json_t *jwk,
    ngx_actor_token_jwks_error_t *err)
{
    ngx_str_t  kid;

    ngx_str_null(&kid);

    (void) ngx_actor_token_json_string(json_object_get(jwk, "kid"), &kid);

    if (set->refused) {
        err->kid = kid;
        set->refused(set->data, err);

        ngx_memzero(err, sizeof(ngx_actor_token_jwks_error_t));

        return NGX_OK;
    }

    /* the set's own text is gone when the caller logs */

    if (kid.data
        && ngx_actor_token_key_copy(set->maker.pool, &kid, &err->kid)
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    return NGX_DECLINED;
}


ngx_int_t
ngx_actor_token_jwks_add_file(ngx_actor_token_jwks_t *set,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *kid, ngx_actor_token_jwks_error_t *err)
{
    ngx_int_t               rc;
    ngx_actor_token_key_t   key;

    ngx_memzero(err, sizeof(ngx_actor_token_jwks_error_t));
    ngx_memzero(&key, sizeof(ngx_actor_token_key_t));

    if (alg->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC) {
        rc = ngx_actor_token_key_secret(&set->maker, text, alg, &key,
                                        &err->what);

    } else {
        rc = ngx_actor_token_key_pem(&set->maker, text, alg, &key, &err->what);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    key.kid = *kid;

    return ngx_actor_token_jwks_push(set, &key);
}


static ngx_int_t
ngx_actor_token_jwks_push(ngx_actor_token_jwks_t *set,
    const ngx_actor_token_key_t *key)
{
    ngx_actor_token_key_t  *k;

    k = ngx_array_push(&set->keys);
    if (k == NULL) {
        return NGX_ERROR;
    }

    *k = *key;

    return NGX_OK;
}


ngx_int_t
ngx_actor_token_jwks_finish(ngx_actor_token_jwks_t *set)
{
    ngx_str_t               content;
    ngx_pool_t             *pool;
    ngx_uint_t              i, n;
    ngx_actor_token_key_t  *key, **p;

    pool = set->maker.pool;
    n = set->keys.nelts;
    key = set->keys.elts;

    if (ngx_actor_token_table_init(&set->kids, pool, n) != NGX_OK
        || ngx_actor_token_table_init(&set->contents, pool, n) != NGX_OK
        || ngx_array_init(&set->nameless, pool, 1,
                          sizeof(ngx_actor_token_key_t *))
           != NGX_OK)
    {
        return NGX_ERROR;
    }

    /* from the last one: a table gives keys of one kid the other way round */

    for (i = n; i > 0; /* void */ ) {
        i--;

        if (ngx_actor_token_key_content(&key[i]) != NGX_OK) {
            ngx_actor_token_openssl_error(NGX_LOG_ALERT, pool->log,
                                          "no digest of a key's content");
            return NGX_ERROR;
        }

        content.data = key[i].content;
        content.len = NGX_ACTOR_TOKEN_DIGEST_LEN;

        if (ngx_actor_token_table_add(&set->contents, &content, &key[i])
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (key[i].kid.data
            && ngx_actor_token_table_add(&set->kids, &key[i].kid, &key[i])
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    for (i = 0; i < n; i++) {

        if (key[i].kid.data) {
            continue;
        }

        p = ngx_array_push(&set->nameless);
        if (p == NULL) {
            return NGX_ERROR;
        }

        *p = &key[i];
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_key_content(ngx_actor_token_key_t *key)
{
    EVP_MD_CTX  *ctx;
    uint32_t     facts[4];

    ctx = key->crypto->digest[NGX_ACTOR_TOKEN_SHA256];

    facts[0] = key->type;
    facts[1] = key->algs;
    facts[2] = (key->kid.data != NULL);
    facts[3] = key->issuer.templated;

    return EVP_DigestInit_ex2(ctx, NULL, NULL) == 1
           && EVP_DigestUpdate(ctx, facts, sizeof(facts)) == 1
           && ngx_actor_token_content_add(ctx, &key->kid) == NGX_OK
           && ngx_actor_token_content_add(ctx, &key->issuer.prefix) == NGX_OK
           && ngx_actor_token_content_add(ctx, &key->issuer.suffix) == NGX_OK
           && EVP_DigestUpdate(ctx, key->digest, sizeof(key->digest)) == 1
           && EVP_DigestFinal_ex(ctx, key->content, NULL) == 1
           ? NGX_OK : NGX_ERROR;
}


/* a string with its length, so that no two rows of strings are the same */

static ngx_int_t
ngx_actor_token_content_add(EVP_MD_CTX *ctx, const ngx_str_t *s)
{
    uint64_t  len;

    len = s->len;

    return EVP_DigestUpdate(ctx, &len, sizeof(len)) == 1
           && EVP_DigestUpdate(ctx, s->data, s->len) == 1
           ? NGX_OK : NGX_ERROR;
}


const ngx_actor_token_key_t *
ngx_actor_token_jwks_find(const ngx_actor_token_jwks_t *set,
    const u_char content[NGX_ACTOR_TOKEN_DIGEST_LEN])
{
    ngx_str_t  name;

    name.data = (u_char *) content;
    name.len = NGX_ACTOR_TOKEN_DIGEST_LEN;

    return ngx_actor_token_table_value(&set->contents, &name);
}


ngx_uint_t
ngx_actor_token_keys_select(const ngx_actor_token_keys_t *keys,
    const ngx_str_t *kid, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *iss, const ngx_str_t *label,
    const ngx_actor_token_key_t *found[NGX_ACTOR_TOKEN_KEYS_TRIED],
    ngx_uint_t *named)
{
    ngx_uint_t                       i;
    ngx_actor_token_pick_t           pick;
    const ngx_actor_token_entry_t   *entry;

    pick.bit = ngx_actor_token_alg_bit(alg);
    pick.iss = iss;
    pick.label = label;
    pick.found = found;
    pick.n = 0;

    *named = 0;

    for (i = 0; kid->data && i < keys->nsets; i++) {

        for (entry = ngx_actor_token_table_find(&keys->sets[i]->kids, kid);
             entry;
             entry = ngx_actor_token_table_next(entry))
        {
            *named |= ngx_actor_token_pick(&pick, entry->value);
        }
    }

    if (*named) {
        return pick.n;
    }

    for (i = 0; i < keys->nsets; i++) {
        ngx_actor_token_pick_others(&pick, keys->sets[i], kid->data == NULL);
    }

    return pick.n;
}


/* whether it counts as one of the issuer's keys; it is found if it fits */

static ngx_uint_t
ngx_actor_token_pick(ngx_actor_token_pick_t *pick,
    const ngx_actor_token_key_t *key)
{
    if (!ngx_actor_token_key_is_of(key, pick->iss, pick->label)) {
        return 0;
    }

    if ((key->algs & pick->bit) && pick->n < NGX_ACTOR_TOKEN_KEYS_TRIED) {
        pick->found[pick->n++] = key;
    }

    return 1;
}


/* keys without a kid, or with "any" all of the set */

static void
ngx_actor_token_pick_others(ngx_actor_token_pick_t *pick,
    const ngx_actor_token_jwks_t *set, ngx_uint_t any)
{
    ngx_uint_t                     i, n;
    const ngx_actor_token_key_t   *key, **nameless;

    key = set->keys.elts;
    nameless = set->nameless.elts;

    n = any ? set->keys.nelts : set->nameless.nelts;

    for (i = 0; i < n && pick->n < NGX_ACTOR_TOKEN_KEYS_TRIED; i++) {
        (void) ngx_actor_token_pick(pick, any ? &key[i] : nameless[i]);
    }
}


const ngx_actor_token_key_t *
ngx_actor_token_keys_find(const ngx_actor_token_keys_t *keys,
    const u_char content[NGX_ACTOR_TOKEN_DIGEST_LEN])
{
    ngx_uint_t                    i;
    const ngx_actor_token_key_t  *key;

    for (i = 0; i < keys->nsets; i++) {
        key = ngx_actor_token_jwks_find(keys->sets[i], content);

        if (key) {
            return key;
        }
    }

    return NULL;
}


ngx_uint_t
ngx_actor_token_key_is_of(const ngx_actor_token_key_t *key,
    const ngx_str_t *iss, const ngx_str_t *label)
{
    ngx_str_t  tenant;

    if (key->issuer.prefix.len == 0) {
        return 1;
    }

    if (!ngx_actor_token_template_match(&key->issuer, iss, &tenant)) {
        return 0;
    }

    return tenant.data == NULL || label->data == NULL
           || ngx_actor_token_eq(&tenant, label);
}
