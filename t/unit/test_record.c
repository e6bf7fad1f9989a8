
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"

#include <ngx_actor_token_record.h>


static void test_round(const char *name, ngx_actor_token_issuer_t *block,
    const char *payload);
static ngx_int_t claims_of(ngx_pool_t *p, ngx_actor_token_issuer_t *block,
    const ngx_str_t *raw, ngx_actor_token_claims_t *claims, ngx_str_t *kid);
static ngx_str_t write_record(ngx_actor_token_issuer_t *block,
    const ngx_actor_token_claims_t *claims, const ngx_str_t *kid);
static void same(const char *name, const ngx_actor_token_claims_t *one,
    const ngx_actor_token_claims_t *two);
static ngx_uint_t same_list(const ngx_actor_token_list_t *one,
    const ngx_actor_token_list_t *two);
static void test_cut(void);
static void test_large(void);
static ngx_int_t failing_read(ngx_pool_t *p, void *data);


static ngx_pool_t                 *pool;
static mint_key_t                 *key;
static ngx_actor_token_issuer_t    single, host, claimed, homes, partner;
static ngx_actor_token_trusted_t   trusted;


void
unit_tests(void)
{
    u_char                     buf[1024];
    ngx_str_t                  record, kid;
    ngx_actor_token_list_t    *path;
    ngx_actor_token_claims_t   claims;

    pool = server_pool();
    key = mint_key("P-256");

    server_issuer(&single, "https://single.example");
    server_issuer(&host, "https://{tenant}.idp.example");
    server_issuer(&claimed, "https://claimed.example");
    server_issuer(&homes, "https://homes.example");
    server_issuer(&partner, "https://partner.example");

    claimed.tenant_rule = NGX_ACTOR_TOKEN_TENANT_CLAIM;
    claimed.tenant_claim = LIST("tid");
    homes.actor_tenant_claim = LIST("home");
    partner.tenant = STR("partner");

    server_trust(&trusted, &single, &host, &claimed, &homes, &partner, NULL);

    path = ngx_array_push(&trusted.exports);
    *path = LIST("email");
    path = ngx_array_push(&trusted.exports);
    *path = LIST("deep", "er");

    test_round("little", &single,
               "{\"iss\":\"https://single.example\",\"sub\":\"u\","
               "\"exp\":1700000600}");
    test_round("much", &single,
               "{\"iss\":\"https://single.example\",\"sub\":\"u\","
               "\"exp\":1700000600,\"nbf\":1,\"iat\":-2,\"jti\":\"j\","
               "\"aud\":[\"a\",\"\",\"b\"],\"client_id\":\"c\","
               "\"scope\":\"r w  x\",\"email\":\"e@x\",\"deep\":{\"er\":true},"
               "\"act\":{\"sub\":\"s\",\"iss\":\"https://partner.example\","
               "\"act\":{\"sub\":\"t\"}}}");
    test_round("no audience", &single,
               "{\"iss\":\"https://single.example\",\"sub\":\"u\","
               "\"exp\":1700000600,\"aud\":[]}");
    test_round("a template", &host,
               "{\"iss\":\"https://acme.idp.example\",\"sub\":\"u\","
               "\"exp\":1700000600,\"act\":{\"sub\":\"s\"}}");
    test_round("a claimed tenant", &claimed,
               "{\"iss\":\"https://claimed.example\",\"sub\":\"u\","
               "\"exp\":1700000600,\"tid\":\"acme\",\"act\":{\"sub\":\"s\"}}");
    test_round("an actor's tenant", &homes,
               "{\"iss\":\"https://homes.example\",\"sub\":\"u\","
               "\"exp\":1700000600,\"act\":{\"sub\":\"s\",\"home\":\"h\"}}");

    single.subject_claim = LIST("oid");
    test_round("an actor that is the subject", &single,
               "{\"iss\":\"https://single.example\",\"sub\":\"u\","
               "\"oid\":\"o\",\"exp\":1700000600,\"act\":{\"sub\":\"u\"}}");
    single.subject_claim = LIST("sub");

    test_cut();
    test_large();

    ngx_memzero(&claims, sizeof(claims));
    ngx_str_null(&kid);

    claims.subject = STR("u");
    claims.audience = LIST("a");

    record.data = buf;
    record.len = ngx_actor_token_record_write(buf, &claims, &single, &kid, 0);

    unit_failing("read", failing_read, &record, NGX_OK, NULL);

    ngx_destroy_pool(pool);
}


