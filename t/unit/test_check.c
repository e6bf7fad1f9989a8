
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"


#define HEADER   "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"k\"}"
#define PAYLOAD  "{\"iss\":\"https://a.example\",\"sub\":\"user\","            \
                 "\"aud\":\"api\",\"exp\":1700000600,\"iat\":1700000000}"


typedef struct {
    ngx_actor_token_t            token;
    ngx_str_t                    audience;
    ngx_actor_token_verdict_t    verdict;
} checked_t;


static ngx_int_t check(ngx_pool_t *p, const ngx_str_t *raw, checked_t *c);
static ngx_actor_token_reason_e reason(const ngx_str_t *raw);
static void test_order(void);
static void test_keys(void);
static void test_again(void);
static void test_recall(void);
static ngx_int_t keys_coming(void *data, const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *p, const ngx_actor_token_keys_t **keys,
    ngx_actor_token_verdict_t *v);
static ngx_int_t unknown_coming(void *data, const ngx_actor_token_t *token);
static void test_coming(void);
static void remember(const ngx_str_t *raw);
static ngx_int_t failing_check(ngx_pool_t *p, void *data);


static ngx_pool_t                 *pool;
static mint_key_t                 *ec, *ed, *foreign;
static ngx_actor_token_issuer_t    issuer, other;
static ngx_actor_token_trusted_t   trusted;
static ngx_actor_token_policy_t    policy;
static ngx_actor_token_cache_t    *cache;


void
unit_tests(void)
{
    ngx_str_t                      a, b, set;
    ngx_uint_t                     symmetric;
    ngx_actor_token_jwks_error_t   err;

    static const unit_known_t  known = {
        NULL, "jansson often has no code for lack of memory, and a "
              "verification that could not run is a bad signature"
    };

    pool = server_pool();

    ec = mint_key("P-256");
    ed = mint_key("Ed25519");
    foreign = mint_key("P-256");

    server_issuer(&issuer, "https://a.example");
    server_issuer(&other, "https://b.example");
    server_policy(&policy);
    server_trust(&trusted, &issuer, &other, NULL);

    a = mint_jwk(ec, "\"kid\":\"k\"");
    b = mint_jwk(ed, "\"kid\":\"e\"");
    set = mint_set(&a, &b, NULL);
    is(ngx_actor_token_jwks_add_set(server_jwks(&issuer), &set, &symmetric,
                                    &err),
       NGX_OK, "keys of one issuer");

    a = mint_jwk(foreign, "\"kid\":\"k\"");
    set = mint_set(&a, NULL);
    is(ngx_actor_token_jwks_add_set(server_jwks(&other), &set, &symmetric,
                                    &err),
       NGX_OK, "and of another, with the same kid");

    (void) ngx_actor_token_jwks_finish(server_jwks(&issuer));
    (void) ngx_actor_token_jwks_finish(server_jwks(&other));

    test_order();
    test_keys();
    test_again();
    test_recall();
    test_coming();

    a = mint_token(ec, "ES256", HEADER, PAYLOAD);
    unit_failing("accepted", failing_check, &a, NGX_OK, &known);

    a = mint_token(foreign, "ES256", HEADER, PAYLOAD);
    unit_failing("bad signature", failing_check, &a, NGX_DECLINED, NULL);

    ngx_destroy_pool(pool);
}


static ngx_int_t
check(ngx_pool_t *p, const ngx_str_t *raw, checked_t *c)
{
    ngx_actor_token_env_t  env;

    server_env(&env, &trusted, p);
    env.cache = cache;

    ngx_memzero(c, sizeof(checked_t));
    c->token.raw = *raw;

    return ngx_actor_token_check(&c->token, &env, &policy, &c->audience,
                                 &c->verdict);
}


static ngx_actor_token_reason_e
reason(const ngx_str_t *raw)
{
    ngx_int_t  rc;
    checked_t  c;

    rc = check(pool, raw, &c);

    if (rc == NGX_OK && c.verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED) {
        return NGX_ACTOR_TOKEN_OK;
    }

    return (rc == NGX_DECLINED) ? c.verdict.reason
                                : NGX_ACTOR_TOKEN_INTERNAL_ERROR;
}


/* each token has the fault named, and all that come behind it */

