
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_proxy.h>


typedef struct {
    void          *conf;         /* the proxy module's, of the location */
    u_char        *within;       /* the name of the location whose "if" it is
                                    in, as that location has it, or NULL */
    ngx_str_t      url;
    ngx_str_t      file;
    ngx_uint_t     line;
} ngx_http_actor_token_pass_t;


static ngx_command_t *ngx_http_actor_token_proxies_find(
    ngx_command_t *commands, const char *name);
static char *ngx_http_actor_token_proxies_pass(ngx_conf_t *cf,
    ngx_command_t *cmd, void *conf);
static ngx_http_actor_token_pass_t *ngx_http_actor_token_proxy_pass(
    ngx_http_actor_token_proxies_t *proxies,
    const ngx_http_core_loc_conf_t *clcf, void **conf);
static ngx_http_actor_token_pass_t *ngx_http_actor_token_proxy_if(
    ngx_conf_t *cf, ngx_http_actor_token_proxies_t *proxies,
    const ngx_http_core_loc_conf_t *clcf);
static ngx_uint_t ngx_http_actor_token_proxy_trusted(ngx_conf_t *cf,
    const ngx_http_actor_token_proxies_t *proxies,
    const ngx_http_actor_token_pass_t *pass, void *conf);
static ngx_uint_t ngx_http_actor_token_proxy_https(const ngx_str_t *url);
static ngx_uint_t ngx_http_actor_token_proxy_verifies(
    const ngx_http_actor_token_proxies_t *proxies, void *conf);
static ngx_uint_t ngx_http_actor_token_proxy_local(ngx_conf_t *cf,
    const ngx_str_t *url);
static ngx_uint_t ngx_http_actor_token_proxy_local_name(ngx_str_t *host);
static ngx_uint_t ngx_http_actor_token_proxy_local_upstream(ngx_conf_t *cf,
    const ngx_str_t *host);
static ngx_uint_t ngx_http_actor_token_proxy_local_servers(
    const ngx_array_t *servers);
static ngx_uint_t ngx_http_actor_token_proxy_local_addr(
    const struct sockaddr *sockaddr);


/*
 * nginx looks for directives in the modules of the cycle.  While it reads the
 * http block, it finds a copy of the proxy module whose proxy_pass is noted
 * before the module gets it.  The module itself, which other cycles use, is
 * as it was.
 */

ngx_int_t
ngx_http_actor_token_proxies_watch(ngx_conf_t *cf,
    ngx_http_actor_token_proxies_t *proxies)
{
    ngx_uint_t      i, n;
    ngx_module_t  **modules;
    ngx_command_t  *commands, *cmd;

    proxies->module = NULL;

    if (ngx_array_init(&proxies->passes, cf->temp_pool, 4,
                       sizeof(ngx_http_actor_token_pass_t))
        != NGX_OK)
    {
        return NGX_ERROR;
    }

    modules = cf->cycle->modules;

    for (i = 0; modules[i]; i++) {
        if (ngx_strcmp(modules[i]->name, "ngx_http_proxy_module") == 0) {
            break;
        }
    }

    if (modules[i] == NULL) {
        return NGX_OK;
    }

    for (n = 1; modules[i]->commands[n - 1].name.len; n++) { /* void */ }

    commands = ngx_palloc(cf->temp_pool, n * sizeof(ngx_command_t));
    if (commands == NULL) {
        return NGX_ERROR;
    }

    ngx_memcpy(commands, modules[i]->commands, n * sizeof(ngx_command_t));

    cmd = ngx_http_actor_token_proxies_find(commands, "proxy_pass");
    if (cmd == NULL) {
        return NGX_OK;
    }

    cmd->set = ngx_http_actor_token_proxies_pass;

    proxies->index = i;
    proxies->module = modules[i];
    proxies->proxy_pass = modules[i]->commands + (cmd - commands);
    proxies->ssl_verify = ngx_http_actor_token_proxies_find(
                                   modules[i]->commands, "proxy_ssl_verify");

    proxies->watched = *modules[i];
    proxies->watched.commands = commands;

    modules[i] = &proxies->watched;

    return NGX_OK;
}


static ngx_command_t *
ngx_http_actor_token_proxies_find(ngx_command_t *commands, const char *name)
{
    ngx_command_t  *cmd;

    for (cmd = commands; cmd->name.len; cmd++) {
        if (ngx_strcmp(cmd->name.data, name) == 0) {
            return cmd;
        }
    }

    return NULL;
}


void
ngx_http_actor_token_proxies_unwatch(ngx_conf_t *cf,
    ngx_http_actor_token_proxies_t *proxies)
{
    ngx_module_t  **modules;

    modules = cf->cycle->modules;

    if (proxies->module && modules[proxies->index] == &proxies->watched) {
        modules[proxies->index] = proxies->module;
    }
}