static void
test_round(const char *name, ngx_actor_token_issuer_t *block,
    const char *payload)
{
    ngx_str_t                 raw, kid, read, record;
    ngx_actor_token_claims_t  one, two;

    raw = mint_token(key, "ES256",
                     "{\"alg\":\"ES256\",\"typ\":\"at+jwt\",\"kid\":\"k\"}",
                     payload);

    is(claims_of(pool, block, &raw, &one, &kid), NGX_OK, "%s: claims", name);

    record = write_record(block, &one, &kid);

    is(ngx_actor_token_record_read(pool, &record, block, &trusted.issuers, 2,
                                   &two, &read),
       NGX_OK, "%s: read", name);
    is_str(&read, "k", "%s: kid", name);

    same(name, &one, &two);

    ngx_str_null(&kid);
    record = write_record(block, &one, &kid);

    is(ngx_actor_token_record_read(pool, &record, block, &trusted.issuers, 2,
                                   &two, &read),
       NGX_OK, "%s: read without kid", name);
    ok(read.data == NULL, "%s: no kid", name);

    is(ngx_actor_token_record_read(pool, &record, block, &trusted.issuers, 1,
                                   &two, &read),
       NGX_DECLINED, "%s: of other exports", name);
}


static ngx_int_t
claims_of(ngx_pool_t *p, ngx_actor_token_issuer_t *block,
    const ngx_str_t *raw, ngx_actor_token_claims_t *claims, ngx_str_t *kid)
{
    ngx_str_t                  iss, label;
    ngx_actor_token_jws_t      jws;
    ngx_actor_token_verdict_t  v;

    ngx_memzero(&v, sizeof(v));

    if (ngx_actor_token_jws_parse(p, raw, &jws, &v) != NGX_OK
        || ngx_actor_token_json_string(json_object_get(jws.payload, "iss"),
                                       &iss)
           != NGX_OK
        || ngx_actor_token_issuers_find(&trusted.issuers, &iss, &label)
           != block)
    {
        return NGX_ERROR;
    }

    *kid = jws.kid;

    return ngx_actor_token_claims_read(p, &jws, block, &label,
                                       &trusted.issuers, &trusted.exports,
                                       claims, &v);
}


/* in memory of exactly its length, so that a byte too much is seen */

static ngx_str_t
write_record(ngx_actor_token_issuer_t *block,
    const ngx_actor_token_claims_t *claims, const ngx_str_t *kid)
{
    size_t     len;
    ngx_str_t  record;

    record.len = ngx_actor_token_record_write(NULL, claims, block, kid, 2);
    record.data = ngx_pnalloc(pool, record.len);

    len = ngx_actor_token_record_write(record.data, claims, block, kid, 2);

    is(len, record.len, "as long as was said");

    return record;
}


static void
same(const char *name, const ngx_actor_token_claims_t *one,
    const ngx_actor_token_claims_t *two)
{
    ngx_uint_t              i;
    ngx_actor_token_list_t  a, b;

    ok(ngx_actor_token_eq(&one->issuer, &two->issuer)
       && ngx_actor_token_eq(&one->subject, &two->subject)
       && ngx_actor_token_eq(&one->id, &two->id)
       && ngx_actor_token_eq(&one->client, &two->client)
       && ngx_actor_token_eq(&one->tenant, &two->tenant)
       && ngx_actor_token_eq(&one->tenant_label, &two->tenant_label)
       && ngx_actor_token_eq(&one->actor_issuer, &two->actor_issuer)
       && ngx_actor_token_eq(&one->actor_tenant, &two->actor_tenant),
       "%s: strings", name);

    ok(one->expires == two->expires
       && one->not_before == two->not_before
       && one->issued_at == two->issued_at
       && one->has_audience == two->has_audience
       && one->has_expires == two->has_expires
       && one->has_not_before == two->has_not_before
       && one->has_issued_at == two->has_issued_at,
       "%s: times", name);

    a.elts = one->exports;
    b.elts = two->exports;
    a.nelts = b.nelts = 2;

    ok(same_list(&one->audience, &two->audience)
       && same_list(&one->scopes, &two->scopes)
       && same_list(&a, &b),
       "%s: lists", name);

    is(two->depth, one->depth, "%s: depth", name);
    is(two->actor_self, one->actor_self, "%s: who the actor is", name);

    for (i = 0; i < one->depth && i < two->depth; i++) {
        ok(ngx_actor_token_eq(&one->actors[i].subject, &two->actors[i].subject)
           && ngx_actor_token_eq(&one->actors[i].issuer,
                                 &two->actors[i].issuer)
           && !one->actors[i].issuer.data == !two->actors[i].issuer.data,
           "%s: actor", name);
    }
}


