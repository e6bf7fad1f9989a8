
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>


typedef struct {
    ngx_str_t    text;
    const char  *alg;
} failing_t;


static ngx_int_t load(ngx_pool_t *pool, const ngx_str_t *text,
    const char *alg, ngx_actor_token_key_t *key, const char **err);
static ngx_str_t certificate(const mint_key_t *key);
static ngx_str_t private_pem(const mint_key_t *key);
static ngx_str_t compressed_pem(const mint_key_t *key);
static ngx_str_t join(const ngx_str_t *a, const ngx_str_t *b);
static void test_pem(void);
static void test_refused(void);
static void test_secret(void);
static ngx_int_t failing_load(ngx_pool_t *pool, void *data);
static ngx_int_t failing_two(ngx_pool_t *pool, void *data);


static ngx_pool_t  *pool;
static const char  *fault;
static mint_key_t  *rsa, *ec, *ed;


void
unit_tests(void)
{
    failing_t  failing;
    ngx_str_t  s;

    static const unit_known_t  known = {
        NULL, "lack of memory may count as a file that OpenSSL does not read"
    };

    pool = server_pool();

    rsa = mint_key("RSA");
    ec = mint_key("P-256");
    ed = mint_key("Ed25519");

    test_pem();
    test_refused();
    test_secret();

    ngx_destroy_pool(pool);

    failing.text = mint_pem(rsa);
    failing.alg = "RS256";
    unit_failing("RSA", failing_load, &failing, NGX_OK, &known);

    failing.text = mint_pem(ec);
    failing.alg = "ES256";
    unit_failing("EC", failing_load, &failing, NGX_OK, &known);

    failing.text = certificate(ec);
    unit_failing("certificate", failing_load, &failing, NGX_OK, &known);

    if (mint_has("ML-DSA-44")) {
        failing.text = mint_pem(mint_key("ML-DSA-44"));
        failing.alg = "ML-DSA-44";
        unit_failing("ML-DSA", failing_load, &failing, NGX_OK, &known);
    }

    failing.text = mint_key("oct")->secret;
    failing.alg = "HS256";
    unit_failing("secret", failing_load, &failing, NGX_OK, NULL);

    s = mint_pem(ec);
    failing.text = join(&s, &s);
    failing.alg = "ES256";
    unit_failing("two in one", failing_two, &failing, NGX_DECLINED, NULL);
}


static ngx_int_t
load(ngx_pool_t *p, const ngx_str_t *text, const char *alg,
    ngx_actor_token_key_t *key, const char **err)
{
    ngx_str_t                     s;
    ngx_actor_token_maker_t       maker;
    const ngx_actor_token_alg_t  *a;

    s = server_str(alg);
    a = ngx_actor_token_alg_find(&s);
    maker = server_maker(p, ~0);

    ngx_memzero(key, sizeof(ngx_actor_token_key_t));

    return (a->scheme == NGX_ACTOR_TOKEN_SCHEME_HMAC)
           ? ngx_actor_token_key_secret(&maker, text, a, key, err)
           : ngx_actor_token_key_pem(&maker, text, a, key, err);
}


static ngx_str_t
certificate(const mint_key_t *key)
{
    BIO        *bio;
    X509       *cert;
    char       *p;
    long        len;
    ngx_str_t   s;

    cert = X509_new();
    bio = BIO_new(BIO_s_mem());

    (void) ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    (void) X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    (void) X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    (void) X509_set_pubkey(cert, key->pkey);
    (void) X509_sign(cert, key->pkey,
                     key->kty[0] == 'A' ? NULL : EVP_sha256());
    (void) PEM_write_bio_X509(bio, cert);

    len = BIO_get_mem_data(bio, &p);
    s = mint_print("%.*s", (int) len, p);

    BIO_free(bio);
    X509_free(cert);

    return s;
}


static ngx_str_t
private_pem(const mint_key_t *key)
{
    BIO        *bio;
    char       *p;
    long        len;
    ngx_str_t   s;

    bio = BIO_new(BIO_s_mem());
    (void) PEM_write_bio_PrivateKey(bio, key->pkey, NULL, NULL, 0, NULL, NULL);

    len = BIO_get_mem_data(bio, &p);
    s = mint_print("%.*s", (int) len, p);

    BIO_free(bio);

    return s;
}


static ngx_str_t
compressed_pem(const mint_key_t *key)
{
    EVP_PKEY    *pkey;
    mint_key_t   copy;
    ngx_str_t    s;

    pkey = EVP_PKEY_dup(key->pkey);
    (void) EVP_PKEY_set_utf8_string_param(pkey,
               OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
               OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED);

    copy = *key;
    copy.pkey = pkey;
    s = mint_pem(&copy);

    EVP_PKEY_free(pkey);

    return s;
}


