
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_reader.h>


static ngx_int_t ngx_actor_token_claims_chain(ngx_actor_token_reader_t *rd,
    json_t *act);
static const char *ngx_actor_token_claims_act(json_t *act,
    ngx_actor_token_actor_t *actor);
static ngx_int_t ngx_actor_token_claims_client_actor(
    ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_actor_tenant(
    ngx_actor_token_reader_t *rd, json_t *act);


/*
 * The actor: "act" of any shape wins over the claim that names the actor for
 * issuers that send none.  A fault of "act" is only noted: time, audience
 * and tenant are asked first.
 */

ngx_int_t
ngx_actor_token_claims_actor(ngx_actor_token_reader_t *rd)
{
    json_t                    *act;
    ngx_int_t                  rc;
    ngx_actor_token_claims_t  *claims;

    claims = rd->claims;
    act = json_object_get(rd->payload, "act");

    if (act) {
        rc = ngx_actor_token_claims_chain(rd, act);

    } else if (rd->issuer->actor_claim.nelts) {
        rc = ngx_actor_token_claims_client_actor(rd);

    } else {
        return NGX_OK;
    }

    if (rc != NGX_OK || claims->depth == 0) {
        return rc;
    }

    claims->actor_issuer = claims->actors[0].issuer.data
                           ? claims->actors[0].issuer : claims->issuer;

    if (!ngx_actor_token_printable(&claims->actors[0].subject)
        || !ngx_actor_token_printable(&claims->actor_issuer))
    {
        return ngx_actor_token_reject(rd->verdict, NGX_ACTOR_TOKEN_BAD_CLAIM,
                                      "control character in the actor");
    }

    /* whichever claim names the subject, "act" speaks of what "sub" does */

    claims->actor_self =
           ngx_actor_token_eq(&claims->actor_issuer, &claims->issuer)
           && (ngx_actor_token_eq(&claims->actors[0].subject, &claims->subject)
               || (act && ngx_actor_token_eq(&claims->actors[0].subject,
                                             &rd->sub)));

    return ngx_actor_token_claims_actor_tenant(rd, act);
}


/* the parser has bounded how deep this can go */

static ngx_int_t
ngx_actor_token_claims_chain(ngx_actor_token_reader_t *rd, json_t *act)
{
    ngx_array_t               chain;
    ngx_actor_token_actor_t  *actor;

    if (ngx_array_init(&chain, rd->pool, 4, sizeof(ngx_actor_token_actor_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    for ( /* void */ ; act; act = json_object_get(act, "act")) {

        actor = ngx_array_push(&chain);
        if (actor == NULL) {
            return NGX_ERROR;
        }

        rd->claims->actor_fault = ngx_actor_token_claims_act(act, actor);

        if (rd->claims->actor_fault) {
            return NGX_OK;
        }
    }

    rd->claims->actors = chain.elts;
    rd->claims->depth = chain.nelts;

    return NGX_OK;
}


static const char *
ngx_actor_token_claims_act(json_t *act, ngx_actor_token_actor_t *actor)
{
    json_t  *iss;

    ngx_memzero(actor, sizeof(ngx_actor_token_actor_t));

    if (!json_is_object(act)) {
        return "\"act\" is not an object";
    }

    if (ngx_actor_token_json_string(json_object_get(act, "sub"),
                                    &actor->subject)
        != NGX_OK
        || actor->subject.len == 0)
    {
        return "\"act\" has no non-empty string \"sub\"";
    }

    iss = json_object_get(act, "iss");

    if (iss
        && (ngx_actor_token_json_string(iss, &actor->issuer) != NGX_OK
            || actor->issuer.len == 0))
    {
        return "\"act\" has an \"iss\" that is no non-empty string";
    }

    return NULL;
}


/* the actor of issuers that name it in a claim such as "azp" */

static ngx_int_t
ngx_actor_token_claims_client_actor(ngx_actor_token_reader_t *rd)
{
    json_t                          *value;
    ngx_str_t                        s;
    ngx_actor_token_actor_t         *actor;
    ngx_actor_token_claims_t        *claims;
    const ngx_actor_token_issuer_t  *issuer;

    claims = rd->claims;
    issuer = rd->issuer;

    if (issuer->unless_claim.len) {
        value = json_object_get(rd->payload,
                                (char *) issuer->unless_claim.data);

        if (ngx_actor_token_json_string(value, &s) == NGX_OK
            && ngx_actor_token_eq(&s, &issuer->unless_value))
        {
            return NGX_OK;
        }
    }

    value = ngx_actor_token_json_path(rd->payload, &issuer->actor_claim);

    if (value == NULL) {
        return NGX_OK;
    }

    if (ngx_actor_token_json_string(value, &s) != NGX_OK || s.len == 0) {
        claims->actor_fault = "the actor claim is no non-empty string";
        return NGX_OK;
    }

    if (ngx_actor_token_eq(&s, &claims->subject)) {
        return NGX_OK;
    }

    actor = ngx_pcalloc(rd->pool, sizeof(ngx_actor_token_actor_t));
    if (actor == NULL) {
        return NGX_ERROR;
    }

    actor->subject = s;

    claims->actors = actor;
    claims->depth = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_claims_actor_tenant(ngx_actor_token_reader_t *rd, json_t *act)
{
    json_t                    *value;
    ngx_actor_token_claims_t  *claims;

    claims = rd->claims;

    if (rd->issuer->actor_tenant_claim.nelts) {

        value = ngx_actor_token_json_path(act,
                                          &rd->issuer->actor_tenant_claim);

        if (ngx_actor_token_json_string(value, &claims->actor_tenant)
            != NGX_OK
            || claims->actor_tenant.len == 0)
        {
            claims->actor_tenant_fault = "the actor's tenant is not named";
            return NGX_OK;
        }

        if (!ngx_actor_token_printable(&claims->actor_tenant)) {
            return ngx_actor_token_reject(rd->verdict,
                                          NGX_ACTOR_TOKEN_BAD_CLAIM,
                                          "control character in the actor's "
                                          "tenant");
        }

        return NGX_OK;
    }

    ngx_actor_token_claims_home(rd->issuers, claims);

    return NGX_OK;
}


/* the tenant of whoever names the actor, where that is one tenant */

void
ngx_actor_token_claims_home(const ngx_actor_token_issuers_t *issuers,
    ngx_actor_token_claims_t *claims)
{
    ngx_str_t                        label;
    const ngx_actor_token_issuer_t  *issuer;

    if (claims->depth == 0) {
        return;
    }

    claims->actor_tenant = claims->tenant;

    if (claims->actors[0].issuer.data == NULL) {
        return;
    }

    issuer = ngx_actor_token_issuers_find(issuers, &claims->actors[0].issuer,
                                          &label);
    if (issuer == NULL) {
        return;
    }

    if (issuer->tenant_rule == NGX_ACTOR_TOKEN_TENANT_SINGLE) {
        claims->actor_tenant = issuer->tenant;

    } else if (issuer->issuer.templated) {
        claims->actor_tenant = label;
    }
}
