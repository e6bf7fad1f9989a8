
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"


#define REST  "\"iss\":\"https://a.example\",\"sub\":\"s\",\"exp\":2"


static ngx_actor_token_reason_e read_claims(const char *payload);
static ngx_int_t read_with(ngx_pool_t *p, const char *payload,
    const char *label);
static void test_record(void);
static void test_faults(void);
static void test_types(void);
static void test_tenants(void);
static void test_required(void);
static void test_exports(void);
static void test_chain(void);
static void test_client_actor(void);
static void test_actor_tenant(void);
static ngx_int_t failing_read(ngx_pool_t *p, void *data);


static ngx_pool_t                 *pool;
static const char                 *fault;
static const char                 *typ = "at+jwt";
static ngx_actor_token_issuer_t    issuer, other, shared;
static ngx_actor_token_trusted_t   trusted;
static ngx_actor_token_claims_t    claims;
static ngx_actor_token_verdict_t   verdict;


void
unit_tests(void)
{
    pool = server_pool();

    server_issuer(&issuer, "https://a.example");
    server_issuer(&other, "https://b.example");
    server_issuer(&shared, "https://c.example/{tenant}");
    other.tenant = STR("bcorp");
    server_trust(&trusted, &issuer, &other, &shared, NULL);

    test_record();
    test_faults();
    test_types();
    test_tenants();
    test_required();
    test_chain();
    test_client_actor();
    test_actor_tenant();
    test_exports();

    unit_failing("read", failing_read, NULL, NGX_OK, NULL);

    ngx_destroy_pool(pool);
}


static ngx_int_t
read_with(ngx_pool_t *p, const char *payload, const char *label)
{
    ngx_str_t              s, l;
    ngx_actor_token_jws_t  jws;

    ngx_memzero(&jws, sizeof(jws));
    ngx_memzero(&verdict, sizeof(verdict));

    if (typ) {
        jws.typ = server_str(typ);
    }

    ngx_str_null(&l);

    if (label) {
        l = server_str(label);
    }

    s = server_str(payload);

    if (ngx_actor_token_json_parse(pool, &s, &jws.payload, &fault) != NGX_OK) {
        return UNIT_WRONG;
    }

    return ngx_actor_token_claims_read(p, &jws, &issuer, &l, &trusted.issuers,
                                       &trusted.exports, &claims, &verdict);
}


/* the reason, or NGX_ACTOR_TOKEN_OK */

static ngx_actor_token_reason_e
read_claims(const char *payload)
{
    ngx_int_t  rc;

    rc = read_with(pool, payload, NULL);

    if (rc == NGX_OK && verdict.reason == NGX_ACTOR_TOKEN_UNDECIDED) {
        return NGX_ACTOR_TOKEN_OK;
    }

    return (rc == NGX_DECLINED) ? verdict.reason
                                : NGX_ACTOR_TOKEN_INTERNAL_ERROR;
}


