
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_actors.h>


static const char *ngx_actor_token_prefix_check(const ngx_str_t *prefix);
#if (NGX_PCRE)
static ngx_regex_t *ngx_actor_token_regex(ngx_conf_t *cf, ngx_str_t *text);
#endif
static ngx_actor_token_names_t *ngx_actor_token_names_of(
    ngx_actor_token_actors_t *actors, ngx_pool_t *pool,
    const ngx_actor_token_admit_t *admit);
static ngx_actor_token_names_t *ngx_actor_token_names_find(
    const ngx_actor_token_actors_t *actors,
    const ngx_actor_token_whose_t *whose);
static ngx_int_t ngx_actor_token_names_add(ngx_actor_token_names_t *names,
    ngx_pool_t *pool, const ngx_array_t *patterns);
static void ngx_actor_token_prefixes_sort(ngx_array_t *prefixes);
static int ngx_libc_cdecl ngx_actor_token_prefixes_order(const void *one,
    const void *two);
static ngx_uint_t ngx_actor_token_names_match(
    const ngx_actor_token_actors_t *actors,
    const ngx_actor_token_whose_t *whose, const ngx_str_t *actor);
static ngx_uint_t ngx_actor_token_prefixes_match(const ngx_array_t *prefixes,
    const ngx_str_t *actor);
static ngx_uint_t ngx_actor_token_regexes_match(const ngx_array_t *regexes,
    const ngx_str_t *actor);


#define ngx_actor_token_begins(s, prefix)                                     \
    ((s)->len >= (prefix)->len                                                \
     && ((prefix)->len == 0                                                   \
         || ngx_memcmp((s)->data, (prefix)->data, (prefix)->len) == 0))


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


ngx_int_t
ngx_actor_token_actors_init(ngx_actor_token_actors_t *actors,
    ngx_pool_t *pool, const ngx_array_t *admits)
{
    ngx_uint_t                        i, k, n;
    ngx_actor_token_names_t          *names;
    const ngx_actor_token_admit_t    *admit;
    const ngx_actor_token_pattern_t  *pattern;

    n = 0;
    admit = admits->elts;

    for (i = 0; i < admits->nelts; i++) {
        n += (admit[i].iss.len != 0);
    }

    if (ngx_actor_token_table_init(&actors->names, pool, admits->nelts)
        != NGX_OK
        || (n && ngx_actor_token_table_init(&actors->issuers, pool, n)
                 != NGX_OK))
    {
        return NGX_ERROR;
    }

    for (i = 0; i < admits->nelts; i++) {

        names = ngx_actor_token_names_of(actors, pool, &admit[i]);
        if (names == NULL) {
            return NGX_ERROR;
        }

        pattern = admit[i].patterns.elts;

        for (k = 0; k < admit[i].patterns.nelts; k++) {
            names->n += (pattern[k].type == NGX_ACTOR_TOKEN_PATTERN_EXACT);
        }
    }

    for (i = 0; i < admits->nelts; i++) {

        /* a block that was not found must not become any block */

        if (admit[i].block.len && admit[i].issuer == NULL) {
            continue;
        }

        names = ngx_actor_token_names_of(actors, pool, &admit[i]);

        if (names == NULL
            || ngx_actor_token_names_add(names, pool, &admit[i].patterns)
               != NGX_OK)
        {
            return NGX_ERROR;
        }
    }

    for (names = actors->all; names; names = names->next) {
        ngx_actor_token_prefixes_sort(&names->prefixes);
    }

    return NGX_OK;
}


static ngx_actor_token_names_t *
ngx_actor_token_names_of(ngx_actor_token_actors_t *actors, ngx_pool_t *pool,
    const ngx_actor_token_admit_t *admit)
{
    ngx_str_t                 key;
    ngx_actor_token_names_t  *names;
    ngx_actor_token_whose_t   whose;

    whose.issuer = admit->issuer;
    whose.iss = NULL;

    if (admit->iss.len) {
        whose.iss = ngx_actor_token_table_value(&actors->issuers, &admit->iss);

        if (whose.iss == NULL) {
            whose.iss = &admit->iss;

            if (ngx_actor_token_table_add(&actors->issuers, &admit->iss,
                                          (void *) &admit->iss)
                != NGX_OK)
            {
                return NULL;
            }
        }
    }

    names = ngx_actor_token_names_find(actors, &whose);
    if (names) {
        return names;
    }

    names = ngx_pcalloc(pool, sizeof(ngx_actor_token_names_t));
    if (names == NULL) {
        return NULL;
    }

    names->whose = whose;

    if (ngx_array_init(&names->prefixes, pool, 1, sizeof(ngx_str_t)) != NGX_OK
        || ngx_array_init(&names->regexes, pool, 1,
                          sizeof(ngx_actor_token_pattern_t))
           != NGX_OK)
    {
        return NULL;
    }

    key.data = (u_char *) &names->whose;
    key.len = sizeof(ngx_actor_token_whose_t);

    if (ngx_actor_token_table_add(&actors->names, &key, names) != NGX_OK) {
        return NULL;
    }

    names->next = actors->all;
    actors->all = names;

    return names;
}


static ngx_actor_token_names_t *
ngx_actor_token_names_find(const ngx_actor_token_actors_t *actors,
    const ngx_actor_token_whose_t *whose)
{
    ngx_str_t  key;

    key.data = (u_char *) whose;
    key.len = sizeof(ngx_actor_token_whose_t);

    return ngx_actor_token_table_value(&actors->names, &key);
}


