
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_fetch.h>
#include <ngx_http_actor_token_place.h>
#include <ngx_http_actor_token_proxy.h>


/*
 *     fetch_probe uri [server=NAME] [tenant=SAMPLE] [limit=TIME] [count=N]
 *                 [awaited] [detached] [cancel=leave|now];
 *
 * A request starts N fetches and answers with a line for each that ends, or,
 * if detached, at once; each is logged too.  cancel=leave: when the client
 * has left, the fetches are cancelled; cancel=now: as soon as they are
 * started.
 */

typedef struct {
    ngx_str_t                        written;
    ngx_str_t                        server;
    ngx_str_t                        tenant;
    ngx_str_t                        file;
    ngx_uint_t                       line;

    ngx_str_t                        uri;
    ngx_str_t                        args;
    ngx_http_actor_token_place_t     place;

    ngx_msec_t                       limit;
    ngx_uint_t                       count;
    unsigned                         awaited:1;
    unsigned                         detached:1;
    unsigned                         cancel_leave:1;
    unsigned                         cancel_now:1;
} ngx_http_fetch_probe_loc_conf_t;


typedef struct {
    ngx_array_t                      probes;
} ngx_http_fetch_probe_main_conf_t;


typedef struct ngx_http_fetch_probe_s  ngx_http_fetch_probe_t;

typedef struct {
    ngx_http_fetch_probe_t          *probe;
    ngx_http_actor_token_fetch_t    *fetch;
} ngx_http_fetch_probe_slot_t;

struct ngx_http_fetch_probe_s {
    ngx_http_request_t              *request;     /* NULL: has gone */
    ngx_pool_cleanup_t              *cleanup;     /* the request's */
    ngx_uint_t                       running;     /* and 1 for its creator */
    ngx_uint_t                       count;
    unsigned                         starting:1;
    u_char                          *text;
    u_char                          *last;
    u_char                          *end;
    ngx_http_fetch_probe_slot_t      slots[1];
};


static ngx_int_t ngx_http_fetch_probe_handler(ngx_http_request_t *r);
static ngx_int_t ngx_http_fetch_probe_start(ngx_http_fetch_probe_t *probe,
    ngx_http_fetch_probe_loc_conf_t *conf);
static void ngx_http_fetch_probe_answer(void *data,
    const ngx_http_actor_token_answer_t *answer);
static ngx_int_t ngx_http_fetch_probe_send(ngx_http_request_t *r,
    ngx_str_t *text);
static void ngx_http_fetch_probe_left(void *data);
static void ngx_http_fetch_probe_cancel(ngx_http_fetch_probe_t *probe);
static void ngx_http_fetch_probe_free(ngx_http_fetch_probe_t *probe);

static char *ngx_http_fetch_probe(ngx_conf_t *cf, ngx_command_t *cmd,
    void *conf);
static ngx_int_t ngx_http_fetch_probe_init(ngx_conf_t *cf);
static void *ngx_http_fetch_probe_create_main_conf(ngx_conf_t *cf);
static void *ngx_http_fetch_probe_create_loc_conf(ngx_conf_t *cf);


static ngx_command_t  ngx_http_fetch_probe_commands[] = {

    { ngx_string("fetch_probe"),
      NGX_HTTP_LOC_CONF|NGX_CONF_1MORE,
      ngx_http_fetch_probe,
      NGX_HTTP_LOC_CONF_OFFSET,
      0,
      NULL },

      ngx_null_command
};


static ngx_http_module_t  ngx_http_fetch_probe_module_ctx = {
    NULL,                                  /* preconfiguration */
    ngx_http_fetch_probe_init,             /* postconfiguration */

    ngx_http_fetch_probe_create_main_conf, /* create main configuration */
    NULL,                                  /* init main configuration */

    NULL,                                  /* create server configuration */
    NULL,                                  /* merge server configuration */

    ngx_http_fetch_probe_create_loc_conf,  /* create location configuration */
    NULL                                   /* merge location configuration */
};


