
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static char *ngx_http_actor_token_check_claims(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);
static ngx_uint_t ngx_http_actor_token_uses(const ngx_array_t *values,
    const ngx_str_t *name);
static char *ngx_http_actor_token_check_trusted(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);
static char *ngx_http_actor_token_check_actors(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);
static void ngx_http_actor_token_notice_actors(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);
static ngx_int_t ngx_http_actor_token_make_policy(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);
static char *ngx_http_actor_token_trust_resolve(ngx_conf_t *cf,
    ngx_http_actor_token_trust_t *trust);
static char *ngx_http_actor_token_actors_resolve(ngx_conf_t *cf,
    ngx_http_actor_token_actors_t *actors);


void *
ngx_http_actor_token_create_loc_conf(ngx_conf_t *cf)
{
    ngx_http_actor_token_loc_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_actor_token_loc_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    conf->realm = NGX_CONF_UNSET_PTR;
    conf->trust = NGX_CONF_UNSET_PTR;
    conf->audience = NGX_CONF_UNSET_PTR;
    conf->tenant = NGX_CONF_UNSET_PTR;
    conf->delegation = NGX_CONF_UNSET_UINT;
    conf->actors = NGX_CONF_UNSET_PTR;
    conf->federation = NGX_CONF_UNSET_PTR;
    conf->max_depth = NGX_CONF_UNSET_UINT;
    conf->scope = NGX_CONF_UNSET_PTR;
    conf->require = NGX_CONF_UNSET_PTR;
    conf->dry_run = NGX_CONF_UNSET;
    conf->forward = NGX_CONF_UNSET;
    conf->resource_metadata = NGX_CONF_UNSET_PTR;
    conf->log_level = NGX_CONF_UNSET_UINT;
    conf->max_size = NGX_CONF_UNSET_SIZE;
#if (NGX_THREADS)
    conf->threads = NGX_CONF_UNSET_PTR;
#endif

    return conf;
}


char *
ngx_http_actor_token_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_actor_token_loc_conf_t *prev = parent;
    ngx_http_actor_token_loc_conf_t *conf = child;

    conf->own_actors = (conf->actors != NGX_CONF_UNSET_PTR);

    if (conf->realm == NGX_CONF_UNSET_PTR) {
        conf->source = prev->source;
        conf->pos = prev->pos;
    }

    ngx_conf_merge_ptr_value(conf->realm, prev->realm, NULL);

    /* audience and tenant stay unset where nobody has set them */

    ngx_conf_merge_ptr_value(conf->audience, prev->audience,
                             NGX_CONF_UNSET_PTR);
    ngx_conf_merge_ptr_value(conf->tenant, prev->tenant, NGX_CONF_UNSET_PTR);

    ngx_conf_merge_ptr_value(conf->trust, prev->trust, NGX_CONF_UNSET_PTR);
    ngx_conf_merge_uint_value(conf->delegation, prev->delegation,
                              NGX_ACTOR_TOKEN_DELEGATE_REQUIRED);
    ngx_conf_merge_ptr_value(conf->actors, prev->actors, NULL);
    ngx_conf_merge_ptr_value(conf->federation, prev->federation, NULL);
    ngx_conf_merge_uint_value(conf->max_depth, prev->max_depth, 4);
    ngx_conf_merge_ptr_value(conf->scope, prev->scope, NULL);
    ngx_conf_merge_ptr_value(conf->require, prev->require, NULL);
    ngx_conf_merge_value(conf->dry_run, prev->dry_run, 0);
    ngx_conf_merge_value(conf->forward, prev->forward, 0);
    ngx_conf_merge_ptr_value(conf->resource_metadata, prev->resource_metadata,
                             NULL);
    ngx_conf_merge_uint_value(conf->log_level, prev->log_level, NGX_LOG_ERR);
    ngx_conf_merge_size_value(conf->max_size, prev->max_size, 8192);
#if (NGX_THREADS)
    ngx_conf_merge_ptr_value(conf->threads, prev->threads, NULL);
