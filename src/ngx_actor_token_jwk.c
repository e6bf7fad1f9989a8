
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_edwards.h>
#include <ngx_actor_token_jwk.h>
#include <ngx_actor_token_jws.h>

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>


static ngx_int_t ngx_actor_token_jwk_for_verifying(json_t *jwk,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_algs(
    const ngx_actor_token_maker_t *maker, json_t *jwk,
    ngx_actor_token_key_t *key, const char **err);
static ngx_int_t ngx_actor_token_jwk_names(ngx_pool_t *pool, json_t *jwk,
    ngx_actor_token_key_t *key, const char **err);
static ngx_int_t ngx_actor_token_jwk_rsa(json_t *jwk, EVP_PKEY **pkey,
    ngx_pool_t *temp, const char **err);
static ngx_int_t ngx_actor_token_jwk_ec(json_t *jwk,
    const ngx_actor_token_curve_t *curve, EVP_PKEY **pkey, ngx_pool_t *temp,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_okp(json_t *jwk,
    const ngx_actor_token_curve_t *curve, EVP_PKEY **pkey, ngx_pool_t *temp,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_akp(json_t *jwk,
    const ngx_actor_token_curve_t *curve, EVP_PKEY **pkey, ngx_pool_t *temp,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_bytes(json_t *jwk, const char *name,
    ngx_pool_t *temp, ngx_str_t *bytes);
static EVP_PKEY *ngx_actor_token_pkey_build(const char *type,
    OSSL_PARAM_BLD *bld);
static const ngx_actor_token_curve_t *ngx_actor_token_curve_find(
    const ngx_actor_token_curve_t *curve, json_t *jwk, const char *member);


static const ngx_actor_token_curve_t  ngx_actor_token_okp_curves[] = {
    { ngx_string("Ed25519"), "ED25519", NGX_ACTOR_TOKEN_KEY_ED25519, 32 },
    { ngx_string("Ed448"), "ED448", NGX_ACTOR_TOKEN_KEY_ED448, 57 },
    { ngx_null_string, NULL, NGX_ACTOR_TOKEN_KEY_NONE, 0 }
};


/* RFC 7518, section 6; RFC 9964: what no published key may have */

static const char  *ngx_actor_token_private_members[] = {
    "d", "p", "q", "dp", "dq", "qi", "oth", "priv", NULL
};


ngx_int_t
ngx_actor_token_jwk_read(const ngx_actor_token_maker_t *maker, json_t *jwk,
    ngx_actor_token_key_t *key, ngx_pool_t *temp, const char **err)
{
    EVP_PKEY                       *pkey;
    ngx_int_t                       rc;
    ngx_str_t                       kty, alg, k;
    const char                    **name;
    const ngx_actor_token_curve_t  *curve;

    *err = NULL;
    curve = NULL;

    if (ngx_actor_token_json_string(json_object_get(jwk, "kty"), &kty)
        != NGX_OK)
    {
        *err = "has no \"kty\"";
        return NGX_DECLINED;
    }

    if (ngx_actor_token_is(&kty, "RSA")) {
        key->type = NGX_ACTOR_TOKEN_KEY_RSA;

    } else if (ngx_actor_token_is(&kty, "EC")) {
        curve = ngx_actor_token_curve_find(ngx_actor_token_ec_curves, jwk,
                                           "crv");

    } else if (ngx_actor_token_is(&kty, "OKP")) {
        curve = ngx_actor_token_curve_find(ngx_actor_token_okp_curves, jwk,
                                           "crv");

    } else if (ngx_actor_token_is(&kty, "AKP")) {

        if (ngx_actor_token_json_string(json_object_get(jwk, "alg"), &alg)
            != NGX_OK)
        {
            *err = "is an AKP key without the \"alg\" that it is for";
            return NGX_DECLINED;
        }

        curve = ngx_actor_token_curve_find(ngx_actor_token_akp_algs, jwk,
                                           "alg");

    } else if (ngx_actor_token_is(&kty, "oct")) {
        key->type = NGX_ACTOR_TOKEN_KEY_HMAC;

    } else {
        return NGX_DECLINED;
    }

    for (name = ngx_actor_token_private_members; *name; name++) {
        if (json_object_get(jwk, *name)) {
            *err = "has a private member: publish the public key alone";
            return NGX_DECLINED;
        }
    }

    if (curve) {
        key->type = curve->type;
    }

    if (key->type == NGX_ACTOR_TOKEN_KEY_NONE) {
        return NGX_DECLINED;
    }

    rc = ngx_actor_token_jwk_for_verifying(jwk, err);

    if (rc != NGX_OK) {
        return rc;
    }

    if (key->type == NGX_ACTOR_TOKEN_KEY_HMAC) {

        if (ngx_actor_token_jwk_bytes(jwk, "k", temp, &k) != NGX_OK) {
            *err = "has no \"k\" in base64url";
            return NGX_DECLINED;
        }

        key->secret = k;
    }

    rc = ngx_actor_token_jwk_algs(maker, jwk, key, err);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_actor_token_jwk_names(maker->pool, jwk, key, err);

    if (rc != NGX_OK) {
        return rc;
    }

    if (key->type == NGX_ACTOR_TOKEN_KEY_HMAC) {
        return ngx_actor_token_secret_own(maker, key, &k);
    }

    switch (key->type) {

    case NGX_ACTOR_TOKEN_KEY_RSA:
        rc = ngx_actor_token_jwk_rsa(jwk, &pkey, temp, err);
        break;

    case NGX_ACTOR_TOKEN_KEY_ED25519:
    case NGX_ACTOR_TOKEN_KEY_ED448:
        rc = ngx_actor_token_jwk_okp(jwk, curve, &pkey, temp, err);
        break;

    case NGX_ACTOR_TOKEN_KEY_ML_DSA_44:
    case NGX_ACTOR_TOKEN_KEY_ML_DSA_65:
    case NGX_ACTOR_TOKEN_KEY_ML_DSA_87:
        rc = ngx_actor_token_jwk_akp(jwk, curve, &pkey, temp, err);
        break;

    default:
        rc = ngx_actor_token_jwk_ec(jwk, curve, &pkey, temp, err);
        break;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_actor_token_key_own(maker, key, pkey);
}


static ngx_int_t
ngx_actor_token_jwk_for_verifying(json_t *jwk, const char **err)
{
    size_t      i;
    json_t     *value, *op;
    ngx_str_t   s;

    value = json_object_get(jwk, "use");

    if (value) {
        if (ngx_actor_token_json_string(value, &s) != NGX_OK) {
            *err = "has a \"use\" that is not a string";
            return NGX_DECLINED;
        }

        if (!ngx_actor_token_is(&s, "sig")) {
            return NGX_DECLINED;
        }
    }

    value = json_object_get(jwk, "key_ops");

    if (value == NULL) {
        return NGX_OK;
    }

    if (!json_is_array(value)) {
        *err = "has \"key_ops\" that are not an array";
        return NGX_DECLINED;
    }

    json_array_foreach(value, i, op) {
        if (ngx_actor_token_json_string(op, &s) == NGX_OK
            && ngx_actor_token_is(&s, "verify"))
        {
            return NGX_OK;
        }
    }

    return NGX_DECLINED;
}


static ngx_int_t
ngx_actor_token_jwk_algs(const ngx_actor_token_maker_t *maker, json_t *jwk,
    ngx_actor_token_key_t *key, const char **err)
{
    json_t                       *value;
    ngx_str_t                     name;
    ngx_actor_token_algs_t        algs, bit, own, hmac;
    const ngx_actor_token_alg_t  *alg;

    algs = maker->algs;
    own = ngx_actor_token_alg_fits(key->type);
    value = json_object_get(jwk, "alg");

    if (value) {
        if (ngx_actor_token_json_string(value, &name) != NGX_OK) {
            *err = "has an \"alg\" that is not a string";
            return NGX_DECLINED;
        }

        alg = ngx_actor_token_alg_find(&name);
        if (alg == NULL) {
            return NGX_DECLINED;
        }

        bit = ngx_actor_token_alg_bit(alg);

        if ((own & bit) == 0) {
            return NGX_DECLINED;
        }

        /* both names of an Edwards curve are the same operation */

        if (alg->scheme != NGX_ACTOR_TOKEN_SCHEME_EDDSA) {
            own = bit;
        }
    }

    if (key->type == NGX_ACTOR_TOKEN_KEY_HMAC) {

        hmac = ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_HMAC);

        if (maker->published) {
            *err = "is a secret, which is none once it is published";
            return NGX_DECLINED;
        }

        if ((algs & hmac) == 0) {
            *err = "is a secret, but no HMAC algorithm is named in "
                   "\"algorithms\"";
            return NGX_DECLINED;
        }

        own &= algs;

        if (own && (own & ngx_actor_token_alg_hmac(key->secret.len)) == 0) {
            *err = "is a secret shorter than the hash of its algorithm";
            return NGX_DECLINED;
        }

        own &= ngx_actor_token_alg_hmac(key->secret.len);
    }

    key->algs = own & algs;

    return (key->algs & maker->crypto->algs) ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_actor_token_jwk_names(ngx_pool_t *pool, json_t *jwk,
    ngx_actor_token_key_t *key, const char **err)
{
    json_t            *value;
    ngx_str_t          s;
    const char        *reason;
    static ngx_str_t   placeholder = ngx_string("{tenantid}");

    value = json_object_get(jwk, "kid");

    if (value) {
        if (ngx_actor_token_json_string(value, &s) != NGX_OK) {
            *err = "has a \"kid\" that is not a string";
            return NGX_DECLINED;
        }

        if (ngx_actor_token_key_copy(pool, &s, &key->kid) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    value = json_object_get(jwk, "issuer");

    if (value == NULL) {
        return NGX_OK;
    }

    if (ngx_actor_token_json_string(value, &s) != NGX_OK) {
        *err = "has an \"issuer\" that is not a string";
        return NGX_DECLINED;
    }

    if (ngx_actor_token_key_copy(pool, &s, &s) != NGX_OK) {
        return NGX_ERROR;
    }

    reason = ngx_actor_token_template_parse(&key->issuer, &s, &placeholder);

    /* one that no "iss" can equal makes the key count as absent */

    return reason ? NGX_DECLINED : NGX_OK;
}


static ngx_int_t
ngx_actor_token_jwk_rsa(json_t *jwk, EVP_PKEY **pkey, ngx_pool_t *temp,
    const char **err)
{
    BIGNUM          *n, *e;
    ngx_str_t        nb, eb;
    OSSL_PARAM_BLD  *bld;

    if (ngx_actor_token_jwk_bytes(jwk, "n", temp, &nb) != NGX_OK
        || ngx_actor_token_jwk_bytes(jwk, "e", temp, &eb) != NGX_OK)
    {
        *err = "has no \"n\" and \"e\" in base64url";
        return NGX_DECLINED;
    }

    *pkey = NULL;

    n = BN_bin2bn(nb.data, (int) nb.len, NULL);
    e = BN_bin2bn(eb.data, (int) eb.len, NULL);
    bld = OSSL_PARAM_BLD_new();

    if (n && e && bld) {
        *err = ngx_actor_token_rsa_check(n, e);

        if (*err == NULL
            && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_N, n) == 1
            && OSSL_PARAM_BLD_push_BN(bld, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        {
            *pkey = ngx_actor_token_pkey_build("RSA", bld);
        }
    }

    OSSL_PARAM_BLD_free(bld);
    BN_free(e);
    BN_free(n);

    if (*err) {
        return NGX_DECLINED;
    }

    if (*pkey == NULL) {
        *err = "is an RSA key that OpenSSL does not take";
        return ngx_actor_token_openssl_fault();
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_jwk_ec(json_t *jwk, const ngx_actor_token_curve_t *curve,
    EVP_PKEY **pkey, ngx_pool_t *temp, const char **err)
{
    u_char           point[1 + 2 * 66];
    ngx_str_t        x, y;
    OSSL_PARAM_BLD  *bld;

    /* RFC 7518, section 6.2.1.2: of full length, zeros included */

    if (ngx_actor_token_jwk_bytes(jwk, "x", temp, &x) != NGX_OK
        || ngx_actor_token_jwk_bytes(jwk, "y", temp, &y) != NGX_OK
        || x.len != curve->size || y.len != curve->size)
    {
        *err = "has no \"x\" and \"y\" of its curve's length in base64url";
        return NGX_DECLINED;
    }

    point[0] = 0x04;
    ngx_memcpy(point + 1, x.data, x.len);
    ngx_memcpy(point + 1 + x.len, y.data, y.len);

    *pkey = NULL;
    bld = OSSL_PARAM_BLD_new();

    if (bld
        && OSSL_PARAM_BLD_push_utf8_string(bld, OSSL_PKEY_PARAM_GROUP_NAME,
                                           curve->group, 0)
           == 1
        && OSSL_PARAM_BLD_push_octet_string(bld, OSSL_PKEY_PARAM_PUB_KEY,
                                            point, 1 + 2 * curve->size)
           == 1)
    {
        *pkey = ngx_actor_token_pkey_build("EC", bld);
    }

    OSSL_PARAM_BLD_free(bld);

    if (*pkey == NULL) {
        *err = "is a point that is not on its curve";
        return ngx_actor_token_openssl_fault();
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_jwk_okp(json_t *jwk, const ngx_actor_token_curve_t *curve,
    EVP_PKEY **pkey, ngx_pool_t *temp, const char **err)
{
    ngx_str_t  x;

    if (ngx_actor_token_jwk_bytes(jwk, "x", temp, &x) != NGX_OK
        || x.len != curve->size)
    {
        *err = "has no \"x\" of its curve's length in base64url";
        return NGX_DECLINED;
    }

    *err = ngx_actor_token_edwards_check(curve->type, &x);

    if (*err) {
        return NGX_DECLINED;
    }

    *pkey = EVP_PKEY_new_raw_public_key_ex(NULL, curve->group, NULL, x.data,
                                           x.len);

    if (*pkey == NULL) {
        *err = "is an OKP key that OpenSSL does not take";
        return ngx_actor_token_openssl_fault();
    }

    return NGX_OK;
}


/* RFC 9964, section 3 */

static ngx_int_t
ngx_actor_token_jwk_akp(json_t *jwk, const ngx_actor_token_curve_t *curve,
    EVP_PKEY **pkey, ngx_pool_t *temp, const char **err)
{
    ngx_str_t  pub;

    if (ngx_actor_token_jwk_bytes(jwk, "pub", temp, &pub) != NGX_OK
        || pub.len != curve->size)
    {
        *err = "has no \"pub\" of its algorithm's length in base64url";
        return NGX_DECLINED;
    }

    *pkey = EVP_PKEY_new_raw_public_key_ex(NULL, curve->group, NULL, pub.data,
                                           pub.len);

    if (*pkey == NULL) {
        *err = "is an AKP key that OpenSSL does not take";
        return ngx_actor_token_openssl_fault();
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_jwk_bytes(json_t *jwk, const char *name, ngx_pool_t *temp,
    ngx_str_t *bytes)
{
    ngx_str_t  text;

    if (ngx_actor_token_json_string(json_object_get(jwk, name), &text)
        != NGX_OK
        || text.len == 0)
    {
        return NGX_DECLINED;
    }

    return ngx_actor_token_base64url(temp, &text, bytes);
}


static EVP_PKEY *
ngx_actor_token_pkey_build(const char *type, OSSL_PARAM_BLD *bld)
{
    EVP_PKEY      *pkey;
    OSSL_PARAM    *params;
    EVP_PKEY_CTX  *ctx;

    pkey = NULL;
    params = OSSL_PARAM_BLD_to_param(bld);
    ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);

    if (params && ctx
        && EVP_PKEY_fromdata_init(ctx) == 1
        && EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, params) != 1)
    {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }

    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);

    return pkey;
}


static const ngx_actor_token_curve_t *
ngx_actor_token_curve_find(const ngx_actor_token_curve_t *curve, json_t *jwk,
    const char *member)
{
    ngx_str_t  crv;

    if (ngx_actor_token_json_string(json_object_get(jwk, member), &crv)
        != NGX_OK)
    {
        return NULL;
    }

    for ( /* void */ ; curve->size; curve++) {
        if (ngx_actor_token_eq(&curve->crv, &crv)) {
            return curve;
        }
    }

    return NULL;
}
