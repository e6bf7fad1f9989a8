
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_actors.h>


static const char *ngx_actor_token_prefix_check(const ngx_str_t *prefix);
static ngx_uint_t ngx_actor_token_pattern_match(
    const ngx_actor_token_pattern_t *pattern, const ngx_str_t *actor);
#if (NGX_PCRE)
static ngx_regex_t *ngx_actor_token_regex(ngx_conf_t *cf, ngx_str_t *text);
#endif


const char *
ngx_actor_token_pattern_compile(ngx_conf_t *cf, const ngx_str_t *text,
    ngx_actor_token_pattern_t *pattern)
{
#if (NGX_PCRE)
    u_char     *p;
    ngx_str_t   whole;
#endif

    ngx_memzero(pattern, sizeof(ngx_actor_token_pattern_t));

    pattern->text = *text;

    if (text->len == 0) {
        return "is empty";
    }

    if (text->data[0] == '~') {

#if (NGX_PCRE)

        pattern->text.data++;
        pattern->text.len--;

        if (pattern->text.len == 0) {
            return "is an empty regex";
        }

        /* on its own first, so that it cannot close the group below */

        if (ngx_actor_token_regex(cf, &pattern->text) == NULL) {
            return "is not a valid regex";
        }

        whole.len = sizeof("\\A(?:)\\z") - 1 + pattern->text.len;
        whole.data = ngx_pnalloc(cf->pool, whole.len + 1);
        if (whole.data == NULL) {
            return "needs more memory";
        }

        p = ngx_sprintf(whole.data, "\\A(?:%V)\\z", &pattern->text);
        *p = '\0';

        pattern->regex = ngx_actor_token_regex(cf, &whole);
        if (pattern->regex == NULL) {
            return "is a regex that cannot be matched as a whole";
        }

        pattern->type = NGX_ACTOR_TOKEN_PATTERN_REGEX;

        return NULL;

#else

        return "is a regex, which needs nginx with PCRE";

#endif
    }

    if (text->data[0] == '$' || ngx_actor_token_is(text, "off")) {
        return "is no actor: variables are not evaluated here, and \"any\" is "
               "the word for no limit";
    }

    if (ngx_strlchr(text->data, text->data + text->len - 1, '*')) {
        return "has a \"*\" that is not its last character: "
               "write a regex behind \"~\"";
    }

    if (text->data[text->len - 1] != '*') {
        pattern->type = NGX_ACTOR_TOKEN_PATTERN_EXACT;
        return NULL;
    }

    pattern->text.len--;
    pattern->type = NGX_ACTOR_TOKEN_PATTERN_PREFIX;

    return ngx_actor_token_prefix_check(&pattern->text);
}


/* "https://good.example*" would admit https://good.example.attacker.net/ */

static const char *
ngx_actor_token_prefix_check(const ngx_str_t *prefix)
{
    u_char             *p, *last;
    ngx_uint_t          i;
    static ngx_str_t    schemes[] = {
        ngx_string("https://"), ngx_string("http://"), ngx_string("spiffe://")
    };

    last = prefix->data + prefix->len;

    for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (prefix->len >= 4 && prefix->len < schemes[i].len
            && ngx_memcmp(prefix->data, schemes[i].data, prefix->len) == 0)
        {
            return "is a prefix of any URL: write at least "
                   "\"scheme://host/*\"";
        }
    }

    p = ngx_strlcasestrn(prefix->data, last, (u_char *) "://", 3 - 1);

    if (p && ngx_strlchr(p + 3, last, '/') == NULL) {
        return "is a prefix that ends within the authority: "
               "write at least \"scheme://host/*\"";
    }

    return NULL;
}


#if (NGX_PCRE)

static ngx_regex_t *
ngx_actor_token_regex(ngx_conf_t *cf, ngx_str_t *text)
{
    u_char               errstr[NGX_MAX_CONF_ERRSTR];
    ngx_regex_compile_t  rc;

    ngx_memzero(&rc, sizeof(ngx_regex_compile_t));

    rc.pattern = *text;
    rc.pool = cf->pool;
    rc.err.len = NGX_MAX_CONF_ERRSTR;
    rc.err.data = errstr;

    if (ngx_regex_compile(&rc) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V", &rc.err);
        return NULL;
    }

    return rc.regex;
}

#endif


ngx_uint_t
ngx_actor_token_actor_admitted(const ngx_array_t *admits,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims)
{
    ngx_uint_t                        i, k;
    const ngx_actor_token_admit_t    *admit;
    const ngx_actor_token_pattern_t  *pattern;

    admit = admits->elts;

    for (i = 0; i < admits->nelts; i++) {

        if (admit[i].block.len && admit[i].issuer != issuer) {
            continue;
        }

        if (admit[i].iss.len) {
            if (!ngx_actor_token_eq(&admit[i].iss, &claims->actor_issuer)) {
                continue;
            }

        } else if (admit[i].block.len == 0) {

            /* without a word of it, no namespace but the token's own */

            if (!ngx_actor_token_eq(&claims->issuer, &claims->actor_issuer)) {
                continue;
            }
        }

        pattern = admit[i].patterns.elts;

        for (k = 0; k < admit[i].patterns.nelts; k++) {
            if (ngx_actor_token_pattern_match(&pattern[k],
                                              &claims->actors[0].subject))
            {
                return 1;
            }
        }
    }

    return 0;
}


static ngx_uint_t
ngx_actor_token_pattern_match(const ngx_actor_token_pattern_t *pattern,
    const ngx_str_t *actor)
{
#if (NGX_PCRE)
    int        captures[3];
    ngx_str_t  s;
#endif

    switch (pattern->type) {

    case NGX_ACTOR_TOKEN_PATTERN_EXACT:
        return ngx_actor_token_eq(&pattern->text, actor);

    case NGX_ACTOR_TOKEN_PATTERN_PREFIX:
        return actor->len >= pattern->text.len
               && ngx_memcmp(actor->data, pattern->text.data,
                             pattern->text.len)
                  == 0;

#if (NGX_PCRE)

    case NGX_ACTOR_TOKEN_PATTERN_REGEX:
        s = *actor;

        /* a verb such as (*ACCEPT) could end the match before \z */

        return ngx_regex_exec(pattern->regex, &s, captures, 3) >= 0
               && captures[0] == 0
               && captures[1] == (int) s.len;

#endif

    default:
        return 0;
    }
}
