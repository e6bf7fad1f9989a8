
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"

#include <openssl/err.h>


static ngx_int_t read_jwk(const ngx_str_t *text, const char *algs,
    ngx_actor_token_key_t *key, const char **err);
static ngx_actor_token_algs_t algs_of(const char *names);
static void test_kinds(void);
static void test_members(void);
static void test_rsa(void);
static void test_points(void);
static void test_akp(void);
static void test_secret(void);
static ngx_int_t failing_read(ngx_pool_t *pool, void *data);


static ngx_pool_t  *pool;
static const char  *fault;

static struct {
    const char  *name;
    mint_key_t  *key;
    const char  *algs;
} kinds[] = {
    { "RSA", NULL, "RS256 RS384 RS512 PS256 PS384 PS512" },
    { "P-256", NULL, "ES256" },
    { "P-384", NULL, "ES384" },
    { "P-521", NULL, "ES512" },
    { "secp256k1", NULL, "ES256K" },
    { "Ed25519", NULL, "Ed25519 EdDSA" },
    { "Ed448", NULL, "Ed448 EdDSA" },
    { "ML-DSA-44", NULL, "ML-DSA-44" },
    { "ML-DSA-65", NULL, "ML-DSA-65" },
    { "ML-DSA-87", NULL, "ML-DSA-87" },
    { "oct", NULL, "HS256 HS384 HS512" }
};

#define NKINDS  (sizeof(kinds) / sizeof(kinds[0]))


void
unit_tests(void)
{
    ngx_str_t   jwk;
    ngx_uint_t  i;

    static const unit_known_t  known = {
        NULL, "lack of memory may count as a key that OpenSSL does not take"
    };

    pool = server_pool();

    for (i = 0; i < NKINDS; i++) {

        if (mint_has(kinds[i].name)) {
            kinds[i].key = mint_key(kinds[i].name);

        } else {
            unit_skip("OpenSSL has no ML-DSA");
        }
    }

    test_kinds();
    test_members();
    test_rsa();
    test_points();
    test_akp();
    test_secret();

    ngx_destroy_pool(pool);

    for (i = 0; i < NKINDS; i++) {

        if (kinds[i].key == NULL) {
            continue;
        }

        jwk = mint_jwk(kinds[i].key, "\"kid\":\"k\",\"issuer\":\"https://i\"");
        unit_failing(kinds[i].name, failing_read, &jwk, NGX_OK, &known);
    }
}


static ngx_actor_token_algs_t
algs_of(const char *names)
{
    size_t                   len;
    ngx_str_t                s;
    ngx_actor_token_algs_t   algs;

    for (algs = 0; *names; names += len) {
        names += strspn(names, " ");
        len = strcspn(names, " ");
        s.data = (u_char *) names;
        s.len = len;
        algs |= ngx_actor_token_alg_bit(ngx_actor_token_alg_find(&s));
    }

    return algs;
}


static ngx_int_t
read_jwk(const ngx_str_t *text, const char *algs, ngx_actor_token_key_t *key,
    const char **err)
{
    json_t                   *root;
    ngx_int_t                 rc;
    ngx_actor_token_maker_t   maker;

    ngx_memzero(key, sizeof(ngx_actor_token_key_t));

    if (ngx_actor_token_json_parse(pool, text, &root, &fault) != NGX_OK) {
        return UNIT_WRONG;
    }

    maker = server_maker(pool, algs ? algs_of(algs) : ~0u);

    rc = ngx_actor_token_jwk_read(&maker, root, key, pool, err);
    ERR_clear_error();

    return rc;
}