#endif

    if (ngx_http_actor_token_check_level(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_actor_token_make_policy(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


ngx_uint_t
ngx_http_actor_token_is_set(const void *p)
{
    return p != NULL && p != NGX_CONF_UNSET_PTR;
}


char *
ngx_http_actor_token_check_level(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_http_actor_token_main_conf_t  *mcf;

    if (ngx_http_actor_token_is_set(conf->trust)
        && ngx_http_actor_token_trust_resolve(cf, conf->trust)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_actor_token_is_set(conf->actors)
        && ngx_http_actor_token_actors_resolve(cf, conf->actors)
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (!ngx_http_actor_token_is_set(conf->realm)) {
        return NGX_CONF_OK;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    if (mcf->trusted.issuers.issuers.nelts == 0) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &conf->pos,
            "\"actor_token\" is on, but no issuer is trusted: write an "
            "\"actor_token_issuer\" block at the http level");
        return NGX_CONF_ERROR;
    }

    if (conf->audience == NGX_CONF_UNSET_PTR) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &conf->pos,
            "\"actor_token\" is on, here or at a level that inherits it, "
            "without \"actor_token_audience\": name the audiences of this "
            "service, or write \"off\"");
        return NGX_CONF_ERROR;
    }

    if (conf->tenant == NGX_CONF_UNSET_PTR) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &conf->pos,
            "\"actor_token\" is on, here or at a level that inherits it, "
            "without \"actor_token_tenant\": name the tenant of the request, "
            "or write \"off\"");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_actor_token_check_trusted(cf, conf) != NGX_CONF_OK
        || ngx_http_actor_token_check_claims(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (conf->own
        && conf->forward != 1
        && conf->source.type == NGX_HTTP_ACTOR_TOKEN_VARIABLE)
    {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &conf->pos,
            "the token in \"$%V\" cannot be kept from upstreams: "
            "only headers ($http_...) and cookies ($cookie_...) can be "
            "removed", &conf->source.name);
    }

    return NGX_CONF_OK;
}


/*
 * The variables of actor_token_claim_set, which may come after the
 * directives that use them; $actor_token_... are refused where they stand.
 */

static char *
ngx_http_actor_token_check_claims(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_str_t                         *name, *bad;
    ngx_uint_t                         i;
    ngx_array_t                        tenant;
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    tenant.elts = conf->tenant;
    tenant.nelts = conf->tenant ? 1 : 0;

    name = mcf->claim_variables.elts;
    bad = NULL;

    for (i = 0; i < mcf->claim_variables.nelts && bad == NULL; i++) {

        if ((conf->source.type == NGX_HTTP_ACTOR_TOKEN_VARIABLE
             && ngx_actor_token_eq(&conf->source.name, &name[i]))
            || ngx_http_actor_token_uses(&tenant, &name[i])
            || (conf->audience
                && ngx_http_actor_token_uses(conf->audience, &name[i]))
            || (ngx_http_actor_token_is_set(conf->federation)
                && ngx_http_actor_token_uses(conf->federation, &name[i])))
        {
            bad = &name[i];
        }
    }

    if (bad) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &conf->pos,
            "\"token=\", \"actor_token_audience\", \"actor_token_tenant\" "
            "and \"actor_token_federation\" cannot depend on what the token "
            "says, but one of them uses \"$%V\"", bad);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* whether one of these ngx_http_complex_value_t has the variable */

static ngx_uint_t
ngx_http_actor_token_uses(const ngx_array_t *values, const ngx_str_t *name)
{
    u_char                    *p, *start, *last;
    ngx_uint_t                 i;
    ngx_http_complex_value_t  *cv;

    cv = values->elts;

    for (i = 0; i < values->nelts; i++) {

        last = cv[i].value.data + cv[i].value.len;

        for (p = cv[i].value.data; p < last; p++) {

            if (*p != '$') {
                continue;
            }

            start = (p + 1 < last && p[1] == '{') ? p + 2 : p + 1;

            for (p = start; p < last && (isalnum(*p) || *p == '_'); p++) {
                /* void */
            }

            if ((size_t) (p - start) == name->len
                && ngx_strncasecmp(start, name->data, name->len) == 0)
            {
                return 1;
            }

            p--;
        }
    }

    return 0;
}


