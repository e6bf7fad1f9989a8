
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"


static const char *compile(const char *text,
    ngx_actor_token_pattern_t *pattern);
static ngx_uint_t admits(const char *text, const ngx_str_t *actor);
static void test_compile(void);
static void test_match(void);
static void test_scope(void);
static ngx_int_t failing_compile(ngx_pool_t *pool, void *data);


static ngx_conf_t                  cf;
static ngx_actor_token_actor_t     actor;
static ngx_actor_token_claims_t    claims;
static ngx_actor_token_issuer_t    issuer, other;
static ngx_actor_token_admit_t     admit;
static ngx_array_t                 lines;


void
unit_tests(void)
{
    static const unit_known_t  known = {
        NULL, "a regex without memory is told as one that is not valid"
    };

    cf.pool = server_arena;
    cf.log = &server_log;

    server_issuer(&issuer, "https://a.example");
    server_issuer(&other, "https://b.example");

    claims.actors = &actor;
    claims.depth = 1;

    lines.elts = &admit;
    lines.nelts = 1;

    test_compile();
    test_match();
    test_scope();

    unit_failing("regex", failing_compile, NULL, NGX_OK, &known);
}


static const char *
compile(const char *text, ngx_actor_token_pattern_t *pattern)
{
    ngx_str_t  s;

    s = server_str(text);

    return ngx_actor_token_pattern_compile(&cf, &s, pattern);
}


static void
test_compile(void)
{
    ngx_uint_t                  i;
    ngx_actor_token_pattern_t   pattern;

    static struct {
        const char                 *text;
        ngx_actor_token_pattern_e   type;
    } good[] = {
        { "agent", NGX_ACTOR_TOKEN_PATTERN_EXACT },
        { "any", NGX_ACTOR_TOKEN_PATTERN_EXACT },
        { "https://x", NGX_ACTOR_TOKEN_PATTERN_EXACT },
        { "agent-*", NGX_ACTOR_TOKEN_PATTERN_PREFIX },
        { "*", NGX_ACTOR_TOKEN_PATTERN_PREFIX },
        { "https://x.example/*", NGX_ACTOR_TOKEN_PATTERN_PREFIX },
        { "spiffe://x.example/a*", NGX_ACTOR_TOKEN_PATTERN_PREFIX },
        { "h*", NGX_ACTOR_TOKEN_PATTERN_PREFIX },
        { "~^agent-[0-9]+$", NGX_ACTOR_TOKEN_PATTERN_REGEX },
        { "~a|b", NGX_ACTOR_TOKEN_PATTERN_REGEX }
    };

    static const char  *bad[] = {
        "", "~", "~(", "~a)", "~a)|(?:b", "$var", "off", "a*b", "**", "*a",
        "https://x*", "https://*", "https:*", "http*", "spiffe://x.example*",
        "ftp://x*"
    };

    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        ok(compile(good[i].text, &pattern) == NULL
           && pattern.type == good[i].type, "compile: %s", good[i].text);
    }

    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        ok(compile(bad[i], &pattern) != NULL, "compile: not \"%s\"", bad[i]);
    }
}


static ngx_uint_t
admits(const char *text, const ngx_str_t *subject)
{
    ngx_actor_token_pattern_t  pattern;

    if (compile(text, &pattern) != NULL) {
        return 2;
    }

    ngx_memzero(&admit, sizeof(admit));
    admit.patterns.elts = &pattern;
    admit.patterns.nelts = 1;

    claims.issuer = STR("https://a.example");
    claims.actor_issuer = claims.issuer;
    actor.subject = *subject;

    return ngx_actor_token_actor_admitted(&lines, &issuer, &claims);
}


