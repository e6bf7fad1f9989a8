
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


/* a tenant that a block names, for comparing blocks with each other */

typedef struct {
    ngx_str_t                              tenant;
    const ngx_http_actor_token_issuer_t   *block;
    ngx_uint_t                             number;
} ngx_http_actor_token_claimed_t;


static char *ngx_http_actor_token_issuer_tenants(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block);
static char *ngx_http_actor_token_notice_tenants(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf);
static ngx_int_t ngx_http_actor_token_claim_tenant(ngx_array_t *claimed,
    const ngx_str_t *tenant, const ngx_http_actor_token_issuer_t *block);
static void ngx_http_actor_token_notice_shared(ngx_conf_t *cf,
    const ngx_array_t *claimed, const ngx_array_t *any);
static int ngx_libc_cdecl ngx_http_actor_token_cmp_claimed(const void *one,
    const void *two);
static int ngx_http_actor_token_cmp_str(const ngx_str_t *one,
    const ngx_str_t *two);


/* the block has ended: what is missing in it, what contradicts itself */

char *
ngx_http_actor_token_issuer_complete(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block)
{
    ngx_actor_token_issuer_t  *issuer;
    static ngx_str_t           type = ngx_string("at+jwt");
    static ngx_str_t           sub = ngx_string("sub");

    issuer = &block->issuer;

    if (issuer->value.data == NULL) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &block->pos,
            "no \"issuer\" in \"actor_token_issuer %V\": write the exact "
            "\"iss\" of its tokens", &issuer->name);
        return NGX_CONF_ERROR;
    }

    if (block->sources.nelts == 0 && block->key_request.uri.data == NULL) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &block->pos,
            "no source of keys in \"actor_token_issuer %V\": write \"jwks\", "
            "\"key\" or \"key_request\"", &issuer->name);
        return NGX_CONF_ERROR;
    }

    if (issuer->types.nelts == 0 && !issuer->no_type
        && ngx_http_actor_token_append(cf, &issuer->types, &type, 1)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (issuer->subject_claim.nelts == 0
        && ngx_http_actor_token_append(cf, &issuer->subject_claim, &sub, 1)
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (issuer->algs == 0) {
        issuer->algs = ngx_actor_token_alg_default();
    }

    ngx_conf_init_value(issuer->max_lifetime, 24 * 60 * 60);
    ngx_conf_init_value(issuer->leeway, 30);

    if (ngx_http_actor_token_issuer_tenants(cf, block) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_actor_token_keys_load(cf, block);
}


static char *
ngx_http_actor_token_issuer_tenants(ngx_conf_t *cf,
    ngx_http_actor_token_issuer_t *block)
{
    const char                *err;
    ngx_actor_token_issuer_t  *issuer;

    issuer = &block->issuer;
    err = NULL;

    if (issuer->tenant_rule != NGX_ACTOR_TOKEN_TENANT_UNSET) {

        if (issuer->tenant_claim.nelts) {
            err = "\"tenant\" contradicts \"tenant_claim\"";

        } else if (issuer->issuer.templated) {
            err = "\"tenant\" contradicts the template in \"issuer\"";

        } else if (issuer->tenants.nelts
                   && !ngx_actor_token_list_has(&issuer->tenants,
                                                &issuer->tenant))
        {
            err = "\"tenant\" contradicts \"tenants\"";
        }

    } else if (issuer->tenant_claim.nelts) {
        issuer->tenant_rule = NGX_ACTOR_TOKEN_TENANT_CLAIM;

    } else if (issuer->issuer.templated) {
        issuer->tenant_rule = NGX_ACTOR_TOKEN_TENANT_LABEL;

    } else {
        err = "no rule for the tenant: write \"tenant\", \"tenant_claim\", a "
              "\"{tenant}\" template in \"issuer\", or \"tenant off\"";
    }

    if (err) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &block->pos,
                                      "%s in \"actor_token_issuer %V\"", err,
                                      &issuer->name);
        return NGX_CONF_ERROR;
    }

    if (ngx_actor_token_issuer_shared(issuer)
        && issuer->tenants.nelts != 1
        && issuer->actor_tenant_claim.nelts == 0)
    {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &block->pos,
            "issuer \"%V\" speaks for several tenants and has no "
            "\"actor_tenant_claim\": its actors are taken to be of the "
            "token's tenant", &issuer->name);
    }

    return NGX_CONF_OK;
}


ngx_actor_token_issuer_t *
ngx_http_actor_token_issuer_find(ngx_http_actor_token_main_conf_t *mcf,
    const ngx_str_t *name)
{
    return ngx_actor_token_table_value(&mcf->issuer_names, name);
}


/* all blocks are read: what contradicts another of them */