static ngx_int_t
ngx_actor_token_names_add(ngx_actor_token_names_t *names, ngx_pool_t *pool,
    const ngx_array_t *patterns)
{
    ngx_str_t                  *prefix;
    ngx_uint_t                  i;
    ngx_actor_token_pattern_t  *pattern, *regex;

    if (names->n && names->exact.buckets == NULL
        && ngx_actor_token_table_init(&names->exact, pool, names->n) != NGX_OK)
    {
        return NGX_ERROR;
    }

    pattern = patterns->elts;

    for (i = 0; i < patterns->nelts; i++) {

        switch (pattern[i].type) {

        case NGX_ACTOR_TOKEN_PATTERN_EXACT:
            if (ngx_actor_token_table_add(&names->exact, &pattern[i].text,
                                          &pattern[i])
                != NGX_OK)
            {
                return NGX_ERROR;
            }

            break;

        case NGX_ACTOR_TOKEN_PATTERN_PREFIX:
            prefix = ngx_array_push(&names->prefixes);
            if (prefix == NULL) {
                return NGX_ERROR;
            }

            *prefix = pattern[i].text;
            break;

        case NGX_ACTOR_TOKEN_PATTERN_REGEX:
            regex = ngx_array_push(&names->regexes);
            if (regex == NULL) {
                return NGX_ERROR;
            }

            *regex = pattern[i];
            break;

        default:
            break;
        }
    }

    return NGX_OK;
}


/*
 * Of prefixes that begin with another only the shortest is left.  In between
 * a prefix and a name that begins with it there is then no other prefix, so
 * that a binary search for the name ends at the only one that can match.
 */

static void
ngx_actor_token_prefixes_sort(ngx_array_t *prefixes)
{
    ngx_str_t   *prefix;
    ngx_uint_t   i, n;

    prefix = prefixes->elts;

    ngx_qsort(prefix, prefixes->nelts, sizeof(ngx_str_t),
              ngx_actor_token_prefixes_order);

    n = 0;

    for (i = 0; i < prefixes->nelts; i++) {
        if (n == 0 || !ngx_actor_token_begins(&prefix[i], &prefix[n - 1])) {
            prefix[n++] = prefix[i];
        }
    }

    prefixes->nelts = n;
}


static int ngx_libc_cdecl
ngx_actor_token_prefixes_order(const void *one, const void *two)
{
    const ngx_str_t *first = one;
    const ngx_str_t *second = two;

    return (int) ngx_memn2cmp(first->data, second->data, first->len,
                              second->len);
}


ngx_uint_t
ngx_actor_token_actor_admitted(const ngx_actor_token_actors_t *actors,
    const ngx_actor_token_issuer_t *issuer,
    const ngx_actor_token_claims_t *claims)
{
    const ngx_str_t          *actor;
    ngx_actor_token_whose_t   whose;

    actor = &claims->actors[0].subject;

    whose.issuer = issuer;
    whose.iss = NULL;

    if (ngx_actor_token_names_match(actors, &whose, actor)) {
        return 1;
    }

    whose.issuer = NULL;

    /* without a word of it, no namespace but the token's own */

    if (ngx_actor_token_eq(&claims->issuer, &claims->actor_issuer)
        && ngx_actor_token_names_match(actors, &whose, actor))
    {
        return 1;
    }

    whose.iss = ngx_actor_token_table_value(&actors->issuers,
                                            &claims->actor_issuer);
    if (whose.iss == NULL) {
        return 0;
    }

    if (ngx_actor_token_names_match(actors, &whose, actor)) {
        return 1;
    }

    whose.issuer = issuer;

    return ngx_actor_token_names_match(actors, &whose, actor);
}


static ngx_uint_t
ngx_actor_token_names_match(const ngx_actor_token_actors_t *actors,
    const ngx_actor_token_whose_t *whose, const ngx_str_t *actor)
{
    const ngx_actor_token_names_t  *names;

    names = ngx_actor_token_names_find(actors, whose);

    return names
           && (ngx_actor_token_table_find(&names->exact, actor)
               || ngx_actor_token_prefixes_match(&names->prefixes, actor)
               || ngx_actor_token_regexes_match(&names->regexes, actor));
}


static ngx_uint_t
ngx_actor_token_prefixes_match(const ngx_array_t *prefixes,
    const ngx_str_t *actor)
{
    ngx_uint_t        first, middle, last;
    const ngx_str_t  *prefix;

    first = 0;
    last = prefixes->nelts;
    prefix = prefixes->elts;

    while (first < last) {
        middle = first + (last - first) / 2;

        if (ngx_memn2cmp(prefix[middle].data, actor->data, prefix[middle].len,
                         actor->len)
            <= 0)
        {
            first = middle + 1;

        } else {
            last = middle;
        }
    }

    return first && ngx_actor_token_begins(actor, &prefix[first - 1]);
}


static ngx_uint_t
ngx_actor_token_regexes_match(const ngx_array_t *regexes,
    const ngx_str_t *actor)
{
#if (NGX_PCRE)
    int                               captures[3];
    ngx_str_t                         s;
    ngx_uint_t                        i;
    const ngx_actor_token_pattern_t  *pattern;

    s = *actor;
    pattern = regexes->elts;

    for (i = 0; i < regexes->nelts; i++) {

        /* a verb such as (*ACCEPT) could end the match before \z */

        if (ngx_regex_exec(pattern[i].regex, &s, captures, 3) >= 0
            && captures[0] == 0
            && captures[1] == (int) s.len)
        {
            return 1;
        }
    }
#endif

    return 0;
}
