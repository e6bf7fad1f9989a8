// An authorization server: oidc-provider, with an exchange of tokens (RFC 8693)
// at its token endpoint, and keys that rotate.
//
//     node server.mjs PORT FOLDER
//
// FOLDER has server.crt and server.key.  Each line of the standard input is a
// command, and is answered by a line of JSON:
//
//     user NAME     an access token of this user, as a login would give
//     rotate        publishes a new key, and signs with it from now on
//     withdraw      publishes no key but that one
//     down, up      closes the port, and opens it again

import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createInterface } from 'node:readline';

import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import Provider, { errors } from 'oidc-provider';

// the standard output is for answers alone

console.info = console.error;

function say(answer) {
    process.stdout.write(`${JSON.stringify(answer)}\n`);
}

const port = Number(process.argv[2]);
const folder = process.argv[3];

const issuer = `https://issuer.example:${port}`;
const api = 'https://api.example.com';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

const tls = {
    cert: readFileSync(`${folder}/server.crt`),
    key: readFileSync(`${folder}/server.key`),
};

// what a token is to have as "act"

const actors = new WeakMap();

let keys = [];
let serial = 0;
let provider;
let server;


async function newKey() {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });

    serial++;

    return { ...await exportJWK(privateKey), alg: 'ES256', use: 'sig',
             kid: `key-${serial}` };
}

function publicKeys() {
    return { keys: keys.map(({ d, ...jwk }) => jwk) };
}

function resourceServer() {
    return {
        scope: 'read write',
        audience: api,
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256', kid: keys[0].kid } },
    };
}


// RFC 8693: the client acts for the subject of a token that we have issued

async function exchangeToken(ctx, next) {
    const { client, params } = ctx.oidc;

    if (params.subject_token_type !== accessToken) {
        throw new errors.InvalidRequest('unknown subject_token_type');
    }

    if (params.resource !== api) {
        throw new errors.InvalidTarget();
    }

    let subject;

    try {
        ({ payload: subject } = await jwtVerify(
            params.subject_token, createLocalJWKSet(publicKeys()),
            { issuer, audience: api, typ: 'at+jwt' }));

    } catch (error) {
        throw new errors.InvalidGrant(`subject_token: ${error.message}`);
    }

    const act = { sub: client.clientId };

    // who has acted until now stands behind the one who acts now

    if (subject.act) {
        act.act = subject.act;
    }

    const token = await issue(client, subject.sub, act);

    ctx.body = {
        access_token: token,
        issued_token_type: accessToken,
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'read',
    };

    await next();
}

function issue(client, accountId, act) {
    const token = new provider.AccessToken({
        accountId, client, scope: 'read', grantId: 'none',
        gty: 'token_exchange',
    });

    actors.set(token, act);
    token.resourceServer = new provider.ResourceServer(api, resourceServer());

    return token.save();
}


function start() {
    const client = {
        client_secret: 'secret-of-the-client',
        grant_types: [exchange],
        redirect_uris: [],
        response_types: [],
    };

    provider = new Provider(issuer, {
        clients: ['portal', 'agent', 'helper'].map(
            (name) => ({ ...client, client_id: name })),
        clientDefaults: { id_token_signed_response_alg: 'ES256' },
        cookies: { keys: ['not used'] },
        extraTokenClaims: (ctx, token) => ({ act: actors.get(token) }),
        features: {
            devInteractions: { enabled: false },
            resourceIndicators: {
                enabled: true,
                getResourceServerInfo: resourceServer,
            },
        },
        findAccount: (ctx, id) => ({ accountId: id,
                                     claims: () => ({ sub: id }) }),
        jwks: { keys },
    });

    provider.registerGrantType(exchange, exchangeToken,
                               ['subject_token', 'subject_token_type',
                                'resource']);
}

function open() {
    return new Promise((resolve) => {
        server = createServer(tls, (request, response) => {
            response.setHeader('Connection', 'close');
            provider.callback()(request, response);
        });

        server.listen(port, '127.0.0.1', resolve);
    });
}


const commands = {
    async user(name) {
        const client = await provider.Client.find('portal');

        return { token: await issue(client, name) };
    },

    async rotate() {
        keys.unshift(await newKey());
        start();

        return { kid: keys[0].kid };
    },

    withdraw() {
        keys.splice(1);
        start();

        return { kid: keys[0].kid };
    },

    async down() {
        await new Promise((resolve) => {
            server.close(resolve);
            server.closeAllConnections?.();
        });

        return {};
    },

    async up() {
        await open();

        return {};
    },
};

keys = [await newKey()];
start();
await open();

say({ issuer, kid: keys[0].kid });

for await (const line of createInterface({ input: process.stdin })) {
    const [name, argument] = line.split(' ');

    try {
        say(await commands[name](argument));

    } catch (error) {
        say({ error: error.message });
    }
}

process.exit(0);
