
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"

#include <openssl/err.h>


static ngx_int_t add(const ngx_str_t *text, ngx_actor_token_jwks_t *set,
    ngx_actor_token_jwks_error_t *err, ngx_uint_t *symmetric);
static void test_sets(void);
static void test_lacking(void);
static void test_tolerant(void);
static void refused(void *data, const ngx_actor_token_jwks_error_t *err);
static void test_contents(void);
static void test_select(void);
static void test_many(void);
static const char *selected(const ngx_actor_token_jwks_t *set,
    const char *kid, const char *alg, const char *iss, const char *label);
static ngx_int_t failing_set(ngx_pool_t *pool, void *data);


static ngx_pool_t  *pool;
static mint_key_t  *ec, *ed, *oct;


void
unit_tests(void)
{
    ngx_str_t  a, b, set;

    static const unit_known_t  known = {
        NULL, "lack of memory may count as a set that is not well formed"
    };

    pool = server_pool();

    ec = mint_key("P-256");
    ed = mint_key("Ed25519");
    oct = mint_key("oct");

    test_sets();
    test_lacking();
    test_tolerant();
    test_contents();
    test_select();
    test_many();

    ngx_destroy_pool(pool);

    a = mint_jwk(ec, "\"kid\":\"a\"");
    b = mint_jwk(oct, "\"kid\":\"b\"");
    set = mint_set(&a, &b, NULL);

    unit_failing("set", failing_set, &set, NGX_OK, &known);
}


static ngx_int_t
add(const ngx_str_t *text, ngx_actor_token_jwks_t *set,
    ngx_actor_token_jwks_error_t *err, ngx_uint_t *symmetric)
{
    ngx_int_t  rc;

    (void) ngx_actor_token_jwks_init(set, pool, server_crypto, ~0);
    rc = ngx_actor_token_jwks_add_set(set, text, symmetric, err);

    if (ERR_peek_error()) {
        return UNIT_WRONG;
    }

    return (rc == NGX_OK) ? ngx_actor_token_jwks_finish(set) : rc;
}


