
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static char *ngx_http_actor_token_refuse_word(ngx_conf_t *cf,
    const char *word);
static char *ngx_http_actor_token_set_source(ngx_conf_t *cf,
    ngx_http_actor_token_loc_conf_t *alcf, ngx_str_t *value);
static ngx_uint_t ngx_http_actor_token_own_variable(const ngx_str_t *value);
static char *ngx_http_actor_token_refuse_own(ngx_conf_t *cf,
    const ngx_str_t *directive, const ngx_str_t *value);
static ngx_uint_t ngx_http_actor_token_client_variable(
    const ngx_str_t *value);
static char *ngx_http_actor_token_add_admit(ngx_conf_t *cf,
    ngx_http_actor_token_actors_t *actors);
static char *ngx_http_actor_token_add_pattern(ngx_conf_t *cf,
    ngx_http_actor_token_actors_t *actors, ngx_actor_token_admit_t *admit,
    const ngx_str_t *text);
static char *ngx_http_actor_token_compile(ngx_conf_t *cf, ngx_str_t *value,
    ngx_http_complex_value_t *cv);


static ngx_conf_enum_t  ngx_http_actor_token_delegations[] = {
    { ngx_string("required"), NGX_ACTOR_TOKEN_DELEGATE_REQUIRED },
    { ngx_string("optional"), NGX_ACTOR_TOKEN_DELEGATE_OPTIONAL },
    { ngx_string("forbidden"), NGX_ACTOR_TOKEN_DELEGATE_FORBIDDEN },
    { ngx_null_string, 0 }
};


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
        || (name.len >= 7 && ngx_strncmp(name.data, "request", 7) == 0)
        || ngx_actor_token_is(&name, "args")
        || ngx_actor_token_is(&name, "query_string"))
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

    if (ngx_http_actor_token_refuse_word(cf, "any") != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
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


/* "off" and "any" are words for the whole list */

static char *
ngx_http_actor_token_refuse_word(ngx_conf_t *cf, const char *word)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (value[i].len == ngx_strlen(word)
            && ngx_memcmp(value[i].data, word, value[i].len) == 0)
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "\"%s\" must be the only parameter of \"%V\"",
                               word, &value[0]);
            return NGX_CONF_ERROR;
        }
    }

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

    if (ngx_http_actor_token_refuse_word(cf, "off") != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
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

    if (cmd->offset == offsetof(ngx_http_actor_token_loc_conf_t,
                                resource_metadata)
        && !ngx_http_actor_token_has_variable(&value[1])
        && !ngx_http_actor_token_https_url(&value[1]))
    {
        ngx_conf_log_error(NGX_LOG_WARN, cf, 0,
                           "\"%V\" is not an https URL, and will be left out "
                           "of every challenge", &value[1]);
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

    ngx_str_t  *value;

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_actor_token_is(&value[1], "any")) {

        if (alcf->actors != NGX_CONF_UNSET_PTR) {
            return "any contradicts another \"actor_token_actors\" at the "
                   "same level";
        }

        alcf->actors = NULL;
        return NGX_CONF_OK;
    }

    if (ngx_http_actor_token_refuse_word(cf, "any") != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
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

    return ngx_http_actor_token_add_admit(cf, alcf->actors);
}


static char *
ngx_http_actor_token_add_admit(ngx_conf_t *cf,
    ngx_http_actor_token_actors_t *actors)
{
    ngx_str_t                   *value;
    ngx_uint_t                   i;
    ngx_actor_token_admit_t     *admit;
    ngx_http_actor_token_pos_t  *pos;

    admit = ngx_array_push(&actors->admits);
    pos = ngx_array_push(&actors->pos);

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

    value = cf->args->elts;

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

            if (admit->iss.len || value[i].len == 4
                || ngx_http_actor_token_has_variable(&value[i]))
            {
                return "needs one identifier after \"iss=\", without "
                       "variables";
            }

            admit->iss.data = value[i].data + 4;
            admit->iss.len = value[i].len - 4;
            continue;
        }

        if (ngx_http_actor_token_add_pattern(cf, actors, admit, &value[i])
            != NGX_CONF_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    if (admit->patterns.nelts == 0) {
        return "has no pattern: name an actor, \"prefix*\" or \"~regex\"";
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_add_pattern(ngx_conf_t *cf,
    ngx_http_actor_token_actors_t *actors, ngx_actor_token_admit_t *admit,
    const ngx_str_t *text)
{
    const char                 *err;
    ngx_actor_token_pattern_t  *pattern;

    pattern = ngx_array_push(&admit->patterns);
    if (pattern == NULL) {
        return NGX_CONF_ERROR;
    }

    err = ngx_actor_token_pattern_compile(cf, text, pattern);

    if (err) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "pattern \"%V\" of \"actor_token_actors\" %s",
                           text, err);
        return NGX_CONF_ERROR;
    }

    if (pattern->type != NGX_ACTOR_TOKEN_PATTERN_REGEX) {
        return NGX_CONF_OK;
    }

    actors->regexes++;

    if (actors->regexes > NGX_ACTOR_TOKEN_MAX_REGEXES) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "regex \"%V\" is one more than the %d that "
                           "\"actor_token_actors\" may have at one level: "
                           "write exact names, \"prefix*\", or one regex for "
                           "several with \"|\"", text,
                           NGX_ACTOR_TOKEN_MAX_REGEXES);
        return NGX_CONF_ERROR;
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

    if (ngx_http_actor_token_refuse_word(cf, "off") != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    alcf->scope = ngx_array_create(cf->pool, cf->args->nelts - 1,
                                   sizeof(ngx_str_t));
    if (alcf->scope == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 1; i < cf->args->nelts; i++) {

        if (ngx_http_actor_token_has_variable(&value[i])) {
            return "takes scopes as they are, without variables";
        }

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


char *
ngx_http_actor_token_set_cache(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_actor_token_main_conf_t *mcf = conf;

    ssize_t     size;
    ngx_str_t  *value;

    if (mcf->cache_size != NGX_CONF_UNSET_SIZE) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_actor_token_is(&value[1], "off")) {
        mcf->cache_size = 0;
        return NGX_CONF_OK;
    }

    size = ngx_parse_size(&value[1]);

    if (size == NGX_ERROR) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "invalid size \"%V\" in \"actor_token_cache\": "
                           "write a size such as \"8m\", or \"off\"",
                           &value[1]);
        return NGX_CONF_ERROR;
    }

    if (size < (ssize_t) NGX_ACTOR_TOKEN_CACHE_MIN) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"actor_token_cache %V\" is too small: write at "
                           "least %uz, or \"off\"", &value[1],
                           (size_t) NGX_ACTOR_TOKEN_CACHE_MIN);
        return NGX_CONF_ERROR;
    }

    mcf->cache_size = size;

    return NGX_CONF_OK;
}


char *
ngx_http_actor_token_set_threads(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
#if (NGX_THREADS)

    ngx_http_actor_token_loc_conf_t *alcf = conf;

    ngx_str_t  *value;

    if (alcf->threads != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_actor_token_is(&value[1], "off")) {
        alcf->threads = NULL;
        return NGX_CONF_OK;
    }

    if (ngx_http_actor_token_has_variable(&value[1])) {
        return "takes the name of a \"thread_pool\", without variables";
    }

    alcf->threads = ngx_thread_pool_add(cf, &value[1]);

    return alcf->threads ? NGX_CONF_OK : NGX_CONF_ERROR;

#else

    ngx_str_t  *value;

    value = cf->args->elts;

    if (ngx_actor_token_is(&value[1], "off")) {
        return NGX_CONF_OK;
    }

    return "needs nginx with threads (--with-threads)";

#endif
}
