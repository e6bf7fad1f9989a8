
/*
 * Copyright (C) The actor-token gateway authors
 */


#include "unit.h"


static const char *compile(const char *text,
    ngx_actor_token_pattern_t *pattern);
static ngx_uint_t admits(const char *text, const ngx_str_t *subject);
static ngx_uint_t admitted(const ngx_actor_token_issuer_t *of);
static ngx_uint_t admitted_name(const char *format, ngx_uint_t n);
static void write_patterns(const char *format, ngx_uint_t n);
static void test_compile(void);
static void test_match(void);
static void test_scope(void);
static void test_many(void);
static void test_nested(void);
static void test_prefixes(void);
static ngx_uint_t naive(const ngx_str_t *subject);
static void test_lines(void);
static ngx_int_t failing_compile(ngx_pool_t *pool, void *data);
static ngx_int_t failing_lines(ngx_pool_t *pool, void *data);


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
    test_many();
    test_nested();
    test_prefixes();
    test_lines();

    unit_failing("regex", failing_compile, NULL, NGX_OK, &known);
    unit_failing("lines", failing_lines, NULL, NGX_OK, NULL);
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

    return admitted(&issuer);
}


/* by the lines as they are now; 2 for an error */

static ngx_uint_t
admitted(const ngx_actor_token_issuer_t *of)
{
    ngx_uint_t                 n;
    ngx_pool_t                *pool;
    ngx_actor_token_actors_t   actors;

    n = 2;
    pool = ngx_create_pool(4096, &server_log);
    ngx_memzero(&actors, sizeof(actors));

    if (ngx_actor_token_actors_init(&actors, pool, &lines) == NGX_OK) {
        n = ngx_actor_token_actor_admitted(&actors, of, &claims);
    }

    ngx_destroy_pool(pool);

    return n;
}


static void
test_match(void)
{
    ngx_uint_t                  i;
    ngx_actor_token_actors_t    actors;
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
    is(admitted(&issuer), 0,
       "match: no pattern of type 0");

    admit.patterns.nelts = 0;
    is(admitted(&issuer), 0,
       "match: no pattern");

    lines.nelts = 0;
    is(admitted(&issuer), 0,
       "match: no line");
    lines.nelts = 1;

    ngx_memzero(&actors, sizeof(actors));
    is(ngx_actor_token_actor_admitted(&actors, &issuer, &claims), 0,
       "match: no index");
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

    is(admitted(&issuer), 0,
       "scope: not another issuer's agent");

    admit.iss = STR("https://b.example");
    is(admitted(&issuer), 1,
       "scope: iss=");
    is(admitted(&other), 1,
       "scope: iss= of any block");

    claims.actor_issuer = STR("https://b.example/");
    is(admitted(&issuer), 0,
       "scope: iss= exactly");

    claims.actor_issuer = STR("https://b.example");
    admit.block = STR("a");
    admit.issuer = &issuer;
    is(admitted(&issuer), 1,
       "scope: iss= and issuer=");
    is(admitted(&other), 0,
       "scope: iss= and issuer= of another block");

    ngx_str_null(&admit.iss);
    is(admitted(&issuer), 1,
       "scope: issuer=");
    is(admitted(&other), 0,
       "scope: issuer= of another block");

    admit.issuer = NULL;
    is(admitted(&issuer), 0,
       "scope: issuer= that was not found");

    claims.actor_issuer = claims.issuer;
    is(admitted(&issuer), 0, "scope: which is not any issuer");
}


/* n patterns in the one line, written with their numbers */

static void
write_patterns(const char *format, ngx_uint_t n)
{
    char                       *text;
    ngx_uint_t                  i;
    ngx_actor_token_pattern_t  *pattern;

    ngx_memzero(&admit, sizeof(admit));

    pattern = ngx_palloc(server_arena, n * sizeof(*pattern));
    admit.patterns.elts = pattern;
    admit.patterns.nelts = n;

    for (i = 0; i < n; i++) {
        text = ngx_palloc(server_arena, 32);
        snprintf(text, 32, format, (int) i);

        if (compile(text, &pattern[i]) != NULL) {
            ok(0, "write: %s", text);
        }
    }

    claims.issuer = STR("https://a.example");
    claims.actor_issuer = claims.issuer;
}


