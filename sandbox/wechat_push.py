"""消息推送 as WeChat sends it (安全模式, JSON): sealed, signed, posted to the platform."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import secrets
import struct
from urllib.parse import urlencode, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from app.core import clock
from sandbox.context import keys
from sandbox.seed import WechatUser

PATH = "/login/wechat/event"
BLOCK = 32
SECONDS = 5


def sealed(message: bytes, *, key: str, app_id: str) -> str:
    """16 random bytes, length, message, AppID; padded to 32; AES-256-CBC, the key's start as IV."""
    plain = secrets.token_bytes(16) + struct.pack(">I", len(message)) + message + app_id.encode()
    pad = BLOCK - len(plain) % BLOCK
    secret = base64.b64decode(key + "=")
    seal = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
    return base64.b64encode(seal.update(plain + bytes([pad]) * pad) + seal.finalize()).decode()


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def tell(platform: str, event: str, user: WechatUser) -> bool:
    """Whether the platform said that it has understood."""
    stamp, nonce = str(int(clock.now().timestamp())), str(secrets.randbelow(10**9))
    message = {
        "ToUserName": "gh_sandbox",
        "FromUserName": "o-sandbox-push",
        "CreateTime": int(stamp),
        "MsgType": "event",
        "Event": event,
        "OpenID": user.openid,
        "AppID": keys().wechat_id,
        "RevokeInfo": "301",
    }
    text = sealed(json.dumps(message).encode(), key=keys().push_key, app_id=keys().wechat_id)
    query = {
        "signature": signature(keys().secret, stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": user.openid,
        "encrypt_type": "aes",
        "msg_signature": signature(keys().secret, stamp, nonce, text),
    }
    body = json.dumps({"ToUserName": "gh_sandbox", "Encrypt": text})
    return _post(platform, f"{PATH}?{urlencode(query)}", body) == b"success"


def _post(platform: str, path: str, body: str) -> bytes:
    """The answer; "" when there is none."""
    parts = urlsplit(platform)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        line.request("POST", path, body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        return answer.read(1024) if answer.status == 200 else b""
    except (OSError, http.client.HTTPException):
        return b""
    finally:
        line.close()
