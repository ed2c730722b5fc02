// Gets tokens with OAuth client libraries for Node, each used as its documentation says.
//
// usage: node oauth.mjs JOB, a JSON file that ClientLibrariesTest writes
//
// Prints a JSON object: the way in which a token was got, and the token.
import { readFileSync } from "node:fs";
import * as jose from "jose";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const issuer = new URL(job.issuer);
const key = { key: await jose.importPKCS8(job.privateKey, "RS256"), kid: job.keyId };
const { resource } = job;
const tokens = {};

// A client that has a key of its own, which a trust provider vouches for.
const keyed = await client.discovery(issuer, job.clientId, {}, client.PrivateKeyJwt(key), { algorithm: "oauth2" });
tokens["openid-client private_key_jwt"] = (await client.clientCredentialsGrant(keyed, { resource })).access_token;

// The same, with the explicit type that the successor of RFC 7523 wants.
const typed = client.PrivateKeyJwt(key, { [client.modifyAssertion]: (header) => (header.typ = "client-authentication+jwt") });
tokens["openid-client typed private_key_jwt"] = (await client.clientCredentialsGrant(
  await client.discovery(issuer, job.clientId, {}, typed, { algorithm: "oauth2" }), { resource })).access_token;

// A workload whose platform makes the assertion.
const federated = (config, metadata, body) => {
  body.set("client_assertion", job.evidence);
  body.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
};
const workload = await client.discovery(issuer, "bot", {}, federated);
tokens["openid-client assertion of a platform"] = (await client.clientCredentialsGrant(workload, { resource })).access_token;

const open = await client.discovery(issuer, "bot", {}, client.None());
tokens["openid-client jwt-bearer"] = (await client.genericGrantRequest(
  open, "urn:ietf:params:oauth:grant-type:jwt-bearer", { assertion: job.evidence, client_id: "bot", resource })).access_token;
tokens["openid-client token-exchange"] = (await client.genericGrantRequest(
  open, "urn:ietf:params:oauth:grant-type:token-exchange", {
    subject_token: job.evidence, subject_token_type: "urn:ietf:params:oauth:token-type:jwt", client_id: "bot", resource,
  })).access_token;
const handle = client.getDPoPHandle(open, await client.randomDPoPKeyPair("ES256"));
tokens["openid-client DPoP"] = (await client.genericGrantRequest(
  open, "urn:ietf:params:oauth:grant-type:jwt-bearer", { assertion: job.evidence, client_id: "bot", resource },
  { DPoP: handle })).access_token;

// The library that openid-client is made of, by hand.
const metadata = await oauth.processDiscoveryResponse(
  issuer, await oauth.discoveryRequest(issuer, { algorithm: "oauth2" }));
const response = await oauth.clientCredentialsGrantRequest(
  metadata, { client_id: job.clientId }, oauth.PrivateKeyJwt(key), { resource });
tokens["oauth4webapi private_key_jwt"] = (await oauth.processClientCredentialsResponse(
  metadata, { client_id: job.clientId }, response)).access_token;

// A library that is told of a refusal says which one.
const refused = await client.clientCredentialsGrant(workload, { resource: "https://nobody.example" }).then(
  () => "nothing", (error) => error.error);
if (refused !== "invalid_target") throw new Error(`refused with ${refused}`);

// Whether a token is good, and its end, by the same library.
const ended = tokens["openid-client token-exchange"];
const before = await client.tokenIntrospection(workload, ended);
await client.tokenRevocation(open, ended);
const after = await client.tokenIntrospection(workload, ended);
if (!before.active || after.active) throw new Error(`introspection: ${before.active}, then ${after.active}`);
console.log(JSON.stringify(tokens));