static void
test_kinds(void)
{
    ngx_int_t               rc;
    ngx_str_t               jwk;
    ngx_uint_t              i;
    const char             *err;
    ngx_actor_token_key_t   key, again;

    for (i = 0; i < NKINDS; i++) {

        if (kinds[i].key == NULL) {
            continue;
        }

        jwk = mint_jwk(kinds[i].key, "\"kid\":\"k\"");

        rc = read_jwk(&jwk, NULL, &key, &err);

        is(rc, NGX_OK, "kind: %s", kinds[i].name);
        is(key.algs, algs_of(kinds[i].algs), "kind: the algorithms of %s",
           kinds[i].name);
        is_str(&key.kid, "k", "kind: the kid of %s", kinds[i].name);
        is(key.pkey != NULL, i != NKINDS - 1, "kind: %s is OpenSSL's",
           kinds[i].name);

        jwk = mint_jwk(kinds[i].key, "\"kid\":\"\"");
        (void) read_jwk(&jwk, NULL, &again, &err);
        ok(again.kid.len == 0 && again.kid.data != NULL,
           "kind: an empty kid is one");

        ok(ngx_memcmp(key.digest, again.digest, sizeof(key.digest)) == 0,
           "kind: the digest is of the key alone");

        jwk = mint_jwk(mint_key(kinds[i].name), "");
        (void) read_jwk(&jwk, NULL, &again, &err);
        ok(again.kid.data == NULL, "kind: no kid is none");

        if (i != NKINDS - 1) {
            ok(ngx_memcmp(key.digest, again.digest, sizeof(key.digest)) != 0,
               "kind: another %s has another digest", kinds[i].name);
        }

        jwk = mint_jwk(kinds[i].key, "");
        rc = read_jwk(&jwk, strcmp(kinds[i].algs, "ES256") ? "ES256" : "ES384",
                      &key, &err);
        ok(rc == NGX_DECLINED
           && (err != NULL) == (i == NKINDS - 1),
           "kind: %s where its algorithms are not named", kinds[i].name);
    }
}


