
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_place.h>


/* what a server has for the path */

typedef enum {
    NGX_HTTP_ACTOR_TOKEN_PLACE_NONE = 0,
    NGX_HTTP_ACTOR_TOKEN_PLACE_PUBLIC,        /* the path's own location */
    NGX_HTTP_ACTOR_TOKEN_PLACE_INTERNAL
} ngx_http_actor_token_place_e;


static ngx_http_actor_token_place_e ngx_http_actor_token_place_look(
    ngx_http_core_srv_conf_t *cscf, const ngx_str_t *uri);
static ngx_uint_t ngx_http_actor_token_place_named(
    ngx_http_core_srv_conf_t *cscf, const ngx_str_t *name);
static ngx_int_t ngx_http_actor_token_place_host(ngx_pool_t *pool,
    ngx_http_core_srv_conf_t *cscf, ngx_str_t *host);
static void ngx_http_actor_token_place_error(ngx_conf_t *cf,
    const ngx_str_t *uri, const ngx_str_t *name, ngx_str_t *error);
static u_char *ngx_http_actor_token_place_names(ngx_conf_t *cf, u_char *p,
    u_char *last, const ngx_str_t *uri, ngx_http_actor_token_place_e found);
static ngx_int_t ngx_http_actor_token_place_search(
    ngx_http_core_loc_conf_t **found, const ngx_str_t *uri);
static ngx_int_t ngx_http_actor_token_place_search_tree(
    ngx_http_core_loc_conf_t **found, const ngx_str_t *s,
    ngx_http_location_tree_node_t *node);


ngx_int_t
ngx_http_actor_token_place_uri(ngx_pool_t *pool, const ngx_str_t *written,
    const ngx_str_t *tenant, ngx_str_t *uri, ngx_str_t *args)
{
    u_char                 *p, *last, *hole;
    static const ngx_str_t  tag = ngx_string("{tenant}");

    last = written->data + written->len;

    hole = tenant ? ngx_strnstr(written->data, (char *) tag.data,
                                written->len)
                  : NULL;

    uri->len = written->len + (hole ? tenant->len - tag.len : 0);

    uri->data = ngx_pnalloc(pool, uri->len);
    if (uri->data == NULL) {
        return NGX_ERROR;
    }

    if (hole) {
        p = ngx_cpymem(uri->data, written->data, hole - written->data);
        p = ngx_cpymem(p, tenant->data, tenant->len);
        ngx_memcpy(p, hole + tag.len, last - hole - tag.len);

    } else {
        ngx_memcpy(uri->data, written->data, uri->len);
    }

    last = uri->data + uri->len;

    ngx_str_null(args);

    p = ngx_strlchr(uri->data, last, '?');

    if (p) {
        uri->len = p - uri->data;
        args->data = p + 1;
        args->len = last - args->data;
    }

    return NGX_OK;
}


ngx_int_t
ngx_http_actor_token_place_find(ngx_conf_t *cf, const ngx_str_t *uri,
    const ngx_str_t *name, ngx_http_actor_token_place_t *place,
    ngx_str_t *error)
{
    ngx_uint_t                   i, n;
    ngx_http_core_loc_conf_t    *clcf;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);

    n = 0;
    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {

        if (name->len && !ngx_http_actor_token_place_named(cscfp[i], name)) {
            continue;
        }

        clcf = ngx_http_actor_token_place_location(cscfp[i], uri);

        if (clcf == NULL || !clcf->internal) {
            continue;
        }

        place->server = cscfp[i];
        place->location = clcf;
        n++;

        if (name->len) {
            break;
        }
    }

    if (n == 1) {
        return ngx_http_actor_token_place_host(cf->pool, place->server,
                                               &place->host);
    }

    error->data = ngx_pnalloc(cf->temp_pool, NGX_MAX_CONF_ERRSTR);
    if (error->data == NULL) {
        return NGX_ERROR;
    }

    ngx_http_actor_token_place_error(cf, uri, name, error);

    return NGX_DECLINED;
}


