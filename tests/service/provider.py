"""An identity provider for tests: loopback alone, keys of its own, says what a test tells it to."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "aim-hub", "marked-client-secret"


class Provider:
    """Knows one person at a time; ``claims`` and ``header`` overrule what it would say."""

    def __init__(self):
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.key = self.new_key("one")
        self.person = {"sub": "s-1", "preferred_username": "ana@example.org"}
        self.claims, self.document, self.codes, self.asked = {}, {}, {}, []
        self.published = [self.key]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    @staticmethod
    def new_key(kid):
        return RSAKey.generate_key(2048, {"kid": kid}, private=True)

    def _handler(provider):  # noqa: N805 - the handler's self is another
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *said):
                pass

            def do_GET(self):
                provider.asked.append(urlsplit(self.path).path)
                provider.get(self)

            def do_POST(self):
                provider.asked.append(self.path)
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.token(self, {name: one[0] for name, one in parse_qs(form).items()})

        return Handler

    def get(self, request):
        parts = urlsplit(request.path)
        query = {name: one[0] for name, one in parse_qs(parts.query).items()}
        if parts.path.endswith("openid-configuration"):
            answer(request, {**self.described(), **self.document})
        elif parts.path == "/keys":
            keys = KeySet(self.published).as_dict(private=False)
            answer(request, keys)
        else:
            code = f"marked-code-{len(self.codes)}"
            self.codes[code] = query
            back = urlencode({"code": code, "state": query["state"]})
            request.send_response(302)
            request.send_header("Location", f"{query['redirect_uri']}?{back}")
            request.send_header("Content-Length", "0")
            request.end_headers()

    def described(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }

    def token(self, request, form):
        began = self.codes.pop(form.get("code"), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        proven = began and began["code_challenge"] == challenge
        if not proven or form.get("client_secret") != SECRET:
            answer(request, {"error": "invalid_grant"}, 400)
            return
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": began["nonce"],
            **self.person,
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self.key.kid}
        answer(request, {"id_token": jwt.encode(header, claims, self.key), "token_type": "Bearer"})


def answer(request, content, status=200):
    body = json.dumps(content).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)
