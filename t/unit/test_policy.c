
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"


static void reset(void);
static ngx_actor_token_reason_e decide(double now);
static void test_trust(void);
static void test_unset(void);
static void test_time(void);
static void test_audience(void);
static void test_tenant(void);
static void test_delegation(void);
static void test_actor(void);
static void test_scope(void);
static void test_order(void);


static ngx_str_t                   audience;
static ngx_actor_token_actor_t     actors[3];
static ngx_actor_token_issuer_t    issuer;
static ngx_actor_token_claims_t    claims;
static ngx_actor_token_policy_t    policy;
static ngx_actor_token_verdict_t   verdict;


#define OK  NGX_ACTOR_TOKEN_OK


void
unit_tests(void)
{
    test_trust();
    test_unset();
    test_time();
    test_audience();
    test_tenant();
    test_delegation();
    test_actor();
    test_scope();
    test_order();
}


/* a delegated token that the policy accepts at second 1000 */

static void
reset(void)
{
    server_issuer(&issuer, "https://a.example");
    server_policy(&policy);

    ngx_memzero(&claims, sizeof(claims));
    ngx_memzero(actors, sizeof(actors));

    actors[0].subject = STR("agent");
    actors[1].subject = STR("one");
    actors[2].subject = STR("two");

    claims.issuer = STR("https://a.example");
    claims.subject = STR("user");
    claims.has_audience = 1;
    claims.audience = LIST("other", "api");
    claims.has_expires = 1;
    claims.expires = 2000;
    claims.has_issued_at = 1;
    claims.issued_at = 900;
    claims.tenant = STR("acme");
    claims.scopes = LIST("read", "write");
    claims.actors = actors;
    claims.depth = 1;
    claims.actor_issuer = claims.issuer;
    claims.actor_tenant = claims.tenant;
}


static ngx_actor_token_reason_e
decide(double now)
{
    ngx_int_t  rc;

    ngx_memzero(&verdict, sizeof(verdict));

    rc = ngx_actor_token_policy_check(&policy, &issuer, &claims, now,
                                      &audience, &verdict);

    if (rc == NGX_OK) {
        return verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED
               ? NGX_ACTOR_TOKEN_OK : NGX_ACTOR_TOKEN_REASON_MAX;
    }

    return verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED
           ? NGX_ACTOR_TOKEN_REASON_MAX : verdict.reason;
}


static void
test_trust(void)
{
    static const u_char  bits[] = { 0x01, 0x02 };

    reset();

    policy.trust_any = 0;
    is(ngx_actor_token_policy_trusts(&policy, &issuer), 0, "trust: unset");

    policy.trusted = bits;
    issuer.index = 0;
    ok(ngx_actor_token_policy_trusts(&policy, &issuer), "trust: the first");
    issuer.index = 1;
    ok(!ngx_actor_token_policy_trusts(&policy, &issuer), "trust: not another");
    issuer.index = 8;
    ok(!ngx_actor_token_policy_trusts(&policy, &issuer), "trust: nor that");
    issuer.index = 9;
    ok(ngx_actor_token_policy_trusts(&policy, &issuer), "trust: the tenth");

    policy.trust_any = 1;
    issuer.index = 100;
    ok(ngx_actor_token_policy_trusts(&policy, &issuer), "trust: any");
}


/* whatever is 0 denies */

static void
test_unset(void)
{
    reset();
    is(decide(1000), OK, "unset: nothing is");
    is_str(&audience, "api", "unset: and the audience is told");

    policy.check_audience = NGX_ACTOR_TOKEN_COMPARE_UNSET;
    is(decide(1000), NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH, "unset: audience");
    is(audience.len, 0, "unset: no audience is told");

    reset();
    policy.check_tenant = NGX_ACTOR_TOKEN_COMPARE_UNSET;
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISMATCH, "unset: tenant");

    reset();
    policy.delegation = NGX_ACTOR_TOKEN_DELEGATE_UNSET;
    is(decide(1000), NGX_ACTOR_TOKEN_INTERNAL_ERROR, "unset: delegation");

    reset();
    policy.actors_any = 0;
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_NOT_ALLOWED, "unset: actors");

    reset();
    policy.max_depth = 0;
    is(decide(1000), NGX_ACTOR_TOKEN_CHAIN_TOO_DEEP, "unset: max_depth");

    reset();
    ngx_memzero(&policy, sizeof(policy));
    ok(decide(1000) != OK, "unset: all");

    reset();
    ngx_memzero(&claims, sizeof(claims));
    ok(decide(1000) != OK, "unset: all claims");

    /* tenants that are both absent are not equal */

    reset();
    issuer.tenant_rule = NGX_ACTOR_TOKEN_TENANT_UNSET;
    ngx_str_null(&claims.tenant);
    ngx_str_null(&policy.tenant);
    ok(decide(1000) != OK, "unset: both tenants");
}


