"""Why a file is not taken."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Refusal

#: code -> sentence; parameters: limit (MB), types (extensions).
LABELS = {
    "file_empty": _l("文件为空，请重新选择。"),
    "file_too_big": _l("文件超过 %(limit)s MB，请减小后重新上传。"),
    "file_type": _l("不支持的文件类型。请上传：%(types)s"),
    "file_extension": _l("文件内容与扩展名不符。请上传：%(types)s"),
    "file_damaged": _l("文件已损坏，无法读取。请用电子表格打开后另存，再重新上传。"),
    "file_undecodable": _l(
        "无法识别文字编码，或含有不可见的控制字符。请另存为 UTF-8 编码后重新上传。"
    ),
    "image_bad": _l("图片无法读取，可能已损坏。请换一张图片。"),
    "image_svg": _l("不接受 SVG 图片，其中可能藏有脚本。请改用 PNG、JPEG 或 WebP。"),
    "image_phone": _l("不支持手机的 HEIC、AVIF 格式。请先转换为 JPEG 再上传。"),
    "image_moving": _l("不支持 GIF 动图。请改用 PNG、JPEG 或 WebP。"),
    "image_too_big": _l("图片尺寸过大，请缩小后重新上传。"),
    "storage_unavailable": _l("文件暂时无法保存，请稍后重试。您的数据没有改动。"),
}


class StorageUnavailable(Refusal):
    """The disk or the object store does not take the file: 503, nothing was changed."""

    def __init__(self) -> None:
        super().__init__("storage_unavailable")