static void
test_sets(void)
{
    size_t                         n;
    ngx_int_t                      rc;
    ngx_str_t                      a, b, c, text;
    ngx_uint_t                     i, symmetric;
    ngx_actor_token_jwks_t         set;
    ngx_actor_token_jwks_error_t   err;

    static struct {
        ngx_str_t    text;
        const char  *why;
    } bad[] = {
        { ngx_string(""), "JSON" },
        { ngx_string("[]"), "JSON" },
        { ngx_string("{\"keys\":[],\"keys\":[]}"), "member twice" },
        { ngx_string("{}"), "JWK Set" },
        { ngx_string("{\"keys\":{}}"), "JWK Set" },
        { ngx_string("{\"keys\":null}"), "JWK Set" },
        { ngx_string("{\"kty\":\"EC\"}"), "JWK Set" },
        { ngx_string("{\"keys\":[]}"), "no usable" },
        { ngx_string("{\"keys\":[{\"kty\":\"QQ\"}]}"), "no usable" },
        { ngx_string("{\"keys\":[1]}"), "kty" },
        { ngx_string("{\"keys\":[null]}"), "kty" }
    };

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        rc = add(&bad[i].text, &set, &err, &symmetric);

        ok(rc == NGX_DECLINED && strstr(err.what, bad[i].why),
           "sets: not %s", bad[i].text.data);
    }

    a = mint_jwk(ec, "\"kid\":\"a\"");
    b = mint_jwk(ed, "\"use\":\"enc\"");
    c = mint_jwk(ed, "\"kid\":\"c\"");

    text = mint_set(&a, &b, &c, NULL);
    is(add(&text, &set, &err, &symmetric), NGX_OK, "sets: three keys");
    is(set.keys.nelts, 2, "sets: one is not for verifying");
    is(symmetric, 0, "sets: and none is a secret");

    b = mint_jwk(oct, "");
    text = mint_set(&a, &b, NULL);
    is(add(&text, &set, &err, &symmetric), NGX_OK, "sets: with a secret");
    is(symmetric, 1, "sets: and that is told");

    b = mint_jwk(ed, "\"kid\":\"bad\",\"d\":\"AA\"");
    text = mint_set(&a, &b, &c, NULL);
    is(add(&text, &set, &err, &symmetric), NGX_DECLINED,
       "sets: with a private key");
    is(err.n, 2, "sets: which is the second");
    is_str(&err.kid, "bad", "sets: and has a kid");

    for (n = NGX_ACTOR_TOKEN_KEYS_MAX; n <= NGX_ACTOR_TOKEN_KEYS_MAX + 1; n++) {
        text = mint_print("%.*s", (int) a.len, a.data);

        for (i = 1; i < n; i++) {
            text = mint_print("%.*s,{\"kty\":\"x\"}", (int) text.len,
                              text.data);
        }

        text = mint_print("{\"keys\":[%.*s]}", (int) text.len, text.data);

        is(add(&text, &set, &err, &symmetric),
           n == NGX_ACTOR_TOKEN_KEYS_MAX ? NGX_OK : NGX_DECLINED,
           "sets: %d keys", (int) n);
    }

    /* a set is added to what is there */

    (void) ngx_actor_token_jwks_init(&set, pool, server_crypto, ~0);
    text = mint_set(&a, NULL);
    (void) ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err);
    text = mint_pem(ed);
    is(ngx_actor_token_jwks_add_file(&set, &text,
           ngx_actor_token_alg_find(&STR("EdDSA")), &STR("file"), &err),
       NGX_OK, "sets: and a file");
    is(set.keys.nelts, 2, "sets: make two keys");
    is_str(&((ngx_actor_token_key_t *) set.keys.elts)[1].kid, "file",
           "sets: with a kid");

    is(ngx_actor_token_jwks_add_file(&set, &text,
           ngx_actor_token_alg_find(&STR("ES256")), &STR("file"), &err),
       NGX_DECLINED, "sets: but not a file of another algorithm");
    ok(err.what != NULL, "sets: and that is told");
    is(set.keys.nelts, 2, "sets: nothing is added then");

    text = mint_set(&a, NULL);
    (void) ngx_actor_token_jwks_init(&set, pool, server_crypto,
               ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_RSA));
    is(ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err),
       NGX_DECLINED, "sets: without a key for the issuer's algorithms");
}


/* keys that OpenSSL lacks are left out, and known to be */

static void
test_lacking(void)
{
    ngx_str_t                      a, k, text;
    ngx_uint_t                     symmetric;
    ngx_actor_token_algs_t         has, bit;
    ngx_actor_token_jwks_t         set;
    ngx_actor_token_jwks_error_t   err;

    bit = ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ML_DSA_65);
    has = server_crypto->algs;
    server_crypto->algs &= ~bit;

    a = mint_jwk(ec, "");
    k = STR("{\"kty\":\"AKP\",\"alg\":\"ML-DSA-65\",\"pub\":\"AA\"}");

    text = mint_set(&k, &a, NULL);
    is(add(&text, &set, &err, &symmetric), NGX_OK, "lacking: one of two");
    is(set.keys.nelts, 1, "lacking: is left out");
    is(set.lacking, bit, "lacking: and which that is, is known");

    text = mint_set(&k, NULL);
    is(add(&text, &set, &err, &symmetric), NGX_DECLINED, "lacking: the only");
    ok(strstr(err.what, "no usable key: ML-DSA needs OpenSSL 3.5"),
       "lacking: says what it takes");
    is(ERR_peek_error(), 0, "lacking: leaves no error");

    (void) ngx_actor_token_jwks_init(&set, pool, server_crypto,
               ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_P256));
    text = mint_set(&k, &a, NULL);
    is(ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err), NGX_OK,
       "lacking: where it is not wanted");
    is(set.lacking, 0, "lacking: nothing is");

    server_crypto->algs = has;

    text = mint_set(&a, NULL);
    is(add(&text, &set, &err, &symmetric), NGX_OK, "lacking: another set");
    is(set.lacking, 0, "lacking: nothing in it");
}