static ngx_uint_t
same_list(const ngx_actor_token_list_t *one, const ngx_actor_token_list_t *two)
{
    ngx_uint_t  i;

    for (i = 0; i < one->nelts && i < two->nelts; i++) {
        if (!ngx_actor_token_eq(&one->elts[i], &two->elts[i])) {
            return 0;
        }
    }

    return one->nelts == two->nelts;
}


/* every record that is too short or too long, in memory of that length */

static void
test_cut(void)
{
    u_char                    *p;
    ngx_int_t                  rc;
    ngx_str_t                  raw, kid, record, part;
    ngx_uint_t                 declined;
    ngx_actor_token_claims_t   claims, read;

    raw = mint_token(key, "ES256", "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}",
                     "{\"iss\":\"https://single.example\",\"sub\":\"u\","
                     "\"exp\":1700000600,\"aud\":[\"a\"],\"scope\":\"r\","
                     "\"act\":{\"sub\":\"s\"}}");

    is(claims_of(pool, &single, &raw, &claims, &kid), NGX_OK, "cut: claims");

    record = write_record(&single, &claims, &kid);
    declined = 0;

    for (part.len = 0; part.len <= record.len + 1; part.len++) {

        if (part.len == record.len) {
            continue;
        }

        p = malloc(part.len + 1);
        ngx_memzero(p, part.len + 1);
        ngx_memcpy(p, record.data, ngx_min(part.len, record.len));
        part.data = p;

        rc = ngx_actor_token_record_read(pool, &part, &single,
                                         &trusted.issuers, 2, &read, &kid);
        declined += (rc == NGX_DECLINED);

        free(p);
    }

    is(declined, record.len + 1, "cut: no other length is read");
}


static void
test_large(void)
{
    u_char                    *p;
    ngx_str_t                  raw, kid, record, read;
    ngx_actor_token_claims_t   claims;

    raw = mint_token(key, "ES256", "{\"alg\":\"ES256\",\"typ\":\"at+jwt\"}",
                     "{\"iss\":\"https://single.example\",\"sub\":\"u\","
                     "\"exp\":1700000600}");

    is(claims_of(pool, &single, &raw, &claims, &kid), NGX_OK,
       "large: claims");

    p = ngx_pcalloc(pool, 65536);
    claims.id.data = p;

    claims.id.len = 65535;
    record = write_record(&single, &claims, &kid);
    is(ngx_actor_token_record_read(pool, &record, &single, &trusted.issuers,
                                   2, &claims, &read),
       NGX_OK, "large: read");
    is(claims.id.len, 65535, "large: whole");

    claims.id.len = 65536;
    is(ngx_actor_token_record_write(NULL, &claims, &single, &kid, 2), 0,
       "large: too large");
}


static ngx_int_t
failing_read(ngx_pool_t *p, void *data)
{
    ngx_int_t                  rc;
    ngx_str_t                  kid;
    ngx_actor_token_claims_t   read;

    rc = ngx_actor_token_record_read(p, data, &single, &trusted.issuers, 0,
                                     &read, &kid);

    return (rc == NGX_OK && read.audience.nelts != 1) ? UNIT_WRONG : rc;
}
