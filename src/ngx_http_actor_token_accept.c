
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_http_actor_token_metrics.h>


/* a media range of "Accept", and what it is worth, of 1000 */

typedef struct {
    ngx_str_t    type;
    ngx_str_t    version;            /* data is NULL without one */
    ngx_uint_t   weight;
} ngx_http_actor_token_range_t;


/*
 * The best weight of each format.  Ranges with an asterisk are for the
 * default alone: whoever sends them does not know of the others.  The more
 * exactly a range names it, the more it counts.
 */

typedef struct {
    ngx_uint_t   weights[NGX_HTTP_ACTOR_TOKEN_FORMATS];
    ngx_uint_t   exactness;
} ngx_http_actor_token_wishes_t;


static void ngx_http_actor_token_accept_field(const ngx_str_t *field,
    ngx_http_actor_token_wishes_t *wishes);
static u_char *ngx_http_actor_token_accept_part(u_char *p, u_char *last,
    u_char stop, ngx_str_t *part);
static ngx_int_t ngx_http_actor_token_accept_param(const ngx_str_t *param,
    ngx_http_actor_token_range_t *range);
static ngx_int_t ngx_http_actor_token_accept_weight(const ngx_str_t *value,
    ngx_uint_t *weight);
static void ngx_http_actor_token_accept_range(
    const ngx_http_actor_token_range_t *range,
    ngx_http_actor_token_wishes_t *wishes);
static ngx_uint_t ngx_http_actor_token_same_word(const ngx_str_t *s,
    const char *word);


