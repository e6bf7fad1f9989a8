
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token.h>


static char *ngx_http_actor_token_issuer_directive(ngx_conf_t *cf,
    ngx_command_t *dummy, void *conf);
static char *ngx_http_actor_token_set_issuer(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_algorithms(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_type(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_tenant(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_tenants(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_actor_claim(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_actor_issuers(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_list(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_max_lifetime(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_leeway(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_set_require_claim(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static char *ngx_http_actor_token_check_refetch(ngx_conf_t *cf, void *post,
    void *data);


static ngx_conf_post_t  ngx_http_actor_token_refetch_post = {
    ngx_http_actor_token_check_refetch
};


/*
 * The directives of the block.  The number of arguments is checked by
 * ngx_http_actor_token_issuer_directive(); contexts do not exist here.
 */

static ngx_command_t  ngx_http_actor_token_issuer_commands[] = {

    { ngx_string("issuer"),
      NGX_CONF_TAKE1,
      ngx_http_actor_token_set_issuer,
      0,
      0,
      NULL },

    { ngx_string("jwks"),
      NGX_CONF_TAKE1,
      ngx_http_actor_token_set_jwks,
      0,
      0,
      NULL },

    { ngx_string("key"),
      NGX_CONF_TAKE23,
      ngx_http_actor_token_set_key,
      0,
      0,
      NULL },

    { ngx_string("key_request"),
      NGX_CONF_TAKE12,
      ngx_http_actor_token_set_key_request,
      0,
      0,
      NULL },

    { ngx_string("key_cache"),
      NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      0,
      offsetof(ngx_http_actor_token_issuer_t, key_request.cache),
      NULL },

    { ngx_string("key_stale"),
      NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      0,
      offsetof(ngx_http_actor_token_issuer_t, key_request.stale),
      NULL },

    { ngx_string("key_refetch"),
      NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      0,
      offsetof(ngx_http_actor_token_issuer_t, key_request.refetch),
      &ngx_http_actor_token_refetch_post },

    { ngx_string("key_timeout"),
      NGX_CONF_TAKE1,
      ngx_conf_set_msec_slot,
      0,
      offsetof(ngx_http_actor_token_issuer_t, key_request.timeout),
      NULL },

    { ngx_string("algorithms"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_algorithms,
      0,
      0,
      NULL },

    { ngx_string("type"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_type,
      0,
      0,
      NULL },

    { ngx_string("tenant"),
      NGX_CONF_TAKE1,
      ngx_http_actor_token_set_tenant,
      0,
      0,
      NULL },

    { ngx_string("tenant_claim"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_list,
      0,
      offsetof(ngx_actor_token_issuer_t, tenant_claim),
      NULL },

    { ngx_string("tenants"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_tenants,
      0,
      0,
      NULL },

    { ngx_string("subject_claim"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_list,
      0,
      offsetof(ngx_actor_token_issuer_t, subject_claim),
      NULL },

    { ngx_string("actor_claim"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_actor_claim,
      0,
      0,
      NULL },

    { ngx_string("actor_issuers"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_actor_issuers,
      0,
      offsetof(ngx_actor_token_issuer_t, actor_issuers),
      (void *) 1 },

    { ngx_string("actor_tenant_claim"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_list,
      0,
      offsetof(ngx_actor_token_issuer_t, actor_tenant_claim),
      NULL },

    { ngx_string("audience"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_list,
      0,
      offsetof(ngx_actor_token_issuer_t, audience),
      (void *) 1 },

    { ngx_string("max_lifetime"),
      NGX_CONF_TAKE1,
      ngx_http_actor_token_set_max_lifetime,
      0,
      offsetof(ngx_actor_token_issuer_t, max_lifetime),
      NULL },

    { ngx_string("leeway"),
      NGX_CONF_TAKE1,
      ngx_http_actor_token_set_leeway,
      0,
      offsetof(ngx_actor_token_issuer_t, leeway),
      NULL },

    { ngx_string("require_claim"),
      NGX_CONF_1MORE,
      ngx_http_actor_token_set_require_claim,
      0,
      0,
      NULL },

      ngx_null_command
};


char *
ngx_http_actor_token_issuer_block(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_actor_token_main_conf_t *mcf = conf;

    char                            *rv;
    ngx_str_t                       *value;
    ngx_conf_t                       save;
    ngx_actor_token_issuer_t        *issuer, **p;
    ngx_http_actor_token_issuer_t   *block;

    value = cf->args->elts;

    if (value[1].len == 0 || ngx_actor_token_is(&value[1], "any")
        || ngx_strlchr(value[1].data, value[1].data + value[1].len, '"')
        || !ngx_actor_token_printable(&value[1]))
    {
        return "needs a name other than \"any\", without quotes and control "
               "characters";
    }

    block = ngx_pcalloc(cf->pool, sizeof(ngx_http_actor_token_issuer_t));
    if (block == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_http_actor_token_here(cf, &block->pos);

    issuer = &block->issuer;

    issuer->name = value[1];
    issuer->index = mcf->trusted.issuers.issuers.nelts;
    issuer->max_lifetime = NGX_CONF_UNSET;
    issuer->leeway = NGX_CONF_UNSET;

    block->key_request.cache = NGX_CONF_UNSET_MSEC;
    block->key_request.stale = NGX_CONF_UNSET_MSEC;
    block->key_request.refetch = NGX_CONF_UNSET_MSEC;
    block->key_request.timeout = NGX_CONF_UNSET_MSEC;

    if (ngx_array_init(&block->sources, cf->pool, 2, sizeof(void *)) != NGX_OK
        || ngx_array_init(&issuer->require, cf->pool, 2,
                          sizeof(ngx_actor_token_require_t))
           != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    p = ngx_array_push(&mcf->trusted.issuers.issuers);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    *p = issuer;

    save = *cf;

    cf->handler = ngx_http_actor_token_issuer_directive;
    cf->handler_conf = (void *) block;

    rv = ngx_conf_parse(cf, NULL);

    *cf = save;

    if (rv != NGX_CONF_OK) {
        return rv;
    }

    return ngx_http_actor_token_issuer_complete(cf, block);
}


static char *
ngx_http_actor_token_issuer_directive(ngx_conf_t *cf, ngx_command_t *dummy,
    void *conf)
{
    char           *rv;
    ngx_str_t      *value;
    ngx_uint_t      n;
    ngx_command_t  *cmd;

    value = cf->args->elts;
    n = cf->args->nelts - 1;

    if (ngx_actor_token_is(&value[0], "include")) {
        if (n != 1) {
            return "invalid number of arguments in \"include\" directive";
        }

        return ngx_conf_include(cf, dummy, conf);
    }

    for (cmd = ngx_http_actor_token_issuer_commands; cmd->name.len; cmd++) {

        if (!ngx_actor_token_eq(&cmd->name, &value[0])) {
            continue;
        }

        if (!((cmd->type & NGX_CONF_1MORE) && n >= 1)
            && !(n < NGX_CONF_MAX_ARGS
                 && (cmd->type & (NGX_CONF_NOARGS << n))))
        {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                               "invalid number of arguments in \"%V\" "
                               "directive", &value[0]);
            return NGX_CONF_ERROR;
        }

        rv = cmd->set(cf, cmd, conf);

        if (rv != NGX_CONF_OK && rv != NGX_CONF_ERROR) {
            ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"%V\" directive %s",
                               &value[0], rv);
            return NGX_CONF_ERROR;
        }

        return rv;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "unknown directive \"%V\" in \"actor_token_issuer\"",
                       &value[0]);

    return NGX_CONF_ERROR;
}


static char *
ngx_http_actor_token_set_issuer(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    ngx_str_t          *value;
    const char         *err;
    static ngx_str_t    placeholder = ngx_string("{tenant}");

    if (issuer->value.data) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_http_actor_token_has_variable(&value[1])) {
        return "takes an identifier as it is, without variables";
    }

    issuer->value = value[1];

    err = ngx_actor_token_template_parse(&issuer->issuer, &value[1],
                                         &placeholder);

    if (err) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"issuer\" \"%V\" %s: \"{tenant}\" may stand "
                           "once, for a whole path segment, or for a whole "
                           "host label that is not among the last two",
                           &value[1], err);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_set_algorithms(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    ngx_str_t                    *value;
    ngx_uint_t                    i;
    const ngx_actor_token_alg_t  *alg;

    if (issuer->algs) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        alg = ngx_http_actor_token_alg(cf, "algorithms", &value[i]);

        if (alg == NULL) {
            return NGX_CONF_ERROR;
        }

        issuer->algs |= ngx_actor_token_alg_bit(alg);
    }

    return NGX_CONF_OK;
}


const ngx_actor_token_alg_t *
ngx_http_actor_token_alg(ngx_conf_t *cf, const char *directive,
    const ngx_str_t *name)
{
    const ngx_actor_token_alg_t       *alg;
    const ngx_actor_token_crypto_t    *crypto;
    ngx_http_actor_token_main_conf_t  *mcf;

    alg = ngx_actor_token_alg_find(name);

    if (alg == NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "unknown algorithm \"%V\" in \"%s\": write RS256, "
                           "RS384, RS512, PS256, PS384, PS512, ES256, ES384, "
                           "ES512, ES256K, Ed25519, Ed448, EdDSA, ML-DSA-44, "
                           "ML-DSA-65, ML-DSA-87, HS256, HS384 or HS512",
                           name, directive);
        return NULL;
    }

    mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_actor_token_module);
    crypto = mcf->trusted.issuers.crypto;

    if ((crypto->algs & ngx_actor_token_alg_bit(alg)) == 0) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                           "\"%V\" in \"%s\": %s", name, directive,
                           crypto->lack);
        return NULL;
    }

    return alg;
}


static char *
ngx_http_actor_token_set_type(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    ngx_str_t   *value, type;
    ngx_uint_t   i;

    if (issuer->types.nelts || issuer->no_type) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {

        type = value[i];

        if (ngx_actor_token_is(&type, "-")) {
            issuer->no_type = 1;
            issuer->untyped = 1;
            continue;
        }

        if (type.len > 12
            && ngx_strncasecmp(type.data, (u_char *) "application/", 12) == 0)
        {
            type.data += 12;
            type.len -= 12;
        }

        if (type.len == 0) {
            return "needs a type, or \"-\" for tokens without one";
        }

        if (type.len == 3
            && ngx_strncasecmp(type.data, (u_char *) "JWT", 3) == 0)
        {
            issuer->untyped = 1;
        }

        if (ngx_http_actor_token_append(cf, &issuer->types, &type, 1)
            != NGX_OK)
        {
            return NGX_CONF_ERROR;
        }
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_set_tenant(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    ngx_str_t  *value;

    if (issuer->tenant_rule != NGX_ACTOR_TOKEN_TENANT_UNSET) {
        return "is duplicate";
    }

    value = cf->args->elts;

    if (ngx_actor_token_is(&value[1], "off")) {
        issuer->tenant_rule = NGX_ACTOR_TOKEN_TENANT_OFF;
        return NGX_CONF_OK;
    }

    if (value[1].len == 0 || !ngx_actor_token_printable(&value[1])) {
        return "needs a name without control characters";
    }

    if (ngx_http_actor_token_has_variable(&value[1])) {
        return "takes a name as it is, without variables";
    }

    issuer->tenant_rule = NGX_ACTOR_TOKEN_TENANT_SINGLE;
    issuer->tenant = value[1];

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_set_tenants(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_http_actor_token_issuer_t *block = conf;

    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    if (cf->args->nelts == 2 && ngx_actor_token_is(&value[1], "any")) {

        if (block->tenants_any || block->issuer.tenants.nelts) {
            return "any contradicts another \"tenants\" of this block";
        }

        block->tenants_any = 1;
        return NGX_CONF_OK;
    }

    if (block->tenants_any) {
        return "contradicts \"tenants any\" of this block";
    }

    for (i = 1; i < cf->args->nelts; i++) {
        if (value[i].len == 0) {
            return "has an empty name";
        }

        if (ngx_actor_token_is(&value[i], "any")) {
            return "takes nothing else with \"any\"";
        }

        if (ngx_http_actor_token_has_variable(&value[i])) {
            return "takes names as they are, without variables";
        }
    }

    if (ngx_http_actor_token_append(cf, &block->issuer.tenants, &value[1],
                                    cf->args->nelts - 1)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_set_actor_claim(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    u_char      *colon;
    ngx_str_t   *value, *last;
    ngx_uint_t   i, n;

    if (issuer->actor_claim.nelts) {
        return "is duplicate";
    }

    value = cf->args->elts;
    n = cf->args->nelts - 1;
    last = &value[n];

    if (last->len > 7 && ngx_strncmp(last->data, "unless=", 7) == 0) {

        colon = ngx_strlchr(last->data, last->data + last->len, ':');

        if (colon == NULL || colon == last->data + 7
            || colon == last->data + last->len - 1)
        {
            return "needs \"unless=claim:value\"";
        }

        *colon = '\0';

        issuer->unless_claim.data = last->data + 7;
        issuer->unless_claim.len = colon - issuer->unless_claim.data;
        issuer->unless_value.data = colon + 1;
        issuer->unless_value.len = last->data + last->len - colon - 1;

        n--;
    }

    if (n == 0) {
        return "needs the path of a claim";
    }

    for (i = 1; i <= n; i++) {
        if (value[i].len == 0
            || (value[i].len >= 7
                && ngx_strncasecmp(value[i].data, (u_char *) "unless=", 7)
                   == 0))
        {
            return "needs the path of a claim, and at most one "
                   "\"unless=claim:value\" behind it";
        }
    }

    if (ngx_http_actor_token_append(cf, &issuer->actor_claim, &value[1], n)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_set_actor_issuers(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_str_t   *value;
    ngx_uint_t   i;

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (ngx_strlchr(value[i].data, value[i].data + value[i].len, '{')) {
            return "takes exact identifiers, and no templates";
        }
    }

    return ngx_http_actor_token_set_list(cf, cmd, conf);
}


/* a claim path, or with cmd->post a list of values, at cmd->offset */

static char *
ngx_http_actor_token_set_list(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    char  *p = conf;

    ngx_str_t               *value;
    ngx_uint_t               i;
    ngx_actor_token_list_t  *list;

    list = (ngx_actor_token_list_t *) (p + cmd->offset);

    if (list->nelts) {
        return "is duplicate";
    }

    value = cf->args->elts;

    for (i = 1; i < cf->args->nelts; i++) {
        if (value[i].len == 0) {
            return "has an empty parameter";
        }

        if (cmd->post && (ngx_actor_token_is(&value[i], "off")
                          || ngx_actor_token_is(&value[i], "any")
                          || ngx_http_actor_token_has_variable(&value[i])))
        {
            return "takes values, and neither \"off\", \"any\" nor variables";
        }
    }

    if (ngx_http_actor_token_append(cf, list, &value[1], cf->args->nelts - 1)
        != NGX_OK)
    {
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static char *
ngx_http_actor_token_set_max_lifetime(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    char       *rv;
    ngx_str_t  *value;

    value = cf->args->elts;

    if (issuer->max_lifetime == NGX_CONF_UNSET
        && ngx_actor_token_is(&value[1], "off"))
    {
        issuer->max_lifetime = 0;
        return NGX_CONF_OK;
    }

    rv = ngx_conf_set_sec_slot(cf, cmd, conf);

    if (rv == NGX_CONF_OK && issuer->max_lifetime == 0) {
        return "must be longer than 0: write \"off\" for no limit";
    }

    return rv;
}


static char *
ngx_http_actor_token_set_leeway(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    char  *rv;

    rv = ngx_conf_set_sec_slot(cf, cmd, conf);

    if (rv == NGX_CONF_OK && issuer->leeway > NGX_ACTOR_TOKEN_LEEWAY_MAX) {
        return "must be at most 5 minutes";
    }

    return rv;
}


static char *
ngx_http_actor_token_set_require_claim(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_actor_token_issuer_t *issuer = conf;

    ngx_str_t                  *value, v;
    ngx_uint_t                  i;
    ngx_actor_token_require_t  *req;

    value = cf->args->elts;

    req = ngx_array_push(&issuer->require);
    if (req == NULL) {
        return NGX_CONF_ERROR;
    }

    ngx_memzero(req, sizeof(ngx_actor_token_require_t));

    for (i = 1; i < cf->args->nelts; i++) {

        v = value[i];

        if (v.len == 0) {
            return "has an empty parameter";
        }

        if (v.data[0] == '=') {
            v.data++;
            v.len--;

            if (ngx_http_actor_token_append(cf, &req->values, &v, 1)
                != NGX_OK)
            {
                return NGX_CONF_ERROR;
            }

            continue;
        }

        if (req->values.nelts) {
            return "needs the path of the claim first, and then "
                   "\"=value\" ...";
        }

        if (ngx_http_actor_token_append(cf, &req->path, &v, 1) != NGX_OK) {
            return NGX_CONF_ERROR;
        }
    }

    if (req->path.nelts == 0) {
        return "needs the path of a claim";
    }

    return NGX_CONF_OK;
}


ngx_int_t
ngx_http_actor_token_append(ngx_conf_t *cf, ngx_actor_token_list_t *list,
    const ngx_str_t *value, ngx_uint_t n)
{
    ngx_str_t   *elts;
    ngx_uint_t   room, size;

    /* the room is the power of two that the values need at least */

    for (room = 1; room < list->nelts; room *= 2) { /* void */ }
    for (size = room; size < list->nelts + n; size *= 2) { /* void */ }

    elts = (ngx_str_t *) list->elts;

    if (list->nelts == 0 || size > room) {
        elts = ngx_palloc(cf->pool, size * sizeof(ngx_str_t));
        if (elts == NULL) {
            return NGX_ERROR;
        }

        if (list->nelts) {
            ngx_memcpy(elts, list->elts, list->nelts * sizeof(ngx_str_t));
        }
    }

    ngx_memcpy(elts + list->nelts, value, n * sizeof(ngx_str_t));

    list->elts = elts;
    list->nelts += n;

    return NGX_OK;
}


/* or whoever makes up a kid would have the issuer asked each time */

static char *
ngx_http_actor_token_check_refetch(ngx_conf_t *cf, void *post, void *data)
{
    ngx_msec_t *refetch = data;

    return (*refetch >= 1000) ? NGX_CONF_OK : "must be at least 1s";
}