static void
test_members(void)
{
    ngx_int_t               rc;
    ngx_str_t               jwk;
    ngx_uint_t              i;
    const char             *err;
    ngx_actor_token_key_t   key;

    enum { TAKE, SKIP, REFUSE };

    static struct {
        const char  *members;
        int          wanted;
    } tests[] = {
        { "\"use\":\"sig\"", TAKE },
        { "\"use\":\"enc\"", SKIP },
        { "\"use\":\"SIG\"", SKIP },
        { "\"use\":1", REFUSE },
        { "\"use\":null", REFUSE },
        { "\"key_ops\":[\"verify\"]", TAKE },
        { "\"key_ops\":[\"sign\",\"verify\"]", TAKE },
        { "\"key_ops\":[\"sign\"]", SKIP },
        { "\"key_ops\":[]", SKIP },
        { "\"key_ops\":[1]", SKIP },
        { "\"key_ops\":\"verify\"", REFUSE },
        { "\"use\":\"enc\",\"key_ops\":[\"verify\"]", SKIP },
        { "\"alg\":\"ES256\"", TAKE },
        { "\"alg\":\"ES384\"", SKIP },
        { "\"alg\":\"RS256\"", SKIP },
        { "\"alg\":\"HS256\"", SKIP },
        { "\"alg\":\"none\"", SKIP },
        { "\"alg\":\"ECDH-ES\"", SKIP },
        { "\"alg\":1", REFUSE },
        { "\"kid\":1", REFUSE },
        { "\"kid\":null", REFUSE },
        { "\"issuer\":\"https://i\"", TAKE },
        { "\"issuer\":\"https://i/{tenantid}/v2\"", TAKE },
        { "\"issuer\":\"\"", SKIP },
        { "\"issuer\":\"https://i/{tenant}\"", SKIP },
        { "\"issuer\":1", REFUSE },
        { "\"d\":\"AA\"", REFUSE },
        { "\"p\":\"AA\"", REFUSE },
        { "\"q\":\"AA\"", REFUSE },
        { "\"dp\":\"AA\"", REFUSE },
        { "\"dq\":\"AA\"", REFUSE },
        { "\"qi\":\"AA\"", REFUSE },
        { "\"oth\":[]", REFUSE },
        { "\"d\":null", REFUSE },
        { "\"use\":\"enc\",\"d\":\"AA\"", REFUSE },
        { "\"x5c\":[\"AA\"],\"x5t\":\"AA\",\"more\":{}", TAKE }
    };

    static struct {
        ngx_str_t    text;
        int          wanted;
    } texts[] = {
        { ngx_string("{}"), REFUSE },
        { ngx_string("{\"kty\":1}"), REFUSE },
        { ngx_string("{\"kty\":\"QQ\"}"), SKIP },
        { ngx_string("{\"kty\":\"AKP\"}"), REFUSE },
        { ngx_string("{\"kty\":\"AKP\",\"alg\":1}"), REFUSE },
        { ngx_string("{\"kty\":\"AKP\",\"alg\":\"\"}"), SKIP },
        { ngx_string("{\"kty\":\"AKP\",\"alg\":\"XX-1\"}"), SKIP },
        { ngx_string("{\"kty\":\"AKP\",\"alg\":\"ES256\"}"), SKIP },
        { ngx_string("{\"kty\":\"AKP\",\"alg\":\"ml-dsa-44\"}"), SKIP },
        { ngx_string("{\"kty\":\"AKP\",\"alg\":\"XX-1\",\"priv\":\"AA\"}"),
          REFUSE },
        { ngx_string("{\"kty\":\"akp\",\"alg\":\"ML-DSA-44\"}"), SKIP },
        { ngx_string("{\"kty\":\"ec\"}"), SKIP },
        { ngx_string("{\"kty\":\"EC\"}"), SKIP },
        { ngx_string("{\"kty\":\"EC\",\"crv\":\"P-192\"}"), SKIP },
        { ngx_string("{\"kty\":\"EC\",\"crv\":\"Ed25519\"}"), SKIP },
        { ngx_string("{\"kty\":\"OKP\",\"crv\":\"X25519\"}"), SKIP },
        { ngx_string("{\"kty\":\"OKP\",\"crv\":\"P-256\"}"), SKIP },
        { ngx_string("{\"kty\":\"EC\",\"crv\":\"P-256\"}"), REFUSE },
        { ngx_string("{\"kty\":\"OKP\",\"crv\":\"Ed25519\"}"), REFUSE },
        { ngx_string("{\"kty\":\"RSA\"}"), REFUSE },
        { ngx_string("{\"kty\":\"oct\"}"), REFUSE },
        { ngx_string("{\"kty\":\"oct\",\"k\":\"\"}"), REFUSE },
        { ngx_string("{\"kty\":\"oct\",\"k\":\"+/+/\"}"), REFUSE }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        jwk = mint_jwk(kinds[1].key, tests[i].members);
        rc = read_jwk(&jwk, NULL, &key, &err);

        is(rc == NGX_OK ? TAKE : err ? REFUSE : SKIP, tests[i].wanted,
           "members: %s", tests[i].members);
    }

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        rc = read_jwk(&texts[i].text, NULL, &key, &err);

        is(rc == NGX_OK ? TAKE : err ? REFUSE : SKIP, texts[i].wanted,
           "members: %s", texts[i].text.data);
    }

    jwk = mint_jwk(kinds[0].key, "\"alg\":\"PS256\"");
    (void) read_jwk(&jwk, NULL, &key, &err);
    is(key.algs, algs_of("PS256"), "members: one key, one algorithm");

    jwk = mint_jwk(kinds[5].key, "\"alg\":\"EdDSA\"");
    (void) read_jwk(&jwk, NULL, &key, &err);
    is(key.algs, algs_of("EdDSA Ed25519"), "members: but for EdDSA");

    jwk = mint_jwk(kinds[0].key, "");
    (void) read_jwk(&jwk, "RS256 PS512 ES256", &key, &err);
    is(key.algs, algs_of("RS256 PS512"), "members: and what the issuer names");
}


