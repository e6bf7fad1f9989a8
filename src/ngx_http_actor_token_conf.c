
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static char *ngx_http_actor_token_set_source(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *alcf, ngx_str_t *value);
static ngx_uint_t ngx_http_actor_token_own_variable(const ngx_str_t *value);
static char *ngx_http_actor_token_refuse_own(ngx_conf_t *cf,
    const ngx_str_t *directive, const ngx_str_t *value);
static ngx_uint_t ngx_http_actor_token_client_variable(
    const ngx_str_t *value);
static char *ngx_http_actor_token_compile(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_complex_value_t *cv);

static char *ngx_http_actor_token_trust_resolve(ngx_conf_t *cf,
    ngx_http_actor_token_trust_t *trust);
static char *ngx_http_actor_token_actors_resolve(ngx_conf_t *cf,
    ngx_http_actor_token_actors_t *actors);
static ngx_int_t ngx_http_actor_token_make_policy(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);
static char *ngx_http_actor_token_check_trusted(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);
static void ngx_http_actor_token_notice_actors(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf);

static ngx_inline ngx_uint_t ngx_http_actor_token_is_set(const void *p);


static ngx_conf_enum_t  ngx_http_actor_token_delegations[] = {
    { ngx_string("required"), NGX_ACTOR_TOKEN_DELEGATE_REQUIRED },
    { ngx_string("optional"), NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL },
    { ngx_string("forbidden"), NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN },
    { ngx_null_string, 0 }
};


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

    return conf;
}


