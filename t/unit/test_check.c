
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
static ngx_int_t failing_check(ngx_pool_t *p, void *data);


static ngx_pool_t                 *pool;
static mint_key_t                 *ec, *ed, *foreign;
static ngx_actor_token_issuer_t    issuer, other;
static ngx_actor_token_trusted_t   trusted;
static ngx_actor_token_policy_t    policy;


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
    is(ngx_actor_token_jwks_add_set(&issuer.keys, &set, &symmetric, &err),
       NGX_OK, "keys of one issuer");

    a = mint_jwk(foreign, "\"kid\":\"k\"");
    set = mint_set(&a, NULL);
    is(ngx_actor_token_jwks_add_set(&other.keys, &set, &symmetric, &err),
       NGX_OK, "and of another, with the same kid");

    (void) ngx_actor_token_jwks_finish(&issuer.keys);
    (void) ngx_actor_token_jwks_finish(&other.keys);

    test_order();
    test_keys();
    test_again();

    a = mint_token(ec, "ES256", HEADER, PAYLOAD);
    unit_failing("accepted", failing_check, &a, NGX_OK, &known);

    a = mint_token(foreign, "ES256", HEADER, PAYLOAD);
    unit_failing("bad signature", failing_check, &a, NGX_DECLINED, NULL);

    ngx_destroy_pool(pool);
}


static ngx_int_t
check(ngx_pool_t *p, const ngx_str_t *raw, checked_t *c)
{
    ngx_memzero(c, sizeof(checked_t));
    c->token.raw = *raw;

    return ngx_actor_token_check(&c->token, &trusted, &policy, SERVER_NOW, p,
                                 &c->audience, &c->verdict);
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
    ngx_str_t  s;

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
    checked_t             c;
    ngx_str_t             s;
    ngx_actor_token_t    *t;

    static const u_char   nobody[] = { 0 };

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
    is(ngx_actor_token_check(t, &trusted, &policy, SERVER_NOW, pool,
                             &c.audience, &c.verdict), NGX_OK,
       "again: trusted elsewhere");
    ok(t->verified && c.verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED,
       "again: verified, and undecided");
    is_str(&c.audience, "api", "again: the audience");

    ngx_memzero(&c.verdict, sizeof(c.verdict));
    is(ngx_actor_token_check(t, &trusted, &policy, SERVER_NOW + 700, pool,
                             &c.audience, &c.verdict), NGX_DECLINED,
       "again: later");
    is(c.verdict.reason, NGX_ACTOR_TOKEN_EXPIRED, "again: has expired");

    s = mint_token(foreign, "ES256", HEADER, PAYLOAD);
    is(check(pool, &s, &c), NGX_DECLINED, "again: a bad signature");
    ngx_memzero(&c.verdict, sizeof(c.verdict));
    is(ngx_actor_token_check(t, &trusted, &policy, SERVER_NOW, pool,
                             &c.audience, &c.verdict), NGX_DECLINED,
       "again: remains bad");
    is(c.verdict.reason, NGX_ACTOR_TOKEN_BAD_SIGNATURE,
       "again: for the same reason");
    is(t->verified, 0, "again: and is not verified");
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