static void
test_record(void)
{
    is(read_claims("{\"iss\":\"https://a.example\",\"sub\":\"s\",\"jti\":\"j\","
                   "\"exp\":30.9,\"nbf\":10,\"iat\":20,"
                   "\"aud\":[\"x\",\"api\"],\"azp\":\"z\",\"client_id\":\"c\","
                   "\"scope\":\" read  write\",\"scp\":\"never\"}"),
       NGX_ACTOR_TOKEN_OK, "record: a token");

    is_str(&claims.issuer, "https://a.example", "record: issuer");
    is_str(&claims.subject, "s", "record: subject");
    is_str(&claims.id, "j", "record: jti");
    is_str(&claims.client, "c", "record: client_id before azp");
    is_str(&claims.tenant, "acme", "record: tenant of the block");
    ok(claims.has_expires && claims.expires == 30.9, "record: exp");
    ok(claims.has_not_before && claims.not_before == 10, "record: nbf");
    ok(claims.has_issued_at && claims.issued_at == 20, "record: iat");
    ok(claims.has_audience && claims.audience.nelts == 2, "record: aud");
    is(claims.scopes.nelts, 2, "record: scopes");
    is_str(&claims.scopes.elts[1], "write", "record: the second of them");
    is(claims.depth, 0, "record: a direct token");

    (void) read_claims("{" REST "}");
    ok(!claims.has_audience && !claims.has_not_before
       && !claims.has_issued_at && claims.scopes.nelts == 0,
       "record: what is absent is not there");

    (void) read_claims("{" REST ",\"aud\":\"api\"}");
    is(claims.audience.nelts, 1, "record: one aud");
    is_str(&claims.audience.elts[0], "api", "record: which is it");

    (void) read_claims("{" REST ",\"aud\":[]}");
    ok(claims.has_audience && claims.audience.nelts == 0, "record: no aud");

    (void) read_claims("{" REST ",\"scp\":[\"a\",\"b c\",\"\",\"d\"]}");
    is(claims.scopes.nelts, 2, "record: scp, but nothing with a space");
    is_str(&claims.scopes.elts[1], "d", "record: scp");

    (void) read_claims("{" REST ",\"scp\":\"a b\"}");
    is(claims.scopes.nelts, 2, "record: scp as words");

    issuer.subject_claim = LIST("ext", "user");
    (void) read_claims("{" REST ",\"ext\":{\"user\":\"u\"}}");
    is_str(&claims.subject, "u", "record: subject_claim");
    (void) read_claims("{" REST ",\"ext\":{\"user\":\"u\"},"
                       "\"act\":{\"sub\":\"s\"}}");
    ok(claims.actor_self, "record: sub is the same subject");
    (void) read_claims("{" REST ",\"ext\":{\"user\":\"u\"},"
                       "\"act\":{\"sub\":\"t\"}}");
    ok(!claims.actor_self, "record: another is not");
    (void) read_claims("{" REST ",\"ext\":{\"user\":\"u\"},"
                       "\"act\":{\"sub\":\"u\"}}");
    ok(claims.actor_self, "record: as is the claim");
    (void) read_claims("{" REST ",\"ext\":{\"user\":\"u\"},\"act\":"
                       "{\"sub\":\"u\",\"iss\":\"https://b.example\"}}");
    ok(!claims.actor_self, "record: another issuer's is somebody else");
    issuer.subject_claim = LIST("sub");
}


static void
test_faults(void)
{
    ngx_uint_t  i;

    static struct {
        const char                *payload;
        ngx_actor_token_reason_e   reason;
    } tests[] = {
        { "{\"iss\":\"https://a.example\",\"sub\":\"s\"}",
          NGX_ACTOR_TOKEN_CLAIM_MISSING },
        { "{\"iss\":\"https://a.example\",\"exp\":2}",
          NGX_ACTOR_TOKEN_CLAIM_MISSING },
        { "{\"sub\":\"\",\"exp\":2}", NGX_ACTOR_TOKEN_CLAIM_MISSING },
        { "{\"sub\":1,\"exp\":2}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{\"sub\":null,\"exp\":2}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{\"sub\":\"a\\u0000\",\"exp\":2}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{\"sub\":\"a\\u000a\",\"exp\":2}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{\"sub\":\"a\\u007f\",\"exp\":2}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{\"sub\":\"s\",\"exp\":\"2\"}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{\"sub\":\"s\",\"exp\":null}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{\"sub\":\"s\",\"exp\":1e300}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"nbf\":\"1\"}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"iat\":true}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"jti\":1}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"jti\":\"\\r\\n\"}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"aud\":1}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"aud\":null}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"aud\":[\"a\",1]}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"aud\":[[\"a\"]]}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"client_id\":1}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"cid\":\"\\u001f\"}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"scope\":[\"a\"]}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"scope\":null}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"scope\":\"a\\tb\"}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"scp\":[1]}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"scp\":[\"a\\u0000\"]}", NGX_ACTOR_TOKEN_BAD_CLAIM },
        { "{" REST ",\"cnf\":{}}", NGX_ACTOR_TOKEN_BINDING_UNSUPPORTED },
        { "{" REST ",\"cnf\":null}", NGX_ACTOR_TOKEN_BINDING_UNSUPPORTED },
        { "{\"cnf\":{},\"sub\":1}", NGX_ACTOR_TOKEN_BINDING_UNSUPPORTED }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        is(read_claims(tests[i].payload), tests[i].reason, "faults: %s",
           tests[i].payload);
    }
}