char *
ngx_http_actor_token_merge_loc_conf(ngx_conf_t *cf, void *parent, void *child)
{
    ngx_http_actor_token_loc_conf_t *prev = parent;
    ngx_http_actor_token_loc_conf_t *conf = child;

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

    if (ngx_http_actor_token_check_level(cf, conf) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    if (ngx_http_actor_token_make_policy(cf, conf) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


/* neither unset nor "off" */

static ngx_inline ngx_uint_t
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
            "\"actor_token\" is on, but no \"actor_token_audience\" is set at "
            "this level or a level within: name the audiences of this "
            "service, or write \"off\"");
        return NGX_CONF_ERROR;
    }

    if (conf->tenant == NGX_CONF_UNSET_PTR) {
        ngx_http_actor_token_conf_log(cf, NGX_LOG_EMERG, &conf->pos,
            "\"actor_token\" is on, but no \"actor_token_tenant\" is set at "
            "this level or a level within: name the tenant of the request, "
            "or write \"off\"");
        return NGX_CONF_ERROR;
    }

    if (ngx_http_actor_token_check_trusted(cf, conf) != NGX_CONF_OK) {
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


static char *
ngx_http_actor_token_check_trusted(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *conf)
{
    ngx_uint_t                         i, n;
    ngx_actor_token_issuer_t         **issuer;
    ngx_http_actor_token_trust_t      *trust;
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
        policy->actors = &conf->actors->admits;

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

    actors->resolved = 1;

    return NGX_CONF_OK;
}


char *
ngx_http_actor_token_set_realm(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_actor_token_loc_conf_t *alcf = conf;

    ngx_str_t  *value;

    if (alcf->realm != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    alcf->own = 1;
    ngx_http_actor_token_here(cf, &alcf->pos);

    if (ngx_actor_token_is(&value[1], "off")) {
        if (cf->args->nelts > 2) {
            return "takes nothing else with \"off\"";
        }

        alcf->realm = NULL;
        return NGX_CONF_OK;
    }

    if (cf->args->nelts > 2
        && ngx_http_actor_token_set_source(cf, alcf, &value[2])
           != NGX_CONF_OK)
    {
        return NGX_CONF_ERROR;
    }

    alcf->realm = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (alcf->realm == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_actor_token_compile(cf, &value[1], alcf->realm);
}


static char *
ngx_http_actor_token_set_source(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *alcf, ngx_str_t *value)
{
    u_char                         ch;
    size_t                         i;
    ngx_str_t                      name;
    ngx_http_actor_token_source_t *source;

    if (value->len < 8 || ngx_strncmp(value->data, "token=$", 7) != 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid parameter \"%V\" of \"actor_token\": "
                           "write \"token=$variable\"", value);
        return NGX_CONF_ERROR;
    }

    name.data = value->data + 7;
    name.len = value->len - 7;

    for (i = 0; i < name.len; i++) {
        ch = ngx_tolower(name.data[i]);

        if ((ch < 'a' || ch > 'z') && (ch < '0' || ch > '9') && ch != '_') {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is not the name of one variable",
                               value);
            return NGX_CONF_ERROR;
        }

        name.data[i] = ch;
    }

    if (name.len >= 12
        && ngx_strncmp(name.data, "actor_token_", 12) == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the token cannot come from \"$%V\", which is made "
                           "from the token", &name);
        return NGX_CONF_ERROR;
    }

    if ((name.len > 4 && ngx_strncmp(name.data, "arg_", 4) == 0)
        || (name.len >= 7 && ngx_strncmp(name.data, "request", 7) == 0))
    {
        ngx_conf_log_error(NGX_LOG_NOTICE, cf, 0,
                           "a token in \"$%V\" will be logged: take it from a "
                           "header or a cookie", &name);
    }

    source = &alcf->source;

    if (name.len > 5 && ngx_strncmp(name.data, "http_", 5) == 0) {
        source->type = NGX_HTTP_ACTOR_TOKEN_HEADER;
        name.data += 5;
        name.len -= 5;

    } else if (name.len > 7 && ngx_strncmp(name.data, "cookie_", 7) == 0) {
        source->type = NGX_HTTP_ACTOR_TOKEN_COOKIE;
        name.data += 7;
        name.len -= 7;

    } else {
        source->type = NGX_HTTP_ACTOR_TOKEN_VARIABLE;

        source->index = ngx_http_get_variable_index(cf, &name);
        if (source->index == NGX_ERROR) {
            return NGX_CONF_ERROR;
        }
    }

    source->name = name;

    return NGX_CONF_OK;
}


char *
ngx_http_actor_token_set_trust(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_actor_token_loc_conf_t *alcf = conf;

    ngx_str_t                     *value, *name;
    ngx_uint_t                     i;
    ngx_http_actor_token_trust_t  *trust;

    if (alcf->trust != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_actor_token_is(&value[1], "any")) {
        alcf->trust = NULL;
        return NGX_CONF_OK;
    }

    trust = ngx_pcalloc(cf->pool, sizeof(ngx_http_actor_token_trust_t));
    if (trust == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_http_actor_token_here(cf, &trust->pos);

    if (ngx_array_init(&trust->names, cf->pool, cf->args->nelts,
                       sizeof(ngx_str_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {
        name = ngx_array_push(&trust->names);
        if (name == NULL) {
            return NGX_CONF_ERROR;
        }

        *name = value[i];
    }

    alcf->trust = trust;

    return NGX_CONF_OK;
}


/* a list of values with variables, or "off" */

char *
ngx_http_actor_token_set_values(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    char  *p = conf;

    ngx_str_t                  *value;
    ngx_uint_t                  i;
    ngx_array_t               **array;
    ngx_http_complex_value_t   *cv;

    array = (ngx_array_t **) (p + cmd->offset);

    if (*array != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_actor_token_is(&value[1], "off")) {
        *array = NULL;
        return NGX_CONF_OK;
    }

    *array = ngx_array_create(cf->pool, cf->args->nelts - 1,
                              sizeof(ngx_http_complex_value_t));
    if (*array == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_http_actor_token_own_variable(&value[i])) {
            return ngx_http_actor_token_refuse_own(cf, &value[0], &value[i]);
        }

        cv = ngx_array_push(*array);
        if (cv == NULL) {
            return NGX_CONF_ERROR;
        }

        if (ngx_http_actor_token_compile(cf, &value[i], cv) != NGX_CONF_OK) {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


/* one value with variables, or "off" */

char *
ngx_http_actor_token_set_value(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t                  *value;
    ngx_http_complex_value_t  **cv;

    cv = (ngx_http_complex_value_t **) (p + cmd->offset);

    if (*cv != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_actor_token_is(&value[1], "off")) {
        *cv = NULL;
        return NGX_CONF_OK;
    }

    if (cmd->offset == offsetof(ngx_http_actor_token_loc_conf_t, tenant)) {

        if (ngx_http_actor_token_own_variable(&value[1])) {
            return ngx_http_actor_token_refuse_own(cf, &value[0], &value[1]);
        }

        if (ngx_http_actor_token_client_variable(&value[1])) {
            ngx_conf_log_error(NGX_LOG_NOTICE, cf, 0,
                               "\"actor_token_tenant %V\" lets the client "
                               "choose the tenant: make it from the host by "
                               "\"map\"", &value[1]);
        }
    }

    *cv = ngx_palloc(cf->pool, sizeof(ngx_http_complex_value_t));
    if (*cv == NULL) {
        return NGX_CONF_ERROR;
    }

    return ngx_http_actor_token_compile(cf, &value[1], *cv);
}


static char *
ngx_http_actor_token_compile(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_complex_value_t *cv)
{
    ngx_http_compile_complex_value_t  ccv;

    ngx_memzero(&ccv, sizeof(ngx_http_compile_complex_value_t));

    ccv.cf = cf;
    ccv.value = value;
    ccv.complex_value = cv;

    return (ngx_http_compile_complex_value(&ccv) == NGX_OK)
           ? NGX_CONF_OK : NGX_CONF_ERROR;
}


/* the names of variables ignore case */

static ngx_uint_t
ngx_http_actor_token_own_variable(const ngx_str_t *value)
{
    u_char  *last = value->data + value->len;

    return ngx_strlcasestrn(value->data, last,
                            (u_char *) "$actor_token_", 13 - 1)
           || ngx_strlcasestrn(value->data, last,
                               (u_char *) "${actor_token_", 14 - 1);
}


static char *
ngx_http_actor_token_refuse_own(ngx_conf_t *cf, const ngx_str_t *directive,
    const ngx_str_t *value)
{
    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"%V\" cannot depend on what the token says: "
                       "\"%V\" is empty while it is evaluated",
                       directive, value);

    return NGX_CONF_ERROR;
}


/* whether a variable in the value is a header, cookie or argument */

static ngx_uint_t
ngx_http_actor_token_client_variable(const ngx_str_t *value)
{
    u_char     *p, *last;
    ngx_str_t   name;

    last = value->data + value->len;

    for (p = value->data; p < last; p++) {

        if (*p != '$') {
            continue;
        }

        name.data = p + 1;

        if (name.data < last && *name.data == '{') {
            name.data++;
        }

        for (p = name.data; p < last; p++) {
            if (!isalnum(*p) && *p != '_') {
                break;
            }
        }

        name.len = p-- - name.data;

        if (name.len == 9
            && ngx_strncasecmp(name.data, (u_char *) "http_host", 9) == 0)
        {
            continue;
        }

        if ((name.len > 4
             && ngx_strncasecmp(name.data, (u_char *) "arg_", 4) == 0)
            || (name.len > 5
                && ngx_strncasecmp(name.data, (u_char *) "http_", 5) == 0)
            || (name.len > 7
                && ngx_strncasecmp(name.data, (u_char *) "cookie_", 7) == 0))
        {
            return 1;
        }
    }

    return 0;
}


char *
ngx_http_actor_token_set_delegation(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_actor_token_loc_conf_t *alcf = conf;

    ngx_str_t        *value;
    ngx_conf_enum_t  *e;

    if (alcf->delegation != NGX_CONF_UNSET_UINT) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (e = ngx_http_actor_token_delegations; e->name.len; e++) {

        if (!ngx_actor_token_eq(&e->name, &value[1])) {
            continue;
        }

        if (e->value == NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN
            && ngx_http_actor_token_is_set(alcf->actors))
        {
            return "forbidden contradicts \"actor_token_actors\" at the same "
                   "level: no token with an actor would be accepted";
        }

        alcf->delegation = e->value;

        return NGX_CONF_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "invalid value \"%V\" in \"actor_token_delegation\": "
                       "write \"required\", \"optional\" or \"forbidden\"",
                       &value[1]);

    return NGX_CONF_ERROR;
}


char *
ngx_http_actor_token_set_actors(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_actor_token_loc_conf_t *alcf = conf;

    ngx_str_t                   *value;
    ngx_uint_t                   i;
    const char                  *err;
    ngx_actor_token_admit_t     *admit;
    ngx_actor_token_pattern_t   *pattern;
    ngx_http_actor_token_pos_t  *pos;

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_actor_token_is(&value[1], "any")) {

        if (alcf->actors != NGX_CONF_UNSET_PTR) {
            return "any contradicts another \"actor_token_actors\" at the "
                   "same level";
        }

        alcf->actors = NULL;
        return NGX_CONF_OK;
    }

    if (alcf->actors == NULL) {
        return "contradicts \"actor_token_actors any\" at the same level";
    }

    if (alcf->delegation == NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN) {
        return "contradicts \"actor_token_delegation forbidden\" at the same "
               "level: no token with an actor would be accepted";
    }

    if (alcf->actors == NGX_CONF_UNSET_PTR) {
        alcf->actors = ngx_pcalloc(cf->pool,
                                   sizeof(ngx_http_actor_token_actors_t));
        if (alcf->actors == NULL) {
            return NGX_CONF_ERROR;
        }

        if (ngx_array_init(&alcf->actors->admits, cf->pool, 4,
                           sizeof(ngx_actor_token_admit_t))
            != NGX_OK
            || ngx_array_init(&alcf->actors->pos, cf->pool, 4,
                              sizeof(ngx_http_actor_token_pos_t))
               != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    admit = ngx_array_push(&alcf->actors->admits);
    pos = ngx_array_push(&alcf->actors->pos);

    if (admit == NULL || pos == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(admit, sizeof(ngx_actor_token_admit_t));
    ngx_http_actor_token_here(cf, pos);

    if (ngx_array_init(&admit->patterns, cf->pool, cf->args->nelts,
                       sizeof(ngx_actor_token_pattern_t))
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (value[i].len >= 7 && ngx_strncmp(value[i].data, "issuer=", 7) == 0)
        {
            if (admit->block.len || value[i].len == 7) {
                return "needs one name after \"issuer=\"";
            }

            admit->block.data = value[i].data + 7;
            admit->block.len = value[i].len - 7;
            continue;
        }

        if (value[i].len >= 4 && ngx_strncmp(value[i].data, "iss=", 4) == 0) {

            if (admit->iss.len || value[i].len == 4) {
                return "needs one identifier after \"iss=\"";
            }

            admit->iss.data = value[i].data + 4;
            admit->iss.len = value[i].len - 4;
            continue;
        }

        pattern = ngx_array_push(&admit->patterns);
        if (pattern == NULL) {
            return NGX_CONF_ERROR;
        }

        err = ngx_actor_token_pattern_compile(cf, &value[i], pattern);

        if (err) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "pattern \"%V\" of \"actor_token_actors\" %s",
                               &value[i], err);
            return NGX_CONF_ERROR;
        }
    }

    if (admit->patterns.nelts == 0) {
        return "has no pattern: name an actor, \"prefix*\" or \"~regex\"";
    }

    return NGX_CONF_OK;
}


char *
ngx_http_actor_token_set_scope(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_actor_token_loc_conf_t *alcf = conf;

    size_t       k;
    u_char       ch;
    ngx_str_t   *value, *scope;
    ngx_uint_t   i;

    if (alcf->scope != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_actor_token_is(&value[1], "off")) {
        alcf->scope = NULL;
        return NGX_CONF_OK;
    }

    alcf->scope = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                   sizeof(ngx_str_t));
    if (alcf->scope == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        /* RFC 6749, section 3.3: what a scope may be made of */

        for (k = 0; k < value[i].len; k++) {
            ch = value[i].data[k];

            if (ch <= 0x20 || ch >= 0x7f || ch == '"' || ch == '\\') {
                break;
            }
        }

        if (value[i].len == 0 || k < value[i].len) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%V\" is not one scope: write scopes as "
                               "parameters of their own, without spaces, "
                               "quotes and backslashes", &value[i]);
            return NGX_CONF_ERROR;
        }

        scope = ngx_array_push(alcf->scope);
        if (scope == NULL) {
            return NGX_CONF_ERROR;
        }

        *scope = value[i];
    }

    return NGX_CONF_OK;
}


char *
ngx_http_actor_token_set_require(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_actor_token_loc_conf_t *alcf = conf;

    ngx_str_t                       *value;
    ngx_uint_t                       i, n, status;
    ngx_http_actor_token_require_t  *req;

    value = cf->args->elts;
    n = cf->args->nelts;

    if (n == 2 && ngx_actor_token_is(&value[1], "off")) {

        if (alcf->require != NGX_CONF_UNSET_PTR) {
            return "off contradicts another \"actor_token_require\" at the "
                   "same level";
        }

        alcf->require = NULL;
        return NGX_CONF_OK;
    }

    if (alcf->require == NULL) {
        return "contradicts \"actor_token_require off\" at the same level";
    }

    if (alcf->require == NGX_CONF_UNSET_PTR) {
        alcf->require = ngx_array_create(cf->pool, 4,
                                      sizeof(ngx_http_actor_token_require_t));
        if (alcf->require == NULL) {
            return NGX_CONF_ERROR;
        }
    }

    status = NGX_HTTP_FORBIDDEN;

    if (value[n - 1].len >= 6
        && ngx_strncmp(value[n - 1].data, "error=", 6) == 0)
    {
        n--;

        if (ngx_actor_token_is(&value[n], "error=401")) {
            status = NGX_HTTP_UNAUTHORIZED;

        } else if (!ngx_actor_token_is(&value[n], "error=403")) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid \"%V\" of \"actor_token_require\": "
                               "write \"error=401\" or \"error=403\"",
                               &value[n]);
            return NGX_CONF_ERROR;
        }
    }

    if (n == 1) {
        return "has no value to require";
    }

    for (i = 1; i < n; i++) {

        if (value[i].len < 2 || value[i].data[0] != '$') {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid value \"%V\" of "
                               "\"actor_token_require\": write a variable, "
                               "and \"error=\" last", &value[i]);
            return NGX_CONF_ERROR;
        }

        req = ngx_array_push(alcf->require);
        if (req == NULL) {
            return NGX_CONF_ERROR;
        }

        req->status = status;
        req->text = value[i];

        if (ngx_http_actor_token_compile(cf, &value[i], &req->value)
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


char *
ngx_http_actor_token_set_dry_run(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_actor_token_loc_conf_t *alcf = conf;

    char  *rv;

    rv = ngx_conf_set_flag_slot(cf, cmd, conf);

    if (rv == NGX_CONF_OK && alcf->dry_run) {
        ngx_conf_log_error(NGX_LOG_NOTICE, cf, 0,
                           "\"actor_token_dry_run\" is on: nothing is "
                           "protected here, verdicts are only recorded");
    }

    return rv;
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
