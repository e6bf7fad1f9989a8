
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_template.h>


static u_char *ngx_actor_token_template_find(const ngx_str_t *value,
    const ngx_str_t *placeholder);
static const char *ngx_actor_token_template_place(
    ngx_actor_token_template_t *t);


const char *
ngx_actor_token_template_parse(ngx_actor_token_template_t *t,
    const ngx_str_t *value, const ngx_str_t *placeholder)
{
    u_char  *p, *last;

    ngx_memzero(t, sizeof(ngx_actor_token_template_t));

    if (value->len == 0) {
        return "is empty";
    }

    if (!ngx_actor_token_printable(value)) {
        return "has a control character";
    }

    last = value->data + value->len;
    p = ngx_actor_token_template_find(value, placeholder);

    if (p == NULL) {
        t->prefix = *value;
        t->suffix.data = last;

    } else if (value->len > NGX_ACTOR_TOKEN_TEMPLATE_MAX) {
        return "is too long for a template";

    } else {
        t->templated = 1;

        t->prefix.data = value->data;
        t->prefix.len = p - value->data;

        t->suffix.data = p + placeholder->len;
        t->suffix.len = last - t->suffix.data;
    }

    if (ngx_strlchr(t->prefix.data, t->prefix.data + t->prefix.len, '{')
        || ngx_strlchr(t->suffix.data, t->suffix.data + t->suffix.len, '{'))
    {
        return t->templated ? "has more than one placeholder"
                            : "has an unknown placeholder";
    }

    return t->templated ? ngx_actor_token_template_place(t) : NULL;
}


static u_char *
ngx_actor_token_template_find(const ngx_str_t *value,
    const ngx_str_t *placeholder)
{
    u_char  *p, *last;

    if (value->len < placeholder->len) {
        return NULL;
    }

    last = value->data + value->len - placeholder->len;

    for (p = value->data; p <= last; p++) {
        if (ngx_memcmp(p, placeholder->data, placeholder->len) == 0) {
            return p;
        }
    }

    return NULL;
}


/* where in the URL the placeholder stands, and whether it may */

static const char *
ngx_actor_token_template_place(ngx_actor_token_template_t *t)
{
    u_char      *p, *host, *last;
    ngx_uint_t   dots;

    last = t->prefix.data + t->prefix.len;
    host = ngx_strlchr(t->prefix.data, last, ':');

    if (host == NULL || last - host < 3 || host[1] != '/' || host[2] != '/') {
        return "has a placeholder but is not a URL";
    }

    host += 3;

    for (p = host; p < last; p++) {
        if (*p == '?' || *p == '#' || *p == '@') {
            return "has a placeholder behind \"?\", \"#\" or \"@\"";
        }
    }

    if (ngx_strlchr(host, last, '/') != NULL) {

        if (last[-1] != '/' || (t->suffix.len && t->suffix.data[0] != '/')) {
            return "has a placeholder that is not a whole path segment";
        }

        return NULL;
    }

    t->host = 1;

    if ((last != host && last[-1] != '.')
        || t->suffix.len == 0 || t->suffix.data[0] != '.')
    {
        return "has a placeholder that is not a whole host label";
    }

    dots = 0;
    last = t->suffix.data + t->suffix.len;

    for (p = t->suffix.data; p < last && *p != '/' && *p != ':'; p++) {

        if (*p == '@') {
            return "has a placeholder in front of \"@\"";
        }

        if (*p != '.') {

            /* what ends a host for some and not for others, such as "?" */

            if (!isalnum(*p) && *p != '-') {
                return "has a placeholder in a host with a strange character";
            }

            continue;
        }

        if (p + 1 < last && p[1] == '.') {
            return "has a placeholder in a host with an empty label";
        }

        if (p + 1 < last && p[1] != '/' && p[1] != ':') {
            dots++;
        }
    }

    if (p < last && *p == ':') {

        for (p++; p < last && *p != '/'; p++) {
            if (*p < '0' || *p > '9') {
                return "has a placeholder in front of a port that is none";
            }
        }
    }

    if (dots < 2) {
        return "has a placeholder among the last two host labels";
    }

    return NULL;
}


ngx_uint_t
ngx_actor_token_template_match(const ngx_actor_token_template_t *t,
    const ngx_str_t *s, ngx_str_t *label)
{
    size_t  fixed;

    ngx_str_null(label);

    if (!t->templated) {
        return ngx_actor_token_eq(&t->prefix, s);
    }

    fixed = t->prefix.len + t->suffix.len;

    if (s->len <= fixed
        || ngx_memcmp(s->data, t->prefix.data, t->prefix.len) != 0
        || ngx_memcmp(s->data + s->len - t->suffix.len, t->suffix.data,
                      t->suffix.len)
           != 0)
    {
        return 0;
    }

    label->data = s->data + t->prefix.len;
    label->len = s->len - fixed;

    return ngx_actor_token_template_label(t->host, label);
}


/* [A-Za-z0-9][A-Za-z0-9._-]*, without dots in a host */

ngx_uint_t
ngx_actor_token_template_label(ngx_uint_t host, const ngx_str_t *label)
{
    u_char  ch;
    size_t  i;

    if (label->len == 0 || label->len > NGX_ACTOR_TOKEN_LABEL_MAX) {
        return 0;
    }

    for (i = 0; i < label->len; i++) {
        ch = label->data[i];

        if ((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z')
            || (ch >= '0' && ch <= '9'))
        {
            continue;
        }

        if (i > 0 && (ch == '-' || ch == '_' || (ch == '.' && !host))) {
            continue;
        }

        return 0;
    }

    return 1;
}
