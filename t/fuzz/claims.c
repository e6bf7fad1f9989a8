
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "fuzz.h"


/*
 * A payload whose signature holds, through the record to a decision.  What
 * is accepted is looked at again, in the JSON itself.
 */

static void fuzz_configure(void);
static void fuzz_payload(ngx_pool_t *pool, const ngx_actor_token_jws_t *jws,
    const ngx_actor_token_issuer_t *issuer, const ngx_str_t *label);
static void fuzz_accepted(const ngx_actor_token_claims_t *claims,
    json_t *payload);
static void fuzz_accepted_time(json_t *payload);
static void fuzz_accepted_scope(json_t *payload);
static void fuzz_accepted_actor(const ngx_actor_token_claims_t *claims,
    json_t *payload);
static ngx_uint_t fuzz_has(json_t *value, const char *wanted);
static ngx_uint_t fuzz_string(json_t *value, const char *wanted);
static ngx_uint_t fuzz_same(const ngx_str_t *s, const char *wanted);


static ngx_actor_token_policy_t    policy;
static ngx_actor_token_trusted_t   trusted;


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    u_char                           *p;
    ngx_str_t                         text, iss, label;
    ngx_pool_t                       *pool;
    const char                       *fault;
    ngx_actor_token_jws_t             jws;
    const ngx_actor_token_issuer_t   *issuer;

    if (trusted.issuers.issuers.nelts == 0) {
        fuzz_configure();
    }

    pool = server_pool();

    p = fuzz_copy(data, size);
    text.data = p;
    text.len = size;

    ngx_memzero(&jws, sizeof(jws));

    if (ngx_actor_token_json_parse(pool, &text, &jws.payload, &fault)
           == NGX_OK
        && ngx_actor_token_json_string(json_object_get(jws.payload, "iss"),
                                       &iss)
           == NGX_OK)
    {
        issuer = ngx_actor_token_issuers_find(&trusted.issuers, &iss, &label);

        if (issuer) {
            jws.typ = issuer->untyped ? STR("JWT") : STR("at+jwt");
            fuzz_payload(pool, &jws, issuer, &label);
        }
    }

    ngx_destroy_pool(pool);
    free(p);

    return 0;
}


static void
fuzz_configure(void)
{
    ngx_actor_token_list_t           *path;

    static ngx_actor_token_issuer_t   a, b;

    server_issuer(&a, "https://a.example");
    server_issuer(&b, "https://b.example/{tenant}");

    b.tenant_rule = NGX_ACTOR_TOKEN_TENANT_CLAIM;
    b.tenant_claim = LIST("tid");
    b.tenants = LIST("acme", "bcorp");
    b.types = LIST("JWT");
    b.untyped = 1;
    b.actor_claim = LIST("azp");
    b.unless_claim = STR("idtyp");
    b.unless_value = STR("app");
    b.actor_tenant_claim = LIST("tid");

    server_trust(&trusted, &a, &b, NULL);
    server_policy(&policy);
    policy.scopes = LIST("read");
    policy.federation = LIST("bcorp");

    path = ngx_array_push(&trusted.exports);
    *path = LIST("ext", "v");
}


static void
fuzz_payload(ngx_pool_t *pool, const ngx_actor_token_jws_t *jws,
    const ngx_actor_token_issuer_t *issuer, const ngx_str_t *label)
{
    ngx_int_t                   rc;
    ngx_str_t                   audience;
    ngx_actor_token_claims_t    claims;
    ngx_actor_token_verdict_t   v;

    ngx_memzero(&v, sizeof(v));

    rc = ngx_actor_token_claims_read(pool, jws, issuer, label,
                                     &trusted.issuers, &trusted.exports,
                                     &claims, &v);

    FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
    FUZZ_ASSERT((rc == NGX_OK) == (v.reason == NGX_ACTOR_TOKEN_UNDECIDED));

    if (rc != NGX_OK) {
        return;
    }

    rc = ngx_actor_token_policy_check(&policy, issuer, &claims, FUZZ_NOW,
                                      &audience, &v);

    FUZZ_ASSERT(rc == NGX_OK || rc == NGX_DECLINED);
    FUZZ_ASSERT((rc == NGX_OK) == (v.reason == NGX_ACTOR_TOKEN_UNDECIDED));

    if (rc == NGX_OK) {
        fuzz_accepted(&claims, jws->payload);
        FUZZ_ASSERT(label->data == NULL
                    || (fuzz_same(label, "acme")
                        && fuzz_string(json_object_get(jws->payload, "tid"),
                                       "acme")));
        fuzz_good();
    }
}


