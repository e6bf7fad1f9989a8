
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_edwards.h>
#include <ngx_actor_token_key.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>


/* the largest public key, ML-DSA-87's; two numbers of RSA are smaller */
#define NGX_ACTOR_TOKEN_PUBLIC_MAX  2592


static ngx_actor_token_key_type_e ngx_actor_token_pkey_type(EVP_PKEY *pkey,
    const char **err);
static ngx_actor_token_key_type_e ngx_actor_token_pkey_edwards(
    EVP_PKEY *pkey, ngx_actor_token_key_type_e type, const char **err);
static EVP_PKEY *ngx_actor_token_pem_read(const ngx_str_t *text,
    const char **err);
static ngx_uint_t ngx_actor_token_pem_more(BIO *bio);
static EVP_PKEY *ngx_actor_token_pem_decode(const char *name,
    const u_char *der, long len, const char **err);
static ngx_int_t ngx_actor_token_key_digest(
    const ngx_actor_token_maker_t *maker, ngx_actor_token_key_t *key);
static ngx_int_t ngx_actor_token_key_number(EVP_PKEY *pkey, const char *name,
    u_char *buf, int len);
static void ngx_actor_token_key_free(void *data);
static void ngx_actor_token_secret_free(void *data);


const ngx_actor_token_curve_t  ngx_actor_token_ec_curves[] = {
    { ngx_string("P-256"), "prime256v1", NGX_ACTOR_TOKEN_KEY_P256, 32 },
    { ngx_string("P-384"), "secp384r1", NGX_ACTOR_TOKEN_KEY_P384, 48 },
    { ngx_string("P-521"), "secp521r1", NGX_ACTOR_TOKEN_KEY_P521, 66 },
    { ngx_string("secp256k1"), "secp256k1", NGX_ACTOR_TOKEN_KEY_SECP256K1, 32 },
    { ngx_null_string, NULL, NGX_ACTOR_TOKEN_KEY_NONE, 0 }
};


/* FIPS 204, table 2 */

const ngx_actor_token_curve_t  ngx_actor_token_akp_algs[] = {
    { ngx_string("ML-DSA-44"), "ML-DSA-44", NGX_ACTOR_TOKEN_KEY_ML_DSA_44,
      1312 },
    { ngx_string("ML-DSA-65"), "ML-DSA-65", NGX_ACTOR_TOKEN_KEY_ML_DSA_65,
      1952 },
    { ngx_string("ML-DSA-87"), "ML-DSA-87", NGX_ACTOR_TOKEN_KEY_ML_DSA_87,
      NGX_ACTOR_TOKEN_PUBLIC_MAX },
    { ngx_null_string, NULL, NGX_ACTOR_TOKEN_KEY_NONE, 0 }
};


const char *
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

    /* one as long as the modulus makes a signature a hundred times as slow */

    if (BN_num_bits(e) > 64) {
        return "is an RSA key with an exponent of more than 64 bits";
    }

    return NULL;
}


ngx_int_t
ngx_actor_token_key_pem(const ngx_actor_token_maker_t *maker,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    ngx_actor_token_key_t *key, const char **err)
{
    EVP_PKEY                *pkey;
    ngx_int_t                rc;
    ngx_actor_token_algs_t   bit;

    *err = NULL;

    pkey = ngx_actor_token_pem_read(text, err);

    if (pkey) {
        key->type = ngx_actor_token_pkey_type(pkey, err);
    }

    rc = ngx_actor_token_openssl_fault();
    ERR_clear_error();

    bit = ngx_actor_token_alg_bit(alg);
    key->algs = ngx_actor_token_alg_fits(key->type);

    if (*err == NULL && (key->algs & bit) == 0) {
        *err = "is not a key for the algorithm in \"alg=\"";
    }

    if (*err) {
        EVP_PKEY_free(pkey);
        return rc;
    }

    if (alg->scheme != NGX_ACTOR_TOKEN_SCHEME_EDDSA) {
        key->algs = bit;
    }

    key->algs &= maker->algs;

    rc = ngx_actor_token_key_own(maker, key, pkey);
    ERR_clear_error();

    return rc;
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

    if (pkey && ngx_actor_token_pem_more(bio)) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
        *err = "holds more than one PEM object: write one \"key\" for each";
    }

    BIO_free(bio);

    return pkey;
}


