
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"

#include <openssl/err.h>


static void test_reasons(void);
static void test_reject(void);
static void test_strings(void);
static void test_log(void);


void
unit_tests(void)
{
    test_reasons();
    test_reject();
    test_strings();
    test_log();
}


static void
test_reasons(void)
{
    ngx_uint_t                       i, k;
    const ngx_actor_token_reason_t  *reason, *other, *internal;

    internal = ngx_actor_token_reason(NGX_ACTOR_TOKEN_INTERNAL_ERROR);

    is(internal->status, 500, "reasons: internal_error is 500");
    ok(ngx_actor_token_reason(NGX_ACTOR_TOKEN_UNDECIDED) == internal,
       "reasons: undecided is internal_error");
    ok(ngx_actor_token_reason(NGX_ACTOR_TOKEN_REASON_MAX) == internal,
       "reasons: so is one too many");
    ok(ngx_actor_token_reason(-1) == internal, "reasons: so is nonsense");

    is(ngx_actor_token_reason(NGX_ACTOR_TOKEN_OK)->status, 0,
       "reasons: ok has no status");

    for (i = NGX_ACTOR_TOKEN_OK; i < NGX_ACTOR_TOKEN_REASON_MAX; i++) {
        reason = ngx_actor_token_reason(i);

        for (k = i + 1; k < NGX_ACTOR_TOKEN_REASON_MAX; k++) {
            other = ngx_actor_token_reason(k);

            if (ngx_actor_token_eq(&reason->code, &other->code)) {
                break;
            }
        }

        ok(k == NGX_ACTOR_TOKEN_REASON_MAX, "reasons: %s is one code",
           reason->code.data);

        if (i != NGX_ACTOR_TOKEN_OK) {
            ok(reason->status >= 400, "reasons: %s denies",
               reason->code.data);
        }

        if (reason->status == 401) {
            ok(reason->challenge == NGX_ACTOR_TOKEN_CHALLENGE_TOKEN
               || i == NGX_ACTOR_TOKEN_MISSING,
               "reasons: %s is an invalid_token", reason->code.data);
        }
    }
}


static void
test_reject(void)
{
    ngx_str_t                  got, other;
    ngx_actor_token_list_t     expected;
    ngx_actor_token_verdict_t  v;

    got = STR("got");
    other = STR("other");
    expected = LIST("a", "b");
    ngx_memzero(&v, sizeof(v));

    is(ngx_actor_token_reject_value(&v, NGX_ACTOR_TOKEN_BAD_CLAIM, "what",
                                    &expected, &got),
       NGX_DECLINED, "reject: declines");
    is(v.reason, NGX_ACTOR_TOKEN_BAD_CLAIM, "reject: sets the reason");
    ok(v.expected.nelts == 2 && v.got.nelts == 1 && v.got.elts == &got,
       "reject: and what was expected, and got");

    is(ngx_actor_token_reject(&v, NGX_ACTOR_TOKEN_EXPIRED, "late"),
       NGX_DECLINED, "reject: declines again");
    is(ngx_actor_token_reject_number(&v, NGX_ACTOR_TOKEN_EXPIRED, "late", 1,
                                     2),
       NGX_DECLINED, "reject: and again");
    (void) ngx_actor_token_reject_value(&v, NGX_ACTOR_TOKEN_EXPIRED, "late",
                                        NULL, &other);

    ok(v.reason == NGX_ACTOR_TOKEN_BAD_CLAIM && v.numeric == 0
       && v.got.elts == &got && strcmp(v.what, "what") == 0,
       "reject: the first reason is kept, and all that belongs to it");

    ngx_memzero(&v, sizeof(v));
    (void) ngx_actor_token_reject_number(&v, NGX_ACTOR_TOKEN_EXPIRED, "late",
                                         1, 2);
    ok(v.numeric && v.limit == 1 && v.value == 2, "reject: numbers");

    ngx_memzero(&v, sizeof(v));
    (void) ngx_actor_token_reject_value(&v, NGX_ACTOR_TOKEN_EXPIRED, "late",
                                        NULL, NULL);
    ok(v.expected.nelts == 0 && v.got.nelts == 0, "reject: nothing to tell");
}


static void
test_strings(void)
{
    ngx_str_t               s;
    ngx_uint_t              i, wrong;
    u_char                  ch;
    ngx_actor_token_list_t  list;

    list = LIST("abc", "");

    is(ngx_actor_token_list_has(&list, &STR("abc")), 1, "list: has it");
    is(ngx_actor_token_list_has(&list, &STR("")), 1, "list: has nothing");
    is(ngx_actor_token_list_has(&list, &STR("ab")), 0, "list: not a part");
    is(ngx_actor_token_list_has(&list, &STR("abcd")), 0, "list: not more");
    is(ngx_actor_token_list_has(&list, &STR("ABC")), 0, "list: not by case");
    is(ngx_actor_token_list_has(&list, &STR("abc\0")), 0, "list: not NUL");

    ngx_memzero(&list, sizeof(list));
    is(ngx_actor_token_list_has(&list, &STR("")), 0, "list: an empty one");

    for (wrong = 0, i = 0; i < 256; i++) {
        ch = i;
        s.data = &ch;
        s.len = 1;
        wrong += ngx_actor_token_printable(&s) != (i >= 0x20 && i != 0x7f);
    }

    is(wrong, 0, "printable: every byte");
    is(ngx_actor_token_printable(&STR("abc\n")), 0, "printable: at the end");

    ngx_str_null(&s);
    is(ngx_actor_token_printable(&s), 1, "printable: nothing");
}


static void
test_log(void)
{
    ngx_uint_t  n;

    n = server_lines[NGX_LOG_ALERT];

    ERR_raise(ERR_LIB_EVP, ERR_R_MALLOC_FAILURE);
    ERR_raise(ERR_LIB_EVP, ERR_R_INTERNAL_ERROR);
    ngx_actor_token_openssl_error(NGX_LOG_ALERT, &server_log, "it failed");

    is(server_lines[NGX_LOG_ALERT], n + 1, "log: one line");
    ok(strstr(server_line, "it failed (SSL: ") != NULL, "log: with the cause");
    is(ERR_peek_error(), 0, "log: the queue is empty then");

    ngx_actor_token_openssl_error(NGX_LOG_ALERT, &server_log, "alone");
    ok(strstr(server_line, "alone") && !strstr(server_line, "SSL"),
       "log: without a cause");
}
