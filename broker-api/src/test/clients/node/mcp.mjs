// Calls an MCP server that wants a token with the official SDK: from its 401 to its metadata, from there to the broker.
//
// usage: node mcp.mjs JOB, a JSON file that ClientLibrariesTest writes
//
// Prints a JSON object: the way in which a token was got, and the token.
import { readFileSync } from "node:fs";
import { PrivateKeyJwtProvider, StaticPrivateKeyJwtProvider } from "@modelcontextprotocol/sdk/client/auth-extensions.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const job = JSON.parse(readFileSync(process.argv[2], "utf8"));
const providers = {
  "MCP SDK private_key_jwt": new PrivateKeyJwtProvider({
    clientId: job.clientId, privateKey: job.privateKey, algorithm: "RS256", expectedIssuer: job.issuer,
  }),
  "MCP SDK assertion of a platform": new StaticPrivateKeyJwtProvider({
    clientId: "bot", jwtBearerAssertion: job.evidence, expectedIssuer: job.issuer,
  }),
};
const tokens = {};
for (const [way, authProvider] of Object.entries(providers)) {
  const client = new Client({ name: "stranger", version: "1" });
  await client.connect(new StreamableHTTPClientTransport(new URL(job.resource), { authProvider }));
  const { tools } = await client.listTools();
  if (tools.length !== 1) throw new Error(`${tools.length} tools`);
  tokens[way] = authProvider.tokens().access_token;
  await client.close();
}
console.log(JSON.stringify(tokens));
