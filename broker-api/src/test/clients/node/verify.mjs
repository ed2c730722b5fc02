// Gets tokens of many kinds from a live broker and verifies each with `jose`, by discovery and the key set alone.
// Then it spoils each token in several ways, and none of those may verify.
//
// usage: node verify.mjs JOB, a JSON file that TokenVerificationTest writes
//
// Prints one line of JSON: how many tokens of which kind were verified, and how many spoiled ones were refused.
import assert from "node:assert/strict";
import { createHash, X509Certificate, randomInt, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import * as jose from "jose";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const ca = readFileSync(job.serverCertificate);
const clientCertificate = readFileSync(job.clientCertificate);
const bare = new https.Agent({ ca, keepAlive: true, maxSockets: 8 });
const certified = new https.Agent({
  ca, pfx: readFileSync(job.clientStore), passphrase: job.storePassword, keepAlive: true, maxSockets: 8,
});
const x5t = createHash("sha256").update(new X509Certificate(clientCertificate).raw).digest("base64url");

const metadata = await json(`${job.issuer}/.well-known/oauth-authorization-server`);
assert.equal(metadata.issuer, job.issuer);
const keys = new Map((await json(metadata.jwks_uri)).keys.map((key) => [key.kid, key]));
const keySet = jose.createRemoteJWKSet(new URL(metadata.jwks_uri));
const proofKeys = await Promise.all(
  ["ES256", "EdDSA", "RS256"].map(async (alg) => ({ alg, ...(await jose.generateKeyPair(alg, { extractable: true })) })));
const foreignKeys = new Map(await Promise.all(
  ["ES256", "EdDSA", "RS256"].map(async (alg) => [alg, (await jose.generateKeyPair(alg)).privateKey])));

const BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const DOORS = [
  (jwt) => ({ grant_type: BEARER, assertion: jwt }),
  (jwt) => ({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: jwt,
  }),
  (jwt) => ({
    grant_type: EXCHANGE, subject_token: jwt, subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
  }),
];

async function json(url) {
  const answer = await fetch(url);
  assert.equal(answer.status, 200, url);
  return answer.json();
}

function post(form, headers, agent) {
  return new Promise((resolve, reject) => {
    const body = new URLSearchParams(form).toString();
    const type = "application/x-www-form-urlencoded";
    const request = https.request(
      metadata.token_endpoint,
      { method: "POST", agent, headers: { "Content-Type": type, "Content-Length": body.length, ...headers } },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part) => (text += part));
        response.on("end", () => resolve({ status: response.statusCode, body: JSON.parse(text) })).on("error", reject);
      });
    request.on("error", reject).end(body);
  });
}

async function proof({ alg, privateKey, publicKey }) {
  return new jose.SignJWT({ htm: "POST", htu: metadata.token_endpoint })
    .setProtectedHeader({ typ: "dpop+jwt", alg, jwk: await jose.exportJWK(publicKey) })
    .setJti(randomUUID()).setIssuedAt().sign(privateKey);
}

/** The n-th token: every combination of target, door, evidence and proof comes up in turn. */
async function token(n) {
  const target = job.targets[n % job.targets.length];
  let rest = Math.floor(n / job.targets.length);
  const door = rest % DOORS.length;
  rest = Math.floor(rest / DOORS.length);
  const evidence = job.evidence[rest % job.evidence.length];
  rest = Math.floor(rest / job.evidence.length);
  const key = target.proof === "dpop" || rest % 2 === 1 ? proofKeys[rest % proofKeys.length] : undefined;
  const headers = key ? { DPoP: await proof(key) } : {};
  const form = { ...DOORS[door](evidence.jwt), resource: target.resource };
  const answer = await post(form, headers, target.proof === "mtls" ? certified : bare);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const cnf = {
    ...(key && { jkt: await jose.calculateJwkThumbprint(await jose.exportJWK(key.publicKey)) }),
    ...(target.proof === "mtls" && { "x5t#S256": x5t }),
  };
  return { n, target, evidence, key, door, cnf, answer: answer.body };
}

async function verified(jwt, target) {
  return jose.jwtVerify(jwt, keySet, {
    issuer: job.issuer, audience: target.audience, algorithms: [target.alg], typ: "at+jwt",
    requiredClaims: ["sub", "client_id", "jti", "iat", "nbf", "exp", "scope"],
  });
}

async function check({ target, evidence, key, door, cnf, answer }) {
  const { payload, protectedHeader } = await verified(answer.access_token, target);
  const now = Date.now() / 1000;
  assert.deepEqual(Object.keys(protectedHeader).sort(), ["alg", "kid", "typ"]);
  const published = keys.get(protectedHeader.kid);
  assert.equal(published.alg, target.alg);
  assert.equal(await jose.calculateJwkThumbprint(published), protectedHeader.kid);
  assert.equal(payload.iss, job.issuer);
  assert.equal(payload.aud, target.audience);
  assert.deepEqual(payload.cnf, Object.keys(cnf).length ? cnf : undefined);
  assert.equal(payload.client_id, "bot");
  assert.equal(payload.exp - payload.iat, Math.min(target.maxTtl, evidence.exp - payload.iat));
  assert.ok(payload.exp > now && Math.abs(now - payload.iat) < 20 && payload.nbf === payload.iat);
  assert.ok(answer.expires_in > 0 && answer.expires_in <= payload.exp - payload.iat);
  assert.equal(answer.token_type, key ? "DPoP" : "Bearer");
  assert.equal(answer.issued_token_type !== undefined, door === 2);
  return payload.jti;
}

/** What a forger could make of a good token. */
async function spoiled(jwt, alg) {
  const parts = jwt.split(".");
  const altered = parts.map((part, at) => {
    const bytes = Buffer.from(part, "base64url");
    bytes[randomInt(bytes.length)] ^= 1 << randomInt(8);
    return parts.with(at, bytes.toString("base64url")).join(".");
  });
  const header = jose.decodeProtectedHeader(jwt);
  const claims = jose.decodeJwt(jwt);
  const otherKey = await new jose.SignJWT(claims).setProtectedHeader(header).sign(foreignKeys.get(alg));
  const secret = new TextEncoder().encode(JSON.stringify(keys.get(header.kid)));
  const symmetric = await new jose.SignJWT(claims).setProtectedHeader({ ...header, alg: "HS256" }).sign(secret);
  const none = Buffer.from(JSON.stringify({ ...header, alg: "none" })).toString("base64url");
  return [...altered, otherKey, symmetric, `${none}.${parts[1]}.`];
}

async function refused(jwt, target) {
  await assert.rejects(verified(jwt, target), jose.errors.JOSEError);
}

const jtis = new Set();
const seen = {};
let spoiledTokens = 0;
let next = 0;
await Promise.all(Array.from({ length: 8 }, async () => {
  for (let n = next++; n < job.tokens; n = next++) {
    const issued = await token(n);
    jtis.add(await check(issued));
    for (const kind of [issued.target.alg, `door ${issued.door}`, ...Object.keys(issued.cnf), issued.answer.token_type]) {
      seen[kind] = (seen[kind] ?? 0) + 1;
    }
    for (const forged of await spoiled(issued.answer.access_token, issued.target.alg)) {
      await refused(forged, issued.target);
      spoiledTokens++;
    }
    await refused(issued.answer.access_token, { ...issued.target, audience: "https://another.example" });
  }
}));
console.log(JSON.stringify({ tokens: jtis.size, spoiled: spoiledTokens, seen }));
bare.destroy();
certified.destroy();
