"""Both signatures against the worked examples that the providers publish."""

from __future__ import annotations

from app.integrations.sms import aliyun, tencent

# help.aliyun.com, "V3版本请求体&签名机制", 固定参数示例
ALIYUN_HEADERS = {
    "host": "ecs.cn-shanghai.aliyuncs.com",
    "x-acs-action": "RunInstances",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-date": "2023-10-26T10:22:32Z",
    "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    "x-acs-version": "2014-05-26",
}
ALIYUN_QUERY = {
    "RegionId": "cn-shanghai",
    "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
}
ALIYUN_SAYS = (
    "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
    "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
    "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
)
# cloud.tencent.com, "签名方法 v3", with its example of an instance called 未命名
TENCENT_SAYS = (
    "TC3-HMAC-SHA256 "
    "Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
    "SignedHeaders=content-type;host, "
    "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
)
TENCENT_CONTENT = (
    rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
)


def test_aliyun_signs_as_in_its_worked_example():
    query = aliyun.canonical_query(ALIYUN_QUERY)
    keys = ("YourAccessKeyId", "YourAccessKeySecret")
    assert aliyun.authorization("POST", "/", query, ALIYUN_HEADERS, keys) == ALIYUN_SAYS


def test_tencent_signs_as_in_its_worked_example():
    scope = tencent.Scope("cvm.tencentcloudapi.com", "cvm", 1551113065)
    keys = ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
    kind = "application/json; charset=utf-8"
    assert tencent.authorization(scope, TENCENT_CONTENT, keys, kind) == TENCENT_SAYS


def test_aliyun_writes_signs_as_its_rules_say():
    query = {"b": "a b*c+d/e=f&g~h-_.", "a": "签名", "A": ""}
    assert aliyun.canonical_query(query) == (
        "A=&a=%E7%AD%BE%E5%90%8D&b=a%20b%2Ac%2Bd%2Fe%3Df%26g~h-_."
    )
