// Verifies tokens with `jose` as they are issued, by key sets that it caches as long as they may be, and all that are
// left once more at the end.
//
// usage: node watch.mjs ISSUER KEY-SET..., with tokens on standard input, one a line
//
// Prints one line of JSON: how often a token was verified, with how many keys, and what failed.
import { createInterface } from "node:readline";
import * as jose from "jose";

const [issuer, ...urls] = process.argv.slice(2);
const keySets = await Promise.all(urls.map(async (url) => {
  const headers = (await fetch(url)).headers;
  const maxAge = Number(/max-age=(\d+)/.exec(headers.get("cache-control"))[1]) * 1000;
  return jose.createRemoteJWKSet(new URL(url), { cacheMaxAge: maxAge, cooldownDuration: 1000 });
}));
const kids = new Set();
const failed = [];
let verified = 0;

async function check(token) {
  for (const keySet of keySets) {
    try {
      const { protectedHeader } = await jose.jwtVerify(token, keySet, { issuer, typ: "at+jwt" });
      kids.add(protectedHeader.kid);
      verified++;
    } catch (error) {
      failed.push(`${error.code} ${error.message} ${token.split(".")[0]}`);
    }
  }
}

const tokens = [];
for await (const token of createInterface({ input: process.stdin })) {
  tokens.push(token);
  await check(token);
}
for (const token of tokens) {
  if (jose.decodeJwt(token).exp > Date.now() / 1000 + 5) await check(token);
}
console.log(JSON.stringify({ verified, keys: kids.size, failed: failed.slice(0, 10) }));