static void
test_time(void)
{
    ngx_uint_t  i;

    static struct {
        double                     exp, nbf, iat;    /* 0: absent */
        time_t                     leeway, max;
        double                     now;
        ngx_actor_token_reason_e   reason;
    } tests[] = {
        { 2000, 0, 900, 30, 0, 2029, OK },
        { 2000, 0, 900, 30, 0, 2030, NGX_ACTOR_TOKEN_EXPIRED },
        { 2000, 0, 900, 0, 0, 1999, OK },
        { 2000, 0, 900, 0, 0, 2000, NGX_ACTOR_TOKEN_EXPIRED },
        { 2000, 1030, 0, 30, 0, 1000, OK },
        { 2000, 1031, 0, 30, 0, 1000, NGX_ACTOR_TOKEN_NOT_YET_VALID },
        { 2000, 0, 1030, 30, 0, 1000, OK },
        { 2000, 0, 1031, 30, 0, 1000, NGX_ACTOR_TOKEN_NOT_YET_VALID },
        { 2000, 0, 1000, 0, 1000, 1500, OK },
        { 2001, 0, 1000, 0, 1000, 1500, NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED },
        { 2001, 0, 1000, 30, 1000, 1500, NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED },
        { 2000, 1000, 0, 0, 1000, 1500, OK },
        { 2001, 1000, 0, 0, 1000, 1500, NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED },
        { 2001, 1400, 1000, 0, 1000, 1500, NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED },
        { 2000, 0, 0, 0, 1000, 1500, NGX_ACTOR_TOKEN_CLAIM_MISSING },
        { 2000.5, 0, 900, 0, 0, 2000.4, OK },
        { 2000.5, 0, 900, 0, 0, 2000.5, NGX_ACTOR_TOKEN_EXPIRED },
        { 2000.5, 0, 900, 30, 0, 2030.4, OK },
        { 2000.5, 0, 900, 30, 0, 2030.5, NGX_ACTOR_TOKEN_EXPIRED },
        { 2000, 1000.5, 0, 0, 0, 1000.5, OK },
        { 2000, 1000.5, 0, 0, 0, 1000.4, NGX_ACTOR_TOKEN_NOT_YET_VALID },
        { 2000, 0, 1000.5, 0, 0, 1000.5, OK },
        { 2000, 0, 1000.5, 0, 0, 1000.4, NGX_ACTOR_TOKEN_NOT_YET_VALID },
        { 2000.5, 0, 1000.5, 0, 1000, 1500, OK },
        { 2000.5, 0, 1000, 0, 1000, 1500, NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED },
        { 2000, 0, 999.5, 0, 1000, 1500, NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED },
        { 2000, 0, 0, 0, 0, 1500, OK },
        { NGX_ACTOR_TOKEN_TIME_MAX, 0, 900, 300, 0, 1500, OK },
        { NGX_ACTOR_TOKEN_TIME_MAX, 0, -NGX_ACTOR_TOKEN_TIME_MAX, 300, 1, 1500,
          NGX_ACTOR_TOKEN_LIFETIME_EXCEEDED },
        { -NGX_ACTOR_TOKEN_TIME_MAX, 0, 900, 300, 1, 1500,
          NGX_ACTOR_TOKEN_EXPIRED }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        reset();

        claims.expires = tests[i].exp;
        claims.not_before = tests[i].nbf;
        claims.has_not_before = (tests[i].nbf != 0);
        claims.issued_at = tests[i].iat;
        claims.has_issued_at = (tests[i].iat != 0);
        issuer.leeway = tests[i].leeway;
        issuer.max_lifetime = tests[i].max;

        is(decide(tests[i].now), tests[i].reason, "time: %d", (int) i);
    }

    ok(verdict.numeric, "time: the verdict has the numbers");
}


