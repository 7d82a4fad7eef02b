"""The providers' signatures as their documents describe them, checked from the server's side."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, quote

from flask import Request

from app.core import clock

ACS = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([^,]+),Signature=([0-9a-f]+)")
TC = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/]+)/(\d{4}-\d\d-\d\d)/sms/tc3_request, "
    r"SignedHeaders=([^,]+), Signature=([0-9a-f]{64})"
)
ACS_MUST = {
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def aliyun_fault(request: Request, key_id: str, secret: str) -> str:
    """The provider's code for what is wrong with the signature, "" when it is right."""
    found = ACS.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        return "MissingAuthorization"
    if found[1] != key_id:
        return "InvalidAccessKeyId.NotFound"
    names = found[2].split(";")
    if names != sorted(names) or not set(names) >= ACS_MUST:
        return "IncompleteSignature"
    if request.headers["x-acs-content-sha256"] != sha256(request.get_data()):
        return "ContentSha256NotMatch"
    headers = "".join(f"{name}:{request.headers.get(name, '').strip()}\n" for name in names)
    raw = request.query_string.decode()
    pairs = sorted(parse_qsl(raw, keep_blank_values=True))
    query = "&".join(f"{quote(key, '~')}={quote(value, '~')}" for key, value in pairs)
    canonical = (
        f"{request.method}\n{request.path}\n{query}\n{headers}\n{found[2]}\n"
        f"{request.headers['x-acs-content-sha256']}"
    )
    text = "ACS3-HMAC-SHA256\n" + sha256(canonical.encode())
    wanted = hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()
    if not hmac.compare_digest(wanted, found[3]):
        return "SignatureDoesNotMatch"
    return "" if _recent(request.headers["x-acs-date"]) else "InvalidTimeStamp.Expired"


def _recent(text: str) -> bool:
    try:
        at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return abs(clock.now() - at) < timedelta(minutes=15)


def tencent_fault(request: Request, key_id: str, secret: str) -> str:
    """The provider's code for what is wrong with the signature, "" when it is right."""
    found = TC.fullmatch(request.headers.get("Authorization", ""))
    if found is None:
        return "AuthFailure.SignatureFailure"
    if found[1] != key_id:
        return "AuthFailure.SecretIdNotFound"
    stamp = request.headers.get("X-TC-Timestamp", "")
    if not stamp.isdigit() or abs(clock.now().timestamp() - int(stamp)) > 300:
        return "AuthFailure.SignatureExpire"
    names = found[3].split(";")
    if names != sorted(names) or not {"content-type", "host"} <= set(names):
        return "AuthFailure.SignatureFailure"
    headers = "".join(f"{name}:{request.headers.get(name, '').strip().lower()}\n" for name in names)
    canonical = (
        f"{request.method}\n{request.path}\n{request.query_string.decode()}\n{headers}\n"
        f"{found[3]}\n{sha256(request.get_data())}"
    )
    scope = f"{found[2]}/sms/tc3_request"
    text = f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{sha256(canonical.encode())}"
    key = hmac.new(f"TC3{secret}".encode(), found[2].encode(), "sha256").digest()
    key = hmac.new(key, b"sms", "sha256").digest()
    key = hmac.new(key, b"tc3_request", "sha256").digest()
    wanted = hmac.new(key, text.encode(), "sha256").hexdigest()
    return "" if hmac.compare_digest(wanted, found[4]) else "AuthFailure.SignatureFailure"
