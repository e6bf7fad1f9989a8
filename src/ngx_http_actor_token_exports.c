
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static ngx_int_t ngx_http_actor_token_export_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data);
static ngx_int_t ngx_http_actor_token_add_export(ngx_array_t *exports,
    const ngx_str_t *names, ngx_uint_t n);


static ngx_str_t  ngx_http_actor_token_claim_prefix =
    ngx_string("actor_token_claim_");


/* $actor_token_claim_NAME, which has been exported if it is in use */

ngx_int_t
ngx_http_actor_token_claim_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    ngx_str_t *name = (ngx_str_t *) data;

    ngx_str_t                          claim;
    ngx_uint_t                         i;
    ngx_actor_token_list_t            *path;
    ngx_http_actor_token_main_conf_t  *mcf;

    claim.data = name->data + ngx_http_actor_token_claim_prefix.len;
    claim.len = name->len - ngx_http_actor_token_claim_prefix.len;

    mcf = ngx_http_get_module_main_conf(r, ngx_http_actor_token_module);

    path = mcf->trusted.exports.elts;

    for (i = 0; i < mcf->trusted.exports.nelts; i++) {
        if (path[i].nelts == 1 && ngx_actor_token_eq(&path[i].elts[0], &claim))
        {
            return ngx_http_actor_token_export_variable(r, v, i);
        }
    }

    v->not_found = 1;

    return NGX_OK;
}


static ngx_int_t
ngx_http_actor_token_export_variable(ngx_http_request_t *r,
    ngx_http_variable_value_t *v, uintptr_t data)
{
    const ngx_http_actor_token_decision_t  *d;

    d = ngx_http_actor_token_accepted(r);

    if (d == NULL) {
        v->not_found = 1;
        return NGX_OK;
    }

    ngx_http_actor_token_show(v, &d->seen->token.claims.exports[data]);

    return NGX_OK;
}


char *
ngx_http_actor_token_claim_set(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_actor_token_main_conf_t *mcf = conf;

    ngx_int_t             index;
    ngx_str_t            *value, *claim, name;
    ngx_uint_t            i;
    ngx_http_variable_t  *v;

    value = cf->args->elts;

    if (value[1].len < 2 || value[1].data[0] != '$') {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid variable name \"%V\" in "
                           "\"actor_token_claim_set\"", &value[1]);
        return NGX_CONF_ERROR;
    }

    name.data = value[1].data + 1;
    name.len = value[1].len - 1;

    if (name.len >= 12
        && ngx_strncasecmp(name.data, (u_char *) "actor_token_", 12) == 0)
    {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"$%V\" is a name of the module's own: choose "
                           "another in \"actor_token_claim_set\"", &name);
        return NGX_CONF_ERROR;
    }

    for (i = 2; i < cf->args->nelts; i++) {
        if (value[i].len == 0) {
            return "has an empty name of a claim";
        }
    }

    v = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
    if (v == NULL) {
        return NGX_CONF_ERROR;
    }

    if (v->get_handler) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "the variable \"$%V\" is set elsewhere too", &name);
        return NGX_CONF_ERROR;
    }

    claim = ngx_array_push(&mcf->claim_variables);
    if (claim == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_strlow(name.data, name.data, name.len);
    *claim = name;

    index = ngx_http_actor_token_add_export(&mcf->trusted.exports, &value[2],
                                            cf->args->nelts - 2);
    if (index == NGX_ERROR) {
        return NGX_CONF_ERROR;
    }

    v->get_handler = ngx_http_actor_token_export_variable;
    v->data = (uintptr_t) index;

    return NGX_CONF_OK;
}


/* the place of a path among the exports, or NGX_ERROR */

static ngx_int_t
ngx_http_actor_token_add_export(ngx_array_t *exports, const ngx_str_t *names,
    ngx_uint_t n)
{
    ngx_str_t               *elts;
    ngx_uint_t               i, k;
    ngx_actor_token_list_t  *path;

    path = exports->elts;

    for (i = 0; i < exports->nelts; i++) {

        if (path[i].nelts != n) {
            continue;
        }

        for (k = 0; k < n; k++) {
            if (!ngx_actor_token_eq(&path[i].elts[k], &names[k])) {
                break;
            }
        }

        if (k == n) {
            return i;
        }
    }

    elts = ngx_palloc(exports->pool, n * sizeof(ngx_str_t));
    path = ngx_array_push(exports);

    if (elts == NULL || path == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(elts, names, n * sizeof(ngx_str_t));

    path->elts = elts;
    path->nelts = n;

    return exports->nelts - 1;
}


/* the builtin variables are guarded by nginx; a prefix variable is not */

ngx_int_t
ngx_http_actor_token_check_variables(ngx_conf_t *cf)
{
    ngx_uint_t                  i;
    ngx_hash_key_t             *key;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    key = cmcf->variables_keys->keys.elts;

    for (i = 0; i < cmcf->variables_keys->keys.nelts; i++) {

        if (key[i].key.len > ngx_http_actor_token_claim_prefix.len
            && ngx_strncmp(key[i].key.data,
                           ngx_http_actor_token_claim_prefix.data,
                           ngx_http_actor_token_claim_prefix.len)
               == 0)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "the variable \"$%V\" holds a claim and cannot be "
                          "set: give what \"set\", \"map\" or a regex makes "
                          "another name", &key[i].key);
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}


/*
 * Which $actor_token_claim_NAME are in use is known when all is configured,
 * and which variables show headers.
 */

ngx_int_t
ngx_http_actor_token_export_variables(ngx_cycle_t *cycle,
    ngx_http_actor_token_main_conf_t *mcf)
{
    u_char                     *p;
    ngx_str_t                   name;
    ngx_uint_t                  i, *index;
    ngx_http_variable_t        *v;
    ngx_http_core_main_conf_t  *cmcf;

    cmcf = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module);

    v = cmcf->variables.elts;

    for (i = 0; i < cmcf->variables.nelts; i++) {

        if ((v[i].name.len > 5 && ngx_strncmp(v[i].name.data, "http_", 5) == 0)
            || (v[i].name.len > 7
                && ngx_strncmp(v[i].name.data, "cookie_", 7) == 0))
        {
            index = ngx_array_push(&mcf->header_variables);
            if (index == NULL) {
                return NGX_ERROR;
            }

            *index = i;
            continue;
        }

        if (v[i].get_handler != ngx_http_actor_token_claim_variable) {
            continue;
        }

        name.len = v[i].name.len - ngx_http_actor_token_claim_prefix.len;

        if (name.len == 0) {
            continue;
        }

        /* a claim path is of C strings */

        p = ngx_pnalloc(cycle->pool, name.len + 1);
        if (p == NULL) {
            return NGX_ERROR;
        }

        name.data = p;

        p = ngx_cpymem(p, v[i].name.data
                          + ngx_http_actor_token_claim_prefix.len,
                       name.len);
        *p = '\0';

        if (ngx_http_actor_token_add_export(&mcf->trusted.exports, &name, 1)
            == NGX_ERROR)
        {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
