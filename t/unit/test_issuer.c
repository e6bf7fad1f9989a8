
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"


static void test_find(void);
static void test_add(void);
static void test_overlap(void);
static ngx_uint_t overlap(const ngx_actor_token_template_t *a,
    const ngx_actor_token_template_t *b);
static const char *random_template(void);
static void test_many(void);
static void test_long(void);
static ngx_int_t failing_add(ngx_pool_t *pool, void *data);


static ngx_actor_token_issuer_t  issuers[8];


void
unit_tests(void)
{
    test_find();
    test_add();
    test_overlap();
    test_many();
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

        ok(ngx_actor_token_issuers_add(&trusted.issuers, &second,
                                       server_arena, server_arena)
           == (tests[i].clash ? &first : NULL),
           "add: \"%s\", then \"%s\"", tests[i].first, tests[i].second);
    }
}


/* templates that have an "iss" in common, and no others, clash */

static void
test_overlap(void)
{
    ngx_str_t                   s;
    ngx_pool_t                 *pool;
    ngx_uint_t                  i, k, n, clash, clashes, wrong;
    ngx_actor_token_issuer_t   *found;
    ngx_actor_token_issuers_t   all;

    enum { N = 400 };

    static ngx_actor_token_issuer_t  some[N];

    static const char  *first[] = {
        "https://a.example/{tenant}", "https://a.example/{tenant}/v2",
        "https://a.example/x/{tenant}", "https://a.example/{tenant}/y",
        "https://a.example/{tenant}/x/y", "https://a.example/y/x/{tenant}",
        "https://{tenant}.auth.example", "https://t.{tenant}.auth.example",
        "https://{tenant}.t.auth.example",
        "https://{tenant}.auth.example/t", "https://t.auth.example/{tenant}",
        "https://-/{tenant}", "https://{tenant}.auth.example/t/v2",
        "https://a.example/{tenant}/-", "https://a.example/x.y/{tenant}",
        "https://a.example/{tenant}/x.y"
    };

    for (n = 0; n < N; n++) {
        server_issuer(&some[n], n < sizeof(first) / sizeof(first[0])
                                ? first[n] : random_template());
        some[n].index = n;
    }

    ngx_memzero(&all, sizeof(all));
    (void) ngx_actor_token_issuers_init(&all, server_arena);

    /* two by two */

    clashes = 0;
    wrong = 0;

    for (i = 0; i < N; i++) {
        for (k = 0; k < 40; k++) {
            pool = server_pool();

            ngx_memzero(&all.literals, sizeof(ngx_actor_token_table_t));
            all.longest = 0;

            (void) ngx_actor_token_issuers_add(&all, &some[i], pool, pool);
            found = ngx_actor_token_issuers_add(&all, &some[k], pool, pool);
            clash = overlap(&some[i].issuer, &some[k].issuer);

            if (found != (clash ? &some[i] : NULL)) {
                wrong++;
                s = some[i].value;
                printf("# \"%.*s\" and \"%s\"\n", (int) s.len, s.data,
                       some[k].value.data);
            }

            clashes += clash;
            ngx_destroy_pool(pool);
        }
    }

    is(wrong, 0, "overlap: of two");
    if (!ok(clashes > 100 && clashes < N * 20, "overlap: some do")) {
        printf("# %d of %d\n", (int) clashes, N * 40);
    }

    /* one by one, each with all that were added before */

    pool = server_pool();

    ngx_memzero(&all.literals, sizeof(ngx_actor_token_table_t));
    all.longest = 0;

    wrong = 0;

    for (i = 0; i < N; i++) {
        found = ngx_actor_token_issuers_add(&all, &some[i], pool, pool);
        clash = 0;

        for (k = 0; k < i; k++) {
            clash |= (some[k].index < N
                      && overlap(&some[i].issuer, &some[k].issuer));
        }

        wrong += found ? !overlap(&some[i].issuer, &found->issuer) : clash;

        if (found) {
            some[i].index = N;
        }
    }

    is(wrong, 0, "overlap: with many");

    ngx_destroy_pool(pool);
}


/* by trying: one's label is another, or a segment of the other */

