
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"


static void test_find(void);
static void test_add(void);
static void test_long(void);
static ngx_int_t failing_add(ngx_pool_t *pool, void *data);


static ngx_actor_token_issuer_t  issuers[8];


void
unit_tests(void)
{
    test_find();
    test_add();
    test_long();

    unit_failing("literal", failing_add, "https://x.example", NGX_OK, NULL);
    unit_failing("template", failing_add, "https://x.example/{tenant}",
                 NGX_OK, NULL);
}


static void
test_find(void)
{
    ngx_str_t                        iss, label;
    ngx_uint_t                       i;
    ngx_actor_token_trusted_t        trusted;
    const ngx_actor_token_issuer_t  *found;

    static const char  *values[] = {
        "https://a.example", "https://a.example/", "https://a.example/{tenant}",
        "https://a.example/{tenant}/v2", "https://{tenant}.auth.example",
        "https://a.example/special", "https://{tenant}.auth.example/x/y",
        "literal"
    };

    static struct {
        const char  *iss;
        int          issuer;     /* -1: none */
        const char  *label;
    } tests[] = {
        { "https://a.example", 0, "" },
        { "https://a.example/", 1, "" },
        { "https://a.example/t", 2, "t" },
        { "https://a.example/special", 5, "" },
        { "https://a.example/special2", 2, "special2" },
        { "https://a.example/t/v2", 3, "t" },
        { "https://a.example/v2/v2", 3, "v2" },
        { "https://t.auth.example", 4, "t" },
        { "https://t.auth.example/x/y", 6, "t" },
        { "literal", 7, "" },
        { "https://A.example", -1, NULL },
        { "https://a.example//v2", -1, NULL },
        { "https://a.example/t/v2/", -1, NULL },
        { "https://a.example/t/v3", -1, NULL },
        { "https://a.example/{}", -1, NULL },
        { "https://a.example/{tenant}", -1, NULL },
        { "https://{}.auth.example", -1, NULL },
        { "https://.auth.example", -1, NULL },
        { "https://t.u.auth.example", -1, NULL },
        { "https://t.auth.example/x.y", -1, NULL },
        { "http://a.example/t", -1, NULL },
        { "", -1, NULL },
        { ":", -1, NULL },
        { "x:", -1, NULL },
        { "://", -1, NULL },
        { "https://", -1, NULL },
        { "////////////", -1, NULL },
        { "https://............", -1, NULL },
        { "litera", -1, NULL }
    };

    for (i = 0; i < 8; i++) {
        server_issuer(&issuers[i], values[i]);
    }

    server_trust(&trusted, &issuers[0], &issuers[1], &issuers[2], &issuers[3],
                 &issuers[4], &issuers[5], &issuers[6], &issuers[7], NULL);

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        iss = server_str(tests[i].iss);

        found = ngx_actor_token_issuers_find(&trusted.issuers, &iss, &label);

        is(found ? (int) found->index : -1, tests[i].issuer, "find: \"%s\"",
           tests[i].iss);

        if (found) {
            is_str(&label, tests[i].label, "find: the label of \"%s\"",
                   tests[i].iss);

        } else {
            ok(label.data == NULL && label.len == 0,
               "find: no label of \"%s\"", tests[i].iss);
        }
    }

    iss = STR("https://a.example\0");
    ok(ngx_actor_token_issuers_find(&trusted.issuers, &iss, &label) == NULL,
       "find: NUL is a byte like others");

    ngx_str_null(&iss);
    ok(ngx_actor_token_issuers_find(&trusted.issuers, &iss, &label) == NULL,
       "find: nothing");

    server_trust(&trusted, NULL);
    iss = STR("https://a.example");
    ok(ngx_actor_token_issuers_find(&trusted.issuers, &iss, &label) == NULL,
       "find: among none");
}