static void
test_order(void)
{
    ngx_str_t                s;
    ngx_actor_token_algs_t   bit, has;

    s = mint_token(ec, "ES256", HEADER, PAYLOAD);
    is(reason(&s), NGX_ACTOR_TOKEN_OK, "order: none");

    policy.max_size = s.len;
    is(reason(&s), NGX_ACTOR_TOKEN_OK, "order: as large as may be");
    policy.max_size--;
    is(reason(&s), NGX_ACTOR_TOKEN_TOO_LARGE, "order: size");
    policy.max_size = 8192;

    s = STR("a.b");
    is(reason(&s), NGX_ACTOR_TOKEN_MALFORMED, "order: form");

    s = mint_token(foreign, "ES256", "{\"alg\":\"none\",\"crit\":[]}", "[]");
    is(reason(&s), NGX_ACTOR_TOKEN_CRIT_UNSUPPORTED, "order: crit");

    s = mint_token(foreign, "ES256", "{\"alg\":\"none\"}", "[]");
    is(reason(&s), NGX_ACTOR_TOKEN_MALFORMED, "order: payload");

    s = mint_token(foreign, "ES256", "{\"alg\":\"none\"}", "{\"cnf\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER, "order: no iss");

    s = mint_token(foreign, "ES256", "{\"alg\":\"none\"}",
                   "{\"iss\":\"https://A.example\"}");
    is(reason(&s), NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER, "order: iss");

    s = mint_token(foreign, "ES256", "{\"alg\":\"none\"}",
                   "{\"iss\":\"https://a.example\",\"cnf\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_ALGORITHM_NOT_ALLOWED, "order: alg none");

    s = mint_token(foreign, "ES256", "{\"alg\":\"HS256\"}",
                   "{\"iss\":\"https://a.example\",\"cnf\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_ALGORITHM_NOT_ALLOWED, "order: alg HMAC");

    /* an algorithm without a key, and one that OpenSSL lacks as well */

    bit = ngx_actor_token_alg_fits(NGX_ACTOR_TOKEN_KEY_ML_DSA_44);
    has = trusted.issuers.crypto->algs;

    s = mint_token(foreign, "ES256", "{\"alg\":\"ML-DSA-44\"}",
                   "{\"iss\":\"https://a.example\",\"cnf\":1}");

    trusted.issuers.crypto->algs = has | bit;
    is(reason(&s), NGX_ACTOR_TOKEN_UNKNOWN_KEY, "order: key of ML-DSA");
    trusted.issuers.crypto->algs = has & ~bit;
    is(reason(&s), NGX_ACTOR_TOKEN_ALGORITHM_NOT_ALLOWED,
       "order: alg that OpenSSL lacks");
    trusted.issuers.crypto->algs = has;

    s = mint_token(foreign, "ES256", "{\"alg\":\"RS256\"}",
                   "{\"iss\":\"https://a.example\",\"cnf\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_UNKNOWN_KEY, "order: key");

    s = mint_token(foreign, "ES256", "{\"alg\":\"ES256\"}",
                   "{\"iss\":\"https://a.example\",\"cnf\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_BAD_SIGNATURE, "order: signature");

    s = mint_token(ec, "ES256", "{\"alg\":\"ES256\"}",
                   "{\"iss\":\"https://a.example\",\"cnf\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_TYPE_NOT_ALLOWED, "order: type");

    s = mint_token(ec, "ES256", HEADER,
                   "{\"iss\":\"https://a.example\",\"cnf\":1,\"sub\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_BINDING_UNSUPPORTED, "order: cnf");

    s = mint_token(ec, "ES256", HEADER,
                   "{\"iss\":\"https://a.example\",\"sub\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_BAD_CLAIM, "order: types of claims");

    s = mint_token(ec, "ES256", HEADER,
                   "{\"iss\":\"https://a.example\",\"sub\":\"user\"}");
    is(reason(&s), NGX_ACTOR_TOKEN_CLAIM_MISSING, "order: claims");

    s = mint_token(ec, "ES256", HEADER,
                   "{\"iss\":\"https://a.example\",\"sub\":\"user\","
                   "\"exp\":1}");
    is(reason(&s), NGX_ACTOR_TOKEN_EXPIRED, "order: policy");
}


static void
test_keys(void)
{
    ngx_str_t  s, jwk, header;

    s = mint_token(foreign, "ES256", HEADER, PAYLOAD);
    is(reason(&s), NGX_ACTOR_TOKEN_BAD_SIGNATURE,
       "keys: not another issuer's of the same kid");

    jwk = mint_jwk(foreign, "");
    header = mint_print("{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"jwk\":%.*s}",
                        (int) jwk.len, jwk.data);
    s = mint_token(foreign, "ES256", (char *) header.data, PAYLOAD);
    is(reason(&s), NGX_ACTOR_TOKEN_BAD_SIGNATURE, "keys: not an embedded one");

    s = mint_token(ed, "EdDSA",
                   "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"e\"}",
                   PAYLOAD);
    is(reason(&s), NGX_ACTOR_TOKEN_OK, "keys: the second of the set");

    s = mint_token(ed, "EdDSA",
                   "{\"alg\":\"EdDSA\",\"typ\":\"at+jwt\",\"kid\":\"k\"}",
                   PAYLOAD);
    is(reason(&s), NGX_ACTOR_TOKEN_UNKNOWN_KEY, "keys: only of the kid");

    s = mint_token(ec, "ES256", "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}",
                   PAYLOAD);
    is(reason(&s), NGX_ACTOR_TOKEN_OK, "keys: any without a kid");
}


/* what the token says is found out once, and policy is asked each time */

static void
test_again(void)
{
    checked_t              c;
    ngx_str_t              s;
    ngx_actor_token_t     *t;
    ngx_actor_token_env_t  env;

    static const u_char    nobody[] = { 0 };

    server_env(&env, &trusted, pool);

    s = mint_token(ec, "ES256", HEADER, PAYLOAD);
    t = &c.token;

    policy.trust_any = 0;
    policy.trusted = nobody;
    is(check(pool, &s, &c), NGX_DECLINED, "again: an untrusted block");
    is(c.verdict.reason, NGX_ACTOR_TOKEN_UNTRUSTED_ISSUER, "again: is told");
    is(t->verified, 0, "again: before the signature");

    policy.trust_any = 1;
    policy.trusted = NULL;
    ngx_memzero(&c.verdict, sizeof(c.verdict));
    is(ngx_actor_token_check(t, &env, &policy, &c.audience, &c.verdict),
       NGX_OK, "again: trusted elsewhere");
    ok(t->verified && c.verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED,
       "again: verified, and undecided");
    is_str(&c.audience, "api", "again: the audience");

    ngx_memzero(&c.verdict, sizeof(c.verdict));
    env.now = SERVER_NOW + 700;
    is(ngx_actor_token_check(t, &env, &policy, &c.audience, &c.verdict),
       NGX_DECLINED, "again: later");
    env.now = SERVER_NOW;
    is(c.verdict.reason, NGX_ACTOR_TOKEN_EXPIRED, "again: has expired");

    s = mint_token(foreign, "ES256", HEADER, PAYLOAD);
    is(check(pool, &s, &c), NGX_DECLINED, "again: a bad signature");
    ngx_memzero(&c.verdict, sizeof(c.verdict));
    is(ngx_actor_token_check(t, &env, &policy, &c.audience, &c.verdict),
       NGX_DECLINED, "again: remains bad");
    is(c.verdict.reason, NGX_ACTOR_TOKEN_BAD_SIGNATURE,
       "again: for the same reason");
    is(t->verified, 0, "again: and is not verified");
}


/* a fact is remembered, and no decision */

/* keys that are on their way as long as "coming" says so */

static ngx_uint_t  coming, asked;


static ngx_int_t
keys_coming(void *data, const ngx_actor_token_t *token,
    const ngx_actor_token_policy_t *p, const ngx_actor_token_keys_t **keys,
    ngx_actor_token_verdict_t *v)
{
    ngx_actor_token_env_t  env;

    asked++;

    if (coming) {
        return NGX_AGAIN;
    }

    server_env(&env, &trusted, pool);

    return env.keys(env.data, token, p, keys, v);
}


static ngx_int_t
unknown_coming(void *data, const ngx_actor_token_t *token)
{
    asked++;

    return coming ? NGX_AGAIN : NGX_DECLINED;
}


static void
test_coming(void)
{
    checked_t                c;
    ngx_str_t                s;
    ngx_actor_token_env_t    env;
    ngx_actor_token_cache_t  zone;

    server_cache(&zone, 64 * ngx_pagesize);
    cache = &zone;

    server_env(&env, &trusted, pool);
    env.cache = cache;
    env.keys = keys_coming;

    s = mint_token(ec, "ES256", HEADER, PAYLOAD);

#define again()                                                               \
    ngx_actor_token_check(&c.token, &env, &policy, &c.audience, &c.verdict)

    ngx_memzero(&c, sizeof(checked_t));
    c.token.raw = s;
    coming = 1;
    asked = 0;

    is(again(), NGX_AGAIN, "coming: the keys");
    is(again(), NGX_AGAIN, "coming: they still are");
    is(asked, 2, "coming: they are asked for once each time");
    is(c.token.verified, 0, "coming: nothing is verified");
    coming = 0;
    is(again(), NGX_OK, "coming: they are there");
    is(again(), NGX_OK, "coming: and not needed any more");
    is(asked, 3, "coming: so not asked for");

    /* the same for a token that is remembered */

    remember(&s);

    ngx_memzero(&c, sizeof(checked_t));
    c.token.raw = s;
    coming = 1;
    asked = 0;

    is(again(), NGX_AGAIN, "coming: for a remembered token");
    is(again(), NGX_AGAIN, "coming: still");
    is(asked, 2, "coming: once each time");
    is(c.token.verified, 0, "coming: nothing holds yet");
    coming = 0;
    is(again(), NGX_OK, "coming: it is remembered");
    is(c.token.recalled, 1, "coming: as it was");

    /* a kid that nobody knows */

    server_env(&env, &trusted, pool);
    env.unknown = unknown_coming;

    s = mint_token(ec, "ES256", "{\"alg\":\"ES256\",\"kid\":\"new\"}",
                   PAYLOAD);

    ngx_memzero(&c, sizeof(checked_t));
    c.token.raw = s;
    coming = 1;
    asked = 0;

    is(again(), NGX_AGAIN, "coming: an unknown kid");
    is(again(), NGX_AGAIN, "coming: is still unknown");
    coming = 0;
    is(again(), NGX_DECLINED, "coming: and will be");
    is(c.verdict.reason, NGX_ACTOR_TOKEN_UNKNOWN_KEY, "coming: says so");
    is(asked, 3, "coming: asked each time");

#undef again

    cache = NULL;
}


static void
test_recall(void)
{
    checked_t                c;
    ngx_str_t                s;
    ngx_actor_token_algs_t   algs;
    ngx_actor_token_key_t   *key;
    ngx_actor_token_cache_t  zone;

    server_cache(&zone, 64 * ngx_pagesize);
    cache = &zone;

    s = mint_token(ec, "ES256", HEADER, PAYLOAD);

    is(check(pool, &s, &c), NGX_OK, "recall: the first time");
    ok(c.token.asked && !c.token.recalled, "recall: is a miss");

    is(check(pool, &s, &c), NGX_OK, "recall: not yet accepted");
    ok(!c.token.recalled, "recall: is not remembered");

    remember(&s);

    is(check(pool, &s, &c), NGX_OK, "recall: accepted, and again");
    ok(c.token.recalled, "recall: is a hit");
    ok(c.token.jws.payload == NULL, "recall: without any JSON");
    is_str(&c.token.claims.subject, "user", "recall: the subject");
    is_str(&c.token.claims.issuer, "https://a.example", "recall: the issuer");
    is_str(&c.token.jws.kid, "k", "recall: the kid");
    is_str(&c.audience, "api", "recall: the audience");

    policy.audience = LIST("other");
    is(check(pool, &s, &c), NGX_DECLINED, "recall: another policy");
    ok(c.token.recalled && c.verdict.reason
                           == NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH,
       "recall: refuses what is remembered");
    policy.audience = LIST("api");

    policy.max_size = s.len - 1;
    is(check(pool, &s, &c), NGX_DECLINED, "recall: a smaller limit");
    is(c.verdict.reason, NGX_ACTOR_TOKEN_TOO_LARGE, "recall: is kept");
    policy.max_size = 8192;

    s.len--;
    is(check(pool, &s, &c), NGX_DECLINED, "recall: a byte less");
    ok(!c.token.recalled, "recall: is another token");
    s.len++;

    /* the key that has verified it must be in use */

    key = server_jwks(&issuer)->keys.elts;
    key->content[0] ^= 1;
    is(check(pool, &s, &c), NGX_OK, "recall: another key of that name");
    ok(!c.token.recalled, "recall: has to verify it again");
    key->content[0] ^= 1;

    algs = key->algs;
    key->algs = 0;
    key->content[0] ^= 1;
    is(check(pool, &s, &c), NGX_DECLINED, "recall: the key is gone");
    is(c.verdict.reason, NGX_ACTOR_TOKEN_UNKNOWN_KEY, "recall: and says so");
    is(c.token.verified, 0, "recall: with nothing verified");
    key->algs = algs;
    key->content[0] ^= 1;

    /* another block, or one that has been changed, knows nothing of it */

    issuer.digest[8] ^= 1;
    is(check(pool, &s, &c), NGX_OK, "recall: another block");
    ok(!c.token.recalled, "recall: starts from nothing");
    issuer.digest[8] ^= 1;

    is(check(pool, &s, &c), NGX_OK, "recall: all as it was");
    ok(c.token.recalled, "recall: is a hit again");

    cache = NULL;
}


static void
remember(const ngx_str_t *raw)
{
    checked_t              c;
    ngx_actor_token_env_t  env;

    server_env(&env, &trusted, pool);
    env.cache = cache;

    is(check(pool, raw, &c), NGX_OK, "a token to remember");
    ngx_actor_token_remember(&c.token, &env);
}


static ngx_int_t
failing_check(ngx_pool_t *p, void *data)
{
    ngx_int_t  rc;
    checked_t  c;

    rc = check(p, data, &c);

    return (rc == NGX_OK && (!c.token.verified || c.audience.len == 0))
           ? UNIT_WRONG : rc;
}