static ngx_http_actor_token_place_e
ngx_http_actor_token_place_look(ngx_http_core_srv_conf_t *cscf,
    const ngx_str_t *uri)
{
    ngx_http_core_loc_conf_t  *clcf;

    clcf = ngx_http_actor_token_place_location(cscf, uri);

    if (clcf == NULL) {
        return NGX_HTTP_ACTOR_TOKEN_PLACE_NONE;
    }

    if (clcf->internal) {
        return NGX_HTTP_ACTOR_TOKEN_PLACE_INTERNAL;
    }

    /* "location /" is not meant for keys */

    return (clcf->name.len > 1) ? NGX_HTTP_ACTOR_TOKEN_PLACE_PUBLIC
                                : NGX_HTTP_ACTOR_TOKEN_PLACE_NONE;
}


static ngx_uint_t
ngx_http_actor_token_place_named(ngx_http_core_srv_conf_t *cscf,
    const ngx_str_t *name)
{
    ngx_uint_t               i;
    ngx_http_server_name_t  *sn;

    sn = cscf->server_names.elts;

    for (i = 0; i < cscf->server_names.nelts; i++) {

        if (sn[i].name.len == name->len
            && ngx_strncasecmp(sn[i].name.data, name->data, name->len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/*
 * The first of the server's names that is one.  The names are not there any
 * more when nginx has read its configuration.
 */

static ngx_int_t
ngx_http_actor_token_place_host(ngx_pool_t *pool,
    ngx_http_core_srv_conf_t *cscf, ngx_str_t *host)
{
    ngx_str_t                name;
    ngx_uint_t               i;
    ngx_http_server_name_t  *sn;

    sn = cscf->server_names.elts;

    ngx_str_set(host, "localhost");

    for (i = 0; i < cscf->server_names.nelts; i++) {

#if (NGX_PCRE)
        if (sn[i].regex) {
            continue;
        }
#endif

        name = sn[i].name;

        if (name.len && name.data[0] == '.') {
            name.data++;
            name.len--;
        }

        if (name.len == 0
            || ngx_strlchr(name.data, name.data + name.len, '*'))
        {
            continue;
        }

        host->len = name.len;
        host->data = ngx_pstrdup(pool, &name);

        return host->data ? NGX_OK : NGX_ERROR;
    }

    return NGX_OK;
}


static void
ngx_http_actor_token_place_error(ngx_conf_t *cf, const ngx_str_t *uri,
    const ngx_str_t *name, ngx_str_t *error)
{
    u_char                        *p, *last, *names;
    ngx_uint_t                     i, n;
    ngx_http_core_srv_conf_t     **cscfp;
    ngx_http_core_main_conf_t     *cmcf;
    ngx_http_actor_token_place_e   found;

    p = error->data;
    last = p + NGX_MAX_CONF_ERRSTR;

    if (name->len) {
        cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
        cscfp = cmcf->servers.elts;
        n = 0;

        for (i = 0; i < cmcf->servers.nelts; i++) {
            n += ngx_http_actor_token_place_named(cscfp[i], name);
        }

        p = n ? ngx_slprintf(p, last, "server \"%V\" has no internal location "
                             "for \"%V\": add \"internal;\" to its location, "
                             "or one such as \"location = %V { internal; ... "
                             "}\"", name, uri, uri)
              : ngx_slprintf(p, last, "there is no server \"%V\"", name);

        error->len = p - error->data;
        return;
    }

    p = ngx_slprintf(p, last, "several servers have an internal location for "
                     "\"%V\": add \"server=\" and one of ", uri);
    names = p;
    found = NGX_HTTP_ACTOR_TOKEN_PLACE_INTERNAL;
    p = ngx_http_actor_token_place_names(cf, p, last, uri, found);

    if (p == names) {
        p = ngx_slprintf(error->data, last, "the location for \"%V\" is not "
                         "internal: add \"internal;\" to it in server ", uri);
        names = p;
        found = NGX_HTTP_ACTOR_TOKEN_PLACE_PUBLIC;
        p = ngx_http_actor_token_place_names(cf, p, last, uri, found);
    }

    if (p == names) {
        p = ngx_slprintf(error->data, last, "no server has an internal "
                         "location for \"%V\": add one such as \"location = "
                         "%V { internal; ... }\"", uri, uri);
    }

    error->len = p - error->data;
}


/* of the servers that have this for the path */

static u_char *
ngx_http_actor_token_place_names(ngx_conf_t *cf, u_char *p, u_char *last,
    const ngx_str_t *uri, ngx_http_actor_token_place_e found)
{
    u_char                      *start;
    ngx_uint_t                   i;
    ngx_http_core_srv_conf_t   **cscfp;
    ngx_http_core_main_conf_t   *cmcf;

    start = p;

    cmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    cscfp = cmcf->servers.elts;

    for (i = 0; i < cmcf->servers.nelts; i++) {

        if (ngx_http_actor_token_place_look(cscfp[i], uri) != found) {
            continue;
        }

        p = ngx_slprintf(p, last, "%s\"%V\" (%s:%ui)",
                         p == start ? "" : ", ", &cscfp[i]->server_name,
                         cscfp[i]->file_name, cscfp[i]->line);
    }

    return p;
}


ngx_http_core_loc_conf_t *
ngx_http_actor_token_place_location(ngx_http_core_srv_conf_t *cscf,
    const ngx_str_t *uri)
{
    ngx_int_t                  rc;
    ngx_http_core_loc_conf_t  *root, *clcf;

    root = cscf->ctx->loc_conf[ngx_http_core_module.ctx_index];
    clcf = root;

    rc = ngx_http_actor_token_place_search(&clcf, uri);

    if (rc == NGX_ERROR || rc == NGX_DONE || clcf == root) {
        return NULL;
    }

    return clcf;
}


/*
 * As nginx searches for the location of a request: NGX_OK is an exact match
 * or one of a regular expression, NGX_AGAIN one of a prefix, NGX_DECLINED
 * none, and NGX_DONE a redirect.
 */

static ngx_int_t
ngx_http_actor_token_place_search(ngx_http_core_loc_conf_t **found,
    const ngx_str_t *uri)
{
    ngx_int_t                   rc;
    ngx_http_core_loc_conf_t   *parent;
#if (NGX_PCRE)
    ngx_int_t                   n;
    ngx_uint_t                  noregex;
    ngx_http_core_loc_conf_t  **clcfp;

    noregex = 0;
#endif

    parent = *found;

    rc = ngx_http_actor_token_place_search_tree(found, uri,
                                                parent->static_locations);

    if (rc == NGX_AGAIN) {

#if (NGX_PCRE)
        noregex = (*found)->noregex;
#endif

        rc = ngx_http_actor_token_place_search(found, uri);
    }

    if (rc == NGX_OK || rc == NGX_DONE) {
        return rc;
    }

#if (NGX_PCRE)

    if (noregex || parent->regex_locations == NULL) {
        return rc;
    }

    for (clcfp = parent->regex_locations; *clcfp; clcfp++) {

        n = ngx_regex_exec((*clcfp)->regex->regex, (ngx_str_t *) uri, NULL, 0);

        if (n == NGX_REGEX_NO_MATCHED) {
            continue;
        }

        if (n < 0) {
            return NGX_ERROR;
        }

        *found = *clcfp;

        rc = ngx_http_actor_token_place_search(found, uri);

        return (rc == NGX_ERROR) ? rc : NGX_OK;
    }

#endif

    return rc;
}


static ngx_int_t
ngx_http_actor_token_place_search_tree(ngx_http_core_loc_conf_t **found,
    const ngx_str_t *s, ngx_http_location_tree_node_t *node)
{
    size_t      len;
    u_char     *uri;
    ngx_int_t   rc, rv;

    uri = s->data;
    len = s->len;
    rv = NGX_DECLINED;

    while (node) {

        rc = ngx_filename_cmp(uri, node->name, ngx_min(len, node->len));

        if (rc != 0) {
            node = (rc < 0) ? node->left : node->right;
            continue;
        }

        if (len == (size_t) node->len) {
            *found = node->exact ? node->exact : node->inclusive;
            return node->exact ? NGX_OK : NGX_AGAIN;
        }

        if (len < (size_t) node->len) {

            if (len + 1 == (size_t) node->len && node->auto_redirect) {
                *found = node->exact ? node->exact : node->inclusive;
                rv = NGX_DONE;
            }

            node = node->left;

        } else if (node->inclusive) {
            *found = node->inclusive;
            rv = NGX_AGAIN;

            uri += node->len;
            len -= node->len;
            node = node->tree;

        } else {
            node = node->right;
        }
    }

    return rv;
}