char *
ngx_http_actor_token_issuers_finish(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                       i;
    ngx_actor_token_issuer_t        *other, **issuer;
    ngx_http_actor_token_issuer_t   *block;

    issuer = mcf->trusted.issuers.issuers.elts;

    if (ngx_actor_token_table_init(&mcf->issuer_names, cf->pool,
                                   mcf->trusted.issuers.issuers.nelts)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        block = (ngx_http_actor_token_issuer_t *) issuer[i];

        if (ngx_http_actor_token_issuer_find(mcf, &issuer[i]->name)) {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &block->pos,
                "duplicate \"actor_token_issuer %V\": give each block a name "
                "of its own", &issuer[i]->name);
            return NGX_CONF_ERROR;
        }

        if (ngx_actor_token_table_add(&mcf->issuer_names, &issuer[i]->name,
                                      issuer[i])
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        other = ngx_actor_token_issuers_add(&mcf->trusted.issuers, issuer[i],
                                            cf->pool, cf->temp_pool);

        if (other == NGX_ACTOR_TOKEN_ISSUER_ERROR) {
            return NGX_CONF_ERROR;
        }

        if (other) {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &block->pos,
                "\"issuer\" \"%V\" of \"actor_token_issuer %V\" %s \"%V\" of "
                "\"actor_token_issuer %V\": one \"iss\" belongs to one block",
                &issuer[i]->value, &issuer[i]->name,
                other->issuer.templated
                    ? "is a template that can match the same as"
                    : "is the same as",
                &other->value, &other->name);
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_http_actor_token_keys_compare(cf, mcf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_actor_token_notice_tenants(cf, mcf);
}


/*
 * Tenant names are one namespace.  Where a block names those it speaks
 * for, its author should know who else may speak for them.
 */

static char *
ngx_http_actor_token_notice_tenants(ngx_conf_t *cf,
    ngx_http_actor_token_main_conf_t *mcf)
{
    ngx_uint_t                        i, k;
    ngx_array_t                       claimed, any;
    ngx_actor_token_issuer_t        **issuer;
    ngx_http_actor_token_issuer_t    *block, **p;

    if (ngx_array_init(&claimed, cf->temp_pool, 16,
                       sizeof(ngx_http_actor_token_claimed_t))
        != NGX_OK
        || ngx_array_init(&any, cf->temp_pool, 4,
                          sizeof(ngx_http_actor_token_issuer_t *))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    issuer = mcf->trusted.issuers.issuers.elts;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        block = (ngx_http_actor_token_issuer_t *) issuer[i];

        if (issuer[i]->tenant_rule == NGX_ACTOR_TOKEN_TENANT_SINGLE
            && ngx_http_actor_token_claim_tenant(&claimed, &issuer[i]->tenant,
                                                 block)
               != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }

        if (!ngx_actor_token_issuer_shared(issuer[i])) {
            continue;
        }

        if (issuer[i]->tenants.nelts == 0) {
            p = ngx_array_push(&any);
            if (p == NULL) {
                return NGX_CONF_ERROR;
            }

            *p = block;
        }

        for (k = 0; k < issuer[i]->tenants.nelts; k++) {
            if (ngx_http_actor_token_claim_tenant(&claimed,
                                                  &issuer[i]->tenants.elts[k],
                                                  block)
                != NGX_OK)
            {
                return NGX_CONF_ERROR;
            }
        }
    }

    if (claimed.nelts) {
        ngx_qsort(claimed.elts, claimed.nelts,
                  sizeof(ngx_http_actor_token_claimed_t),
                  ngx_http_actor_token_cmp_claimed);

        ngx_http_actor_token_notice_shared(cf, &claimed, &any);
    }

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_actor_token_claim_tenant(ngx_array_t *claimed,
    const ngx_str_t *tenant, const ngx_http_actor_token_issuer_t *block)
{
    ngx_http_actor_token_claimed_t  *c;

    c = ngx_array_push(claimed);
    if (c == NULL) {
        return NGX_ERROR;
    }

    c->tenant = *tenant;
    c->block = block;
    c->number = claimed->nelts;

    return NGX_OK;
}


/* "claimed" is sorted by tenant, and not empty */

static void
ngx_http_actor_token_notice_shared(ngx_conf_t *cf, const ngx_array_t *claimed,
    const ngx_array_t *any)
{
    ngx_uint_t                        i, k;
    ngx_http_actor_token_issuer_t   **p;
    ngx_http_actor_token_claimed_t   *c;

    c = claimed->elts;
    p = any->elts;

    for (i = 1; i < claimed->nelts; i++) {

        if (c[i - 1].block != c[i].block
            && ngx_actor_token_eq(&c[i - 1].tenant, &c[i].tenant))
        {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE,
                &c[i - 1].block->pos,
                "tenant \"%V\" of issuer \"%V\" may be asserted by issuer "
                "\"%V\" too", &c[i].tenant, &c[i - 1].block->issuer.name,
                &c[i].block->issuer.name);
        }
    }

    for (k = 0; k < any->nelts; k++) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &p[k]->pos,
            "issuer \"%V\" may assert any tenant, \"%V\" of issuer "
            "\"%V\" among them: write its \"tenants\"",
            &p[k]->issuer.name, &c[0].tenant, &c[0].block->issuer.name);
    }
}


static int ngx_libc_cdecl
ngx_http_actor_token_cmp_claimed(const void *one, const void *two)
{
    int                                    rc;
    const ngx_http_actor_token_claimed_t  *first, *second;

    first = one;
    second = two;

    rc = ngx_http_actor_token_cmp_str(&first->tenant, &second->tenant);

    return rc ? rc : (int) first->number - (int) second->number;
}


static int
ngx_http_actor_token_cmp_str(const ngx_str_t *one, const ngx_str_t *two)
{
    return (int) ngx_memn2cmp(one->data, two->data, one->len, two->len);
}