/* anything but an end without another object */

static ngx_uint_t
ngx_actor_token_pem_more(BIO *bio)
{
    char    *name, *header;
    long     len;
    u_char  *der;

    if (PEM_read_bio(bio, &name, &header, &der, &len) != 1) {
        return ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE;
    }

    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_clear_free(der, len);

    return 1;
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
        return ngx_actor_token_pkey_edwards(pkey, NGX_ACTOR_TOKEN_KEY_ED25519,
                                            err);
    }

    if (EVP_PKEY_is_a(pkey, "ED448")) {
        return ngx_actor_token_pkey_edwards(pkey, NGX_ACTOR_TOKEN_KEY_ED448,
                                            err);
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

    for (curve = ngx_actor_token_akp_algs; curve->size; curve++) {
        if (EVP_PKEY_is_a(pkey, curve->group)) {
            return curve->type;
        }
    }

    *err = "is a key of a type or curve that is not supported";

    return NGX_ACTOR_TOKEN_KEY_NONE;
}


static ngx_actor_token_key_type_e
ngx_actor_token_pkey_edwards(EVP_PKEY *pkey, ngx_actor_token_key_type_e type,
    const char **err)
{
    u_char     buf[57];
    ngx_str_t  x;

    x.data = buf;
    x.len = sizeof(buf);

    if (EVP_PKEY_get_raw_public_key(pkey, x.data, &x.len) == 1) {
        *err = ngx_actor_token_edwards_check(type, &x);

    } else {
        *err = "is an Edwards key that OpenSSL does not take";
    }

    return type;
}


ngx_int_t
ngx_actor_token_key_secret(const ngx_actor_token_maker_t *maker,
    const ngx_str_t *text, const ngx_actor_token_alg_t *alg,
    ngx_actor_token_key_t *key, const char **err)
{
    *err = NULL;

    /* a public key is no secret, whatever a token's "alg" says */

    if (ngx_strlcasestrn(text->data, text->data + text->len,
                         (u_char *) "-----BEGIN ", 11 - 1)
        != NULL)
    {
        *err = "is PEM, not the raw bytes of an HMAC secret";
        return NGX_DECLINED;
    }

    key->type = NGX_ACTOR_TOKEN_KEY_HMAC;
    key->algs = ngx_actor_token_alg_hmac(text->len)
                & ngx_actor_token_alg_bit(alg);

    if (key->algs == 0) {
        *err = "is a secret shorter than the hash of its algorithm";
        return NGX_DECLINED;
    }

    key->algs &= maker->algs;

    return ngx_actor_token_secret_own(maker, key, text);
}


/* from here on the pool frees the key, on failure too */

ngx_int_t
ngx_actor_token_key_own(const ngx_actor_token_maker_t *maker,
    ngx_actor_token_key_t *key, EVP_PKEY *pkey)
{
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(maker->pool, 0);
    if (cln == NULL) {
        EVP_PKEY_free(pkey);
        return NGX_ERROR;
    }

    cln->handler = ngx_actor_token_key_free;
    cln->data = pkey;

    key->pkey = pkey;

    if (ngx_actor_token_key_digest(maker, key) != NGX_OK) {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, maker->pool->log,
                                      "no digest of a public key");
        return NGX_ERROR;
    }

    return ngx_actor_token_sig_prepare(key, maker->crypto, maker->pool);
}


/*
 * The numbers, and not DER: i2d_PUBKEY() takes 50 microseconds for it, and a
 * point of a curve has several forms there.
 */