static void
test_types(void)
{
    ngx_uint_t  i;

#define TYPE  NGX_ACTOR_TOKEN_TYPE_NOT_ALLOWED
#define FINE  NGX_ACTOR_TOKEN_OK

    static struct {
        const char                *types;
        const char                *typ;
        const char                *more;
        ngx_actor_token_reason_e   reason;
    } tests[] = {
        { "at+jwt", "at+jwt", "", FINE },
        { "at+jwt", "AT+JWT", "", FINE },
        { "at+jwt", "application/at+jwt", "", FINE },
        { "at+jwt", "Application/AT+jwt", "", FINE },
        { "at+jwt", "application/application/at+jwt", "", TYPE },
        { "at+jwt", "application/", "", TYPE },
        { "at+jwt", "x/at+jwt", "", TYPE },
        { "at+jwt", "JWT", "", TYPE },
        { "at+jwt", "", "", TYPE },
        { "at+jwt", NULL, "", TYPE },
        { "at+jwt", "at+jwt", ",\"events\":{}", FINE },
        { "JWT", "jwt", "", FINE },
        { "JWT", "JWT", ",\"events\":{}", TYPE },
        { "JWT", "JWT", ",\"at_hash\":\"x\"", TYPE },
        { "JWT", "JWT", ",\"c_hash\":null", TYPE },
        { "JWT", "JWT", ",\"typ\":\"id\"", TYPE },
        { "JWT", "JWT", ",\"typ\":\"Refresh\"", TYPE },
        { "JWT", "JWT", ",\"typ\":\"Offline\"", TYPE },
        { "JWT", "JWT", ",\"typ\":\"Logout\"", TYPE },
        { "JWT", "JWT", ",\"typ\":\"Bearer\"", FINE },
        { "JWT", "JWT", ",\"typ\":1", FINE },
        { "-", NULL, "", FINE },
        { "-", NULL, ",\"events\":{}", TYPE },
        { "-", "", "", TYPE },
        { "-", "at+jwt", "", TYPE }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        char  buf[256];

        ngx_memzero(&issuer.types, sizeof(issuer.types));
        issuer.no_type = (tests[i].types[0] == '-');
        issuer.untyped = (tests[i].types[0] != 'a');

        if (!issuer.no_type) {
            issuer.types = LIST(tests[i].types);
        }

        typ = tests[i].typ;
        sprintf(buf, "{" REST "%s}", tests[i].more);

        is(read_claims(buf), tests[i].reason, "types: %s, %s%s",
           tests[i].types, typ ? typ : "none", tests[i].more);
    }

    issuer.types = LIST("at+jwt");
    issuer.no_type = 0;
    issuer.untyped = 0;
    typ = "at+jwt";
}