ngx_module_t  ngx_http_fetch_probe_module = {
    NGX_MODULE_V1,
    &ngx_http_fetch_probe_module_ctx,      /* module context */
    ngx_http_fetch_probe_commands,         /* module directives */
    NGX_HTTP_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


#ifdef FETCH_PROBE_DYNAMIC

/* what nginx's build writes for a module that is loaded */

extern ngx_module_t  *ngx_modules[];
extern char          *ngx_module_names[];
extern char          *ngx_module_order[];

ngx_module_t *ngx_modules[] = {
    &ngx_http_fetch_probe_module,
    NULL
};

char *ngx_module_names[] = {
    "ngx_http_fetch_probe_module",
    NULL
};

char *ngx_module_order[] = {
    NULL
};

#endif


static ngx_int_t
ngx_http_fetch_probe_handler(ngx_http_request_t *r)
{
    size_t                            size;
    ngx_str_t                         started = ngx_string("started\n");
    ngx_pool_cleanup_t               *cln;
    ngx_http_fetch_probe_t           *probe;
    ngx_http_fetch_probe_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(r, ngx_http_fetch_probe_module);

    size = sizeof(ngx_http_fetch_probe_t)
           + conf->count * (sizeof(ngx_http_fetch_probe_slot_t) + 512);

    cln = ngx_pool_cleanup_add(r->pool, 0);
    probe = ngx_calloc(size, r->connection->log);

    if (cln == NULL || probe == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    probe->count = conf->count;
    probe->text = (u_char *) &probe->slots[conf->count];
    probe->last = probe->text;
    probe->end = (u_char *) probe + size;

    probe->running = 1;

    if (ngx_http_fetch_probe_start(probe, conf) != NGX_OK) {
        ngx_http_fetch_probe_free(probe);
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    if (conf->cancel_now) {
        ngx_http_fetch_probe_cancel(probe);
        ngx_http_fetch_probe_free(probe);
        return ngx_http_fetch_probe_send(r, &started);
    }

    if (conf->detached) {
        ngx_http_fetch_probe_free(probe);
        return ngx_http_fetch_probe_send(r, &started);
    }

    probe->request = r;
    probe->cleanup = cln;

    cln->handler = ngx_http_fetch_probe_left;
    cln->data = probe;

    r->read_event_handler = ngx_http_test_reading;
    r->main->count++;

    ngx_http_fetch_probe_free(probe);

    return NGX_DONE;
}


static ngx_int_t
ngx_http_fetch_probe_start(ngx_http_fetch_probe_t *probe,
    ngx_http_fetch_probe_loc_conf_t *conf)
{
    ngx_uint_t                         i;
    ngx_http_fetch_probe_slot_t       *slot;
    ngx_http_actor_token_fetch_task_t  task;

    task.place = &conf->place;
    task.uri = conf->uri;
    task.args = conf->args;
    ngx_str_set(&task.issuer, "probe");
    task.limit = conf->limit;
    task.handler = ngx_http_fetch_probe_answer;

    probe->starting = 1;

    for (i = 0; i < probe->count; i++) {
        slot = &probe->slots[i];
        slot->probe = probe;
        task.data = slot;

        slot->fetch = ngx_http_actor_token_fetch_start(&task);
        if (slot->fetch == NULL) {
            break;
        }

        if (conf->awaited) {
            ngx_http_actor_token_fetch_awaited(slot->fetch, 1);
        }

        probe->running++;
    }

    probe->starting = 0;

    if (i < probe->count) {
        ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0,
                      "probe: started %ui of %ui", i, probe->count);
    }

    return i ? NGX_OK : NGX_ERROR;
}


static void
ngx_http_fetch_probe_answer(void *data,
    const ngx_http_actor_token_answer_t *answer)
{
    u_char                        line[512], *p;
    ngx_int_t                     rc;
    ngx_str_t                     text;
    ngx_connection_t             *c;
    ngx_http_request_t           *r;
    ngx_http_fetch_probe_t       *probe;
    ngx_http_fetch_probe_slot_t  *slot;

    slot = data;
    probe = slot->probe;

    if (slot->fetch == NULL || probe->starting) {
        ngx_log_error(NGX_LOG_ALERT, ngx_cycle->log, 0,
                      "probe: called out of turn");
        return;
    }

    slot->fetch = NULL;

    p = ngx_slprintf(line, line + sizeof(line) - 1,
                     "status=%ui max_age=%T length=%uz error=\"%V\"",
                     answer->status, answer->max_age, answer->body.len,
                     &answer->error);

    if (answer->body.len > 256) {
        p = ngx_slprintf(p, line + sizeof(line) - 1, " crc=%08xD",
                         ngx_crc32_long(answer->body.data, answer->body.len));

    } else if (answer->error.len == 0) {
        p = ngx_slprintf(p, line + sizeof(line) - 1, " body=%V",
                         &answer->body);
    }

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0, "probe: %*s",
                  (size_t) (p - line), line);

    *p++ = LF;

    probe->last = ngx_cpymem(probe->last, line,
                             ngx_min(p - line, probe->end - probe->last));

    r = probe->request;

    if (r == NULL || probe->running > 1) {
        ngx_http_fetch_probe_free(probe);
        return;
    }

    c = r->connection;

    text.data = probe->text;
    text.len = probe->last - probe->text;

    rc = ngx_http_fetch_probe_send(r, &text);

    probe->cleanup->handler = NULL;
    ngx_http_fetch_probe_free(probe);

    ngx_http_finalize_request(r, rc);
    ngx_http_run_posted_requests(c);
}


static ngx_int_t
ngx_http_fetch_probe_send(ngx_http_request_t *r, ngx_str_t *text)
{
    ngx_int_t     rc;
    ngx_buf_t    *b;
    ngx_chain_t   out;

    b = ngx_create_temp_buf(r->pool, text->len);
    if (b == NULL) {
        return NGX_ERROR;
    }

    b->last = ngx_cpymem(b->last, text->data, text->len);
    b->last_buf = (r == r->main);
    b->last_in_chain = 1;

    out.buf = b;
    out.next = NULL;

    r->disable_not_modified = 1;
    r->headers_out.status = NGX_HTTP_OK;
    r->headers_out.content_length_n = text->len;
    ngx_str_set(&r->headers_out.content_type, "text/plain");

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return ngx_http_output_filter(r, &out);
}


static void
ngx_http_fetch_probe_left(void *data)
{
    ngx_http_fetch_probe_t           *probe = data;
    ngx_http_fetch_probe_loc_conf_t  *conf;

    conf = ngx_http_get_module_loc_conf(probe->request,
                                        ngx_http_fetch_probe_module);
    probe->request = NULL;

    ngx_log_error(NGX_LOG_NOTICE, ngx_cycle->log, 0, "probe: client has left");

    if (conf->cancel_leave) {
        probe->running++;
        ngx_http_fetch_probe_cancel(probe);
        ngx_http_fetch_probe_free(probe);
    }
}


static void
ngx_http_fetch_probe_cancel(ngx_http_fetch_probe_t *probe)
{
    ngx_uint_t                    i;
    ngx_http_fetch_probe_slot_t  *slot;

    for (i = 0; i < probe->count; i++) {
        slot = &probe->slots[i];

        if (slot->fetch) {
            ngx_http_actor_token_fetch_cancel(slot->fetch);
            slot->fetch = NULL;
            ngx_http_fetch_probe_free(probe);
        }
    }
}


static void
ngx_http_fetch_probe_free(ngx_http_fetch_probe_t *probe)
{
    if (--probe->running == 0) {
        ngx_free(probe);
    }
}


static char *
ngx_http_fetch_probe(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_fetch_probe_loc_conf_t *plcf = conf;

    ngx_str_t                          *value, s;
    ngx_uint_t                          i;
    ngx_http_core_loc_conf_t           *clcf;
    ngx_http_fetch_probe_loc_conf_t   **p;
    ngx_http_fetch_probe_main_conf_t   *pmcf;

    value = cf->args->elts;

    plcf->written = value[1];
    plcf->file = cf->conf_file->file.name;
    plcf->line = cf->conf_file->line;
    plcf->limit = 5000;
    plcf->count = 1;

    for (i = 2; i < cf->args->nelts; i++) {
        s = value[i];

        if (ngx_strncmp(s.data, "server=", 7) == 0) {
            plcf->server.data = s.data + 7;
            plcf->server.len = s.len - 7;

        } else if (ngx_strncmp(s.data, "tenant=", 7) == 0) {
            plcf->tenant.data = s.data + 7;
            plcf->tenant.len = s.len - 7;

        } else if (ngx_strncmp(s.data, "limit=", 6) == 0) {
            s.data += 6;
            s.len -= 6;
            plcf->limit = ngx_parse_time(&s, 0);

        } else if (ngx_strncmp(s.data, "count=", 6) == 0) {
            plcf->count = ngx_atoi(s.data + 6, s.len - 6);

        } else if (ngx_strcmp(s.data, "awaited") == 0) {
            plcf->awaited = 1;

        } else if (ngx_strcmp(s.data, "detached") == 0) {
            plcf->detached = 1;

        } else if (ngx_strcmp(s.data, "cancel=leave") == 0) {
            plcf->cancel_leave = 1;

        } else if (ngx_strcmp(s.data, "cancel=now") == 0) {
            plcf->cancel_now = 1;

        } else {
            return "has an unknown parameter";
        }
    }

    pmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_fetch_probe_module);

    p = ngx_array_push(&pmcf->probes);
    if (p == NULL) {
        return NGX_CONF_ERROR;
    }

    *p = plcf;

    clcf = ngx_http_conf_get_module_loc_conf(cf, ngx_http_core_module);
    clcf->handler = ngx_http_fetch_probe_handler;

    return NGX_CONF_OK;
}


