
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "fuzz.h"


/*
 * A payload whose signature holds, through the record to a decision.  What
 * is accepted is looked at again, in the JSON itself.
 */

static void fuzz_accepted(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, json_t *payload);
static ngx_uint_t fuzz_string(json_t *value, const char *wanted);


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                      *p;
    ngx_int_t                    rc;
    ngx_str_t                    text, label, audience;
    ngx_uint_t                   i;
    ngx_pool_t                  *pool;
    ngx_actor_token_jws_t        jws;
    ngx_actor_token_list_t      *path;
    ngx_actor_token_claims_t     claims;
    ngx_actor_token_verdict_t    v;

    static ngx_actor_token_issuer_t    issuer[2];
    static ngx_actor_token_policy_t    policy;
    static ngx_actor_token_trusted_t   trusted;

    if (issuer[0].name.len == 0) {
        server_issuer(&issuer[0], "https://a.example");
        server_issuer(&issuer[1], "https://b.example/{tenant}");

        issuer[1].tenant_rule = NGX_ACTOR_TOKEN_TENANT_CLAIM;
        issuer[1].tenant_claim = LIST("tid");
        issuer[1].tenants = LIST("acme", "bcorp");
        issuer[1].types = LIST("JWT");
        issuer[1].untyped = 1;
        issuer[1].actor_claim = LIST("azp");
        issuer[1].unless_claim = STR("idtyp");
        issuer[1].unless_value = STR("app");
        issuer[1].actor_tenant_claim = LIST("tid");

        server_trust(&trusted, &issuer[0], &issuer[1], NULL);
        server_policy(&policy);
        policy.scopes = LIST("read");
        policy.federation = LIST("bcorp");

        path = ngx_array_push(&trusted.exports);
        *path = LIST("ext", "v");
    }

    pool = server_pool();

    p = fuzz_copy(data, size);
    text.data = p;
    text.len = size;

    ngx_memzero(&jws, sizeof(jws));

    if (ngx_actor_token_json_parse(pool, &text, &jws.payload) == NGX_OK) {

        for (i = 0; i < 2; i++) {
            ngx_memzero(&v, sizeof(v));
            jws.typ = (i == 0) ? STR("at+jwt") : STR("JWT");
            label = (i == 0) ? STR("") : STR("acme");

            rc = ngx_actor_token_claims_read(pool, &jws, &issuer[i], &label,
                                             &trusted.issuers,
                                             &trusted.exports, &claims, &v);

            FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
            FUZZ_ASSERT((rc == NGX_OK)
                        == (v.reason == NGX_ACTOR_TOKEN_UNDECIDED));

            if (rc != NGX_OK) {
                continue;
            }

            rc = ngx_actor_token_policy_check(&policy, &issuer[i], &claims,
                                              FUZZ_NOW, &audience, &v);

            FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
            FUZZ_ASSERT((rc == NGX_OK)
                        == (v.reason == NGX_ACTOR_TOKEN_UNDECIDED));

            if (rc == NGX_OK) {
                fuzz_accepted(&policy, &claims, jws.payload);
                FUZZ_ASSERT(i == 0
                            || fuzz_string(json_object_get(jws.payload, "tid"),
                                           "acme"));
            }
        }
    }

    ngx_destroy_pool(pool);
    free(p);

    return 0;
}


static void
fuzz_accepted(const ngx_actor_token_policy_t *policy,
    const ngx_actor_token_claims_t *claims, json_t *payload)
{
    size_t       i, found;
    json_t      *value, *aud, *act;
    ngx_uint_t   depth;

    value = json_object_get(payload, "exp");
    FUZZ_ASSERT(json_is_number(value));
    FUZZ_ASSERT(json_number_value(value) > FUZZ_NOW - 30);

    FUZZ_ASSERT(json_object_get(payload, "cnf") == NULL);
    FUZZ_ASSERT(json_string_length(json_object_get(payload, "sub")) > 0);

    aud = json_object_get(payload, "aud");
    found = fuzz_string(aud, "api");

    json_array_foreach(aud, i, value) {
        FUZZ_ASSERT(json_is_string(value));
        found += fuzz_string(value, "api");
    }

    FUZZ_ASSERT(found);
    FUZZ_ASSERT(json_object_get(payload, "scope")
                || json_object_get(payload, "scp"));

    depth = 0;

    for (act = json_object_get(payload, "act");
         act;
         act = json_object_get(act, "act"))
    {
        FUZZ_ASSERT(json_string_length(json_object_get(act, "sub")) > 0);
        depth++;
    }

    FUZZ_ASSERT(depth == 0 || depth == claims->depth);
    FUZZ_ASSERT(claims->depth <= policy->max_depth);
    FUZZ_ASSERT(ngx_actor_token_printable(&claims->subject)
                && ngx_actor_token_printable(&claims->tenant)
                && ngx_actor_token_printable(&claims->id)
                && ngx_actor_token_printable(&claims->client)
                && ngx_actor_token_printable(&claims->actor_issuer)
                && ngx_actor_token_printable(&claims->exports[0]));
}


static ngx_uint_t
fuzz_string(json_t *value, const char *wanted)
{
    return json_is_string(value)
           && json_string_length(value) == strlen(wanted)
           && memcmp(json_string_value(value), wanted, strlen(wanted)) == 0;
}