ngx_http_actor_token_format_e
ngx_http_actor_token_negotiate(ngx_http_request_t *r)
{
    ngx_uint_t                      i, best;
    ngx_list_part_t                *part;
    ngx_table_elt_t                *h;
    static const ngx_str_t          accept = ngx_string("accept");
    ngx_http_actor_token_wishes_t   wishes;

    ngx_memzero(&wishes, sizeof(ngx_http_actor_token_wishes_t));

    part = &r->headers_in.headers.part;
    h = part->elts;

    for (i = 0; /* void */ ; i++) {

        if (i >= part->nelts) {
            if (part->next == NULL) {
                break;
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (h[i].hash && ngx_http_actor_token_named(&h[i], &accept)) {
            ngx_http_actor_token_accept_field(&h[i].value, &wishes);
        }
    }

    /* of equals, one that is not the default was named on purpose */

    best = NGX_HTTP_ACTOR_TOKEN_TEXT;

    for (i = 1; i < NGX_HTTP_ACTOR_TOKEN_FORMATS; i++) {

        if (wishes.weights[i]
            && (wishes.weights[i] > wishes.weights[best]
                || (best == NGX_HTTP_ACTOR_TOKEN_TEXT
                    && wishes.weights[i] == wishes.weights[best])))
        {
            best = i;
        }
    }

    return best;
}


static void
ngx_http_actor_token_accept_field(const ngx_str_t *field,
    ngx_http_actor_token_wishes_t *wishes)
{
    u_char                        *p, *last, *q, *end;
    ngx_int_t                      rc;
    ngx_str_t                      item, param;
    ngx_http_actor_token_range_t   range;

    p = field->data;
    last = p + field->len;

    while (p < last) {
        p = ngx_http_actor_token_accept_part(p, last, ',', &item);

        ngx_memzero(&range, sizeof(ngx_http_actor_token_range_t));
        range.weight = 1000;
        rc = NGX_OK;

        end = item.data + item.len;
        q = ngx_http_actor_token_accept_part(item.data, end, ';',
                                             &range.type);

        while (q < end && rc == NGX_OK) {
            q = ngx_http_actor_token_accept_part(q, end, ';', &param);
            rc = ngx_http_actor_token_accept_param(&param, &range);
        }

        if (rc == NGX_OK) {
            ngx_http_actor_token_accept_range(&range, wishes);
        }
    }
}


/* what is in front of "stop", trimmed; returns where to go on behind it */

static u_char *
ngx_http_actor_token_accept_part(u_char *p, u_char *last, u_char stop,
    ngx_str_t *part)
{
    u_char      *end;
    ngx_uint_t   quoted;

    quoted = 0;

    while (p < last && (*p == ' ' || *p == '\t')) {
        p++;
    }

    part->data = p;

    for ( /* void */ ; p < last && (quoted || *p != stop); p++) {

        if (*p == '"') {
            quoted = !quoted;

        } else if (quoted && *p == '\\' && p + 1 < last) {
            p++;
        }
    }

    end = p;

    while (end > part->data && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }

    part->len = end - part->data;

    return (p < last) ? p + 1 : p;
}


static ngx_int_t
ngx_http_actor_token_accept_param(const ngx_str_t *param,
    ngx_http_actor_token_range_t *range)
{
    u_char     *p;
    ngx_str_t   name, value;

    p = ngx_strlchr(param->data, param->data + param->len, '=');
    if (p == NULL) {
        return NGX_OK;
    }

    name.data = param->data;
    name.len = p - param->data;

    value.data = p + 1;
    value.len = param->data + param->len - value.data;

    if (ngx_http_actor_token_same_word(&name, "q")) {
        return ngx_http_actor_token_accept_weight(&value, &range->weight);
    }

    if (ngx_http_actor_token_same_word(&name, "version")) {

        if (value.len >= 2 && value.data[0] == '"') {
            value.data++;
            value.len -= 2;
        }

        range->version = value;
    }

    return NGX_OK;
}


/* ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] ) */

static ngx_int_t
ngx_http_actor_token_accept_weight(const ngx_str_t *value,
    ngx_uint_t *weight)
{
    size_t      i;
    ngx_int_t   n;
    ngx_uint_t  unit;

    if (value->len == 0 || value->len > 5
        || (value->len > 1 && value->data[1] != '.'))
    {
        return NGX_DECLINED;
    }

    *weight = 0;
    unit = 1000;

    for (i = 0; i < value->len; i++) {

        if (i == 1) {
            continue;
        }

        n = ngx_atoi(&value->data[i], 1);
        if (n == NGX_ERROR) {
            return NGX_DECLINED;
        }

        *weight += n * unit;
        unit /= 10;
    }

    return (*weight <= 1000) ? NGX_OK : NGX_DECLINED;
}


static void
ngx_http_actor_token_accept_range(const ngx_http_actor_token_range_t *range,
    ngx_http_actor_token_wishes_t *wishes)
{
    ngx_uint_t          i, exactness;
    static const struct {
        const char     *type;
        const char     *version;
    }                   formats[NGX_HTTP_ACTOR_TOKEN_FORMATS] = {
        { "text/plain", "0.0.4" },
        { "application/openmetrics-text", "1.0.0" },
        { "text/html", NULL },
        { "application/json", NULL }
    };

    for (i = 0; i < NGX_HTTP_ACTOR_TOKEN_FORMATS; i++) {

        if (ngx_http_actor_token_same_word(&range->type, formats[i].type)) {

            if (formats[i].version && range->version.data
                && !ngx_http_actor_token_same_word(&range->version,
                                                   formats[i].version))
            {
                return;
            }

            break;
        }
    }

    if (i < NGX_HTTP_ACTOR_TOKEN_FORMATS) {
        exactness = 3;

    } else if (ngx_http_actor_token_same_word(&range->type, "text/*")) {
        exactness = 2;
        i = NGX_HTTP_ACTOR_TOKEN_TEXT;

    } else if (ngx_http_actor_token_same_word(&range->type, "*/*")) {
        exactness = 1;
        i = NGX_HTTP_ACTOR_TOKEN_TEXT;

    } else {
        return;
    }

    if (i == NGX_HTTP_ACTOR_TOKEN_TEXT) {

        if (exactness < wishes->exactness) {
            return;
        }

        if (exactness > wishes->exactness) {
            wishes->exactness = exactness;
            wishes->weights[i] = 0;
        }
    }

    wishes->weights[i] = ngx_max(wishes->weights[i], range->weight);
}


static ngx_uint_t
ngx_http_actor_token_same_word(const ngx_str_t *s, const char *word)
{
    return s->len == ngx_strlen(word)
           && ngx_strncasecmp(s->data, (u_char *) word, s->len) == 0;
}
