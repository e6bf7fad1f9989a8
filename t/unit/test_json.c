
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"


static void test_parse(void);
static void test_fault(void);
static void test_depth(void);
static void test_path(void);
static void test_time(void);
static void test_show(void);
static void test_quote(void);
static ngx_int_t failing_parse(ngx_pool_t *pool, void *data);
static ngx_int_t failing_show(ngx_pool_t *pool, void *data);
static ngx_int_t failing_quote(ngx_pool_t *pool, void *data);


static ngx_pool_t  *pool;
static const char  *fault;


void
unit_tests(void)
{
    static const unit_known_t  parse = {
        NULL, "jansson often has no code for lack of memory"
    };

    pool = server_pool();

    test_parse();
    test_fault();
    test_depth();
    test_path();
    test_time();
    test_show();
    test_quote();

    ngx_destroy_pool(pool);

    unit_failing("parse", failing_parse, NULL, NGX_OK, &parse);
    unit_failing("show", failing_show, NULL, NGX_OK, NULL);
    unit_failing("quote_all", failing_quote, NULL, NGX_OK, NULL);
}


static void
test_parse(void)
{
    json_t      *root;
    ngx_str_t    s;
    ngx_uint_t   i;

    static struct {
        ngx_str_t    text;
        ngx_int_t    rc;
        const char  *what;
    } tests[] = {
        { ngx_string("{}"), NGX_OK, "an empty object" },
        { ngx_string(" {\"a\":1}\n"), NGX_OK, "white space around it" },
        { ngx_string("{\"a\":\"\\u0000\"}"), NGX_OK, "NUL in a string" },
        { ngx_string("{\"a\":\"\xc3\xa4\"}"), NGX_OK, "UTF-8" },
        { ngx_string("{\"a\":\"\\ud83d\\ude00\"}"), NGX_OK, "a pair" },
        { ngx_string("{\"a\":{\"b\":1},\"c\":{\"b\":1}}"), NGX_OK,
          "the same name in two objects" },
        { ngx_string(""), NGX_DECLINED, "nothing" },
        { ngx_string("[]"), NGX_DECLINED, "an array" },
        { ngx_string("1"), NGX_DECLINED, "a number" },
        { ngx_string("null"), NGX_DECLINED, "null" },
        { ngx_string("{}{}"), NGX_DECLINED, "two objects" },
        { ngx_string("{} x"), NGX_DECLINED, "text behind it" },
        { ngx_string("{}\0"), NGX_DECLINED, "NUL behind it" },
        { ngx_string("{\"a\":1,}"), NGX_DECLINED, "a comma too many" },
        { ngx_string("{\"a\":1,\"a\":1}"), NGX_DECLINED, "a duplicate" },
        { ngx_string("{\"a\":1,\"\\u0061\":1}"), NGX_DECLINED,
          "a duplicate after unescaping" },
        { ngx_string("{\"a\":{\"b\":1,\"b\":1}}"), NGX_DECLINED,
          "a duplicate within" },
        { ngx_string("{\"a\":[{\"b\":1,\"b\":1}]}"), NGX_DECLINED,
          "a duplicate within an array" },
        { ngx_string("{\"a\\u0000b\":1}"), NGX_DECLINED, "NUL in a name" },
        { ngx_string("{\"a\":\"\xff\"}"), NGX_DECLINED, "no UTF-8" },
        { ngx_string("{\"a\":\"\xc0\x80\"}"), NGX_DECLINED, "overlong UTF-8" },
        { ngx_string("{\"a\":\"\xed\xa0\x80\"}"), NGX_DECLINED,
          "a surrogate in UTF-8" },
        { ngx_string("{\"a\":\"\\ud800\"}"), NGX_DECLINED,
          "a lone surrogate" },
        { ngx_string("\xef\xbb\xbf{}"), NGX_DECLINED, "a byte order mark" },
        { ngx_string("{\0}\0"), NGX_DECLINED, "UTF-16" },
        { ngx_string("{\"a\":\"\n\"}"), NGX_DECLINED,
          "a control character as it is" },
        { ngx_string("{\"a\":1e999}"), NGX_DECLINED, "an infinite number" },
        { ngx_string("{\"a\":99999999999999999999}"), NGX_DECLINED,
          "an integer of more than 64 bits" },
        { ngx_string("{\"a\":NaN}"), NGX_DECLINED, "NaN" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        root = (json_t *) -1;

        is(ngx_actor_token_json_parse(pool, &tests[i].text, &root, &fault),
           tests[i].rc, "parse: %s", tests[i].what);
        is(root != NULL, tests[i].rc == NGX_OK, "parse: a tree for %s",
           tests[i].what);
    }

    s = STR("{\"a\":1}trailing");
    s.len = 7;

    is(ngx_actor_token_json_parse(pool, &s, &root, &fault), NGX_OK,
       "parse: no byte behind the text is read");
}


static void
test_fault(void)
{
    json_t      *root;
    ngx_str_t    s;
    ngx_uint_t   i;

    static struct {
        ngx_str_t    text;
        const char  *fault;
    } tests[] = {
        { ngx_string("[]"), "is not a JSON object" },
        { ngx_string("{"), "is not JSON in strict UTF-8" },
        { ngx_string("{\"a\":\"\xff\"}"), "is not JSON in strict UTF-8" },
        { ngx_string("{\"a\":1,\"a\":1}"), "has a member twice" },
        { ngx_string("{\"a\":18446744073709551615}"),
          "has a number that is too large" },
        { ngx_string("{\"a\":1e999}"), "has a number that is too large" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        fault = "";

        (void) ngx_actor_token_json_parse(pool, &tests[i].text, &root,
                                          &fault);

        s = server_str(fault);

        is_str(&s, tests[i].fault, "fault: %s", tests[i].text.data);
    }
}


static void
test_depth(void)
{
    char        buf[512], deep[8192];
    size_t      i, n;
    json_t     *root;
    ngx_str_t   s;

    for (n = NGX_ACTOR_TOKEN_JSON_DEPTH; n <= NGX_ACTOR_TOKEN_JSON_DEPTH + 1;
         n++)
    {
        buf[0] = '\0';

        for (i = 0; i < n; i++) {
            strcat(buf, "{\"a\":");
        }

        strcat(buf, "1");

        for (i = 0; i < n; i++) {
            strcat(buf, "}");
        }

        s = server_str(buf);

        is(ngx_actor_token_json_parse(pool, &s, &root, &fault),
           (n == NGX_ACTOR_TOKEN_JSON_DEPTH) ? NGX_OK : NGX_DECLINED,
           "depth: %d objects", (int) n);

        strcpy(buf, "{\"a\":");

        for (i = 1; i < n; i++) {
            strcat(buf, "[");
        }

        for (i = 1; i < n; i++) {
            strcat(buf, "]");
        }

        strcat(buf, "}");

        s = server_str(buf);

        is(ngx_actor_token_json_parse(pool, &s, &root, &fault),
           (n == NGX_ACTOR_TOKEN_JSON_DEPTH) ? NGX_OK : NGX_DECLINED,
           "depth: %d arrays with their object", (int) n);
    }

    s = STR("{\"a\":[],\"b\":[1,2,[3]],\"c\":{}}");

    is(ngx_actor_token_json_parse(pool, &s, &root, &fault), NGX_OK,
       "depth: width");

    /* jansson gives up by itself at 2048 */

    memset(deep, '[', sizeof(deep));
    ngx_memcpy(deep, "{\"a\":", 5);

    s.data = (u_char *) deep;
    s.len = sizeof(deep);

    is(ngx_actor_token_json_parse(pool, &s, &root, &fault), NGX_DECLINED,
       "depth: 8187 arrays");

    s = server_str(fault);
    is_str(&s, "is nested too deeply", "depth: 8187 arrays: the fault");
}


static void
test_path(void)
{
    json_t                  *root, *value;
    ngx_str_t                s;
    ngx_actor_token_list_t   path;

    s = STR("{\"a\":{\"b\":{\"c\":\"deep\"}},\"a.b\":\"flat\",\"n\":null}");
    (void) ngx_actor_token_json_parse(pool, &s, &root, &fault);

    path = LIST("a", "b", "c");
    value = ngx_actor_token_json_path(root, &path);

    ok(ngx_actor_token_json_string(value, &s) == NGX_OK
       && ngx_actor_token_is(&s, "deep"), "path: of three names");

    path = LIST("a.b");
    value = ngx_actor_token_json_path(root, &path);

    ok(ngx_actor_token_json_string(value, &s) == NGX_OK
       && ngx_actor_token_is(&s, "flat"), "path: a dot is a letter");

    path = LIST("a", "x", "c");
    ok(ngx_actor_token_json_path(root, &path) == NULL, "path: ends early");

    path = LIST("a.b", "c");
    ok(ngx_actor_token_json_path(root, &path) == NULL, "path: in a string");

    path = LIST("n");
    value = ngx_actor_token_json_path(root, &path);
    ok(json_is_null(value), "path: null is a value");
    is(ngx_actor_token_json_string(value, &s), NGX_DECLINED,
       "string: not of null");
    is(ngx_actor_token_json_string(NULL, &s), NGX_DECLINED,
       "string: not of nothing");
}


static void
test_time(void)
{
    double       t;
    json_t      *root;
    ngx_str_t    s;
    ngx_uint_t   i;

    static struct {
        const char  *text;
        ngx_int_t    rc;
        double       t;
    } tests[] = {
        { "0", NGX_OK, 0 },
        { "1700000000", NGX_OK, 1700000000 },
        { "1700000000.9", NGX_OK, 1700000000.9 },
        { "1.7e9", NGX_OK, 1700000000 },
        { "-1", NGX_OK, -1 },
        { "-0.5", NGX_OK, -0.5 },
        { "-1.0", NGX_OK, -1 },
        { "9007199254740992", NGX_OK, 9007199254740992LL },
        { "9007199254740993", NGX_DECLINED, 0 },
        { "-9007199254740993", NGX_DECLINED, 0 },
        { "9223372036854775807", NGX_DECLINED, 0 },
        { "-9223372036854775808", NGX_DECLINED, 0 },
        { "1e300", NGX_DECLINED, 0 },
        { "-1e300", NGX_DECLINED, 0 },
        { "\"1700000000\"", NGX_DECLINED, 0 },
        { "true", NGX_DECLINED, 0 },
        { "null", NGX_DECLINED, 0 },
        { "[1]", NGX_DECLINED, 0 }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        char  buf[128];

        sprintf(buf, "{\"t\":%s}", tests[i].text);
        s = server_str(buf);
        t = 0;

        is(ngx_actor_token_json_parse(pool, &s, &root, &fault), NGX_OK,
           "time: %s is JSON", tests[i].text);
        is(ngx_actor_token_json_time(json_object_get(root, "t"), &t),
           tests[i].rc, "time: %s", tests[i].text);
        ok(t == tests[i].t, "time: %s in seconds", tests[i].text);
    }

    is(ngx_actor_token_json_time(NULL, &t), NGX_DECLINED, "time: nothing");
}


static void
test_show(void)
{
    json_t      *root;
    ngx_str_t    s;
    ngx_uint_t   i;

    static struct {
        const char  *text;
        const char  *shown;
    } tests[] = {
        { "\"a b\"", "a b" },
        { "\"\"", "" },
        { "true", "1" },
        { "false", "0" },
        { "null", "" },
        { "12", "12" },
        { "-1.5", "-1.5" },
        { "[ 1, \"a\" ]", "[1,\"a\"]" },
        { "{ \"a\" : {} }", "{\"a\":{}}" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        char  buf[128];

        sprintf(buf, "{\"v\":%s}", tests[i].text);
        s = server_str(buf);
        (void) ngx_actor_token_json_parse(pool, &s, &root, &fault);

        is(ngx_actor_token_json_show(pool, json_object_get(root, "v"), &s),
           NGX_OK, "show: %s", tests[i].text);
        is_str(&s, tests[i].shown, "show: %s as text", tests[i].text);
    }

    is(ngx_actor_token_json_show(pool, NULL, &s), NGX_OK, "show: nothing");
    is(s.len, 0, "show: nothing as text");
}


static void
test_quote(void)
{
    size_t       len;
    u_char       buf[NGX_ACTOR_TOKEN_QUOTED_MAX], raw[400], *p;
    json_t      *root;
    ngx_str_t    s, quoted;
    ngx_uint_t   i, k;

    static struct {
        ngx_str_t    s;
        const char  *quoted;
    } tests[] = {
        { ngx_string(""), "\"\"" },
        { ngx_string("abc"), "\"abc\"" },
        { ngx_string("a\"b\\c"), "\"a\\\"b\\\\c\"" },
        { ngx_string("\0\n\x1f\x7f"), "\"\\u0000\\u000a\\u001f\\u007f\"" },
        { ngx_string("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"),
          "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"" },
        { ngx_string("\xff"), "\"\xef\xbf\xbd\"" },
        { ngx_string("\xc3"), "\"\xef\xbf\xbd\"" },
        { ngx_string("\xc3\xc3\xa4"), "\"\xef\xbf\xbd\xc3\xa4\"" },
        { ngx_string("\xed\xa0\x80"),
          "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
        { ngx_string("\xc0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
        { ngx_string("\xf4\x90\x80\x80"),
          "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
        { ngx_string("\xf8\x88\x80\x80\x80"),
          "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        s.data = buf;
        s.len = ngx_actor_token_json_quote(buf, &tests[i].s) - buf;
        is_str(&s, tests[i].quoted, "quote: %s", tests[i].quoted);

        is(ngx_actor_token_json_quote_all(pool, &tests[i].s, &quoted), NGX_OK,
           "quote_all: %s", tests[i].quoted);
        is_str(&quoted, tests[i].quoted, "quote_all: %s as text",
               tests[i].quoted);
    }

    /* every two bytes, and every length around the limit, remain JSON */

    k = 0;

    for (i = 0; i < 65536; i++) {
        raw[0] = i >> 8;
        raw[1] = i & 0xff;
        s.data = raw;
        s.len = 2;

        p = ngx_actor_token_json_quote(buf, &s);
        root = json_loadb((char *) buf, p - buf,
                          JSON_DECODE_ANY|JSON_ALLOW_NUL, NULL);
        k += (root == NULL);
        json_decref(root);
    }

    is(k, 0, "quote: any two bytes become JSON");

    for (k = 0, i = 0; i < 3; i++) {

        for (len = 0; len < sizeof(raw); len++) {
            ngx_memset(raw, (i == 0) ? 'a' : (i == 1) ? '\n' : 0xff, len);
            s.data = raw;
            s.len = len;

            p = ngx_actor_token_json_quote(buf, &s);
            root = json_loadb((char *) buf, p - buf,
                              JSON_DECODE_ANY|JSON_ALLOW_NUL, NULL);
            k += (root == NULL || p - buf > NGX_ACTOR_TOKEN_QUOTED_MAX);
            json_decref(root);
        }
    }

    is(k, 0, "quote: any length becomes JSON of at most 258 bytes");

    ngx_memset(raw, 'a', 300);
    s.data = raw;
    s.len = 256;
    is(ngx_actor_token_json_quote(buf, &s) - buf, 258, "quote: 256 bytes");
    s.len = 257;
    is(ngx_actor_token_json_quote(buf, &s) - buf, 258, "quote: one is cut");

    ngx_memcpy(raw + 255, "\xc3\xa4", 2);
    is(ngx_actor_token_json_quote(buf, &s) - buf, 257,
       "quote: cut between characters");

    s.len = 300;
    ngx_memset(raw, '\n', 300);
    (void) ngx_actor_token_json_quote_all(pool, &s, &quoted);
    is(quoted.len, 1802, "quote_all: has no limit");
}


static ngx_int_t
failing_parse(ngx_pool_t *p, void *data)
{
    json_t     *root;
    ngx_int_t   rc;
    ngx_str_t   s;

    s = STR("{\"a\":[1,2.5,\"x\",{\"b\":null}],"
            "\"c\":{\"d\":true,\"e\":\"y\"}}");

    rc = ngx_actor_token_json_parse(p, &s, &root, &fault);

    if (rc == NGX_OK
        && (json_array_size(json_object_get(root, "a")) != 4
            || json_object_size(json_object_get(root, "c")) != 2))
    {
        return UNIT_WRONG;
    }

    return rc;
}


static ngx_int_t
failing_show(ngx_pool_t *p, void *data)
{
    json_t      *value;
    ngx_int_t    rc;
    ngx_str_t    s;

    static json_t  *root;

    if (root == NULL) {
        s = STR("{\"v\":{\"a\":[1,{\"b\":\"c\"}]}}");
        (void) ngx_actor_token_json_parse(server_arena, &s, &root, &fault);
    }

    value = json_object_get(root, "v");
    rc = ngx_actor_token_json_show(p, value, &s);

    if (rc == NGX_OK && !ngx_actor_token_is(&s, "{\"a\":[1,{\"b\":\"c\"}]}")) {
        return UNIT_WRONG;
    }

    return rc;
}


static ngx_int_t
failing_quote(ngx_pool_t *p, void *data)
{
    ngx_int_t  rc;
    ngx_str_t  s, quoted;

    s = STR("a\"b");
    rc = ngx_actor_token_json_quote_all(p, &s, &quoted);

    return (rc == NGX_OK && !ngx_actor_token_is(&quoted, "\"a\\\"b\""))
           ? UNIT_WRONG : rc;
}