static ngx_uint_t
admitted_name(const char *format, ngx_uint_t n)
{
    static char  text[32];

    snprintf(text, sizeof(text), format, (int) n);
    actor.subject = server_str(text);

    return admitted(&issuer);
}


static void
test_many(void)
{
    ngx_uint_t                 i, wrong;
    ngx_actor_token_actors_t   actors;
    static const char         *kinds[] = { "agent-%d", "agent-%d*" };

    for (i = 0; i < 2; i++) {
        write_patterns(kinds[i], 5000);

        ok(admitted_name("agent-%d", 0) == 1
           && admitted_name("agent-%d", 2718) == 1
           && admitted_name("agent-%d", 4999) == 1,
           "many: %s", kinds[i]);
        ok(admitted_name("agent", 0) == 0
           && admitted_name("agent-", 0) == 0
           && admitted_name("agent-0%d", 1) == i
           && admitted_name("agent-%d", 5000) == i
           && admitted_name("agent-x%d", 4999) == 0
           && admitted_name("Agent-%d", 4999) == 0
           && admitted_name("b%d", 1) == 0
           && admitted_name("a%d", 1) == 0,
           "many: %s, and no other", kinds[i]);
    }

    write_patterns("agent-%d", 5000);
    ngx_memzero(&actors, sizeof(actors));

    if (ngx_actor_token_actors_init(&actors, server_arena, &lines) != NGX_OK) {
        ok(0, "many: init");
        return;
    }

    wrong = 0;

    for (i = 0; i < 5000; i++) {
        actor.subject = ((ngx_actor_token_pattern_t *)
                         admit.patterns.elts)[i].text;
        wrong += !ngx_actor_token_actor_admitted(&actors, &issuer, &claims);
    }

    is(wrong, 0, "many: each of them");
}


/* a prefix before, within and behind others in their order */

static void
test_nested(void)
{
    ngx_uint_t                  i;
    ngx_actor_token_pattern_t   pattern[8];

    static const char  *patterns[] = {
        "ab*", "a-long-one*", "a*", "abc*", "b1*", "b3*", "c*", "ca*"
    };

    static struct {
        const char  *name;
        ngx_uint_t   admitted;
    } tests[] = {
        { "a", 1 }, { "aa", 1 }, { "ab", 1 }, { "abc", 1 }, { "abd", 1 },
        { "a-long", 1 }, { "a-long-one-more", 1 }, { "az", 1 }, { "A", 0 },
        { "b", 0 }, { "b1", 1 }, { "b12", 1 }, { "b2", 0 }, { "b3", 1 },
        { "b4", 0 }, { "c", 1 }, { "cb", 1 }, { "d", 0 }, { "", 0 },
        { "\xff", 0 }, { "a\xff", 1 }, { "b1\xff", 1 }, { "b\xff", 0 }
    };

    ngx_memzero(&admit, sizeof(admit));
    admit.patterns.elts = pattern;
    admit.patterns.nelts = 8;

    for (i = 0; i < 8; i++) {
        (void) compile(patterns[i], &pattern[i]);
    }

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        actor.subject = server_str(tests[i].name);
        is(admitted(&issuer), tests[i].admitted, "nested: \"%s\", %d",
           tests[i].name, (int) i);
    }

    (void) compile("*", &pattern[7]);
    actor.subject = STR("d");
    is(admitted(&issuer), 1, "nested: in the shortest of all");
}


/* some prefixes, and a name that is likely to begin with one */

static void
test_prefixes(void)
{
    char                        text[4][5];
    ngx_uint_t                  i, k, n, len, wrong, yes;
    ngx_actor_token_pattern_t   pattern[3];

    ngx_memzero(&admit, sizeof(admit));
    admit.patterns.elts = pattern;
    admit.patterns.nelts = 3;

    srandom(1);
    wrong = 0;
    yes = 0;

    for (n = 0; n < 2000; n++) {

        for (i = 0; i < 4; i++) {
            len = 1 + random() % 3;

            for (k = 0; k < len; k++) {
                text[i][k] = 'a' + random() % 2;
            }

            text[i][len] = (i < 3) ? '*' : '\0';
            text[i][len + 1] = '\0';
        }

        for (i = 0; i < 3; i++) {
            (void) compile(text[i], &pattern[i]);
        }

        actor.subject = server_str(text[3]);

        wrong += (admitted(&issuer) != naive(&actor.subject));
        yes += naive(&actor.subject);
    }

    is(wrong, 0, "prefixes: as one after the other");
    ok(yes > 200 && yes < 1800, "prefixes: some match");
}


