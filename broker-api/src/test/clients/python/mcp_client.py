"""Calls an MCP server that wants a token with the official SDK: from its 401 to its metadata, from there to the broker.

usage: python mcp_client.py JOB, a JSON file that ClientLibrariesTest writes

Prints a JSON object: the way in which a token was got, and the token.
"""

import asyncio
import json
import sys

import httpx2
from mcp.client.auth import TokenStorage
from mcp.client.auth.extensions.client_credentials import (
    PrivateKeyJWTOAuthProvider,
    SignedJWTParameters,
    static_assertion_provider,
)
from mcp.client.session import ClientSession
from mcp.client.streamable_http import streamable_http_client


class Memory(TokenStorage):
    def __init__(self):
        self.tokens = None
        self.client_info = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client_info

    async def set_client_info(self, client_info):
        self.client_info = client_info


async def token(job, client_id, assertions):
    memory = Memory()
    provider = PrivateKeyJWTOAuthProvider(
        server_url=job["resource"],
        storage=memory,
        client_id=client_id,
        assertion_provider=assertions,
        issuer=job["issuer"],
    )
    async with httpx2.AsyncClient(auth=provider) as http:
        async with streamable_http_client(job["resource"], http_client=http) as streams:
            async with ClientSession(streams[0], streams[1]) as session:
                await session.initialize()
                listed = await session.list_tools()
                assert len(listed.tools) == 1
    return memory.tokens.access_token


async def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    signed = SignedJWTParameters(
        issuer=job["clientId"], subject=job["clientId"], signing_key=job["privateKey"]
    ).create_assertion_provider()
    print(
        json.dumps(
            {
                "MCP SDK private_key_jwt": await token(job, job["clientId"], signed),
                "MCP SDK assertion of a platform": await token(job, "bot", static_assertion_provider(job["evidence"])),
            }
        )
    )


asyncio.run(main())