static char *
ngx_http_actor_token_proxies_pass(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf)
{
    ngx_str_t                       *value;
    ngx_http_core_loc_conf_t        *clcf;
    ngx_http_actor_token_pass_t     *pass;
    ngx_http_actor_token_proxies_t  *proxies;

    proxies = ngx_http_actor_token_proxies(cf);

    pass = ngx_array_push(&proxies->passes);
    if (pass == NULL) {
        return NGX_CONF_ERROR;
    }

    value = cf->args->elts;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);

    pass->conf = conf;
    pass->within = (cf->cmd_type & NGX_HTTP_LIF_CONF) ? clcf->name.data
                                                      : NULL;
    pass->url = value[1];
    pass->file = cf->conf_file->file.name;
    pass->line = cf->conf_file->line;

    return proxies->proxy_pass->set(cf, proxies->proxy_pass, conf);
}


ngx_int_t
ngx_http_actor_token_proxy_check(ngx_conf_t *cf,
    const ngx_http_core_loc_conf_t *clcf, ngx_str_t *warning)
{
    void                            *conf;
    u_char                          *p;
    ngx_http_actor_token_pass_t     *pass;
    ngx_http_actor_token_proxies_t  *proxies;

    ngx_str_null(warning);

    proxies = ngx_http_actor_token_proxies(cf);

    pass = ngx_http_actor_token_proxy_pass(proxies, clcf, &conf);

    if (pass == NULL
        || ngx_http_actor_token_proxy_trusted(cf, proxies, pass, conf))
    {
        pass = ngx_http_actor_token_proxy_if(cf, proxies, clcf);

        if (pass == NULL) {
            return NGX_OK;
        }
    }

    warning->data = ngx_pnalloc(cf->temp_pool, NGX_MAX_CONF_ERRSTR);
    if (warning->data == NULL) {
        return NGX_ERROR;
    }

    p = ngx_snprintf(warning->data, NGX_MAX_CONF_ERRSTR,
                     "proxy_pass \"%V\" in %V:%ui %s", &pass->url,
                     &pass->file, pass->line,
                     ngx_http_actor_token_proxy_https(&pass->url)
                         ? "does not verify the server: add "
                           "\"proxy_ssl_verify on;\""
                         : "is not https: whoever is on the way can put in "
                           "other keys");

    warning->len = p - warning->data;

    return NGX_OK;
}


/* the location's own, or its limit_except's, which inherits it */

static ngx_http_actor_token_pass_t *
ngx_http_actor_token_proxy_pass(ngx_http_actor_token_proxies_t *proxies,
    const ngx_http_core_loc_conf_t *clcf, void **conf)
{
    void                         *own, *limited;
    ngx_uint_t                    i;
    ngx_http_actor_token_pass_t  *pass, *found;

    if (proxies->module == NULL) {
        return NULL;
    }

    own = clcf->loc_conf[proxies->module->ctx_index];
    limited = own;

    if (clcf->limit_except & NGX_HTTP_GET) {
        limited = clcf->limit_except_loc_conf[proxies->module->ctx_index];
    }

    *conf = limited;

    found = NULL;
    pass = proxies->passes.elts;

    for (i = 0; i < proxies->passes.nelts; i++) {

        if (pass[i].conf == limited) {
            return &pass[i];
        }

        if (pass[i].conf == own) {
            found = &pass[i];
        }
    }

    return found;
}


/* the first in an "if" of the location that may bring others' keys */

static ngx_http_actor_token_pass_t *
ngx_http_actor_token_proxy_if(ngx_conf_t *cf,
    ngx_http_actor_token_proxies_t *proxies,
    const ngx_http_core_loc_conf_t *clcf)
{
    ngx_uint_t                    i;
    ngx_http_actor_token_pass_t  *pass;

    pass = proxies->passes.elts;

    for (i = 0; i < proxies->passes.nelts; i++) {

        if (pass[i].within == clcf->name.data
            && !ngx_http_actor_token_proxy_trusted(cf, proxies, &pass[i],
                                                   pass[i].conf))
        {
            return &pass[i];
        }
    }

    return NULL;
}


static ngx_uint_t
ngx_http_actor_token_proxy_trusted(ngx_conf_t *cf,
    const ngx_http_actor_token_proxies_t *proxies,
    const ngx_http_actor_token_pass_t *pass, void *conf)
{
    return ngx_http_actor_token_proxy_local(cf, &pass->url)
           || (ngx_http_actor_token_proxy_https(&pass->url)
               && ngx_http_actor_token_proxy_verifies(proxies, conf));
}


static ngx_uint_t
ngx_http_actor_token_proxy_https(const ngx_str_t *url)
{
    return url->len > 8
           && ngx_strncasecmp(url->data, (u_char *) "https://", 8) == 0;
}