static ngx_str_t
join(const ngx_str_t *a, const ngx_str_t *b)
{
    return mint_print("%.*s%.*s", (int) a->len, a->data, (int) b->len,
                      b->data);
}


static void
test_pem(void)
{
    ngx_str_t                 s, both, alg;
    ngx_uint_t                i;
    const char               *err;
    mint_key_t               *minted;
    ngx_actor_token_key_t     key, jwk;
    ngx_actor_token_maker_t   maker;

    static struct {
        const char  *key;
        const char  *alg;
        const char  *also;
    } tests[] = {
        { "RSA", "RS256", NULL },
        { "RSA", "PS512", NULL },
        { "P-256", "ES256", NULL },
        { "P-384", "ES384", NULL },
        { "P-521", "ES512", NULL },
        { "secp256k1", "ES256K", NULL },
        { "Ed25519", "EdDSA", "Ed25519" },
        { "Ed25519", "Ed25519", "EdDSA" },
        { "Ed448", "Ed448", "EdDSA" },
        { "ML-DSA-44", "ML-DSA-44", NULL },
        { "ML-DSA-65", "ML-DSA-65", NULL },
        { "ML-DSA-87", "ML-DSA-87", NULL }
    };

    maker = server_maker(pool, ~0);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        json_t  *root;

        if (!mint_has(tests[i].key)) {
            unit_skip("OpenSSL has no ML-DSA");
            continue;
        }

        minted = mint_key(tests[i].key);
        s = mint_pem(minted);

        is(load(pool, &s, tests[i].alg, &key, &err), NGX_OK, "pem: %s for %s",
           tests[i].key, tests[i].alg);

        alg = server_str(tests[i].alg);
        ok(key.algs & ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&alg)),
           "pem: %s does %s", tests[i].key, tests[i].alg);

        if (tests[i].also) {
            alg = server_str(tests[i].also);
            ok(key.algs
               & ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&alg)),
               "pem: %s does %s too", tests[i].key, tests[i].also);

        } else {
            is(key.algs,
               ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&alg)),
               "pem: and nothing else");
        }

        s = mint_jwk(minted, "");
        (void) ngx_actor_token_json_parse(pool, &s, &root, &fault);
        ngx_memzero(&jwk, sizeof(jwk));
        (void) ngx_actor_token_jwk_read(&maker, root, &jwk, pool, &err);

        ok(ngx_memcmp(key.digest, jwk.digest, sizeof(key.digest)) == 0,
           "pem: the digest of %s is that of its JWK", tests[i].key);
    }

    s = mint_pem(ec);
    (void) load(pool, &s, "ES256", &jwk, &err);
    s = compressed_pem(ec);
    is(load(pool, &s, "ES256", &key, &err), NGX_OK, "pem: half a point");
    ok(ngx_memcmp(key.digest, jwk.digest, sizeof(key.digest)) == 0,
       "pem: has the digest of the whole one");

    s = certificate(ec);
    is(load(pool, &s, "ES256", &key, &err), NGX_OK, "pem: a certificate");

    if (mint_has("ML-DSA-87")) {
        both = certificate(mint_key("ML-DSA-87"));
        is(load(pool, &both, "ML-DSA-87", &key, &err), NGX_OK,
           "pem: a certificate of ML-DSA-87");
    }

    both = STR("a comment\n");
    both = join(&both, &s);
    is(load(pool, &both, "ES256", &key, &err), NGX_OK, "pem: a comment");

    both = STR("a comment\n");
    both = join(&s, &both);
    is(load(pool, &both, "ES256", &key, &err), NGX_OK,
       "pem: a comment behind it");

    s = mint_pem(rsa);
    maker = server_maker(pool,
                ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_P256));
    is(ngx_actor_token_key_pem(&maker, &s,
           ngx_actor_token_alg_find(&STR("RS256")), &key, &err),
       NGX_OK, "pem: an algorithm that the issuer does not name");
    is(key.algs, 0, "pem: verifies nothing");
    is(ERR_peek_error(), 0, "pem: leaves no error");
}