static char *
ngx_http_actor_token_check_trusted(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_uint_t                         i, n;
    ngx_actor_token_issuer_t         **issuer;
    ngx_http_actor_token_trust_t      *trust;
    ngx_http_actor_token_issuer_t     *block;
    ngx_http_actor_token_main_conf_t  *mcf;

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    issuer = mcf->trusted.issuers.issuers.elts;
    trust = ngx_http_actor_token_is_set(conf->trust) ? conf->trust : NULL;
    n = 0;

    for (i = 0; i < mcf->trusted.issuers.issuers.nelts; i++) {

        if (trust && (trust->bits[i / 8] & (1 << (i % 8))) == 0) {
            continue;
        }

        n++;

        if (issuer[i]->tenant_rule == NGX_ACTOR_TOKEN_TENANT_OFF
            && conf->tenant)
        {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &conf->pos,
                "\"actor_token_tenant\" is compared here, but the trusted "
                "issuer \"%V\" has \"tenant off\": leave it out of "
                "\"actor_token_trust\"", &issuer[i]->name);
            return NGX_CONF_ERROR;
        }
    }

    for (i = 0; conf->tenant == NULL && i < mcf->trusted.issuers.issuers.nelts;
         i++)
    {
        block = (ngx_http_actor_token_issuer_t *) issuer[i];

        if (block->request && block->request->tenants
            && issuer[i]->tenants.nelts == 0
            && (trust == NULL || (trust->bits[i / 8] & (1 << (i % 8)))))
        {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &conf->pos,
                "\"actor_token_tenant\" is \"off\" here, so that whoever "
                "names a tenant could have the keys of the trusted issuer "
                "\"%V\" fetched: list its \"tenants\"", &issuer[i]->name);
            return NGX_CONF_ERROR;
        }
    }

    if (conf->own_actors && conf->actors
        && ngx_http_actor_token_check_actors(cf, conf) != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    if (n < 2) {
        return NGX_CONF_OK;
    }

    if (conf->own && conf->trust == NGX_CONF_UNSET_PTR) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &conf->pos,
            "\"actor_token_trust\" is not set, all %ui issuers are trusted",
            n);
    }

    if (ngx_http_actor_token_is_set(conf->actors)) {
        ngx_http_actor_token_notice_actors(cf, conf);
    }

    return NGX_CONF_OK;
}


/* a line that can match nothing, unless it was written for other levels */

