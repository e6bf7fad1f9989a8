
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"


static const char *parse(const char *value, ngx_actor_token_template_t *t);
static void test_parse(void);
static void test_match(void);


void
unit_tests(void)
{
    test_parse();
    test_match();
}


static const char *
parse(const char *value, ngx_actor_token_template_t *t)
{
    ngx_str_t         *s;
    static ngx_str_t   placeholder = ngx_string("{tenant}");

    s = ngx_palloc(server_arena, sizeof(ngx_str_t));
    *s = server_str(value);

    return ngx_actor_token_template_parse(t, s, &placeholder);
}


static void
test_parse(void)
{
    char                         buf[NGX_ACTOR_TOKEN_TEMPLATE_MAX + 2];
    ngx_str_t                    s, placeholder;
    ngx_uint_t                   i;
    ngx_actor_token_template_t   t;

    static const char  *good[] = {
        "https://a.example", "anything", "https://a.example/{tenant}",
        "https://a.example/{tenant}/v2.0", "https://a.example/x/{tenant}/y",
        "https://{tenant}.auth.example", "https://{tenant}.auth.example/x",
        "https://x.{tenant}.auth.example"
    };

    static const char  *bad[] = {
        "", "https://a.example/\n", "{tenant}", "x/{tenant}",
        "https://a.example/{other}", "https://a.example/{tenant",
        "https://a.example/{tenant}/{tenant}", "https://a.example/{{tenant}}",
        "https://a.example/x{tenant}", "https://a.example/{tenant}x",
        "https://a.example/?t={tenant}", "https://a.example/?x/{tenant}",
        "https://a.example/#/{tenant}", "https://user@{tenant}.auth.example",
        "https://{tenant}.auth.example@x", "https://{tenant}",
        "https://{tenant}/x", "https://{tenant}.example",
        "https://{tenant}.example.", "https://{tenant}.example/x.y.z",
        "https://x{tenant}.auth.example", "https://{tenant}x.auth.example",
        "https://a.b.{tenant}", "https://a.{tenant}.example",

        /* what is behind the host is none of its labels */
        "https://{tenant}.b:80.c/", "https://{tenant}.x?a.b/",
        "https://{tenant}.x#a.b/", "https://{tenant}.x\\a.b/",
        "https://{tenant}..a/", "https://{tenant}.a..b/",
        "https://{tenant}.a.b:x/", "https://{tenant}.a_b.c/"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ok(parse(good[i], &t) == NULL, "parse: \"%s\"", good[i]);
        is(t.templated, strchr(good[i], '{') != NULL,
           "parse: \"%s\" is a template or not", good[i]);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ok(parse(bad[i], &t) != NULL, "parse: not \"%s\"",
           (i == 1) ? "a control character" : bad[i]);
    }

    memset(buf, 'x', sizeof(buf));
    memcpy(buf, "https://a.example/{tenant}/", 27);

    placeholder = STR("{tenant}");
    s.data = (u_char *) buf;

    s.len = NGX_ACTOR_TOKEN_TEMPLATE_MAX;
    ok(ngx_actor_token_template_parse(&t, &s, &placeholder) == NULL,
       "parse: the longest template");

    s.len++;
    ok(ngx_actor_token_template_parse(&t, &s, &placeholder) != NULL,
       "parse: one byte longer");
}


static void
test_match(void)
{
    char                         buf[256];
    ngx_str_t                    s, label;
    ngx_uint_t                   i;
    ngx_actor_token_template_t   t;

    static struct {
        const char  *template;
        const char  *s;
        const char  *label;      /* NULL: no match */
    } tests[] = {
        { "https://a.example", "https://a.example", "" },
        { "https://a.example", "https://a.example/", NULL },
        { "https://a.example", "https://A.example", NULL },
        { "https://a.example", "https://a.exampl", NULL },
        { "https://a.example", "", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/t/v2", "t" },
        { "https://a.example/{tenant}/v2", "https://a.example/T-_.9/v2",
          "T-_.9" },
        { "https://a.example/{tenant}/v2", "https://a.example//v2", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/v2", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/t/x/v2", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/../v2", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/-t/v2", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/t%20/v2", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/t\xc3\xa4/v2",
          NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/t/v3", NULL },
        { "https://a.example/{tenant}/v2", "https://b.example/t/v2", NULL },
        { "https://a.example/{tenant}/v2", "https://a.example/{tenant}/v2",
          NULL },
        { "https://a.example/{tenant}", "https://a.example/t", "t" },
        { "https://a.example/{tenant}", "https://a.example/", NULL },
        { "https://a.example/{tenant}", "https://a.example/t/", NULL },
        { "https://{tenant}.auth.example", "https://t.auth.example", "t" },
        { "https://{tenant}.auth.example", "https://x.t.auth.example", NULL },
        { "https://{tenant}.auth.example", "https://.auth.example", NULL },
        { "https://{tenant}.auth.example", "https://e/x.auth.example", NULL },
        { "https://{tenant}.auth.example", "https://e@t.auth.example", NULL }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        (void) parse(tests[i].template, &t);

        s = server_str(tests[i].s);

        is(ngx_actor_token_template_match(&t, &s, &label),
           tests[i].label != NULL, "match: \"%s\" and \"%s\"",
           tests[i].template, tests[i].s);

        if (tests[i].label) {
            is_str(&label, tests[i].label, "match: the label of \"%s\"",
                   tests[i].s);
        }
    }

    (void) parse("https://a.example/{tenant}", &t);
    memset(buf, 'x', sizeof(buf));
    memcpy(buf, "https://a.example/", 18);
    s.data = (u_char *) buf;

    s.len = 18 + NGX_ACTOR_TOKEN_LABEL_MAX;
    is(ngx_actor_token_template_match(&t, &s, &label), 1,
       "match: the longest label");

    s.len++;
    is(ngx_actor_token_template_match(&t, &s, &label), 0,
       "match: one byte longer");
}