static ngx_int_t
ngx_actor_token_key_digest(const ngx_actor_token_maker_t *maker,
    ngx_actor_token_key_t *key)
{
    size_t   len;
    u_char   buf[NGX_ACTOR_TOKEN_PUBLIC_MAX];

    switch (key->type) {

    case NGX_ACTOR_TOKEN_KEY_RSA:
        len = NGX_ACTOR_TOKEN_RSA_BITS_MAX / 8;

        if (ngx_actor_token_key_number(key->pkey, OSSL_PKEY_PARAM_RSA_N, buf,
                                       len)
            != NGX_OK
            || ngx_actor_token_key_number(key->pkey, OSSL_PKEY_PARAM_RSA_E,
                                          buf + len, len)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        len *= 2;
        break;

    case NGX_ACTOR_TOKEN_KEY_ED25519:
    case NGX_ACTOR_TOKEN_KEY_ED448:
    case NGX_ACTOR_TOKEN_KEY_ML_DSA_44:
    case NGX_ACTOR_TOKEN_KEY_ML_DSA_65:
    case NGX_ACTOR_TOKEN_KEY_ML_DSA_87:
        len = sizeof(buf);

        if (EVP_PKEY_get_raw_public_key(key->pkey, buf, &len) != 1) {
            return NGX_ERROR;
        }

        break;

    default:
        len = (EVP_PKEY_get_bits(key->pkey) + 7) / 8;

        if (ngx_actor_token_key_number(key->pkey, OSSL_PKEY_PARAM_EC_PUB_X,
                                       buf, len)
            != NGX_OK
            || ngx_actor_token_key_number(key->pkey, OSSL_PKEY_PARAM_EC_PUB_Y,
                                          buf + len, len)
               != NGX_OK)
        {
            return NGX_ERROR;
        }

        len *= 2;
        break;
    }

    return ngx_actor_token_sha256(maker->crypto, buf, len, key->digest);
}


/* with zeros in front of it */

static ngx_int_t
ngx_actor_token_key_number(EVP_PKEY *pkey, const char *name, u_char *buf,
    int len)
{
    BIGNUM     *n;
    ngx_int_t   rc;

    n = NULL;
    rc = NGX_ERROR;

    if (EVP_PKEY_get_bn_param(pkey, name, &n) == 1
        && BN_bn2binpad(n, buf, len) == len)
    {
        rc = NGX_OK;
    }

    BN_free(n);

    return rc;
}


static void
ngx_actor_token_key_free(void *data)
{
    EVP_PKEY_free(data);
}


ngx_int_t
ngx_actor_token_secret_own(const ngx_actor_token_maker_t *maker,
    ngx_actor_token_key_t *key, const ngx_str_t *secret)
{
    size_t               len;
    ngx_str_t           *copy;
    ngx_pool_cleanup_t  *cln;

    cln = ngx_pool_cleanup_add(maker->pool, sizeof(ngx_str_t));
    if (cln == NULL) {
        return NGX_ERROR;
    }

    copy = cln->data;

    if (ngx_actor_token_key_copy(maker->pool, secret, copy) != NGX_OK) {
        return NGX_ERROR;
    }

    cln->handler = ngx_actor_token_secret_free;

    key->secret = *copy;

    /* HMAC fills a secret up with zeros: with more of them it is the same */

    len = copy->len;

    while (len && copy->data[len - 1] == 0) {
        len--;
    }

    if (ngx_actor_token_sha256(maker->crypto, copy->data, len, key->digest)
        != NGX_OK)
    {
        ngx_actor_token_openssl_error(NGX_LOG_ALERT, maker->pool->log,
                                      "no digest of a secret");
        return NGX_ERROR;
    }

    return ngx_actor_token_sig_prepare(key, maker->crypto, maker->pool);
}


static void
ngx_actor_token_secret_free(void *data)
{
    ngx_str_t  *secret = data;

    OPENSSL_cleanse(secret->data, secret->len);
}


ngx_int_t
ngx_actor_token_key_copy(ngx_pool_t *pool, const ngx_str_t *src,
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
