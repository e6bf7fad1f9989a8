# Claims as variables.

use lib 't/lib';
use Test::Nginx::ActorToken;

run_tests();

__DATA__

=== TEST 1: a string
--- http_config
actor_token_claim_set $c_name name;
actor_token_claim_set $c_deep org unit name;
actor_token_claim_set $c_url "https://acme.example/org" id;
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "$http_x_name$http_x_deep$http_x_url"; }
}
--- config
include policy.conf;
location /t {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    proxy_set_header X-Name  "name=[$actor_token_claim_name|$c_name]";
    proxy_set_header X-Deep  "deep=[$c_deep]";
    proxy_set_header X-Url   "url=[$c_url]";
}
--- claims
{"name": "Ada"}
--- response_body: name=[Ada|Ada]deep=[]url=[]


=== TEST 2: absent
--- response_body: name=[|]deep=[]url=[]


=== TEST 3: a number
--- claims
{"name": 42}
--- response_body: name=[42|42]deep=[]url=[]


=== TEST 4: a fraction
--- payload eval
payload() =~ s/^\{/{"name":0.5,/r
--- response_body: name=[0.5|0.5]deep=[]url=[]


=== TEST 5: a big whole number
--- payload eval
payload() =~ s/^\{/{"name":9007199254740993,/r
--- response_body: name=[9007199254740993|9007199254740993]deep=[]url=[]


=== TEST 6: true
--- claims
{"name": true}
--- response_body: name=[1|1]deep=[]url=[]


=== TEST 7: false
--- claims
{"name": false}
--- response_body: name=[0|0]deep=[]url=[]


=== TEST 8: null
--- claims
{"name": null}
--- response_body: name=[|]deep=[]url=[]


=== TEST 9: an array
--- payload eval
payload() =~ s/^\{/{"name": [ "a", "b,c", 1 ],/r
--- response_body: name=[["a","b,c",1]|["a","b,c",1]]deep=[]url=[]


=== TEST 10: an object
--- payload eval
payload() =~ s/^\{/{"name": { "k" : "v" },/r
--- response_body: name=[{"k":"v"}|{"k":"v"}]deep=[]url=[]


=== TEST 11: an array is not the string that looks like it
--- claims
{"name": "a,b"}
--- response_body: name=[a,b|a,b]deep=[]url=[]


=== TEST 12: a path
--- claims
{"org": {"unit": {"name": "R&D"}}}
--- response_body: name=[|]deep=[R&D]url=[]


=== TEST 13: a path that ends early
--- claims
{"org": {"unit": "R&D"}}
--- response_body: name=[|]deep=[]url=[]


=== TEST 14: a path through an array
--- claims
{"org": [{"unit": {"name": "R&D"}}]}
--- response_body: name=[|]deep=[]url=[]


=== TEST 15: a name that is a URL
--- claims
{"https://acme.example/org": {"id": "acme"}}
--- response_body: name=[|]deep=[]url=[acme]


=== TEST 16: an upper-case claim is not the lower-case one
--- claims
{"NAME": "Ada"}
--- response_body: name=[|]deep=[]url=[]


=== TEST 17: a newline in a string inside an array is escaped by JSON
--- claims
{"name": ["a\nb"]}
--- response_body: name=[["a\nb"]|["a\nb"]]deep=[]url=[]


=== TEST 18: nothing of a rejected token
--- config
location /t {
    error_page 401 = /after;
    include policy.conf;
    root html;
    try_files /index.html =404;
}
location = /after {
    proxy_pass http://unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    proxy_set_header X-Name  "name=[$actor_token_claim_name|$c_name]";
}
--- http_config
actor_token_claim_set $c_name name;
server {
    listen unix:$TEST_NGINX_SERVER_ROOT/logs/up.sock;
    access_log off;
    location / { return 200 "$http_x_name"; }
}
--- claims
{"name": "Ada", "aud": "https://other.example"}
--- reason: audience_mismatch
--- error_code: 200
--- response_body: name=[|]


=== TEST 19: the same variable twice
--- http_config
actor_token_claim_set $c name;
actor_token_claim_set $c other; #<
--- must_die
"c" variable


=== TEST 20: no variable
--- http_config
actor_token_claim_set c name; #<
--- must_die
c


=== TEST 21: no name
--- http_config
actor_token_claim_set $c; #<
--- must_die
invalid number of arguments in "actor_token_claim_set" directive


=== TEST 22: one of nginx's own variables
--- http_config
actor_token_claim_set $uri name; #<
--- must_die
uri


=== TEST 23: one of ours
--- http_config
actor_token_claim_set $actor_token_subject name; #<
--- must_die
actor_token_subject


=== TEST 24: used before it is declared
--- http_config
map $c_late $mapped {
    volatile;
    default "[$c_late]";
}
actor_token_claim_set $c_late name;
--- policy
add_header X-Mapped $mapped;
--- claims
{"name": "Ada"}
--- response_headers
X-Mapped: [Ada]


=== TEST 25: a variable that a map makes
--- http_config
map $host $org { default acme; }
actor_token_claim_set $org tid; #<
--- must_die
"$org" is set elsewhere too


=== TEST 26: a claim without a name is none
--- policy
add_header X-Claims "[$actor_token_claim_][$actor_token_claim_name]";
--- payload eval
payload() =~ s/^\{/{"": "x", "name": "Ada",/r
--- response_headers
X-Claims: [][Ada]


=== TEST 27: SSI shows the claims that the configuration names, and no others
--- conf_files eval
['../html/page.txt' => '[<!--# echo var="actor_token_claim_name" -->]'
                       . '[<!--# echo var="actor_token_claim_nick" -->]']
--- config
location /t {
    include policy.conf;
    root html;
    default_type text/plain;
    ssi on;
    ssi_types text/plain;
    add_header X-Name $actor_token_claim_name;
    try_files /page.txt =404;
}
--- claims
{"name": "Ada", "nick": "A"}
--- response_body: [Ada][(none)]
