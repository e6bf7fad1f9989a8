
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"
#include "mint.h"


static void test_base64url(void);
static ngx_uint_t base64url_digits(const char *text, ngx_uint_t place);
static void test_parse(void);
static void test_header(void);
static ngx_int_t failing_parse(ngx_pool_t *pool, void *data);


static ngx_pool_t  *pool;


void
unit_tests(void)
{
    ngx_str_t  h, p, token;

    static const unit_known_t  known = {
        NULL, "jansson often has no code for lack of memory"
    };

    pool = server_pool();

    test_base64url();
    test_parse();
    test_header();

    ngx_destroy_pool(pool);

    h = mint_base64url(&STR("{\"alg\":\"ES256\",\"kid\":\"k\"}"));
    p = mint_base64url(&STR("{\"iss\":\"a\"}"));
    token = mint_print("%.*s.%.*s.c2ln", (int) h.len, h.data, (int) p.len,
                       p.data);

    unit_failing("parse", failing_parse, &token, NGX_OK, &known);
}


static void
test_base64url(void)
{
    u_char       buf[4];
    size_t       i;
    ngx_int_t    rc;
    ngx_str_t    s, dst;
    ngx_uint_t   wrong;

    static struct {
        ngx_str_t    text;
        ngx_int_t    rc;
        const char  *bytes;
    } tests[] = {
        { ngx_string(""), NGX_OK, "" },
        { ngx_string("YQ"), NGX_OK, "a" },
        { ngx_string("YWI"), NGX_OK, "ab" },
        { ngx_string("YWJj"), NGX_OK, "abc" },
        { ngx_string("YWJjZA"), NGX_OK, "abcd" },
        { ngx_string("-_-_"), NGX_OK, "\xfb\xff\xbf" },
        { ngx_string("YR"), NGX_DECLINED, "trailing bits" },
        { ngx_string("YWJ"), NGX_DECLINED, "trailing bits" },
        { ngx_string("YWJjZB"), NGX_DECLINED, "trailing bits behind a group" },
        { ngx_string("Y"), NGX_DECLINED, "one letter" },
        { ngx_string("YWJjZ"), NGX_DECLINED, "one letter behind a group" },
        { ngx_string("YQ=="), NGX_DECLINED, "padding" },
        { ngx_string("YWI="), NGX_DECLINED, "padding" },
        { ngx_string("="), NGX_DECLINED, "padding alone" },
        { ngx_string("YWJj=YQ"), NGX_DECLINED, "padding within" },
        { ngx_string("+/+/"), NGX_DECLINED, "the other alphabet" },
        { ngx_string("YW Jj"), NGX_DECLINED, "a space" },
        { ngx_string("YWJj\n"), NGX_DECLINED, "a line feed" },
        { ngx_string("YW\0Jj"), NGX_DECLINED, "NUL" },
        { ngx_string("YW\xc3\xa4"), NGX_DECLINED, "bytes beyond ASCII" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        rc = ngx_actor_token_base64url(pool, &tests[i].text, &dst);

        is(rc, tests[i].rc, "base64url: %s", tests[i].rc == NGX_OK
                            ? (char *) tests[i].text.data : tests[i].bytes);
        if (rc == NGX_OK) {
            is_str(&dst, tests[i].bytes, "base64url: %s as bytes",
                   tests[i].text.data);
        }
    }

    /* there is one text for any byte, and it is the one that nginx writes */

    wrong = 0;

    for (i = 0; i < 256 * 256; i++) {
        buf[0] = i >> 8;
        buf[1] = i & 0xff;
        buf[2] = i & 0x7f;

        s.data = buf;
        s.len = 1 + i % 3;

        s = mint_base64url(&s);

        if (ngx_actor_token_base64url(pool, &s, &dst) != NGX_OK
            || dst.len != 1 + i % 3
            || ngx_memcmp(dst.data, buf, dst.len) != 0)
        {
            wrong++;
        }

        if (i % 4096 == 0) {
            ngx_reset_pool(pool);
        }
    }

    is(wrong, 0, "base64url: takes what nginx writes");

    /* in each place of a group each byte, of which some have no bits behind */

    is(base64url_digits("AAAA", 0), 64, "base64url: first of four");
    is(base64url_digits("AAAA", 1), 64, "base64url: second of four");
    is(base64url_digits("AAAA", 2), 64, "base64url: third of four");
    is(base64url_digits("AAAA", 3), 64, "base64url: last of four");
    is(base64url_digits("AAAAAAA", 4), 64, "base64url: first of three");
    is(base64url_digits("AAAAAAA", 5), 64, "base64url: second of three");
    is(base64url_digits("AAAAAAA", 6), 16, "base64url: last of three");
    is(base64url_digits("AAAAAA", 4), 64, "base64url: first of two");
    is(base64url_digits("AAAAAA", 5), 4, "base64url: last of two");
    is(base64url_digits("AAAAA", 4), 0, "base64url: one alone");
}


/* how many bytes are digits in this place; 0 if one of them is none at all */

static ngx_uint_t
base64url_digits(const char *text, ngx_uint_t place)
{
    u_char       buf[8];
    ngx_str_t    s, dst;
    ngx_uint_t   i, n;

    s.len = strlen(text);
    s.data = buf;
    memcpy(buf, text, s.len);

    n = 0;

    for (i = 0; i < 256; i++) {
        buf[place] = i;

        if (ngx_actor_token_base64url(pool, &s, &dst) != NGX_OK) {
            continue;
        }

        if (i > 127 || (!isalnum((int) i) && i != '-' && i != '_')) {
            return 0;
        }

        n++;
    }

    return n;
}


static void
test_parse(void)
{
    ngx_uint_t                 i;
    ngx_actor_token_jws_t      jws;
    ngx_actor_token_verdict_t  v;

    /* {"alg":"x"} . {} . "sig" */

#define H  "eyJhbGciOiJ4In0"
#define P  "e30"
#define S  "c2ln"

    static struct {
        ngx_str_t    token;
        ngx_int_t    rc;
        const char  *what;
    } tests[] = {
        { ngx_string(H "." P "." S), NGX_OK, "three segments" },
        { ngx_string(""), NGX_DECLINED, "nothing" },
        { ngx_string("."), NGX_DECLINED, "a dot" },
        { ngx_string(".."), NGX_DECLINED, "two dots" },
        { ngx_string(H), NGX_DECLINED, "one segment" },
        { ngx_string(H "." P), NGX_DECLINED, "two segments" },
        { ngx_string(H "." P "." S "." S), NGX_DECLINED, "four segments" },
        { ngx_string(H "." P "." S "." S "." S), NGX_DECLINED,
          "five segments, as of a JWE" },
        { ngx_string(H "." P "." S "."), NGX_DECLINED, "a dot at the end" },
        { ngx_string("." P "." S), NGX_DECLINED, "no header" },
        { ngx_string(H ".." S), NGX_DECLINED, "no payload" },
        { ngx_string(H "." P "."), NGX_DECLINED, "no signature" },
        { ngx_string(" " H "." P "." S), NGX_DECLINED, "a space first" },
        { ngx_string(H "." P "." S " "), NGX_DECLINED, "a space last" },
        { ngx_string(H "=." P "." S), NGX_DECLINED, "padding" },
        { ngx_string(H "." P "." "c2lnbg=="), NGX_DECLINED,
          "padding of the signature" },
        { ngx_string(H "." "e31" "." S), NGX_DECLINED, "another payload" },
        { ngx_string(H "." "W10" "." S), NGX_DECLINED, "an array" },
        { ngx_string("W10" "." P "." S), NGX_DECLINED,
          "an array for a header" },
        { ngx_string("{\"payload\":\"e30\",\"signatures\":[]}"), NGX_DECLINED,
          "JSON serialization" }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ngx_memzero(&v, sizeof(v));

        is(ngx_actor_token_jws_parse(pool, &tests[i].token, &jws, &v),
           tests[i].rc, "parse: %s", tests[i].what);
        is(v.reason, tests[i].rc == NGX_OK ? NGX_ACTOR_TOKEN_UNDECIDED
                                           : NGX_ACTOR_TOKEN_MALFORMED,
           "parse: the reason for %s", tests[i].what);
    }

    ngx_memzero(&v, sizeof(v));
    (void) ngx_actor_token_jws_parse(pool, &tests[0].token, &jws, &v);

    ok(jws.input.data == tests[0].token.data, "parse: input is a slice");
    is_str(&jws.input, H "." P, "parse: input");
    is_str(&jws.signature, "sig", "parse: signature");
    is_str(&jws.alg, "x", "parse: alg");
    ok(jws.kid.data == NULL && jws.typ.data == NULL,
       "parse: neither kid nor typ");
    ok(json_is_object(jws.payload), "parse: payload");
}


static void
test_header(void)
{
    ngx_str_t                  h, token;
    ngx_uint_t                 i;
    ngx_actor_token_jws_t      jws;
    ngx_actor_token_verdict_t  v;

#define OK    NGX_ACTOR_TOKEN_UNDECIDED
#define BAD   NGX_ACTOR_TOKEN_MALFORMED
#define CRIT  NGX_ACTOR_TOKEN_CRIT_UNSUPPORTED

    static struct {
        const char                *header;
        ngx_actor_token_reason_e   reason;
        const char                *signature;
    } tests[] = {
        { "{\"alg\":\"x\",\"kid\":\"k\",\"typ\":\"t\"}", OK, S },
        { "{\"alg\":\"x\",\"jwk\":{},\"jku\":\"u\",\"x5u\":1,\"x5c\":[]}", OK,
          S },
        { "{\"alg\":\"x\",\"unknown\":{\"a\":1}}", OK, S },
        { "{\"alg\":\"x\",\"b64\":true}", OK, S },
        { "{\"alg\":\"none\"}", OK, "" },
        { "{\"alg\":\"nOnE\"}", OK, "" },
        { "{\"alg\":\"none\"}", OK, S },
        { "{\"alg\":\"nonesuch\"}", BAD, "" },
        { "{\"alg\":\"\"}", BAD, "" },
        { "{\"alg\":\"\"}", OK, S },
        { "{}", BAD, S },
        { "{\"alg\":null}", BAD, S },
        { "{\"alg\":[\"x\"]}", BAD, S },
        { "{\"alg\":\"x\",\"alg\":\"x\"}", BAD, S },
        { "{\"alg\":\"x\",\"\\u0061lg\":\"x\"}", BAD, S },
        { "{\"alg\":\"x\",\"kid\":1}", BAD, S },
        { "{\"alg\":\"x\",\"kid\":null}", BAD, S },
        { "{\"alg\":\"x\",\"typ\":{}}", BAD, S },
        { "{\"alg\":\"x\",\"typ\":null}", BAD, S },
        { "{\"alg\":\"x\",\"crit\":[\"b64\"],\"b64\":true}", CRIT, S },
        { "{\"alg\":\"x\",\"crit\":[]}", CRIT, S },
        { "{\"alg\":\"x\",\"crit\":null}", CRIT, S },
        { "{\"alg\":\"x\",\"crit\":[\"exp\"]}", CRIT, S },
        { "{\"alg\":\"x\",\"b64\":false}", CRIT, S },
        { "{\"alg\":\"x\",\"b64\":null}", CRIT, S }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        ngx_memzero(&v, sizeof(v));

        h = server_str(tests[i].header);
        h = mint_base64url(&h);
        token = mint_print("%.*s." P ".%s", (int) h.len, h.data,
                           tests[i].signature);

        is(ngx_actor_token_jws_parse(pool, &token, &jws, &v),
           tests[i].reason == OK ? NGX_OK : NGX_DECLINED, "header: %s, %s",
           tests[i].header, tests[i].signature);
        is(v.reason, tests[i].reason, "header: the reason for %s, %s",
           tests[i].header, tests[i].signature);

        if (i == 0) {
            is_str(&jws.kid, "k", "header: kid");
            is_str(&jws.typ, "t", "header: typ");
        }
    }
}


static ngx_int_t
failing_parse(ngx_pool_t *p, void *data)
{
    ngx_int_t                  rc;
    ngx_actor_token_jws_t      jws;
    ngx_actor_token_verdict_t  v;

    ngx_memzero(&v, sizeof(v));

    rc = ngx_actor_token_jws_parse(p, data, &jws, &v);

    if (rc == NGX_OK
        && (!ngx_actor_token_is(&jws.kid, "k") || jws.payload == NULL))
    {
        return UNIT_WRONG;
    }

    return rc;
}