/* a set from elsewhere: what is wrong with one key is no fault of others */

static void
test_tolerant(void)
{
    char                           told[256];
    ngx_int_t                      rc;
    ngx_str_t                      k[5], text;
    ngx_uint_t                     i, symmetric;
    ngx_actor_token_jwks_t         set;
    ngx_actor_token_jwks_error_t   err;

    k[0] = mint_jwk(ec, "\"kid\":\"a\"");
    k[1] = mint_jwk(ed, "\"kid\":\"bad\",\"d\":\"AA\"");
    k[2] = mint_jwk(ed, "\"kid\":\"c\"");
    k[3] = STR("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\"}");
    k[4] = STR("{\"kty\":\"QQ\",\"kid\":\"new\"}");

    text = mint_set(&k[0], &k[1], &k[4], &k[2], &k[3], NULL);

    (void) ngx_actor_token_jwks_init(&set, pool, server_crypto,
                                     ngx_actor_token_alg_default());
    set.refused = refused;
    set.data = told;
    told[0] = '\0';

    is(ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err), NGX_OK,
       "tolerant: a set with two bad keys");
    is(set.keys.nelts, 2, "tolerant: has its two good ones");
    ok(err.what == NULL, "tolerant: and there is nothing wrong with it");
    ok(strstr(told, "2 bad has a private member") == told,
       "tolerant: a private key is told, with its kid");
    ok(strstr(told, "5  has no \"x\" and \"y\"") != NULL,
       "tolerant: and a key without a point, which has no kid");
    ok(strstr(told, "new") == NULL, "tolerant: a key to skip is not told");
    is(ERR_peek_error(), 0, "tolerant: leaves no error");

    /* one that is bad as a whole */

    told[0] = '\0';
    text = mint_set(&k[1], &k[3], NULL);
    rc = ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err);
    ok(rc == NGX_DECLINED && strstr(err.what, "no usable key")
       && err.n == 0, "tolerant: not a set of bad keys alone");
    ok(strstr(told, "1 bad") && strstr(told, "2  has no"),
       "tolerant: which are told");

    told[0] = '\0';
    text = mint_print("{\"keys\":[%.*s", (int) k[0].len, k[0].data);

    for (i = 0; i < NGX_ACTOR_TOKEN_KEYS_MAX; i++) {
        text = mint_print("%.*s,{\"kty\":1}", (int) text.len, text.data);
    }

    text = mint_print("%.*s]}", (int) text.len, text.data);
    rc = ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err);
    ok(rc == NGX_DECLINED && strstr(err.what, "more than 256")
       && told[0] == '\0', "tolerant: not a set of too many keys");

    k[1] = mint_jwk(oct, "\"kid\":\"s\"");
    text = mint_set(&k[0], &k[1], NULL);
    rc = ngx_actor_token_jwks_add_set(&set, &text, &symmetric, &err);
    ok(rc == NGX_OK && !symmetric && strstr(told, "2 s is a secret"),
       "tolerant: a secret that nobody has asked for is left out");
}


static void
refused(void *data, const ngx_actor_token_jwks_error_t *err)
{
    char  *told = data;

    told += strlen(told);
    snprintf(told, 128, "%d %.*s %.60s\n", (int) err->n, (int) err->kid.len,
             err->kid.data, err->what);
}


/* what must make a key another one, and what must not */

