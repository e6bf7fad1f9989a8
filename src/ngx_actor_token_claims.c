
/*
 * Copyright (C) The actor-token gateway authors
 */


#include <ngx_actor_token_reader.h>


static ngx_int_t ngx_actor_token_claims_type(ngx_actor_token_reader_t *rd);
static ngx_uint_t ngx_actor_token_claims_not_access(json_t *payload);
static ngx_int_t ngx_actor_token_claims_binding(
    ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_names(ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_times(ngx_actor_token_reader_t *rd);
static ngx_uint_t ngx_actor_token_claims_time(ngx_actor_token_reader_t *rd,
    const char *name, const char *fault, double *t);
static ngx_int_t ngx_actor_token_claims_audience(
    ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_tenant(ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_client(ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_scopes(ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_no_spaces(
    ngx_actor_token_reader_t *rd, ngx_actor_token_list_t *list);
static ngx_int_t ngx_actor_token_claims_words(ngx_actor_token_reader_t *rd,
    const ngx_str_t *words, ngx_actor_token_list_t *list);
static ngx_int_t ngx_actor_token_claims_strings(ngx_actor_token_reader_t *rd,
    json_t *array, ngx_actor_token_list_t *list);
static ngx_int_t ngx_actor_token_claims_exports(
    ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_required(
    ngx_actor_token_reader_t *rd);
static ngx_int_t ngx_actor_token_claims_string(ngx_actor_token_reader_t *rd,
    json_t *value, const char *fault, ngx_str_t *s);


/*
 * In the order of the checks, of which the first that fails decides.  Each
 * returns NGX_ERROR if memory is short; all else is in the verdict.
 */

static ngx_int_t (*const ngx_actor_token_claims_parts[])(
    ngx_actor_token_reader_t *rd) =
{
    ngx_actor_token_claims_type,
    ngx_actor_token_claims_binding,
    ngx_actor_token_claims_names,
    ngx_actor_token_claims_times,
    ngx_actor_token_claims_audience,
    ngx_actor_token_claims_client,
    ngx_actor_token_claims_scopes,
    ngx_actor_token_claims_tenant,
    ngx_actor_token_claims_actor,
    ngx_actor_token_claims_exports,
    ngx_actor_token_claims_required
};


ngx_int_t
ngx_actor_token_claims_read(ngx_pool_t *pool,
    const ngx_actor_token_jws_t *jws, const ngx_actor_token_issuer_t *issuer,
    const ngx_str_t *label, const ngx_actor_token_issuers_t *issuers,
    const ngx_array_t *exports, ngx_actor_token_claims_t *claims,
    ngx_actor_token_verdict_t *v)
{
    ngx_uint_t                i, n;
    ngx_actor_token_reader_t  rd;

    ngx_memzero(claims, sizeof(ngx_actor_token_claims_t));
    ngx_memzero(v, sizeof(ngx_actor_token_verdict_t));

    rd.pool = pool;
    rd.typ = &jws->typ;
    rd.payload = jws->payload;
    rd.issuer = issuer;
    rd.label = label;
    rd.issuers = issuers;
    rd.exports = exports;
    rd.claims = claims;
    rd.verdict = v;

    ngx_str_null(&rd.sub);

    n = sizeof(ngx_actor_token_claims_parts)
        / sizeof(ngx_actor_token_claims_parts[0]);

    /* the rest is read as well: a rejection is to tell who tried what */

    for (i = 0; i < n; i++) {
        if (ngx_actor_token_claims_parts[i](&rd) == NGX_ERROR) {
            return NGX_ERROR;
        }
    }

    return (v->reason == NGX_ACTOR_TOKEN_UNDECIDED) ? NGX_OK : NGX_DECLINED;
}


/* RFC 7515, section 4.1.9; RFC 8725, sections 3.11 and 3.12 */

static ngx_int_t
ngx_actor_token_claims_type(ngx_actor_token_reader_t *rd)
{
    ngx_str_t                      s;
    ngx_uint_t                     i;
    const ngx_str_t               *typ;
    const ngx_actor_token_list_t  *types;

    typ = rd->typ;
    types = &rd->issuer->types;

    if (typ->data == NULL) {
        if (!rd->issuer->no_type) {
            return ngx_actor_token_reject_value(rd->verdict,
                       NGX_ACTOR_TOKEN_TYPE_NOT_ALLOWED, "no \"typ\"", types,
                       NULL);
        }

    } else {
        s = *typ;

        if (s.len > 12
            && ngx_strncasecmp(s.data, (u_char *) "application/", 12) == 0
            && ngx_strlchr(s.data + 12, s.data + s.len, '/') == NULL)
        {
            s.data += 12;
            s.len -= 12;
        }

        for (i = 0; i < types->nelts; i++) {
            if (types->elts[i].len == s.len
                && ngx_strncasecmp(types->elts[i].data, s.data, s.len) == 0)
            {
                break;
            }
        }

        if (i == types->nelts) {
            return ngx_actor_token_reject_value(rd->verdict,
                       NGX_ACTOR_TOKEN_TYPE_NOT_ALLOWED, "\"typ\"", types,
                       typ);
        }
    }

    if (rd->issuer->untyped && ngx_actor_token_claims_not_access(rd->payload))
    {
        return ngx_actor_token_reject(rd->verdict,
                                      NGX_ACTOR_TOKEN_TYPE_NOT_ALLOWED,
                                      "claims of an ID, logout, refresh or "
                                      "security event token");
    }

    return NGX_OK;
}


/* a token without a type of its own must not be one of another kind */

static ngx_uint_t
ngx_actor_token_claims_not_access(json_t *payload)
{
    ngx_str_t          typ;
    ngx_uint_t         i;
    static ngx_str_t   types[] = {
        ngx_string("ID"), ngx_string("Refresh"), ngx_string("Offline"),
        ngx_string("Logout")
    };

    if (json_object_get(payload, "at_hash")
        || json_object_get(payload, "c_hash")
        || json_object_get(payload, "events"))
    {
        return 1;
    }

    if (ngx_actor_token_json_string(json_object_get(payload, "typ"), &typ)
        != NGX_OK)
    {
        return 0;
    }

    for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (typ.len == types[i].len
            && ngx_strncasecmp(typ.data, types[i].data, typ.len) == 0)
        {
            return 1;
        }
    }

    return 0;
}


/* until a method is supported, a bound token is never a bearer token */

static ngx_int_t
ngx_actor_token_claims_binding(ngx_actor_token_reader_t *rd)
{
    if (json_object_get(rd->payload, "cnf") == NULL) {
        return NGX_OK;
    }

    return ngx_actor_token_reject(rd->verdict,
                                  NGX_ACTOR_TOKEN_BINDING_UNSUPPORTED,
                                  "\"cnf\" is present");
}


static ngx_int_t
ngx_actor_token_claims_names(ngx_actor_token_reader_t *rd)
{
    json_t                    *payload, *subject;
    ngx_actor_token_claims_t  *claims;

    claims = rd->claims;
    payload = rd->payload;

    subject = ngx_actor_token_json_path(payload, &rd->issuer->subject_claim);

    (void) ngx_actor_token_claims_string(rd, json_object_get(payload, "iss"),
                                         "\"iss\"", &claims->issuer);

    (void) ngx_actor_token_claims_string(rd, subject, "subject claim",
                                         &claims->subject);

    (void) ngx_actor_token_claims_string(rd, json_object_get(payload, "sub"),
                                         "\"sub\"", &rd->sub);

    (void) ngx_actor_token_claims_string(rd, json_object_get(payload, "jti"),
                                         "\"jti\"", &claims->id);

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_claims_times(ngx_actor_token_reader_t *rd)
{
    ngx_actor_token_claims_t  *claims;

    claims = rd->claims;

    claims->has_expires = ngx_actor_token_claims_time(rd, "exp", "\"exp\"",
                                                      &claims->expires);

    claims->has_not_before = ngx_actor_token_claims_time(rd, "nbf", "\"nbf\"",
                                                       &claims->not_before);

    claims->has_issued_at = ngx_actor_token_claims_time(rd, "iat", "\"iat\"",
                                                        &claims->issued_at);

    return NGX_OK;
}


int64_t
ngx_actor_token_seconds(double t)
{
    int64_t  n;

    n = (int64_t) t;

    return (t < (double) n) ? n - 1 : n;
}


/* whether it is there, and a time */

static ngx_uint_t
ngx_actor_token_claims_time(ngx_actor_token_reader_t *rd, const char *name,
    const char *fault, double *t)
{
    json_t  *value;

    value = json_object_get(rd->payload, name);

    if (value == NULL) {
        return 0;
    }

    if (ngx_actor_token_json_time(value, t) != NGX_OK) {
        (void) ngx_actor_token_reject(rd->verdict, NGX_ACTOR_TOKEN_BAD_CLAIM,
                                      fault);
        return 0;
    }

    return 1;
}


/* RFC 7519, section 4.1.3: a string, or an array of strings */

static ngx_int_t
ngx_actor_token_claims_audience(ngx_actor_token_reader_t *rd)
{
    json_t                    *aud;
    ngx_int_t                  rc;
    ngx_str_t                 *s;
    ngx_actor_token_claims_t  *claims;

    claims = rd->claims;
    aud = json_object_get(rd->payload, "aud");

    if (aud == NULL) {
        return NGX_OK;
    }

    claims->has_audience = 1;

    if (json_is_string(aud)) {
        s = ngx_palloc(rd->pool, sizeof(ngx_str_t));
        if (s == NULL) {
            return NGX_ERROR;
        }

        (void) ngx_actor_token_json_string(aud, s);

        claims->audience.elts = s;
        claims->audience.nelts = 1;

        return NGX_OK;
    }

    rc = ngx_actor_token_claims_strings(rd, aud, &claims->audience);

    if (rc != NGX_DECLINED) {
        return rc;
    }

    return ngx_actor_token_reject(rd->verdict, NGX_ACTOR_TOKEN_BAD_CLAIM,
                                  "\"aud\"");
}


static ngx_int_t
ngx_actor_token_claims_tenant(ngx_actor_token_reader_t *rd)
{
    json_t                          *value;
    ngx_int_t                        rc;
    ngx_str_t                        tenant;
    const ngx_str_t                 *label;
    ngx_actor_token_claims_t        *claims;
    const ngx_actor_token_issuer_t  *issuer;

    label = rd->label;
    claims = rd->claims;
    issuer = rd->issuer;

    claims->tenant_label = *label;

    switch (issuer->tenant_rule) {

    case NGX_ACTOR_TOKEN_TENANT_SINGLE:
        claims->tenant = issuer->tenant;
        break;

    case NGX_ACTOR_TOKEN_TENANT_LABEL:
        claims->tenant = *label;
        break;

    case NGX_ACTOR_TOKEN_TENANT_CLAIM:
        value = ngx_actor_token_json_path(rd->payload, &issuer->tenant_claim);
        ngx_str_null(&tenant);

        rc = ngx_actor_token_claims_string(rd, value, "tenant claim",
                                           &tenant);
        if (rc != NGX_OK) {
            return rc;
        }

        claims->tenant = tenant;

        if (tenant.len && issuer->issuer.templated
            && !ngx_actor_token_eq(&tenant, label))
        {
            claims->tenant_conflict = 1;
        }

        break;

    default:
        /* "tenant off", and there is nothing to know */
        return NGX_OK;
    }

    if (!ngx_actor_token_issuer_serves(issuer, &claims->tenant)) {
        claims->tenant_foreign = 1;
    }

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_claims_client(ngx_actor_token_reader_t *rd)
{
    json_t              *value;
    ngx_uint_t           i;
    static const char   *names[] = { "client_id", "azp", "appid", "cid" };

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {

        value = json_object_get(rd->payload, names[i]);

        if (value) {
            return ngx_actor_token_claims_string(rd, value, "client claim",
                                                 &rd->claims->client);
        }
    }

    return NGX_OK;
}


/* RFC 8693, section 4.2: words in a string; "scp" is what others send */

static ngx_int_t
ngx_actor_token_claims_scopes(ngx_actor_token_reader_t *rd)
{
    json_t      *value;
    ngx_int_t    rc;
    ngx_str_t    words;
    ngx_uint_t   i, array;

    array = 0;
    value = json_object_get(rd->payload, "scope");

    if (value == NULL) {
        value = json_object_get(rd->payload, "scp");
        array = json_is_array(value);
    }

    if (!array) {
        ngx_str_null(&words);

        rc = ngx_actor_token_claims_string(rd, value, "scope claim", &words);

        if (rc != NGX_OK) {
            return rc;
        }

        return ngx_actor_token_claims_words(rd, &words, &rd->claims->scopes);
    }

    rc = ngx_actor_token_claims_strings(rd, value, &rd->claims->scopes);

    if (rc == NGX_ERROR) {
        return NGX_ERROR;
    }

    if (rc == NGX_DECLINED) {
        return ngx_actor_token_reject(rd->verdict, NGX_ACTOR_TOKEN_BAD_CLAIM,
                                      "scope claim");
    }

    for (i = 0; i < rd->claims->scopes.nelts; i++) {
        if (!ngx_actor_token_printable(&rd->claims->scopes.elts[i])) {
            return ngx_actor_token_reject(rd->verdict,
                                          NGX_ACTOR_TOKEN_BAD_CLAIM,
                                          "control character in scope claim");
        }
    }

    return ngx_actor_token_claims_no_spaces(rd, &rd->claims->scopes);
}


/* an element with a space is no scope, and must not be shown as two */

static ngx_int_t
ngx_actor_token_claims_no_spaces(ngx_actor_token_reader_t *rd,
    ngx_actor_token_list_t *list)
{
    ngx_str_t   *s;
    ngx_uint_t   i, n;

    if (list->nelts == 0) {
        return NGX_OK;
    }

    s = ngx_palloc(rd->pool, list->nelts * sizeof(ngx_str_t));
    if (s == NULL) {
        return NGX_ERROR;
    }

    n = 0;

    for (i = 0; i < list->nelts; i++) {
        if (list->elts[i].len
            && ngx_strlchr(list->elts[i].data,
                           list->elts[i].data + list->elts[i].len, ' ')
               == NULL)
        {
            s[n++] = list->elts[i];
        }
    }

    list->elts = s;
    list->nelts = n;

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_claims_words(ngx_actor_token_reader_t *rd,
    const ngx_str_t *words, ngx_actor_token_list_t *list)
{
    u_char       *p, *last;
    ngx_str_t    *s;
    ngx_array_t   array;

    if (words->len == 0) {
        return NGX_OK;
    }

    if (ngx_array_init(&array, rd->pool, 8, sizeof(ngx_str_t)) != NGX_OK) {
        return NGX_ERROR;
    }

    p = words->data;
    last = words->data + words->len;

    while (p < last) {

        if (*p == ' ') {
            p++;
            continue;
        }

        s = ngx_array_push(&array);
        if (s == NULL) {
            return NGX_ERROR;
        }

        s->data = p;

        while (p < last && *p != ' ') {
            p++;
        }

        s->len = p - s->data;
    }

    list->elts = array.elts;
    list->nelts = array.nelts;

    return NGX_OK;
}


/* NGX_DECLINED if this is no array, or one of its elements is no string */

static ngx_int_t
ngx_actor_token_claims_strings(ngx_actor_token_reader_t *rd, json_t *array,
    ngx_actor_token_list_t *list)
{
    size_t      i, n;
    ngx_str_t  *s;

    if (!json_is_array(array)) {
        return NGX_DECLINED;
    }

    n = json_array_size(array);

    if (n == 0) {
        return NGX_OK;
    }

    s = ngx_palloc(rd->pool, n * sizeof(ngx_str_t));
    if (s == NULL) {
        return NGX_ERROR;
    }

    for (i = 0; i < n; i++) {
        if (ngx_actor_token_json_string(json_array_get(array, i), &s[i])
            != NGX_OK)
        {
            return NGX_DECLINED;
        }
    }

    list->elts = s;
    list->nelts = n;

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_claims_exports(ngx_actor_token_reader_t *rd)
{
    json_t                  *value;
    ngx_str_t               *values;
    ngx_uint_t               i;
    const ngx_array_t       *exports;
    ngx_actor_token_list_t  *paths;

    exports = rd->exports;

    if (exports->nelts == 0) {
        return NGX_OK;
    }

    values = ngx_palloc(rd->pool, exports->nelts * sizeof(ngx_str_t));
    if (values == NULL) {
        return NGX_ERROR;
    }

    paths = exports->elts;

    for (i = 0; i < exports->nelts; i++) {

        value = ngx_actor_token_json_path(rd->payload, &paths[i]);

        if (ngx_actor_token_json_show(rd->pool, value, &values[i]) != NGX_OK)
        {
            return NGX_ERROR;
        }

        if (!ngx_actor_token_printable(&values[i])) {
            return ngx_actor_token_reject_value(rd->verdict,
                       NGX_ACTOR_TOKEN_BAD_CLAIM,
                       "control character in a claim that a variable shows",
                       NULL, &values[i]);
        }
    }

    rd->claims->exports = values;

    return NGX_OK;
}


static ngx_int_t
ngx_actor_token_claims_required(ngx_actor_token_reader_t *rd)
{
    json_t                     *value;
    ngx_str_t                  *s;
    ngx_uint_t                  i;
    ngx_actor_token_require_t  *req;

    if (!rd->claims->has_expires) {
        return ngx_actor_token_reject(rd->verdict,
                                      NGX_ACTOR_TOKEN_CLAIM_MISSING,
                                      "\"exp\"");
    }

    if (rd->claims->subject.len == 0) {
        return ngx_actor_token_reject_value(rd->verdict,
                   NGX_ACTOR_TOKEN_CLAIM_MISSING, "subject claim",
                   &rd->issuer->subject_claim, NULL);
    }

    if (rd->sub.len == 0 && json_object_get(rd->payload, "sub")) {
        return ngx_actor_token_reject(rd->verdict,
                                      NGX_ACTOR_TOKEN_CLAIM_MISSING,
                                      "\"sub\" is empty");
    }

    req = rd->issuer->require.elts;

    for (i = 0; i < rd->issuer->require.nelts; i++) {

        value = ngx_actor_token_json_path(rd->payload, &req[i].path);

        if (value == NULL || json_is_null(value)) {
            return ngx_actor_token_reject_value(rd->verdict,
                       NGX_ACTOR_TOKEN_CLAIM_MISSING, "required claim",
                       &req[i].path, NULL);
        }

        if (req[i].values.nelts == 0) {
            continue;
        }

        s = ngx_pcalloc(rd->pool, sizeof(ngx_str_t));
        if (s == NULL) {
            return NGX_ERROR;
        }

        if (ngx_actor_token_json_string(value, s) != NGX_OK
            || !ngx_actor_token_list_has(&req[i].values, s))
        {
            return ngx_actor_token_reject_value(rd->verdict,
                       NGX_ACTOR_TOKEN_CLAIM_MISMATCH, "required claim",
                       &req[i].values, s);
        }
    }

    return NGX_OK;
}


/*
 * A string claim that variables show; absent is not a fault here.  "fault"
 * is what a rejection names.
 */

static ngx_int_t
ngx_actor_token_claims_string(ngx_actor_token_reader_t *rd, json_t *value,
    const char *fault, ngx_str_t *s)
{
    if (value == NULL) {
        return NGX_OK;
    }

    if (ngx_actor_token_json_string(value, s) != NGX_OK
        || !ngx_actor_token_printable(s))
    {
        return ngx_actor_token_reject(rd->verdict, NGX_ACTOR_TOKEN_BAD_CLAIM,
                                      fault);
    }

    return NGX_OK;
}