static void
test_tenants(void)
{
    ngx_actor_token_issuer_t   kept;
    ngx_actor_token_trusted_t  added;

    kept = issuer;

    issuer.tenant_rule = NGX_ACTOR_TOKEN_TENANT_CLAIM;
    issuer.tenant_claim = LIST("org", "id");

    is(read_claims("{" REST ",\"org\":{\"id\":\"t\"}}"), FINE,
       "tenants: a claim");
    is_str(&claims.tenant, "t", "tenants: which is it");
    is(read_claims("{" REST "}"), FINE, "tenants: no claim");
    is(claims.tenant.len, 0, "tenants: is none");
    is(read_claims("{" REST ",\"org\":{\"id\":1}}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "tenants: a number");
    is(read_claims("{" REST ",\"org\":{\"id\":\"\\n\"}}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "tenants: a line feed");

    issuer.tenants = LIST("t", "u");
    (void) read_claims("{" REST ",\"org\":{\"id\":\"t\"}}");
    is(claims.tenant_foreign, 1, "tenants: of an issuer that was not added");

    server_trust(&added, &issuer, NULL);
    (void) read_claims("{" REST ",\"org\":{\"id\":\"t\"}}");
    is(claims.tenant_foreign, 0, "tenants: one of the issuer's");
    (void) read_claims("{" REST ",\"org\":{\"id\":\"T\"}}");
    is(claims.tenant_foreign, 1, "tenants: not one of the issuer's");

    issuer.issuer = shared.issuer;
    (void) read_with(pool, "{" REST ",\"org\":{\"id\":\"t\"}}", "t");
    is(claims.tenant_conflict, 0, "tenants: label and claim are one");
    (void) read_with(pool, "{" REST ",\"org\":{\"id\":\"t\"}}", "u");
    is(claims.tenant_conflict, 1, "tenants: label and claim are two");

    issuer.tenant_rule = NGX_ACTOR_TOKEN_TENANT_LABEL;
    (void) read_with(pool, "{" REST ",\"org\":{\"id\":\"t\"}}", "u");
    is_str(&claims.tenant, "u", "tenants: the label");

    issuer.tenant_rule = NGX_ACTOR_TOKEN_TENANT_OFF;
    (void) read_with(pool, "{" REST "}", NULL);
    ok(claims.tenant.len == 0 && !claims.tenant_foreign, "tenants: off");

    issuer = kept;
}


static void
test_required(void)
{
    ngx_actor_token_require_t  *req;

    req = ngx_array_push(&issuer.require);
    ngx_memzero(req, sizeof(*req));
    req->path = LIST("ext", "level");

    is(read_claims("{" REST "}"), NGX_ACTOR_TOKEN_CLAIM_MISSING,
       "required: absent");
    is(read_claims("{" REST ",\"ext\":{\"level\":null}}"),
       NGX_ACTOR_TOKEN_CLAIM_MISSING, "required: null");
    is(read_claims("{" REST ",\"ext\":{\"level\":false}}"), FINE,
       "required: present");

    req->values = LIST("high", "low");
    is(read_claims("{" REST ",\"ext\":{\"level\":\"low\"}}"), FINE,
       "required: one of the values");
    is(read_claims("{" REST ",\"ext\":{\"level\":\"Low\"}}"),
       NGX_ACTOR_TOKEN_CLAIM_MISMATCH, "required: another value");
    is(read_claims("{" REST ",\"ext\":{\"level\":[\"low\"]}}"),
       NGX_ACTOR_TOKEN_CLAIM_MISMATCH, "required: no string");
    is(read_claims("{" REST ",\"ext\":{\"level\":\"low\\u0000\"}}"),
       NGX_ACTOR_TOKEN_CLAIM_MISMATCH, "required: NUL ends nothing");

    issuer.require.nelts = 0;
}


static void
test_chain(void)
{
    ngx_uint_t  i;

    static struct {
        const char  *act;
        ngx_uint_t   depth;      /* 0: a fault */
    } tests[] = {
        { "{\"sub\":\"a\"}", 1 },
        { "{\"sub\":\"a\",\"iss\":\"i\"}", 1 },
        { "{\"sub\":\"a\",\"act\":{\"sub\":\"b\"}}", 2 },
        { "{\"sub\":\"a\",\"act\":{\"sub\":\"a\",\"act\":{\"sub\":\"a\"}}}",
          3 },
        { "{\"sub\":\"a\",\"exp\":\"x\",\"cnf\":1}", 1 },
        { "null", 0 },
        { "false", 0 },
        { "\"a\"", 0 },
        { "[]", 0 },
        { "[{\"sub\":\"a\"}]", 0 },
        { "{}", 0 },
        { "{\"sub\":\"\"}", 0 },
        { "{\"sub\":null}", 0 },
        { "{\"sub\":1}", 0 },
        { "{\"sub\":\"a\",\"iss\":\"\"}", 0 },
        { "{\"sub\":\"a\",\"iss\":null}", 0 },
        { "{\"sub\":\"a\",\"act\":null}", 0 },
        { "{\"sub\":\"a\",\"act\":{}}", 0 },
        { "{\"sub\":\"a\",\"act\":{\"sub\":\"b\",\"act\":1}}", 0 }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        char  buf[256];

        sprintf(buf, "{" REST ",\"act\":%s}", tests[i].act);

        is(read_claims(buf), FINE, "chain: %s", tests[i].act);
        is(claims.depth, tests[i].depth, "chain: the depth of %s",
           tests[i].act);
        is(claims.actor_fault != NULL, tests[i].depth == 0,
           "chain: the fault of %s", tests[i].act);
    }

    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\",\"iss\":\"i\","
                       "\"act\":{\"sub\":\"b\"}}}");
    is_str(&claims.actors[0].subject, "a", "chain: the current actor first");
    is_str(&claims.actor_issuer, "i", "chain: its issuer");
    is_str(&claims.actors[1].subject, "b", "chain: then the one before");
    ok(claims.actors[1].issuer.data == NULL, "chain: which names no issuer");

    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\"}}");
    is_str(&claims.actor_issuer, "https://a.example",
           "chain: the token's issuer");

    is(read_claims("{" REST ",\"act\":{\"sub\":\"a\\n\"}}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "chain: a line feed in the actor");
    is(read_claims("{" REST ",\"act\":{\"sub\":\"a\",\"iss\":\"\\u0000\"}}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "chain: NUL in its issuer");
    is(read_claims("{" REST ",\"may_act\":{\"sub\":\"a\"}}"), FINE,
       "chain: may_act");
    is(claims.depth, 0, "chain: is no actor");
}


static void
test_client_actor(void)
{
    (void) read_claims("{" REST ",\"azp\":\"c\"}");
    is(claims.depth, 0, "client: no actor unless the block says so");

    issuer.actor_claim = LIST("azp");

    (void) read_claims("{" REST ",\"azp\":\"c\"}");
    is(claims.depth, 1, "client: actor_claim");
    is_str(&claims.actors[0].subject, "c", "client: which is it");
    is_str(&claims.actor_issuer, "https://a.example", "client: its issuer");

    (void) read_claims("{" REST ",\"azp\":\"c\",\"act\":{\"sub\":\"a\"}}");
    is_str(&claims.actors[0].subject, "a", "client: act wins");

    (void) read_claims("{" REST ",\"azp\":\"c\",\"act\":null}");
    ok(claims.depth == 0 && claims.actor_fault, "client: even if malformed");

    (void) read_claims("{" REST ",\"azp\":\"s\"}");
    is(claims.depth, 0, "client: the subject itself is direct");

    (void) read_claims("{" REST "}");
    ok(claims.depth == 0 && !claims.actor_fault, "client: none is direct");

    (void) read_claims("{" REST ",\"azp\":\"\"}");
    ok(claims.actor_fault, "client: an empty one is not");

    issuer.actor_claim = LIST("app");
    (void) read_claims("{" REST ",\"app\":[\"c\"]}");
    ok(claims.actor_fault, "client: nor is an array");

    is(read_claims("{" REST ",\"app\":\"\\u0001\"}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "client: a control character");

    issuer.unless_claim = STR("idtyp");
    issuer.unless_value = STR("app");
    (void) read_claims("{" REST ",\"app\":\"c\",\"idtyp\":\"app\"}");
    is(claims.depth, 0, "client: unless=");
    (void) read_claims("{" REST ",\"app\":\"c\",\"idtyp\":\"user\"}");
    is(claims.depth, 1, "client: unless= of another value");
    (void) read_claims("{" REST ",\"app\":\"c\",\"idtyp\":[\"app\"]}");
    is(claims.depth, 1, "client: unless= of another type");

    ngx_str_null(&issuer.unless_claim);
    ngx_memzero(&issuer.actor_claim, sizeof(issuer.actor_claim));
}


static void
test_actor_tenant(void)
{
    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\"}}");
    is_str(&claims.actor_tenant, "acme", "actor tenant: the token's");

    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\","
                       "\"iss\":\"https://b.example\"}}");
    is_str(&claims.actor_tenant, "bcorp", "actor tenant: its issuer's");

    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\","
                       "\"iss\":\"https://c.example/t\"}}");
    is_str(&claims.actor_tenant, "t", "actor tenant: its issuer's label");

    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\",\"iss\":\"x\"}}");
    is_str(&claims.actor_tenant, "acme",
           "actor tenant: the token's, if its issuer is unknown");

    issuer.actor_tenant_claim = LIST("org", "id");

    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\","
                       "\"org\":{\"id\":\"t\"}}}");
    is_str(&claims.actor_tenant, "t", "actor tenant: as act says");
    ok(claims.actor_tenant_fault == NULL, "actor tenant: without a fault");

    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\"}}");
    ok(claims.actor_tenant_fault, "actor tenant: not named");
    (void) read_claims("{" REST ",\"act\":{\"sub\":\"a\","
                       "\"org\":{\"id\":\"\"}}}");
    ok(claims.actor_tenant_fault, "actor tenant: empty");
    is(read_claims("{" REST ",\"act\":{\"sub\":\"a\","
                   "\"org\":{\"id\":\"\\u0007\"}}}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "actor tenant: a control character");

    ngx_memzero(&issuer.actor_tenant_claim, sizeof(ngx_actor_token_list_t));
}


static void
test_exports(void)
{
    ngx_actor_token_list_t  *path;

    path = ngx_array_push(&trusted.exports);
    *path = LIST("ext", "v");
    path = ngx_array_push(&trusted.exports);
    *path = LIST("w");

    is(read_claims("{" REST ",\"ext\":{\"v\":[1,\"a\"]},\"w\":\"x\"}"), FINE,
       "exports: two");
    is_str(&claims.exports[0], "[1,\"a\"]", "exports: the first");
    is_str(&claims.exports[1], "x", "exports: the second");

    is(read_claims("{" REST "}"), FINE, "exports: none");
    is(claims.exports[1].len, 0, "exports: is empty");

    is(read_claims("{" REST ",\"w\":\"a\\u000ab\"}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "exports: a line feed");
    is(read_claims("{" REST ",\"w\":\"a\\u0000b\"}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "exports: NUL");
    is(read_claims("{" REST ",\"w\":[\"a\\u007fb\"]}"),
       NGX_ACTOR_TOKEN_BAD_CLAIM, "exports: DEL within JSON");
}


static ngx_int_t
failing_read(ngx_pool_t *p, void *data)
{
    ngx_int_t                   rc;
    ngx_str_t                   s, label;
    ngx_actor_token_require_t  *req;

    static ngx_actor_token_jws_t  jws;

    if (jws.payload == NULL) {
        s = STR("{" REST ",\"aud\":[\"api\"],\"scp\":[\"a\",\"b\"],"
                "\"act\":{\"sub\":\"a\",\"act\":{\"sub\":\"b\"}},"
                "\"level\":\"low\",\"ext\":{\"v\":{\"x\":[1]}},\"w\":\"y\"}");
        (void) ngx_actor_token_json_parse(pool, &s, &jws.payload, &fault);
        jws.typ = STR("at+jwt");

        req = ngx_array_push(&issuer.require);
        req->path = LIST("level");
        req->values = LIST("low");
    }

    ngx_str_null(&label);
    ngx_memzero(&verdict, sizeof(verdict));

    rc = ngx_actor_token_claims_read(p, &jws, &issuer, &label,
                                     &trusted.issuers, &trusted.exports,
                                     &claims, &verdict);

    if (rc == NGX_OK
        && (claims.depth != 2 || claims.scopes.nelts != 2
            || claims.audience.nelts != 1
            || !ngx_actor_token_is(&claims.exports[0], "{\"x\":[1]}")))
    {
        return UNIT_WRONG;
    }

    return rc;
}