static void
test_contents(void)
{
    u_char                         content[2 * NGX_ACTOR_TOKEN_DIGEST_LEN];
    ngx_str_t                      jwk, text;
    ngx_uint_t                     i, k, same, symmetric;
    ngx_actor_token_key_t         *key;
    ngx_actor_token_jwks_t         sets[14];
    ngx_actor_token_jwks_error_t   err;

    struct {
        const mint_key_t  *key;
        const char        *members;
        ngx_uint_t         same;      /* as the first */
        const char        *what;
    } tests[] = {
        { ec, "\"kid\":\"a\"", 1, "a key" },
        { ec, "\"kid\":\"a\",\"use\":\"sig\",\"z\":1", 1, "itself" },
        { ec, "\"kid\":\"a\",\"alg\":\"ES256\"", 1, "the alg it has" },
        { mint_key("P-256"), "\"kid\":\"a\"", 0, "another key" },
        { ec, "\"kid\":\"b\"", 0, "another kid" },
        { ec, "\"kid\":\"\"", 0, "an empty kid" },
        { ec, "", 0, "no kid" },
        { ec, "\"kid\":\"a\",\"issuer\":\"https://i\"", 0, "an issuer" },
        { ec, "\"kid\":\"a\",\"issuer\":\"https://i/\"", 0, "another" },
        { ec, "\"kid\":\"a\",\"issuer\":\"https://i/{tenantid}\"", 0,
          "a template" },
        { ec, "\"kid\":\"a\",\"issuer\":\"https://i/{tenantid}/\"", 0,
          "another template" },
        { oct, "\"kid\":\"a\"", 0, "a secret" },
        { oct, "\"kid\":\"a\",\"alg\":\"HS256\"", 0, "an alg" },
        { ed, "\"kid\":\"a\"", 0, "another kind of key" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        jwk = mint_jwk(tests[i].key, tests[i].members);
        text = mint_set(&jwk, NULL);

        if (!is(add(&text, &sets[i], &err, &symmetric), NGX_OK,
                "contents: a set with %s", tests[i].what))
        {
            return;
        }
    }

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        key = sets[i].keys.elts;

        ok(ngx_actor_token_jwks_find(&sets[i], key->content) == key,
           "contents: %s is found", tests[i].what);

        for (same = 0, k = 0; k < sizeof(tests) / sizeof(tests[0]); k++) {
            same += (ngx_actor_token_jwks_find(&sets[k], key->content) != NULL);
        }

        is(same, tests[i].same ? 3 : 1, "contents: of %s are its own",
           tests[i].what);
    }

    /* any bit */

    key = sets[0].keys.elts;

    for (same = 0, i = 0; i < NGX_ACTOR_TOKEN_DIGEST_LEN; i++) {
        ngx_memcpy(content, key->content, NGX_ACTOR_TOKEN_DIGEST_LEN);
        content[i] ^= 1;
        same += (ngx_actor_token_jwks_find(&sets[0], content) != NULL);
    }

    is(same, 0, "contents: no others are found");

    ok(ngx_memcmp(key->content, key->digest, NGX_ACTOR_TOKEN_DIGEST_LEN) != 0,
       "contents: are not those of the public key alone");

    /* the same key twice */

    jwk = mint_jwk(ec, "\"kid\":\"a\"");
    text = mint_set(&jwk, &jwk, NULL);
    (void) add(&text, &sets[1], &err, &symmetric);
    ok(ngx_actor_token_jwks_find(&sets[1], key->content) != NULL,
       "contents: a key that is there twice");
}


/* the kids of what is tried, or "-" where there is none */

static const char *
selected(const ngx_actor_token_jwks_t *set, const char *kid, const char *alg,
    const char *iss, const char *label)
{
    ngx_str_t                     k, a, i, l;
    ngx_uint_t                    n, m, named;
    ngx_actor_token_keys_t        keys;
    const ngx_actor_token_key_t  *found[NGX_ACTOR_TOKEN_KEYS_TRIED];

    static char  text[64];

    keys.sets = &set;
    keys.nsets = 1;

    ngx_str_null(&k);
    ngx_str_null(&l);

    if (kid) {
        k = server_str(kid);
    }

    if (label) {
        l = server_str(label);
    }

    a = server_str(alg);
    i = server_str(iss);

    n = ngx_actor_token_keys_select(&keys, &k, ngx_actor_token_alg_find(&a), &i,
                                    &l, found, &named);
    text[0] = '\0';

    for (m = 0; m < n; m++) {
        sprintf(text + strlen(text), "%s%.*s", m ? " " : "",
                found[m]->kid.data ? (int) found[m]->kid.len : 1,
                found[m]->kid.data ? (char *) found[m]->kid.data : "-");
    }

    return text;
}