static void
test_audience(void)
{
    reset();
    policy.audience = LIST("x", "api");
    is(decide(1000), OK, "audience: any of them");
    is_str(&audience, "api", "audience: the one that is in aud");

    policy.audience = LIST("ap", "API", "api ", "other,api");
    is(decide(1000), NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH, "audience: exactly");

    policy.audience = LIST("");
    claims.audience = LIST("", "api");
    is(decide(1000), NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH, "audience: empty");

    reset();
    claims.has_audience = 0;
    ngx_memzero(&claims.audience, sizeof(claims.audience));
    is(decide(1000), NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH, "audience: no aud");

    policy.check_audience = NGX_ACTOR_TOKEN_COMPARE_OFF;
    is(decide(1000), OK, "audience: off");
    is(audience.len, 0, "audience: off, and none is told");

    issuer.audience = LIST("other");
    is(decide(1000), NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH,
       "audience: off, but the issuer has one");

    reset();
    issuer.audience = LIST("nobody");
    is(decide(1000), NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH,
       "audience: of the issuer besides");
    issuer.audience = LIST("nobody", "other");
    is(decide(1000), OK, "audience: both");
}


static void
test_tenant(void)
{
    reset();
    policy.tenant = STR("Acme");
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISMATCH, "tenant: exactly");
    policy.tenant = STR("");
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_UNRESOLVED, "tenant: none here");
    policy.tenant = STR("acme\0");
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISMATCH, "tenant: with NUL");

    reset();
    ngx_str_null(&claims.tenant);
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISSING, "tenant: no claim");

    reset();
    claims.tenant_conflict = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_CONFLICT, "tenant: conflict");

    reset();
    claims.tenant_foreign = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_NOT_ALLOWED, "tenant: foreign");
    policy.tenant = STR("other");
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_NOT_ALLOWED,
       "tenant: the issuer's list first");

    reset();
    policy.check_tenant = NGX_ACTOR_TOKEN_COMPARE_OFF;
    ngx_str_null(&policy.tenant);
    is(decide(1000), OK, "tenant: off");
    claims.tenant_foreign = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_NOT_ALLOWED,
       "tenant: off, but the issuer's list holds");
    claims.tenant_conflict = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_CONFLICT,
       "tenant: off, but a conflict is one");
    ngx_str_null(&claims.tenant);
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISSING,
       "tenant: off, but the issuer's rule holds");

    reset();
    issuer.tenant_rule = NGX_ACTOR_TOKEN_TENANT_OFF;
    ngx_str_null(&claims.tenant);
    ngx_str_null(&claims.actor_tenant);
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISMATCH,
       "tenant: an issuer without, a location with");
    policy.check_tenant = NGX_ACTOR_TOKEN_COMPARE_OFF;
    is(decide(1000), OK, "tenant: none anywhere");
}


static void
test_delegation(void)
{
    reset();
    policy.delegation = NGX_ACTOR_TOKEN_DELEGATE_REQUIRED;
    is(decide(1000), OK, "delegation: required, and an actor");
    claims.depth = 0;
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_MISSING, "delegation: required");
    policy.delegation = NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL;
    is(decide(1000), OK, "delegation: optional, and no actor");

    policy.delegation = NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN;
    is(decide(1000), OK, "delegation: forbidden, and no actor");
    claims.depth = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_DELEGATION_FORBIDDEN,
       "delegation: forbidden");

    claims.depth = 0;
    claims.actor_fault = "fault";
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_MALFORMED,
       "delegation: a malformed actor is not none");
    policy.delegation = NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL;
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_MALFORMED,
       "delegation: whatever the mode");
}