static void
test_match(void)
{
    ngx_uint_t                  i;
    ngx_actor_token_pattern_t   pattern;

    static struct {
        const char  *text;
        ngx_str_t    actor;
        ngx_uint_t   admitted;
    } tests[] = {
        { "agent", ngx_string("agent"), 1 },
        { "agent", ngx_string("agents"), 0 },
        { "agent", ngx_string("agen"), 0 },
        { "agent", ngx_string("Agent"), 0 },
        { "agent", ngx_string("agent\0"), 0 },
        { "agent", ngx_string(""), 0 },
        { "agent*", ngx_string("agent"), 1 },
        { "agent*", ngx_string("agent-1"), 1 },
        { "agent*", ngx_string("agen"), 0 },
        { "agent*", ngx_string("an agent"), 0 },
        { "*", ngx_string("anybody"), 1 },
        { "~agent", ngx_string("agent"), 1 },
        { "~agent", ngx_string("agents"), 0 },
        { "~agent", ngx_string("an agent"), 0 },
        { "~agent", ngx_string("agent\n"), 0 },
        { "~^agent$", ngx_string("agent\n"), 0 },
        { "~a|b", ngx_string("b"), 1 },
        { "~a|b", ngx_string("bc"), 0 },
        { "~a|ab", ngx_string("ab"), 1 },
        { "~(?i)agent", ngx_string("AGENT"), 1 },
        { "~(*ACCEPT)x", ngx_string("agent"), 0 },
        { "~a.*(*ACCEPT)x", ngx_string("agent\nx"), 0 },
        { "~(?m)^a$", ngx_string("a\nb"), 0 },
        { "~\\Ka", ngx_string("a"), 1 },
        { "~a\\Kb", ngx_string("ab"), 0 }
    };

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        is(admits(tests[i].text, &tests[i].actor), tests[i].admitted,
           "match: %s, %d", tests[i].text, (int) i);
    }

    /* a regex that gives up admits nobody */

    is(admits("~(a+)+b", &STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac")),
       0, "match: a regex without an end");

    ngx_memzero(&pattern, sizeof(pattern));
    admit.patterns.elts = &pattern;
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 0,
       "match: no pattern of type 0");

    admit.patterns.nelts = 0;
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 0,
       "match: no pattern");

    lines.nelts = 0;
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 0,
       "match: no line");
    lines.nelts = 1;
}


/* whose actor it is */

static void
test_scope(void)
{
    ngx_actor_token_pattern_t  pattern;

    (void) compile("agent", &pattern);

    ngx_memzero(&admit, sizeof(admit));
    admit.patterns.elts = &pattern;
    admit.patterns.nelts = 1;

    actor.subject = STR("agent");
    claims.issuer = STR("https://a.example");
    claims.actor_issuer = STR("https://b.example");

    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 0,
       "scope: not another issuer's agent");

    admit.iss = STR("https://b.example");
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 1,
       "scope: iss=");
    is(ngx_actor_token_actor_admitted(&lines, &other, &claims), 1,
       "scope: iss= of any block");

    claims.actor_issuer = STR("https://b.example/");
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 0,
       "scope: iss= exactly");

    claims.actor_issuer = STR("https://b.example");
    admit.block = STR("a");
    admit.issuer = &issuer;
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 1,
       "scope: iss= and issuer=");
    is(ngx_actor_token_actor_admitted(&lines, &other, &claims), 0,
       "scope: iss= and issuer= of another block");

    ngx_str_null(&admit.iss);
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 1,
       "scope: issuer=");
    is(ngx_actor_token_actor_admitted(&lines, &other, &claims), 0,
       "scope: issuer= of another block");

    admit.issuer = NULL;
    is(ngx_actor_token_actor_admitted(&lines, &issuer, &claims), 0,
       "scope: issuer= that was not found");
}


static ngx_int_t
failing_compile(ngx_pool_t *p, void *data)
{
    const char                 *err;
    ngx_pool_t                 *kept;
    ngx_actor_token_pattern_t   pattern;

    kept = cf.pool;
    cf.pool = p;
    err = compile("~agent-[0-9]+", &pattern);
    cf.pool = kept;

    if (err) {
        return strstr(err, "memory") ? NGX_ERROR : NGX_DECLINED;
    }

    return (pattern.type == NGX_ACTOR_TOKEN_PATTERN_REGEX && pattern.regex)
           ? NGX_OK : UNIT_WRONG;
}