static void
test_select(void)
{
    ngx_str_t                      k[8], text;
    ngx_uint_t                     i, symmetric, named;
    ngx_actor_token_keys_t         keys;
    ngx_actor_token_jwks_t         set;
    const ngx_actor_token_jwks_t  *sets[1];
    const ngx_actor_token_key_t   *found[NGX_ACTOR_TOKEN_KEYS_TRIED];
    ngx_actor_token_jwks_error_t   err;

    struct {
        const char  *kid;
        const char  *alg;
        const char  *wanted;
        const char  *what;
    } tests[] = {
        { "a", "ES256", "a", "the key of the kid" },
        { "b", "EdDSA", "b b", "all keys of the kid" },
        { "a", "EdDSA", "", "the kid's key is of another algorithm" },
        { "A", "ES256", "-", "kid is case-sensitive" },
        { "", "ES256", "-", "an empty kid" },
        { "unknown", "ES256", "-", "an unknown kid: those without one" },
        { NULL, "ES256", "a -", "no kid: all that fit" },
        { NULL, "RS256", "", "none fits" },
        { "unknown", "EdDSA", "", "no key without a kid fits" }
    };

    k[0] = mint_jwk(ec, "\"kid\":\"a\"");
    k[1] = mint_jwk(ed, "\"kid\":\"b\"");
    k[2] = mint_jwk(ed, "\"kid\":\"b\"");
    k[3] = mint_jwk(ec, "");
    text = mint_set(&k[0], &k[1], &k[2], &k[3], NULL);
    is(add(&text, &set, &err, &symmetric), NGX_OK, "select: a set");

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        text = server_str(selected(&set, tests[i].kid, tests[i].alg,
                                   "https://i", NULL));
        is_str(&text, tests[i].wanted, "select: %s", tests[i].what);
    }

    text = mint_set(&k[3], &k[3], &k[3], &k[3], &k[3], &k[0], NULL);
    (void) add(&text, &set, &err, &symmetric);
    text = server_str(selected(&set, NULL, "ES256", "i", NULL));
    is_str(&text, "- - - -", "select: four at most");
    text = server_str(selected(&set, "x", "ES256", "i", NULL));
    is_str(&text, "- - - -", "select: four at most for an unknown kid");

    text = mint_set(&k[0], &k[0], &k[0], &k[0], &k[0], NULL);
    (void) add(&text, &set, &err, &symmetric);
    text = server_str(selected(&set, "a", "ES256", "i", NULL));
    is_str(&text, "a a a a", "select: four at most of a kid");

    ngx_str_null(&k[4]);
    sets[0] = &set;
    keys.sets = sets;
    keys.nsets = 1;
    (void) ngx_actor_token_keys_select(&keys, &STR("a"),
               ngx_actor_token_alg_find(&STR("ES256")), &k[4], &k[4], found,
               &named);
    is(named, 1, "select: there is a key so named");

    for (i = 0; i < NGX_ACTOR_TOKEN_KEYS_TRIED; i++) {
        ok(found[i] == &((ngx_actor_token_key_t *) set.keys.elts)[i],
           "select: in their order");
    }

    /* keys with an issuer of their own */

    k[0] = mint_jwk(ec, "\"kid\":\"a\",\"issuer\":\"https://i/one\"");
    k[1] = mint_jwk(ec, "\"kid\":\"b\",\"issuer\":\"https://i/{tenantid}\"");
    k[2] = mint_jwk(ec, "");
    text = mint_set(&k[0], &k[1], &k[2], NULL);
    (void) add(&text, &set, &err, &symmetric);

    text = server_str(selected(&set, "a", "ES256", "https://i/one", NULL));
    is_str(&text, "a", "select: the issuer's own key");
    text = server_str(selected(&set, "a", "ES256", "https://i/two", NULL));
    is_str(&text, "-", "select: another issuer's key counts as absent");
    text = server_str(selected(&set, "b", "ES256", "https://i/two", NULL));
    is_str(&text, "b", "select: a template, and a literal block");
    text = server_str(selected(&set, "b", "ES256", "https://i/two", "two"));
    is_str(&text, "b", "select: a template, and the same label");
    text = server_str(selected(&set, "b", "ES256", "https://i/two", "one"));
    is_str(&text, "-", "select: a template, and another label");
    text = server_str(selected(&set, NULL, "ES256", "https://j/two", NULL));
    is_str(&text, "-", "select: without a kid too");
}