static ngx_uint_t
naive(const ngx_str_t *subject)
{
    ngx_uint_t                  i;
    ngx_actor_token_pattern_t  *pattern;

    pattern = admit.patterns.elts;

    for (i = 0; i < admit.patterns.nelts; i++) {
        if (subject->len >= pattern[i].text.len
            && memcmp(subject->data, pattern[i].text.data,
                      pattern[i].text.len)
               == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* lines add up, and each keeps to whom it is for */

static void
test_lines(void)
{
    ngx_uint_t                  i;
    ngx_actor_token_admit_t     line[5];
    ngx_actor_token_pattern_t   pattern[5];

    static struct {
        const char                      *actor;
        const char                      *actor_issuer;
        const ngx_actor_token_issuer_t  *issuer;
        ngx_uint_t                       admitted;
    } tests[] = {
        { "one", "https://a.example", &issuer, 1 },
        { "one", "https://a.example", &other, 1 },
        { "one", "https://b.example", &issuer, 0 },
        { "two-x", "https://a.example", &issuer, 1 },
        { "two-x", "https://a.example", &other, 0 },
        { "two-x", "https://c.example", &issuer, 1 },
        { "three", "https://b.example", &other, 1 },
        { "three", "https://b.example", &issuer, 1 },
        { "three", "https://a.example", &issuer, 0 },
        { "four", "https://b.example", &issuer, 1 },
        { "four", "https://b.example", &other, 0 },
        { "four", "https://a.example", &issuer, 0 },
        { "five", "https://c.example", &issuer, 1 },
        { "five", "https://c.example", &other, 0 },
        { "six", "https://b.example", &issuer, 0 }
    };

    (void) compile("one", &pattern[0]);
    (void) compile("two*", &pattern[1]);
    (void) compile("three", &pattern[2]);
    (void) compile("~fo[u]r", &pattern[3]);
    (void) compile("five", &pattern[4]);

    ngx_memzero(line, sizeof(line));

    for (i = 0; i < 5; i++) {
        line[i].patterns.elts = &pattern[i];
        line[i].patterns.nelts = 1;
    }

    line[1].block = line[3].block = line[4].block = STR("a");
    line[1].issuer = line[3].issuer = line[4].issuer = &issuer;
    line[2].iss = STR("https://b.example");
    line[3].iss = STR("https://b.example");

    lines.elts = line;
    lines.nelts = 5;
    claims.issuer = STR("https://a.example");

    for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
        actor.subject = server_str(tests[i].actor);
        claims.actor_issuer = server_str(tests[i].actor_issuer);
        is(admitted(tests[i].issuer), tests[i].admitted, "lines: %s, %d",
           tests[i].actor, (int) i);
    }

    lines.elts = &admit;
    lines.nelts = 1;
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


static ngx_int_t
failing_lines(ngx_pool_t *p, void *data)
{
    ngx_uint_t                  i;
    ngx_array_t                 array;
    ngx_actor_token_admit_t     line[2];
    ngx_actor_token_actors_t    actors;
    ngx_actor_token_pattern_t   pattern[4];

    ngx_memzero(line, sizeof(line));
    ngx_memzero(pattern, sizeof(pattern));
    ngx_memzero(&actors, sizeof(actors));

    for (i = 0; i < 4; i++) {
        pattern[i].type = i ? NGX_ACTOR_TOKEN_PATTERN_PREFIX
                            : NGX_ACTOR_TOKEN_PATTERN_EXACT;
        pattern[i].text = STR("agent");
    }

    for (i = 0; i < 2; i++) {
        line[i].patterns.elts = pattern;
        line[i].patterns.nelts = 4;
    }

    line[1].iss = STR("https://a.example");

    array.elts = line;
    array.nelts = 2;

    if (ngx_actor_token_actors_init(&actors, p, &array) != NGX_OK) {
        return NGX_ERROR;
    }

    claims.actor_issuer = line[1].iss;
    actor.subject = STR("agent");

    return ngx_actor_token_actor_admitted(&actors, &issuer, &claims)
           ? NGX_OK : UNIT_WRONG;
}
