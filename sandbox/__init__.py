"""模拟环境: the outside services as a process of its own, for the demo and for tests only.

It speaks the HTTP protocols of Aliyun and Tencent SMS, of the WeChat open platform and of 海易办
(assumed), checks signatures and keys by itself, and has faces for a person. It shares no code with
``app.integrations``: what both sides understand is what the documents say. Nothing is kept beyond
the life of the process.
"""

from sandbox.context import Keys
from sandbox.site import create_sandbox

__all__ = ["Keys", "create_sandbox"]