static void
test_many(void)
{
    ngx_str_t                      jwk, text, wanted;
    ngx_uint_t                     i, wrong, symmetric;
    ngx_actor_token_jwks_t         set;
    ngx_actor_token_jwks_error_t   err;

    jwk = mint_jwk(ec, "\"kid\":\"k0\"");
    text = mint_print("{\"keys\":[%.*s", (int) jwk.len, jwk.data);

    for (i = 1; i < NGX_ACTOR_TOKEN_KEYS_MAX; i++) {
        wanted = mint_print("\"kid\":\"k%d\"", (int) i);
        jwk = mint_jwk((i % 3) ? ec : ed, (char *) wanted.data);
        text = mint_print("%.*s,%.*s", (int) text.len, text.data,
                          (int) jwk.len, jwk.data);
    }

    text = mint_print("%.*s]}", (int) text.len, text.data);

    is(add(&text, &set, &err, &symmetric), NGX_OK, "many: keys");

    for (wrong = 0, i = 0; i < NGX_ACTOR_TOKEN_KEYS_MAX; i++) {
        wanted = mint_print("k%d", (int) i);
        wrong += strcmp(selected(&set, (char *) wanted.data,
                                 (i % 3 || i == 0) ? "ES256" : "EdDSA",
                                 "https://i", NULL),
                        (char *) wanted.data) != 0;
    }

    is(wrong, 0, "many: each is found by its kid");

    text = server_str(selected(&set, "k256", "ES256", "https://i", NULL));
    is_str(&text, "", "many: and none by another");

    text = server_str(selected(&set, NULL, "EdDSA", "https://i", NULL));
    is_str(&text, "k3 k6 k9 k12", "many: the first four without a kid");
}


static ngx_int_t
failing_set(ngx_pool_t *p, void *data)
{
    ngx_int_t                      rc;
    ngx_uint_t                     symmetric;
    ngx_actor_token_key_t         *key;
    ngx_actor_token_jwks_t         set;
    ngx_actor_token_jwks_error_t   err;

    static u_char  digest[2 * NGX_ACTOR_TOKEN_DIGEST_LEN];
    static int     known;

    if (ngx_actor_token_jwks_init(&set, p, server_crypto, ~0) != NGX_OK) {
        return NGX_ERROR;
    }

    rc = ngx_actor_token_jwks_add_set(&set, data, &symmetric, &err);

    if (rc == NGX_OK) {
        rc = ngx_actor_token_jwks_finish(&set);
    }

    if (rc != NGX_OK) {
        return rc;
    }

    key = set.keys.elts;

    if (ngx_actor_token_jwks_find(&set, key[0].content) != &key[0]
        || ngx_actor_token_jwks_find(&set, key[1].content) != &key[1])
    {
        return UNIT_WRONG;
    }

    if (set.keys.nelts != 2 || !symmetric) {
        return UNIT_WRONG;
    }

    if (!known) {
        known = 1;
        ngx_memcpy(digest, key[0].digest, NGX_ACTOR_TOKEN_DIGEST_LEN);
        ngx_memcpy(digest + NGX_ACTOR_TOKEN_DIGEST_LEN, key[1].digest,
                   NGX_ACTOR_TOKEN_DIGEST_LEN);
    }

    return (ngx_memcmp(digest, key[0].digest, NGX_ACTOR_TOKEN_DIGEST_LEN) != 0
            || ngx_memcmp(digest + NGX_ACTOR_TOKEN_DIGEST_LEN, key[1].digest,
                          NGX_ACTOR_TOKEN_DIGEST_LEN) != 0)
           ? UNIT_WRONG : NGX_OK;
}