static void
fuzz_accepted(const ngx_actor_token_claims_t *claims, json_t *payload)
{
    FUZZ_ASSERT(json_object_get(payload, "cnf") == NULL);
    FUZZ_ASSERT(json_string_length(json_object_get(payload, "sub")) > 0);
    FUZZ_ASSERT(fuzz_has(json_object_get(payload, "aud"), "api"));

    fuzz_accepted_time(payload);
    fuzz_accepted_scope(payload);
    fuzz_accepted_actor(claims, payload);

    FUZZ_ASSERT(fuzz_same(&claims->tenant, "acme"));
    FUZZ_ASSERT(claims->depth <= policy.max_depth);

    FUZZ_ASSERT(ngx_actor_token_printable(&claims->subject)
                && ngx_actor_token_printable(&claims->id)
                && ngx_actor_token_printable(&claims->client)
                && ngx_actor_token_printable(&claims->actor_issuer)
                && ngx_actor_token_printable(&claims->exports[0]));
}


/* numbers, never strings; 30 seconds of leeway, and a day at most */

static void
fuzz_accepted_time(json_t *payload)
{
    double   start;
    json_t  *exp, *nbf, *iat;

    exp = json_object_get(payload, "exp");
    nbf = json_object_get(payload, "nbf");
    iat = json_object_get(payload, "iat");

    FUZZ_ASSERT(json_is_number(exp));
    FUZZ_ASSERT(json_number_value(exp) > FUZZ_NOW - 30);
    FUZZ_ASSERT(nbf == NULL || json_is_number(nbf));
    FUZZ_ASSERT(iat == NULL || json_is_number(iat));
    FUZZ_ASSERT(iat || nbf);

    FUZZ_ASSERT(nbf == NULL || json_number_value(nbf) < FUZZ_NOW + 31);
    FUZZ_ASSERT(iat == NULL || json_number_value(iat) < FUZZ_NOW + 31);

    start = json_number_value(iat ? iat : nbf);

    FUZZ_ASSERT(json_number_value(exp) - start < 86400 + 1);
}


/* "read" as a word of its own */

static void
fuzz_accepted_scope(json_t *payload)
{
    char        *copy, *word, *state;
    json_t      *value;
    ngx_uint_t   found;

    value = json_object_get(payload, "scope");

    if (value == NULL) {
        value = json_object_get(payload, "scp");
    }

    if (json_is_array(value)) {
        FUZZ_ASSERT(fuzz_has(value, "read"));
        return;
    }

    FUZZ_ASSERT(json_is_string(value));

    found = 0;
    copy = strdup(json_string_value(value));

    for (word = strtok_r(copy, " ", &state);
         word;
         word = strtok_r(NULL, " ", &state))
    {
        found |= (strcmp(word, "read") == 0);
    }

    free(copy);

    FUZZ_ASSERT(found);
}


/* the outermost "act" alone is the actor, and every "act" has a "sub" */

static void
fuzz_accepted_actor(const ngx_actor_token_claims_t *claims, json_t *payload)
{
    json_t      *act, *iss;
    ngx_uint_t   depth;

    act = json_object_get(payload, "act");

    if (act == NULL) {
        FUZZ_ASSERT(claims->depth <= 1);
        return;
    }

    iss = json_object_get(act, "iss");

    if (iss == NULL) {
        iss = json_object_get(payload, "iss");
    }

    /* the issuer may name actors of its own alone */

    FUZZ_ASSERT(fuzz_same(&claims->actors[0].subject,
                          json_string_value(json_object_get(act, "sub"))));
    FUZZ_ASSERT(fuzz_same(&claims->actor_issuer, json_string_value(iss)));
    FUZZ_ASSERT(json_equal(iss, json_object_get(payload, "iss")));
    FUZZ_ASSERT(!json_equal(json_object_get(act, "sub"),
                            json_object_get(payload, "sub")));

    FUZZ_ASSERT(fuzz_same(&claims->actor_tenant, "acme")
                || fuzz_same(&claims->actor_tenant, "bcorp"));

    for (depth = 0; act; act = json_object_get(act, "act")) {
        FUZZ_ASSERT(json_string_length(json_object_get(act, "sub")) > 0);
        depth++;
    }

    FUZZ_ASSERT(depth == claims->depth);
}


/* "wanted", or an array of strings with it */

static ngx_uint_t
fuzz_has(json_t *value, const char *wanted)
{
    size_t       i;
    json_t      *string;
    ngx_uint_t   found;

    found = fuzz_string(value, wanted);

    json_array_foreach(value, i, string) {
        FUZZ_ASSERT(json_is_string(string));
        found |= fuzz_string(string, wanted);
    }

    return found;
}


static ngx_uint_t
fuzz_string(json_t *value, const char *wanted)
{
    return json_is_string(value)
           && json_string_length(value) == strlen(wanted)
           && memcmp(json_string_value(value), wanted, strlen(wanted)) == 0;
}


static ngx_uint_t
fuzz_same(const ngx_str_t *s, const char *wanted)
{
    return wanted && s->len == strlen(wanted)
           && memcmp(s->data, wanted, s->len) == 0;
}