static void
test_add(void)
{
    ngx_uint_t                   i;
    ngx_actor_token_issuer_t     first, second, **p;
    ngx_actor_token_trusted_t    trusted;

    static struct {
        const char  *first;
        const char  *second;
        ngx_uint_t   clash;
    } tests[] = {
        { "https://a.example", "https://a.example", 1 },
        { "https://a.example", "https://a.example/", 0 },
        { "https://a.example/{tenant}", "https://a.example/{tenant}", 1 },
        { "https://a.example/{tenant}/y", "https://a.example/x/{tenant}", 1 },
        { "https://a.example/x/{tenant}", "https://a.example/{tenant}/y", 1 },
        { "https://a.example/{tenant}", "https://a.example/{tenant}/y", 0 },
        { "https://a.example/x", "https://a.example/{tenant}", 0 },
        { "https://a.example/{tenant}", "https://a.example/x", 0 }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        server_issuer(&first, tests[i].first);
        server_issuer(&second, tests[i].second);
        server_trust(&trusted, &first, NULL);

        p = ngx_array_push(&trusted.issuers.issuers);
        *p = &second;
        second.index = 1;

        ok(ngx_actor_token_issuers_add(&trusted.issuers, &second, server_arena)
           == (tests[i].clash ? &first : NULL),
           "add: \"%s\", then \"%s\"", tests[i].first, tests[i].second);
    }
}


/* an "iss" of any length, around what the longest template allows */

static void
test_long(void)
{
    char                        *value, *iss;
    size_t                       n;
    ngx_str_t                    s, label;
    ngx_actor_token_issuer_t     issuer;
    ngx_actor_token_trusted_t    trusted;

    value = ngx_pcalloc(server_arena, NGX_ACTOR_TOKEN_TEMPLATE_MAX + 1);
    memset(value, 'x', NGX_ACTOR_TOKEN_TEMPLATE_MAX);
    memcpy(value, "https://a.example/{tenant}/", 27);

    server_issuer(&issuer, value);
    server_trust(&trusted, &issuer, NULL);

    for (n = 1; n <= NGX_ACTOR_TOKEN_LABEL_MAX + 1; n++) {
        iss = ngx_pcalloc(server_arena, 2000);
        sprintf(iss, "https://a.example/%.*s%s", (int) n, value + 27,
                value + 26);
        s = server_str(iss);

        if (n == 1 || n >= NGX_ACTOR_TOKEN_LABEL_MAX) {
            is(ngx_actor_token_issuers_find(&trusted.issuers, &s, &label)
               != NULL, n <= NGX_ACTOR_TOKEN_LABEL_MAX,
               "long: the longest template with a label of %d bytes", (int) n);
        }
    }

    s.data = ngx_palloc(server_arena, 65536);
    s.len = 65536;
    memset(s.data, '/', s.len);
    memcpy(s.data, "https://", 8);
    ok(ngx_actor_token_issuers_find(&trusted.issuers, &s, &label) == NULL,
       "long: 64 KiB of segments");
}


static ngx_int_t
failing_add(ngx_pool_t *p, void *data)
{
    ngx_str_t                    s, label;
    ngx_actor_token_issuer_t    *rc, **elt;
    ngx_actor_token_issuers_t    all;

    static const char               *made;
    static ngx_actor_token_issuer_t  issuer;

    if (made != data) {
        made = data;
        server_issuer(&issuer, data);
    }

    ngx_memzero(&all, sizeof(all));

    if (ngx_actor_token_issuers_init(&all, p) != NGX_OK) {
        return NGX_ERROR;
    }

    elt = ngx_array_push(&all.issuers);
    *elt = &issuer;
    issuer.index = 0;

    rc = ngx_actor_token_issuers_add(&all, &issuer, p);

    if (rc == NGX_ACTOR_TOKEN_ISSUER_ERROR) {
        return NGX_ERROR;
    }

    s = issuer.issuer.templated ? STR("https://x.example/t")
                                : STR("https://x.example");

    return (rc == NULL
            && ngx_actor_token_issuers_find(&all, &s, &label) == &issuer)
           ? NGX_OK : UNIT_WRONG;
}