static ngx_int_t
ngx_http_fetch_probe_init(ngx_conf_t *cf)
{
    ngx_str_t                          text;
    ngx_uint_t                         i;
    ngx_http_fetch_probe_loc_conf_t  **p, *plcf;
    ngx_http_fetch_probe_main_conf_t  *pmcf;

    pmcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_fetch_probe_module);

    p = pmcf->probes.elts;

    for (i = 0; i < pmcf->probes.nelts; i++) {
        plcf = p[i];

        if (ngx_http_actor_token_place_uri(cf->pool, &plcf->written,
                                           plcf->tenant.len ? &plcf->tenant
                                                            : NULL,
                                           &plcf->uri, &plcf->args)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        ngx_str_null(&text);

        if (ngx_http_actor_token_place_find(cf, &plcf->uri, &plcf->server,
                                            &plcf->place, &text)
            != NGX_OK)
        {
            ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                          "fetch_probe: %V in %V:%ui", &text, &plcf->file,
                          plcf->line);
            return NGX_ERROR;
        }

        if (ngx_http_actor_token_proxy_check(cf, plcf->place.location, &text)
            != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (text.len) {
            ngx_log_error(NGX_LOG_WARN, cf->log, 0, "fetch_probe: %V", &text);
        }
    }

    return NGX_OK;
}


static void *
ngx_http_fetch_probe_create_main_conf(ngx_conf_t *cf)
{
    ngx_http_fetch_probe_main_conf_t  *conf;

    conf = ngx_pcalloc(cf->pool, sizeof(ngx_http_fetch_probe_main_conf_t));
    if (conf == NULL) {
        return NULL;
    }

    if (ngx_array_init(&conf->probes, cf->pool, 4,
                       sizeof(ngx_http_fetch_probe_loc_conf_t *))
        != NGX_OK)
    {
        return NULL;
    }

    return conf;
}


static void *
ngx_http_fetch_probe_create_loc_conf(ngx_conf_t *cf)
{
    return ngx_pcalloc(cf->pool, sizeof(ngx_http_fetch_probe_loc_conf_t));
}
