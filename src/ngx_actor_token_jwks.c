
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_jwk.h>
#include <ngx_actor_token_jwks.h>

#include <openssl/err.h>


static ngx_int_t ngx_actor_token_jwks_add_keys(ngx_actor_token_jwks_t *set,
    json_t *jwks, ngx_uint_t *symmetric, ngx_pool_t *temp,
    ngx_actor_token_jwks_error_t *err);
static ngx_int_t ngx_actor_token_jwks_push(ngx_actor_token_jwks_t *set,
    const ngx_actor_token_key_t *key);
static ngx_uint_t ngx_actor_token_key_of(const ngx_actor_token_key_t *key,
    const ngx_str_t *iss, const ngx_str_t *label);


ngx_int_t
ngx_actor_token_jwks_init(ngx_actor_token_jwks_t *set, ngx_pool_t *pool,
    ngx_actor_token_crypto_t *crypto, ngx_actor_token_algs_t algs)
{
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

    rc = ngx_actor_token_json_parse(temp, text, &root);

    if (rc == NGX_OK) {
        rc = ngx_actor_token_jwks_add_keys(set, json_object_get(root, "keys"),
                                           symmetric, temp, err);

    } else {
        err->what = "is not a JSON object in strict UTF-8 without duplicate "
                    "members";
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
    ngx_str_t               kid;
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

            if (ngx_actor_token_json_string(json_object_get(jwk, "kid"), &kid)
                == NGX_OK)
            {
                return ngx_actor_token_key_copy(set->maker.pool, &kid,
                                                &err->kid)
                       == NGX_OK ? NGX_DECLINED : NGX_ERROR;
            }

            return NGX_DECLINED;
        }

        if (rc == NGX_DECLINED) {
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
        err->what = "holds no usable key";
        return NGX_DECLINED;
    }

    return NGX_OK;
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


ngx_uint_t
ngx_actor_token_jwks_select(const ngx_actor_token_jwks_t *set,
    const ngx_str_t *kid, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *iss, const ngx_str_t *label,
    const ngx_actor_token_key_t *found[NGX_ACTOR_TOKEN_KEYS_TRIED])
{
    ngx_uint_t                    i, n, named;
    ngx_actor_token_algs_t        bit;
    const ngx_actor_token_key_t  *key;

    n = 0;
    named = 0;
    key = set->keys.elts;
    bit = ngx_actor_token_alg_bit(alg);

    if (kid->data) {

        for (i = 0; i < set->keys.nelts; i++) {

            if (key[i].kid.data == NULL
                || !ngx_actor_token_eq(&key[i].kid, kid)
                || !ngx_actor_token_key_of(&key[i], iss, label))
            {
                continue;
            }

            named = 1;

            if ((key[i].algs & bit) && n < NGX_ACTOR_TOKEN_KEYS_TRIED) {
                found[n++] = &key[i];
            }
        }

        if (named) {
            return n;
        }
    }

    for (i = 0; i < set->keys.nelts && n < NGX_ACTOR_TOKEN_KEYS_TRIED; i++) {

        if ((kid->data == NULL || key[i].kid.data == NULL)
            && (key[i].algs & bit)
            && ngx_actor_token_key_of(&key[i], iss, label))
        {
            found[n++] = &key[i];
        }
    }

    return n;
}


/* whether the key's own "issuer" stands for this one */

static ngx_uint_t
ngx_actor_token_key_of(const ngx_actor_token_key_t *key, const ngx_str_t *iss,
    const ngx_str_t *label)
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
