# ML-DSA in a thread pool.

use lib 't/lib';
use Test::Nginx::ActorToken;

plan(skip_all => 'nginx has no threads') unless nginx_has('threads');
plan(skip_all => 'OpenSSL has no ML-DSA') unless has_ml_dsa();

run_tests();

__DATA__

=== TEST 1: ML-DSA-44
--- http_config
actor_token_cache off;
actor_token_threads default;
--- issuer
jwks mldsa44+mldsa65+mldsa87.jwks;
--- signer: mldsa44


=== TEST 2: ML-DSA-65
--- signer: mldsa65


=== TEST 3: ML-DSA-87
--- signer: mldsa87


=== TEST 4: another key's signature
--- signer: mldsa65other
--- jose
{"kid": "mldsa65"}
--- reason: bad_signature


=== TEST 5: many requests of a connection
--- signer: mldsa65
--- pipelined_requests eval
[('GET /t') x 10]
