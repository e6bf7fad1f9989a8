
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_jwks.h>
#include <ngx_actor_token_jws.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/sha.h>
#include <openssl/x509.h>


typedef struct {
    ngx_str_t                     crv;
    const char                   *group;       /* OpenSSL's name */
    ngx_actor_token_key_type_e    type;
    size_t                        size;        /* of a coordinate, in bytes */
} ngx_actor_token_curve_t;


static ngx_int_t ngx_actor_token_jwk_parse(ngx_actor_token_jwks_t *set,
    json_t *jwk, ngx_actor_token_key_t *key, ngx_pool_t *temp,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_for_verifying(json_t *jwk,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_algs(ngx_actor_token_jwks_t *set,
    json_t *jwk, ngx_actor_token_key_t *key, const char **err);
static ngx_int_t ngx_actor_token_jwk_issuer(ngx_actor_token_jwks_t *set,
    json_t *jwk, ngx_actor_token_key_t *key, const char **err);
static ngx_int_t ngx_actor_token_jwk_rsa(json_t *jwk, EVP_PKEY **pkey,
    ngx_pool_t *temp, const char **err);
static ngx_int_t ngx_actor_token_jwk_ec(json_t *jwk,
    const ngx_actor_token_curve_t *curve, EVP_PKEY **pkey, ngx_pool_t *temp,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_okp(json_t *jwk,
    const ngx_actor_token_curve_t *curve, EVP_PKEY **pkey, ngx_pool_t *temp,
    const char **err);
static ngx_int_t ngx_actor_token_jwk_bytes(json_t *jwk, const char *name,
    ngx_pool_t *temp, ngx_str_t *bytes);
static EVP_PKEY *ngx_actor_token_pkey_build(const char *type,
    OSSL_PARAM_BLD *bld);
static const ngx_actor_token_curve_t *ngx_actor_token_curve_find(
    const ngx_actor_token_curve_t *curve, json_t *jwk);

static const char *ngx_actor_token_rsa_check(const BIGNUM *n,
    const BIGNUM *e);
static ngx_actor_token_key_type_e ngx_actor_token_pkey_type(EVP_PKEY *pkey,
    const char **err);
static EVP_PKEY *ngx_actor_token_pem_read(const ngx_str_t *text,
    const char **err);
static EVP_PKEY *ngx_actor_token_pem_decode(const char *name,
    const u_char *der, long len, const char **err);

static ngx_int_t ngx_actor_token_key_own(ngx_pool_t *pool,
    ngx_actor_token_key_t *key, EVP_PKEY *pkey);
static void ngx_actor_token_key_free(void *data);
static ngx_int_t ngx_actor_token_secret_own(ngx_pool_t *pool,
    ngx_actor_token_key_t *key, const ngx_str_t *secret);
static void ngx_actor_token_secret_free(void *data);
static ngx_int_t ngx_actor_token_jwks_copy(ngx_pool_t *pool,
    const ngx_str_t *src, ngx_str_t *dst);
static ngx_uint_t ngx_actor_token_key_of(const ngx_actor_token_key_t *key,
    const ngx_str_t *iss, const ngx_str_t *label);


static const ngx_actor_token_curve_t  ngx_actor_token_ec_curves[] = {
    { ngx_string("P-256"), "prime256v1", NGX_ACTOR_TOKEN_KEY_P256, 32 },
    { ngx_string("P-384"), "secp384r1", NGX_ACTOR_TOKEN_KEY_P384, 48 },
    { ngx_string("P-521"), "secp521r1", NGX_ACTOR_TOKEN_KEY_P521, 66 },
    { ngx_string("secp256k1"), "secp256k1", NGX_ACTOR_TOKEN_KEY_SECP256K1, 32 },
    { ngx_null_string, NULL, NGX_ACTOR_TOKEN_KEY_NONE, 0 }
};


static const ngx_actor_token_curve_t  ngx_actor_token_okp_curves[] = {
    { ngx_string("Ed25519"), "ED25519", NGX_ACTOR_TOKEN_KEY_ED25519, 32 },
    { ngx_string("Ed448"), "ED448", NGX_ACTOR_TOKEN_KEY_ED448, 57 },
    { ngx_null_string, NULL, NGX_ACTOR_TOKEN_KEY_NONE, 0 }
};


/* RFC 7518, section 6: what no published key may have */

static const char  *ngx_actor_token_private_members[] = {
    "d", "p", "q", "dp", "dq", "qi", "oth", NULL
};


ngx_int_t
ngx_actor_token_jwks_init(ngx_actor_token_jwks_t *set, ngx_pool_t *pool,
    ngx_actor_token_algs_t algs)
{
    set->pool = pool;
    set->algs = algs;

    return ngx_array_init(&set->keys, pool, 4, sizeof(ngx_actor_token_key_t));
}


ngx_int_t
ngx_actor_token_jwks_add_set(ngx_actor_token_jwks_t *set,
    const ngx_str_t *text, ngx_uint_t *symmetric,
    ngx_actor_token_jwks_error_t *err)
{
    size_t                  i, n;
    json_t                 *root, *jwks;
    ngx_int_t               rc;
    ngx_str_t               kid;
    ngx_pool_t             *temp;
    ngx_uint_t              before;
    ngx_actor_token_key_t   key, *k;

    ngx_memzero(err, sizeof(ngx_actor_token_jwks_error_t));

    *symmetric = 0;
    before = set->keys.nelts;

    temp = ngx_create_pool(4096, set->pool->log);
    if (temp == NULL) {
        return NGX_ERROR;
    }

    rc = ngx_actor_token_json_parse(temp, text, &root);

    if (rc != NGX_OK) {
        err->what = "is not a JSON object in strict UTF-8 without duplicate "
                    "members";
        goto done;
    }

    jwks = json_object_get(root, "keys");

    if (!json_is_array(jwks)) {
        err->what = "has no \"keys\" array: it is not a JWK Set";
        rc = NGX_DECLINED;
        goto done;
    }

    n = json_array_size(jwks);

    if (before + n > NGX_ACTOR_TOKEN_KEYS_MAX) {
        err->what = "holds too many keys: 256 is the limit";
        rc = NGX_DECLINED;
        goto done;
    }

    for (i = 0; i < n; i++) {

        ngx_memzero(&key, sizeof(ngx_actor_token_key_t));

        rc = ngx_actor_token_jwk_parse(set, json_array_get(jwks, i), &key,
                                       temp, &err->what);

        if (rc == NGX_ERROR || (rc == NGX_DECLINED && err->what)) {
            err->n = i + 1;

            if (ngx_actor_token_json_string(
                    json_object_get(json_array_get(jwks, i), "kid"), &kid)
                == NGX_OK
                && ngx_actor_token_jwks_copy(set->pool, &kid, &err->kid)
                   != NGX_OK)
            {
                rc = NGX_ERROR;
            }

            goto done;
        }

        if (rc == NGX_DECLINED) {
            continue;
        }

        k = ngx_array_push(&set->keys);
        if (k == NULL) {
            rc = NGX_ERROR;
            goto done;
        }

        *k = key;

        if (key.type == NGX_ACTOR_TOKEN_KEY_HMAC) {
            *symmetric = 1;
        }
    }

    rc = NGX_OK;

    if (set->keys.nelts == before) {
        err->what = "holds no usable key";
        rc = NGX_DECLINED;
    }

done:

    ngx_destroy_pool(temp);
    ERR_clear_error();

    return rc;
}


/*
 * NGX_DECLINED without a text in "err" is a key to skip; with one it is a
 * key to refuse.
 */

static ngx_int_t
ngx_actor_token_jwk_parse(ngx_actor_token_jwks_t *set, json_t *jwk,
    ngx_actor_token_key_t *key, ngx_pool_t *temp, const char **err)
{
    EVP_PKEY                       *pkey;
    ngx_int_t                       rc;
    ngx_str_t                       kty, k;
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
        curve = ngx_actor_token_curve_find(ngx_actor_token_ec_curves, jwk);

    } else if (ngx_actor_token_is(&kty, "OKP")) {
        curve = ngx_actor_token_curve_find(ngx_actor_token_okp_curves, jwk);

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

    rc = ngx_actor_token_jwk_algs(set, jwk, key, err);

    if (rc != NGX_OK) {
        return rc;
    }

    rc = ngx_actor_token_jwk_issuer(set, jwk, key, err);

    if (rc != NGX_OK) {
        return rc;
    }

    if (key->type == NGX_ACTOR_TOKEN_KEY_HMAC) {
        return ngx_actor_token_secret_own(set->pool, key, &k);
    }

    switch (key->type) {

    case NGX_ACTOR_TOKEN_KEY_RSA:
        rc = ngx_actor_token_jwk_rsa(jwk, &pkey, temp, err);
        break;

    case NGX_ACTOR_TOKEN_KEY_ED25519:
    case NGX_ACTOR_TOKEN_KEY_ED448:
        rc = ngx_actor_token_jwk_okp(jwk, curve, &pkey, temp, err);
        break;

    default:
        rc = ngx_actor_token_jwk_ec(jwk, curve, &pkey, temp, err);
        break;
    }

    if (rc != NGX_OK) {
        return rc;
    }

    return ngx_actor_token_key_own(set->pool, key, pkey);
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
ngx_actor_token_jwk_algs(ngx_actor_token_jwks_t *set, json_t *jwk,
    ngx_actor_token_key_t *key, const char **err)
{
    json_t                       *value;
    ngx_str_t                     name;
    ngx_actor_token_algs_t        bit, own, hmac;
    const ngx_actor_token_alg_t  *alg;

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

        if ((set->algs & hmac) == 0) {
            *err = "is a secret, but no HMAC algorithm is named in "
                   "\"algorithms\"";
            return NGX_DECLINED;
        }

        own &= set->algs;

        if (own && (own & ngx_actor_token_alg_hmac(key->secret.len)) == 0) {
            *err = "is a secret shorter than the hash of its algorithm";
            return NGX_DECLINED;
        }

        own &= ngx_actor_token_alg_hmac(key->secret.len);
    }

    key->algs = own & set->algs;

    return key->algs ? NGX_OK : NGX_DECLINED;
}


static ngx_int_t
ngx_actor_token_jwk_issuer(ngx_actor_token_jwks_t *set, json_t *jwk,
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

        if (ngx_actor_token_jwks_copy(set->pool, &s, &key->kid) != NGX_OK) {
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

    if (ngx_actor_token_jwks_copy(set->pool, &s, &s) != NGX_OK) {
        return NGX_ERROR;
    }

    reason = ngx_actor_token_template_parse(&key->issuer, &s, &placeholder);

    if (reason) {
        *err = "has an \"issuer\" that is neither an identifier nor one "
               "with {tenantid} for a whole segment";
        return NGX_DECLINED;
    }

    return NGX_OK;
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
        return NGX_DECLINED;
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
        return NGX_DECLINED;
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

    *pkey = EVP_PKEY_new_raw_public_key_ex(NULL, curve->group, NULL, x.data,
                                           x.len);

    if (*pkey == NULL) {
        *err = "is an OKP key that OpenSSL does not take";
        return NGX_DECLINED;
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
ngx_actor_token_curve_find(const ngx_actor_token_curve_t *curve, json_t *jwk)
{
    ngx_str_t  crv;

    if (ngx_actor_token_json_string(json_object_get(jwk, "crv"), &crv)
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


static const char *
ngx_actor_token_rsa_check(const BIGNUM *n, const BIGNUM *e)
{
    if (BN_num_bits(n) < NGX_ACTOR_TOKEN_RSA_BITS_MIN) {
        return "is an RSA key of less than 2048 bits";
    }

    if (BN_num_bits(n) > NGX_ACTOR_TOKEN_RSA_BITS_MAX) {
        return "is an RSA key of more than 8192 bits";
    }

    if (!BN_is_odd(n)) {
        return "is an RSA key with an even modulus";
    }

    if (!BN_is_odd(e) || BN_is_one(e)) {
        return "is an RSA key with an exponent that is even or 1";
    }

    return NULL;
}


ngx_int_t
ngx_actor_token_jwks_add_pem(ngx_actor_token_jwks_t *set,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *kid, ngx_actor_token_jwks_error_t *err)
{
    EVP_PKEY                *pkey;
    ngx_actor_token_algs_t   bit;
    ngx_actor_token_key_t    key, *k;

    ngx_memzero(err, sizeof(ngx_actor_token_jwks_error_t));
    ngx_memzero(&key, sizeof(ngx_actor_token_key_t));

    pkey = ngx_actor_token_pem_read(text, &err->what);

    if (pkey) {
        key.type = ngx_actor_token_pkey_type(pkey, &err->what);
    }

    ERR_clear_error();

    if (err->what) {
        EVP_PKEY_free(pkey);
        return NGX_DECLINED;
    }

    key.algs = ngx_actor_token_alg_fits(key.type);
    bit = ngx_actor_token_alg_bit(alg);

    if ((key.algs & bit) == 0) {
        EVP_PKEY_free(pkey);
        err->what = "is not a key for the algorithm in \"alg=\"";
        return NGX_DECLINED;
    }

    if (alg->scheme != NGX_ACTOR_TOKEN_SCHEME_EDDSA) {
        key.algs = bit;
    }

    key.algs &= set->algs;
    key.kid = *kid;

    if (ngx_actor_token_key_own(set->pool, &key, pkey) != NGX_OK) {
        return NGX_ERROR;
    }

    k = ngx_array_push(&set->keys);
    if (k == NULL) {
        return NGX_ERROR;
    }

    *k = key;

    return NGX_OK;
}


static EVP_PKEY *
ngx_actor_token_pem_read(const ngx_str_t *text, const char **err)
{
    BIO       *bio;
    char      *name, *header;
    long       len;
    u_char    *der;
    EVP_PKEY  *pkey;

    pkey = NULL;

    bio = BIO_new_mem_buf(text->data, (int) text->len);

    if (bio == NULL || PEM_read_bio(bio, &name, &header, &der, &len) != 1) {
        BIO_free(bio);
        *err = "holds no PEM public key or certificate";
        return NULL;
    }

    pkey = ngx_actor_token_pem_decode(name, der, len, err);

    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(der, len);

    if (pkey && PEM_read_bio(bio, &name, &header, &der, &len) == 1) {
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(der, len);

        EVP_PKEY_free(pkey);
        pkey = NULL;
        *err = "holds more than one PEM object: write one \"key\" for each";
    }

    BIO_free(bio);

    return pkey;
}


static EVP_PKEY *
ngx_actor_token_pem_decode(const char *name, const u_char *der, long len,
    const char **err)
{
    X509      *cert;
    EVP_PKEY  *pkey;

    if (ngx_strstr(name, "PRIVATE KEY")) {
        *err = "holds a private key: write the public one with "
               "\"openssl pkey -pubout\"";
        return NULL;
    }

    pkey = NULL;

    if (ngx_strcmp(name, PEM_STRING_PUBLIC) == 0) {
        pkey = d2i_PUBKEY(NULL, &der, len);

    } else if (ngx_strcmp(name, PEM_STRING_RSA_PUBLIC) == 0) {
        pkey = d2i_PublicKey(EVP_PKEY_RSA, NULL, &der, len);

    } else if (ngx_strcmp(name, PEM_STRING_X509) == 0) {
        cert = d2i_X509(NULL, &der, len);

        if (cert) {
            pkey = X509_get_pubkey(cert);
            X509_free(cert);
        }
    }

    if (pkey == NULL) {
        *err = "holds no PEM public key or certificate that OpenSSL reads";
    }

    return pkey;
}


static ngx_actor_token_key_type_e
ngx_actor_token_pkey_type(EVP_PKEY *pkey, const char **err)
{
    char                            name[32];
    BIGNUM                         *n, *e;
    const ngx_actor_token_curve_t  *curve;

    if (EVP_PKEY_is_a(pkey, "ED25519")) {
        return NGX_ACTOR_TOKEN_KEY_ED25519;
    }

    if (EVP_PKEY_is_a(pkey, "ED448")) {
        return NGX_ACTOR_TOKEN_KEY_ED448;
    }

    if (EVP_PKEY_is_a(pkey, "RSA")) {
        n = NULL;
        e = NULL;

        if (EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &n) == 1
            && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &e) == 1)
        {
            *err = ngx_actor_token_rsa_check(n, e);

        } else {
            *err = "is an RSA key that OpenSSL does not take";
        }

        BN_free(e);
        BN_free(n);

        return NGX_ACTOR_TOKEN_KEY_RSA;
    }

    if (EVP_PKEY_is_a(pkey, "EC")
        && EVP_PKEY_get_group_name(pkey, name, sizeof(name), NULL) == 1)
    {
        for (curve = ngx_actor_token_ec_curves; curve->size; curve++) {
            if (ngx_strcmp(name, curve->group) == 0) {
                return curve->type;
            }
        }
    }

    *err = "is a key of a type or curve that is not supported";

    return NGX_ACTOR_TOKEN_KEY_NONE;
}


ngx_int_t
ngx_actor_token_jwks_add_secret(ngx_actor_token_jwks_t *set,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    const ngx_str_t *kid, ngx_actor_token_jwks_error_t *err)
{
    ngx_actor_token_key_t  *k;

    ngx_memzero(err, sizeof(ngx_actor_token_jwks_error_t));

    /* a public key is no secret, whatever a token's "alg" says */

    if (ngx_strlcasestrn(text->data, text->data + text->len,
                         (u_char *) "-----BEGIN ", 11 - 1)
        != NULL)
    {
        err->what = "is PEM, not the raw bytes of an HMAC secret";
        return NGX_DECLINED;
    }

    if ((ngx_actor_token_alg_hmac(text->len) & ngx_actor_token_alg_bit(alg))
        == 0)
    {
        err->what = "is a secret shorter than the hash of its algorithm";
        return NGX_DECLINED;
    }

    k = ngx_array_push(&set->keys);
    if (k == NULL) {
        return NGX_ERROR;
    }

    ngx_memzero(k, sizeof(ngx_actor_token_key_t));

    k->type = NGX_ACTOR_TOKEN_KEY_HMAC;
    k->algs = ngx_actor_token_alg_bit(alg) & set->algs;
    k->kid = *kid;

    return ngx_actor_token_secret_own(set->pool, k, text);
}


/* from here on the pool frees the key, on failure too */

static ngx_int_t
ngx_actor_token_key_own(ngx_pool_t *pool, ngx_actor_token_key_t *key,
    EVP_PKEY *pkey)
{
    int                  len;
    u_char              *der;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(pool, 0);
    if (cln == NULL) {
        EVP_PKEY_free(pkey);
        return NGX_ERROR;
    }

    cln->handler = ngx_actor_token_key_free;
    cln->data = pkey;

    key->pkey = pkey;

    der = NULL;
    len = i2d_PUBKEY(pkey, &der);

    if (len <= 0) {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, pool->log,
                                      "i2d_PUBKEY() failed");
        return NGX_ERROR;
    }

    SHA256(der, len, key->digest);
    OPENSSL_free(der);

    return NGX_OK;
}


static void
ngx_actor_token_key_free(void *data)
{
    EVP_PKEY_free(data);
}


static ngx_int_t
ngx_actor_token_secret_own(ngx_pool_t *pool, ngx_actor_token_key_t *key,
    const ngx_str_t *secret)
{
    ngx_str_t           *copy;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(pool, sizeof(ngx_str_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    copy = cln->data;

    if (ngx_actor_token_jwks_copy(pool, secret, copy) != NGX_OK) {
        return NGX_ERROR;
    }

    cln->handler = ngx_actor_token_secret_free;

    key->secret = *copy;
    SHA256(copy->data, copy->len, key->digest);

    return NGX_OK;
}


static void
ngx_actor_token_secret_free(void *data)
{
    ngx_str_t  *secret = data;

    OPENSSL_cleanse(secret->data, secret->len);
}


static ngx_int_t
ngx_actor_token_jwks_copy(ngx_pool_t *pool, const ngx_str_t *src,
    ngx_str_t *dst)
{
    u_char  *p;

    p = ngx_pnalloc(pool, src->len + 1);
    if (p == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(p, src->data, src->len);
    p[src->len] = '\0';

    dst->data = p;
    dst->len = src->len;

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