static void
test_refused(void)
{
    ngx_int_t               rc;
    ngx_str_t               s, two;
    ngx_uint_t              i;
    const char             *err;
    ngx_actor_token_key_t   key;

    struct {
        ngx_str_t    text;
        const char  *alg;
        const char  *why;
    } tests[] = {
        { STR(""), "ES256", "no PEM" },
        { STR("text"), "ES256", "no PEM" },
        { STR("-----BEGIN PUBLIC KEY-----\n"), "ES256", "no PEM" },
        { STR("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"),
          "ES256", "that OpenSSL reads" },
        { STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
          "ES256", "that OpenSSL reads" },
        { STR("-----BEGIN OTHER-----\nAAAA\n-----END OTHER-----\n"),
          "ES256", "that OpenSSL reads" },
        { mint_pem(ec), "ES384", "alg=" },
        { mint_pem(ec), "RS256", "alg=" },
        { mint_pem(rsa), "ES256", "alg=" },
        { mint_pem(ed), "Ed448", "alg=" },
        { private_pem(ec), "ES256", "private" },
        { private_pem(rsa), "RS256", "private" },
        { mint_pem(mint_key("RSA1024")), "RS256", "less than 2048" },
        { mint_pem(mint_key("P-224")), "ES256", "not supported" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        rc = load(pool, &tests[i].text, tests[i].alg, &key, &err);

        ok(rc == NGX_DECLINED && err && strstr(err, tests[i].why),
           "refused: %d, \"%s\"", (int) i, tests[i].why);
    }

    if (mint_has("ML-DSA-65")) {
        s = mint_pem(mint_key("ML-DSA-65"));
        rc = load(pool, &s, "ML-DSA-44", &key, &err);
        ok(rc == NGX_DECLINED && strstr(err, "alg="),
           "refused: ML-DSA-65 for ML-DSA-44");
        rc = load(pool, &s, "ES256", &key, &err);
        ok(rc == NGX_DECLINED && strstr(err, "alg="),
           "refused: ML-DSA-65 for ES256");

        s = mint_pem(ec);
        rc = load(pool, &s, "ML-DSA-44", &key, &err);
        ok(rc == NGX_DECLINED && strstr(err, "alg="),
           "refused: ES256 for ML-DSA-44");

    } else {
        unit_skip("OpenSSL has no ML-DSA");
    }

    s = mint_pem(ec);
    two = join(&s, &s);
    rc = load(pool, &two, "ES256", &key, &err);
    ok(rc == NGX_DECLINED && strstr(err, "more than one"), "refused: two");

    s = private_pem(ec);
    two = mint_pem(ec);
    two = join(&two, &s);
    rc = load(pool, &two, "ES256", &key, &err);
    ok(rc == NGX_DECLINED && strstr(err, "more than one"),
       "refused: a private key behind the public one");

    s = STR("-----BEGIN PUBLIC KEY-----\nAAAA\n");
    two = mint_pem(ec);
    two = join(&two, &s);
    rc = load(pool, &two, "ES256", &key, &err);
    ok(rc == NGX_DECLINED && strstr(err, "more than one"),
       "refused: one that breaks off behind it");

    is(ERR_peek_error(), 0, "refused: leaves no error");
}


static void
test_secret(void)
{
    ngx_int_t               rc;
    ngx_str_t               s;
    const char             *err;
    ngx_actor_token_key_t   key;

    s = mint_key("oct")->secret;

    is(load(pool, &s, "HS512", &key, &err), NGX_OK, "secret: of 64 bytes");
    ok(key.secret.data != s.data && ngx_actor_token_eq(&key.secret, &s),
       "secret: is copied");

    s.len = 63;
    rc = load(pool, &s, "HS512", &key, &err);
    ok(rc == NGX_DECLINED && strstr(err, "shorter"), "secret: of 63 bytes");

    s.len = 32;
    is(load(pool, &s, "HS256", &key, &err), NGX_OK, "secret: of 32 bytes");

    s = STR("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    is(load(pool, &s, "HS256", &key, &err), NGX_OK, "secret: of any bytes");
    is(key.secret.len, 32, "secret: NUL does not end it");

    s = mint_pem(rsa);
    rc = load(pool, &s, "HS256", &key, &err);
    ok(rc == NGX_DECLINED && strstr(err, "PEM"), "secret: not a public key");
}


static ngx_int_t
failing_load(ngx_pool_t *p, void *data)
{
    ngx_int_t               rc;
    failing_t              *failing;
    const char             *err;
    ngx_actor_token_key_t   key;

    static u_char                 *text;
    static ngx_actor_token_key_t   good;

    failing = data;

    if (text != failing->text.data) {
        text = failing->text.data;
        (void) load(server_arena, &failing->text, failing->alg, &good, &err);
    }

    rc = load(p, &failing->text, failing->alg, &key, &err);

    if (rc == NGX_OK
        && (key.algs != good.algs || key.type != good.type
            || ngx_memcmp(key.digest, good.digest, sizeof(key.digest)) != 0))
    {
        return UNIT_WRONG;
    }

    return rc;
}


static ngx_int_t
failing_two(ngx_pool_t *p, void *data)
{
    failing_t              *failing;
    const char             *err;
    ngx_actor_token_key_t   key;

    failing = data;

    return load(p, &failing->text, failing->alg, &key, &err);
}