static void
test_rsa(void)
{
    u_char                  n[1100];
    ngx_int_t               rc;
    ngx_str_t               jwk, raw, text;
    ngx_uint_t              i;
    const char             *err;
    ngx_actor_token_key_t   key;

    static struct {
        size_t       len;
        u_char       first;
        u_char       last;
        const char  *e;
        ngx_int_t    rc;
        const char  *what;
    } tests[] = {
        { 256, 0x80, 1, "AQAB", NGX_OK, "2048 bits" },
        { 256, 0x7f, 1, "AQAB", NGX_DECLINED, "2047 bits" },
        { 128, 0x80, 1, "AQAB", NGX_DECLINED, "1024 bits" },
        { 1024, 0x80, 1, "AQAB", NGX_OK, "8192 bits" },
        { 1025, 0x01, 1, "AQAB", NGX_DECLINED, "8193 bits" },
        { 256, 0x80, 2, "AQAB", NGX_DECLINED, "an even modulus" },
        { 256, 0x80, 1, "Aw", NGX_OK, "the exponent 3" },
        { 256, 0x80, 1, "AQ", NGX_DECLINED, "the exponent 1" },
        { 256, 0x80, 1, "Ag", NGX_DECLINED, "the exponent 2" },
        { 256, 0x80, 1, "AA", NGX_DECLINED, "the exponent 0" },
        { 256, 0x80, 1, "AQAA", NGX_DECLINED, "an even exponent" },
        { 256, 0x80, 1, "", NGX_DECLINED, "no exponent" },
        { 256, 0x80, 1, "AQA=", NGX_DECLINED, "an exponent with padding" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ngx_memset(n, 0xa5, sizeof(n));
        n[0] = tests[i].first;
        n[tests[i].len - 1] = tests[i].last;

        raw.data = n;
        raw.len = tests[i].len;
        text = mint_base64url(&raw);

        jwk = mint_print("{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%s\"}",
                         (int) text.len, text.data, tests[i].e);

        rc = read_jwk(&jwk, NULL, &key, &err);

        is(rc, tests[i].rc, "rsa: %s", tests[i].what);
        is(err != NULL, tests[i].rc != NGX_OK, "rsa: %s is told",
           tests[i].what);
    }
}


static void
test_points(void)
{
    u_char                  raw[57];
    ngx_int_t               rc;
    ngx_str_t               jwk, s, good;
    ngx_uint_t              i;
    const char             *err;
    ngx_actor_token_key_t   key;

    /* y of points of small order: any signature would do for some of them */

    static struct {
        const char  *crv;
        u_char       first;
        u_char       middle;
        u_char       last;
    } small[] = {
        { "Ed25519", 0x00, 0x00, 0x00 },
        { "Ed25519", 0x01, 0x00, 0x00 },
        { "Ed25519", 0x01, 0x00, 0x80 },
        { "Ed25519", 0xec, 0xff, 0x7f },
        { "Ed25519", 0xec, 0xff, 0xff },
        { "Ed25519", 0xed, 0xff, 0x7f },
        { "Ed25519", 0xee, 0xff, 0x7f },
        { "Ed448", 0x00, 0x00, 0x00 },
        { "Ed448", 0x01, 0x00, 0x00 },
        { "Ed448", 0x01, 0x00, 0x80 }
    };

    for (i = 1; i < NKINDS - 1; i++) {

        if (kinds[i].key == NULL || strcmp(kinds[i].key->kty, "AKP") == 0) {
            continue;
        }

        good = mint_jwk(kinds[i].key, "");

        s.data = (u_char *) strstr((char *) good.data, "\"x\":\"") + 5;
        s.data[3] = (s.data[3] == 'A') ? 'B' : 'A';

        rc = read_jwk(&good, NULL, &key, &err);

        /* OpenSSL looks at an Edwards point when it verifies with it */

        if (strcmp(kinds[i].key->kty, "EC") == 0) {
            ok(rc == NGX_DECLINED && err, "points: %s off the curve",
               kinds[i].name);
        }

        /* a coordinate that is a byte short, or long */

        good = mint_jwk(kinds[i].key, "");
        s.data = (u_char *) strstr((char *) good.data, "\"x\":\"") + 5;

        jwk = mint_print("%.*sAAAA%s", (int) (s.data - good.data), good.data,
                         s.data);
        rc = read_jwk(&jwk, NULL, &key, &err);
        ok(rc == NGX_DECLINED && err, "points: %s with a long x",
           kinds[i].name);

        jwk = mint_print("%.*s%s", (int) (s.data - good.data), good.data,
                         s.data + 4);
        rc = read_jwk(&jwk, NULL, &key, &err);
        ok(rc == NGX_DECLINED && err, "points: %s with a short x",
           kinds[i].name);
    }

    for (i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        s.data = raw;
        s.len = (strcmp(small[i].crv, "Ed448") == 0) ? 57 : 32;

        ngx_memset(raw, small[i].middle, s.len);
        raw[0] = small[i].first;
        raw[s.len - 1] = small[i].last;

        s = mint_base64url(&s);
        jwk = mint_print("{\"kty\":\"OKP\",\"crv\":\"%s\",\"x\":\"%.*s\"}",
                         small[i].crv, (int) s.len, s.data);

        rc = read_jwk(&jwk, NULL, &key, &err);
        ok(rc == NGX_DECLINED && err, "points: small order %d of %s", (int) i,
           small[i].crv);
    }
}


static void
test_akp(void)
{
    u_char                  raw[2593];
    ngx_int_t               rc;
    ngx_str_t               s, jwk;
    ngx_uint_t              i;
    const char             *err, *hidden;
    ngx_actor_token_key_t   key;
    ngx_actor_token_algs_t  has;

    enum { TAKE, SKIP, REFUSE };

    static struct {
        const char  *alg;
        size_t       len;
        const char  *members;
        int          wanted;
    } tests[] = {
        { "ML-DSA-44", 1312, "", TAKE },
        { "ML-DSA-65", 1952, "", TAKE },
        { "ML-DSA-87", 2592, "", TAKE },
        { "ML-DSA-44", 1311, "", REFUSE },
        { "ML-DSA-44", 1313, "", REFUSE },
        { "ML-DSA-65", 1951, "", REFUSE },
        { "ML-DSA-65", 1953, "", REFUSE },
        { "ML-DSA-87", 2591, "", REFUSE },
        { "ML-DSA-87", 2593, "", REFUSE },
        { "ML-DSA-44", 1952, "", REFUSE },
        { "ML-DSA-65", 1312, "", REFUSE },
        { "ML-DSA-87", 0, "", REFUSE },
        { "ML-DSA-44", 1312, ",\"use\":\"sig\"", TAKE },
        { "ML-DSA-44", 1312, ",\"use\":\"enc\"", SKIP },
        { "ML-DSA-44", 1312, ",\"key_ops\":[\"sign\"]", SKIP },
        { "ML-DSA-44", 1312, ",\"crv\":\"Ed25519\",\"x\":1", TAKE },
        { "ML-DSA-44", 1312, ",\"priv\":\"AA\"", REFUSE },
        { "ML-DSA-44", 1312, ",\"priv\":null", REFUSE },
        { "ML-DSA-44", 1312, ",\"kid\":1", REFUSE }
    };

    has = server_crypto->algs;
    ngx_memset(raw, 1, sizeof(raw));

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {

        s.data = raw;
        s.len = tests[i].len;
        s = mint_base64url(&s);

        jwk = mint_print("{\"kty\":\"AKP\",\"alg\":\"%s\",\"pub\":\"%.*s\"%s}",
                         tests[i].alg, (int) s.len, s.data, tests[i].members);

        if (mint_has(tests[i].alg)) {
            rc = read_jwk(&jwk, NULL, &key, &err);

            is(rc == NGX_OK ? TAKE : err ? REFUSE : SKIP, tests[i].wanted,
               "akp: %s of %d bytes%s", tests[i].alg, (int) tests[i].len,
               tests[i].members);

        } else {
            unit_skip("OpenSSL has no ML-DSA");
        }

        /* as if it were not there */

        server_crypto->algs = has & ~algs_of("ML-DSA-44 ML-DSA-65 ML-DSA-87");

        rc = read_jwk(&jwk, NULL, &key, &err);

        hidden = strstr(tests[i].members, "priv") ? "private" : NULL;

        ok(rc == NGX_DECLINED && (hidden ? err && strstr(err, hidden) : !err),
           "akp: %s of %d bytes%s, which OpenSSL lacks", tests[i].alg,
           (int) tests[i].len, tests[i].members);

        is(key.algs, tests[i].members[0] ? key.algs : algs_of(tests[i].alg),
           "akp: what it would do is known");

        server_crypto->algs = has;
    }

    jwk = STR("{\"kty\":\"AKP\",\"alg\":\"ML-DSA-44\",\"pub\":\"AA\"}");
    server_crypto->algs = has & ~algs_of("ML-DSA-44");
    (void) read_jwk(&jwk, "ES256 ML-DSA-87", &key, &err);
    is(key.algs, 0, "akp: nothing that the issuer does not want");
    server_crypto->algs = has;
}


static void
test_secret(void)
{
    ngx_int_t               rc;
    ngx_str_t               s, jwk;
    ngx_uint_t              i;
    const char             *err;
    ngx_actor_token_key_t   key;

    static struct {
        size_t       len;
        const char  *algs;
        const char  *members;
        const char  *wanted;     /* NULL: refused */
    } tests[] = {
        { 64, "HS256 HS384 HS512", "", "HS256 HS384 HS512" },
        { 63, "HS256 HS384 HS512", "", "HS256 HS384" },
        { 32, "HS256 HS384 HS512", "", "HS256" },
        { 31, "HS256 HS384 HS512", "", NULL },
        { 64, "HS512", "", "HS512" },
        { 32, "HS512", "", NULL },
        { 32, "HS256 HS512", ",\"alg\":\"HS512\"", NULL },
        { 64, "HS256 HS512", ",\"alg\":\"HS512\"", "HS512" },
        { 64, "RS256", "", NULL }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        s = kinds[NKINDS - 1].key->secret;
        s.len = tests[i].len;
        s = mint_base64url(&s);

        jwk = mint_print("{\"kty\":\"oct\",\"k\":\"%.*s\"%s}", (int) s.len,
                         s.data, tests[i].members);
        rc = read_jwk(&jwk, tests[i].algs, &key, &err);

        if (tests[i].wanted) {
            ok(rc == NGX_OK && key.algs == algs_of(tests[i].wanted)
               && key.secret.len == tests[i].len,
               "secret: %d bytes for %s%s", (int) tests[i].len, tests[i].algs,
               tests[i].members);

        } else {
            ok(rc == NGX_DECLINED && err, "secret: not %d bytes for %s%s",
               (int) tests[i].len, tests[i].algs, tests[i].members);
        }
    }
}


static ngx_int_t
failing_read(ngx_pool_t *p, void *data)
{
    json_t                   *root;
    ngx_int_t                 rc;
    const char               *err;
    ngx_actor_token_key_t     key;
    ngx_actor_token_maker_t   maker;

    static json_t                 *parsed;
    static u_char                 *text;
    static ngx_actor_token_key_t   good;

    if (text != ((ngx_str_t *) data)->data) {
        text = ((ngx_str_t *) data)->data;

        (void) ngx_actor_token_json_parse(server_arena, data, &parsed, &fault);

        ngx_memzero(&good, sizeof(good));
        maker = server_maker(server_arena, ~0);
        (void) ngx_actor_token_jwk_read(&maker, parsed, &good, server_arena,
                                        &err);
    }

    root = parsed;
    ngx_memzero(&key, sizeof(key));

    maker = server_maker(p, ~0);

    rc = ngx_actor_token_jwk_read(&maker, root, &key, p, &err);

    /* its caller does this once for all keys */
    ERR_clear_error();

    if (rc == NGX_OK
        && (key.algs != good.algs || key.kid.len != 1
            || key.issuer.prefix.len != 9
            || ngx_memcmp(key.digest, good.digest, sizeof(key.digest)) != 0))
    {
        return UNIT_WRONG;
    }

    return rc;
}