static ngx_uint_t
overlap(const ngx_actor_token_template_t *a,
    const ngx_actor_token_template_t *b)
{
    char        text[512], *p, *next;
    ngx_str_t   s, label;

    (void) snprintf(text, sizeof(text), "https://t/%.*s/%.*s",
                    (int) b->prefix.len - 8, b->prefix.data + 8,
                    (int) b->suffix.len, b->suffix.data);

    for (p = text + 8; p; p = next ? next + 1 : NULL) {
        next = strpbrk(p, a->host ? "/." : "/");

        s = mint_print("%.*s%.*s%.*s", (int) a->prefix.len, a->prefix.data,
                       next ? (int) (next - p) : (int) strlen(p), p,
                       (int) a->suffix.len, a->suffix.data);

        if (ngx_actor_token_template_match(a, &s, &label)
            && ngx_actor_token_template_match(b, &s, &label))
        {
            return 1;
        }
    }

    return 0;
}


/* of few different parts, so that many are alike */

static const char *
random_template(void)
{
    char              *p, *text;
    ngx_uint_t         i, labels, segments, hole;
    static uint32_t    seed = 1;

    static const char  *parts[] = { "a", "b", "a.b", "-" };

    text = ngx_pnalloc(server_arena, 128);
    p = text + sprintf(text, "https://");

    seed = seed * 1103515245 + 12345;
    labels = 2 + (seed >> 16) % 2;
    segments = 1 + (seed >> 20) % 3;
    hole = (seed >> 8) % (labels - 2 + segments);

    for (i = 0; i < labels + segments; i++) {
        seed = seed * 1103515245 + 12345;

        if (i) {
            *p++ = (i < labels) ? '.' : '/';
        }

        if (i == hole + (hole >= labels - 2 ? 2 : 0)) {
            p += sprintf(p, "{tenant}");

        } else {
            p += sprintf(p, "%s", parts[(seed >> 16)
                                        % ((i < labels) ? 2 : 4)]);
        }
    }

    return text;
}


static void
test_many(void)
{
    ngx_str_t                         iss, label;
    ngx_uint_t                        i, wrong;
    ngx_actor_token_issuers_t         all;
    ngx_actor_token_issuer_t        **p;
    const ngx_actor_token_issuer_t   *found;

    enum { N = 1000 };

    static ngx_actor_token_issuer_t  many[2 * N];

    ngx_memzero(&all, sizeof(all));
    (void) ngx_actor_token_issuers_init(&all, server_arena);

    for (i = 0; i < 2 * N; i++) {
        iss = mint_print((i % 2) ? "https://i%d.example/{tenant}"
                                 : "https://i%d.example", (int) i);
        server_issuer(&many[i], (char *) iss.data);

        p = ngx_array_push(&all.issuers);
        *p = &many[i];
    }

    for (wrong = 0, i = 0; i < 2 * N; i++) {
        wrong += (ngx_actor_token_issuers_add(&all, &many[i], server_arena,
                                              server_arena)
                  != NULL);
    }

    is(wrong, 0, "many: are added");

    for (i = 0; i < 2 * N; i++) {
        iss = mint_print((i % 2) ? "https://i%d.example/t"
                                 : "https://i%d.example", (int) i);
        found = ngx_actor_token_issuers_find(&all, &iss, &label);
        wrong += (found != &many[i]);

        iss = mint_print((i % 2) ? "https://i%d.example"
                                 : "https://i%d.example/t", (int) i);
        found = ngx_actor_token_issuers_find(&all, &iss, &label);
        wrong += (found != NULL);
    }

    is(wrong, 0, "many: each is found, and no other");
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
        issuer.tenants = LIST("t", "u");
    }

    ngx_memzero(&all, sizeof(all));

    if (ngx_actor_token_issuers_init(&all, p) != NGX_OK) {
        return NGX_ERROR;
    }

    elt = ngx_array_push(&all.issuers);
    *elt = &issuer;
    issuer.index = 0;

    rc = ngx_actor_token_issuers_add(&all, &issuer, p, p);

    if (rc == NGX_ACTOR_TOKEN_ISSUER_ERROR) {
        return NGX_ERROR;
    }

    s = issuer.issuer.templated ? STR("https://x.example/t")
                                : STR("https://x.example");

    return (rc == NULL
            && ngx_actor_token_issuer_serves(&issuer, &STR("u"))
            && ngx_actor_token_issuers_find(&all, &s, &label) == &issuer)
           ? NGX_OK : UNIT_WRONG;
}