static ngx_uint_t
ngx_http_actor_token_proxy_verifies(
    const ngx_http_actor_token_proxies_t *proxies, void *conf)
{
    const ngx_command_t  *cmd;

    cmd = proxies->ssl_verify;

    return cmd && cmd->set == ngx_conf_set_flag_slot
           && *(ngx_flag_t *) ((char *) conf + cmd->offset) == 1;
}


/* whether the URL's host is this machine, as far as it can be seen */

static ngx_uint_t
ngx_http_actor_token_proxy_local(ngx_conf_t *cf, const ngx_str_t *url)
{
    u_char     *p, *last;
    ngx_str_t   host;

    last = url->data + url->len;

    p = ngx_strnstr(url->data, "://", url->len);
    if (p == NULL) {
        return 0;
    }

    host.data = p + 3;

    if (last - host.data > 5
        && ngx_strncasecmp(host.data, (u_char *) "unix:", 5) == 0)
    {
        return 1;
    }

    p = host.data;

    if (p < last && *p == '[') {
        host.data = ++p;

        while (p < last && *p != ']') {
            p++;
        }

    } else {
        while (p < last && *p != ':' && *p != '/' && *p != '?') {
            p++;
        }
    }

    host.len = p - host.data;

    return ngx_http_actor_token_proxy_local_name(&host)
           || ngx_http_actor_token_proxy_local_upstream(cf, &host);
}


static ngx_uint_t
ngx_http_actor_token_proxy_local_name(ngx_str_t *host)
{
    in_addr_t        addr;
#if (NGX_HAVE_INET6)
    struct in6_addr  addr6;
#endif

    if (host->len == 9
        && ngx_strncasecmp(host->data, (u_char *) "localhost", 9) == 0)
    {
        return 1;
    }

    addr = ngx_inet_addr(host->data, host->len);

    if (addr != INADDR_NONE) {
        return (ntohl(addr) >> 24) == 127;
    }

#if (NGX_HAVE_INET6)

    return ngx_inet6_addr(host->data, host->len, (u_char *) &addr6) == NGX_OK
           && IN6_IS_ADDR_LOOPBACK(&addr6);

#else

    return 0;

#endif
}


/* an upstream block all of whose servers are here */

static ngx_uint_t
ngx_http_actor_token_proxy_local_upstream(ngx_conf_t *cf,
    const ngx_str_t *host)
{
    ngx_uint_t                       i;
    ngx_http_upstream_srv_conf_t   **uscfp;
    ngx_http_upstream_main_conf_t   *umcf;

    umcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_upstream_module);

    uscfp = umcf->upstreams.elts;

    for (i = 0; i < umcf->upstreams.nelts; i++) {

        if ((uscfp[i]->flags & NGX_HTTP_UPSTREAM_CREATE)
            && uscfp[i]->host.len == host->len
            && ngx_strncasecmp(uscfp[i]->host.data, host->data, host->len)
               == 0)
        {
            break;
        }
    }

    if (i == umcf->upstreams.nelts || uscfp[i]->servers == NULL) {
        return 0;
    }

    return ngx_http_actor_token_proxy_local_servers(uscfp[i]->servers);
}


static ngx_uint_t
ngx_http_actor_token_proxy_local_servers(const ngx_array_t *servers)
{
    ngx_uint_t                   i, n;
    ngx_http_upstream_server_t  *us;

    us = servers->elts;

    for (i = 0; i < servers->nelts; i++) {

        /* one that is resolved while nginx runs has none yet */

        if (us[i].naddrs == 0) {
            return 0;
        }

        for (n = 0; n < us[i].naddrs; n++) {

            if (!ngx_http_actor_token_proxy_local_addr(
                                                  us[i].addrs[n].sockaddr))
            {
                return 0;
            }
        }
    }

    return 1;
}


static ngx_uint_t
ngx_http_actor_token_proxy_local_addr(const struct sockaddr *sockaddr)
{
    const struct sockaddr_in   *sin;
#if (NGX_HAVE_INET6)
    const struct sockaddr_in6  *sin6;
#endif

    switch (sockaddr->sa_family) {

#if (NGX_HAVE_UNIX_DOMAIN)
    case AF_UNIX:
        return 1;
#endif

#if (NGX_HAVE_INET6)
    case AF_INET6:
        sin6 = (const struct sockaddr_in6 *) sockaddr;
        return IN6_IS_ADDR_LOOPBACK(&sin6->sin6_addr);
#endif

    case AF_INET:
        sin = (const struct sockaddr_in *) sockaddr;
        return (ntohl(sin->sin_addr.s_addr) >> 24) == 127;

    default:
        return 0;
    }
}
