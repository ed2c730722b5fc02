"""Gets tokens with OAuth client libraries for Python, each used as its documentation says.

usage: python oauth.py JOB, a JSON file that ClientLibrariesTest writes

Prints a JSON object: the way in which a token was got, and the token.
"""

import json
import sys

from authlib.integrations.requests_client import OAuth2Session as AuthlibSession
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from oauthlib.oauth2 import BackendApplicationClient, ServiceApplicationClient
from requests_oauthlib import OAuth2Session

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"

with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)
endpoint = job["issuer"] + "/oauth2/token"
resource = job["resource"]
tokens = {}

# The audience is the issuer, as the successor of RFC 7523 wants it.
session = AuthlibSession(job["clientId"], job["privateKey"], token_endpoint_auth_method="private_key_jwt")
session.register_client_auth_method(PrivateKeyJWT(job["issuer"], alg="RS256"))
tokens["authlib private_key_jwt"] = session.fetch_token(
    endpoint, grant_type="client_credentials", resource=resource
)["access_token"]

session = AuthlibSession("bot", token_endpoint_auth_method="none")
tokens["authlib jwt-bearer"] = session.fetch_token(
    endpoint, grant_type=JWT_BEARER, assertion=job["evidence"], resource=resource
)["access_token"]

session = OAuth2Session(client=BackendApplicationClient("bot"))
tokens["requests-oauthlib assertion of a platform"] = session.fetch_token(
    endpoint,
    include_client_id=True,
    client_assertion_type=ASSERTION,
    client_assertion=job["evidence"],
    resource=resource,
)["access_token"]

client = ServiceApplicationClient(
    job["clientId"],
    private_key=job["privateKey"],
    issuer=job["clientId"],
    subject=job["clientId"],
    audience=job["issuer"],
)
tokens["requests-oauthlib jwt-bearer"] = OAuth2Session(client=client).fetch_token(
    endpoint, include_client_id=True, resource=resource
)["access_token"]

print(json.dumps(tokens))