static void
test_actor(void)
{
    reset();
    claims.actor_issuer = STR("https://b.example");
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_ISSUER_NOT_ALLOWED,
       "actor: of another issuer");
    issuer.actor_issuers = LIST("https://b.example");
    is(decide(1000), OK, "actor: of a named issuer");
    claims.actor_issuer = claims.issuer;
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_ISSUER_NOT_ALLOWED,
       "actor: only of these, when named");

    reset();
    claims.actor_self = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_SELF_DELEGATION, "actor: the subject");
    claims.actor_self = 0;
    is(decide(1000), OK, "actor: somebody else");

    reset();
    claims.actor_tenant = STR("bcorp");
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_TENANT_NOT_ALLOWED,
       "actor: of another tenant");
    policy.federation = LIST("ccorp", "bcorp");
    is(decide(1000), OK, "actor: of a federated tenant");
    claims.actor_tenant = STR("");
    policy.federation = LIST("");
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_TENANT_NOT_ALLOWED,
       "actor: an empty tenant is federated with nobody");
    claims.actor_tenant = claims.tenant;
    claims.actor_tenant_fault = "fault";
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_TENANT_NOT_ALLOWED,
       "actor: of no tenant");

    reset();
    claims.depth = 3;
    policy.max_depth = 3;
    is(decide(1000), OK, "actor: as deep as may be");
    policy.max_depth = 2;
    is(decide(1000), NGX_ACTOR_TOKEN_CHAIN_TOO_DEEP, "actor: deeper");

    /* only the current actor counts */

    reset();
    claims.depth = 3;
    actors[1].subject = STR("user");
    actors[2].issuer = STR("https://evil.example");
    is(decide(1000), OK, "actor: those before decide nothing");
}


static void
test_scope(void)
{
    reset();
    policy.scopes = LIST("write", "read");
    is(decide(1000), OK, "scope: all");
    policy.scopes = LIST("read", "admin");
    is(decide(1000), NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE, "scope: one short");
    policy.scopes = LIST("rea");
    is(decide(1000), NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE, "scope: a prefix");
    policy.scopes = LIST("READ");
    is(decide(1000), NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE, "scope: by case");
    policy.scopes = LIST("read write");
    is(decide(1000), NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE, "scope: two as one");
    ngx_memzero(&claims.scopes, sizeof(claims.scopes));
    policy.scopes = LIST("read");
    is(decide(1000), NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE, "scope: none");
}


/* all is wrong; each step repairs what was named */

static void
test_order(void)
{
    reset();

    claims.expires = 900;
    policy.audience = LIST("x");
    ngx_str_null(&policy.tenant);
    ngx_str_null(&claims.tenant);
    claims.tenant_conflict = 1;
    claims.tenant_foreign = 1;
    claims.actor_fault = "fault";
    policy.delegation = NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN;
    claims.actor_issuer = STR("https://b.example");
    policy.actors_any = 0;
    claims.actor_tenant = STR("bcorp");
    policy.max_depth = 0;
    policy.scopes = LIST("x");

    is(decide(1000), NGX_ACTOR_TOKEN_EXPIRED, "order: time");
    claims.expires = 2000;
    is(decide(1000), NGX_ACTOR_TOKEN_AUDIENCE_MISMATCH, "order: audience");
    policy.audience = LIST("api");
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_UNRESOLVED, "order: resolved");
    policy.tenant = STR("other");
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISSING, "order: present");
    claims.tenant = STR("acme");
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_CONFLICT, "order: conflict");
    claims.tenant_conflict = 0;
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_NOT_ALLOWED, "order: allowed");
    claims.tenant_foreign = 0;
    is(decide(1000), NGX_ACTOR_TOKEN_TENANT_MISMATCH, "order: equal");
    policy.tenant = STR("acme");
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_MALFORMED, "order: shape of act");
    claims.actor_fault = NULL;
    is(decide(1000), NGX_ACTOR_TOKEN_DELEGATION_FORBIDDEN,
       "order: delegation");
    policy.delegation = NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL;
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_ISSUER_NOT_ALLOWED,
       "order: actor issuer");
    claims.actor_issuer = claims.issuer;
    claims.actor_self = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_SELF_DELEGATION, "order: self");
    claims.actor_self = 0;
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_NOT_ALLOWED, "order: actor");
    policy.actors_any = 1;
    is(decide(1000), NGX_ACTOR_TOKEN_ACTOR_TENANT_NOT_ALLOWED,
       "order: federation");
    claims.actor_tenant = claims.tenant;
    is(decide(1000), NGX_ACTOR_TOKEN_CHAIN_TOO_DEEP, "order: depth");
    policy.max_depth = 4;
    is(decide(1000), NGX_ACTOR_TOKEN_INSUFFICIENT_SCOPE, "order: scope");
    policy.scopes = LIST("read");
    is(decide(1000), OK, "order: nothing is left");
}