static char *
ngx_http_actor_token_check_actors(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_uint_t                   i;
    ngx_actor_token_admit_t     *admit;
    ngx_http_actor_token_pos_t  *pos;

    if (!ngx_http_actor_token_is_set(conf->trust)) {
        return NGX_CONF_OK;
    }

    admit = conf->actors->admits.elts;
    pos = conf->actors->pos.elts;

    for (i = 0; i < conf->actors->admits.nelts; i++) {

        if (admit[i].issuer
            && (conf->trust->bits[admit[i].issuer->index / 8]
                & (1 << (admit[i].issuer->index % 8)))
               == 0)
        {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &pos[i],
                "\"actor_token_actors\" is for issuer \"%V\", which "
                "\"actor_token_trust\" does not name at this level",
                &admit[i].block);
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static void
ngx_http_actor_token_notice_actors(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_uint_t                   i;
    ngx_actor_token_admit_t     *admit;
    ngx_http_actor_token_pos_t  *pos;

    admit = conf->actors->admits.elts;
    pos = conf->actors->pos.elts;

    for (i = 0; i < conf->actors->admits.nelts; i++) {

        /* once is enough: the position goes with the notice */

        if (admit[i].block.len || admit[i].iss.len || pos[i].line == 0) {
            continue;
        }

        ngx_http_actor_token_conf_log(cf, NGX_LOG_NOTICE, &pos[i],
            "\"actor_token_actors\" without \"issuer=\" or \"iss=\" admits "
            "these names of each trusted issuer's own namespace");

        pos[i].line = 0;
    }
}


static ngx_int_t
ngx_http_actor_token_make_policy(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_actor_token_policy_t  *policy;

    policy = &conf->policy;

    policy->max_size = conf->max_size;
    policy->max_depth = conf->max_depth;
    policy->delegation = conf->delegation;

    if (ngx_http_actor_token_is_set(conf->trust)) {
        policy->trusted = conf->trust->bits;

    } else {
        policy->trust_any = 1;
    }

    if (conf->audience == NULL) {
        policy->check_audience = NGX_ACTOR_TOKEN_COMPARE_OFF;

    } else if (conf->audience != NGX_CONF_UNSET_PTR) {
        policy->check_audience = NGX_ACTOR_TOKEN_COMPARE;
    }

    if (conf->tenant == NULL) {
        policy->check_tenant = NGX_ACTOR_TOKEN_COMPARE_OFF;

    } else if (conf->tenant != NGX_CONF_UNSET_PTR) {
        policy->check_tenant = NGX_ACTOR_TOKEN_COMPARE;
    }

    if (conf->actors) {
        policy->actors = &conf->actors->index;

    } else {
        policy->actors_any = 1;
    }

    if (conf->scope) {
        policy->scopes.elts = conf->scope->elts;
        policy->scopes.nelts = conf->scope->nelts;
    }

    return NGX_OK;
}


static char *
ngx_http_actor_token_trust_resolve(ngx_conf_t *cf,
    ngx_http_actor_token_trust_t *trust)
{
    ngx_str_t                         *name;
    ngx_uint_t                         i;
    ngx_actor_token_issuer_t          *issuer;
    ngx_http_actor_token_main_conf_t  *mcf;

    if (trust->bits) {
        return NGX_CONF_OK;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    trust->bits = ngx_pcalloc(cf->pool,
                              mcf->trusted.issuers.issuers.nelts / 8 + 1);
    if (trust->bits == NULL) {
        return NGX_CONF_ERROR;
    }

    name = trust->names.elts;

    for (i = 0; i < trust->names.nelts; i++) {

        issuer = ngx_http_actor_token_issuer_find(mcf, &name[i]);

        if (issuer == NULL) {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &trust->pos,
                "unknown issuer \"%V\" in \"actor_token_trust\": there is no "
                "\"actor_token_issuer %V\" block", &name[i], &name[i]);
            return NGX_CONF_ERROR;
        }

        trust->bits[issuer->index / 8] |= 1 << (issuer->index % 8);
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_actors_resolve(ngx_conf_t *cf,
    ngx_http_actor_token_actors_t *actors)
{
    ngx_uint_t                         i;
    ngx_actor_token_admit_t           *admit;
    ngx_http_actor_token_pos_t        *pos;
    ngx_http_actor_token_main_conf_t  *mcf;

    if (actors->resolved) {
        return NGX_CONF_OK;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);

    admit = actors->admits.elts;
    pos = actors->pos.elts;

    for (i = 0; i < actors->admits.nelts; i++) {

        if (admit[i].block.len == 0) {
            continue;
        }

        admit[i].issuer = ngx_http_actor_token_issuer_find(mcf,
                                                           &admit[i].block);

        if (admit[i].issuer == NULL) {
            ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &pos[i],
                "unknown issuer \"%V\" in \"actor_token_actors\": there is no "
                "\"actor_token_issuer %V\" block", &admit[i].block,
                &admit[i].block);
            return NGX_CONF_ERROR;
        }
    }

    if (ngx_actor_token_actors_init(&actors->index, cf->pool, &actors->admits)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    actors->resolved = 1;

    return NGX_CONF_OK;
}


void
ngx_http_actor_token_here(ngx_conf_t *cf, ngx_http_actor_token_pos_t *pos)
{
    pos->file = cf->conf_file->file.name;
    pos->line = cf->conf_file->line;
}


void ngx_cdecl
ngx_http_actor_token_conf_log(ngx_conf_t *cf, ngx_uint_t level,
    const ngx_http_actor_token_pos_t *pos, const char *fmt, ...)
{
    u_char    text[NGX_MAX_CONF_ERRSTR], *p;
    va_list   args;

    va_start(args, fmt);
    p = ngx_vslprintf(text, text + NGX_MAX_CONF_ERRSTR, fmt, args);
    va_end(args);

    ngx_log_error(level, cf->log, 0, "%*s in %V:%ui",
                  p - text, text, &pos->file, pos->line);
}
