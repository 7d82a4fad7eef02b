"""What is wrong, in words, and what to write instead. Codes come from the rules; a test requires
a sentence for each."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from flask_babel import lazy_gettext as _l

from app.engines.sheets.model import CellError, FileRefused, ValueRefused
from app.engines.sheets.values import LINES, SEPARATOR
from app.extensions.phrases import listed, quoted

MESSAGES: Final = {
    # one value
    "required": _l("必填，不能为空"),
    "masked": _l("带 * 的内容是脱敏显示，不能写回；请填写完整内容，或删除此列（不修改）"),
    "control": _l("含有不可见的控制字符；请删除后重新输入"),
    "too_long": _l("共 %(length)s 个字，最多 %(limit)s 个字"),
    "number_precision": _l(
        "数字超过 15 位，电子表格已丢失末尾数字；请将单元格设为文本格式后重新输入"
    ),
    "uscc_number": _l(
        "代码是数字格式，电子表格已改变末尾数字；请将单元格设为文本格式后重新输入 18 位代码"
    ),
    "uscc_length": _l("统一社会信用代码应为 18 位，此处为 %(length)s 位"),
    "uscc_alphabet": _l(
        "代码不能含有 %(signs)s；只用数字和大写字母（不用 I、O、S、V、Z），请核对营业执照"
    ),
    "uscc_division": _l("代码第 3 至 8 位是行政区划，应为数字；请核对营业执照"),
    "uscc_check": _l(
        "代码末位校验不符，可能有一位写错；请核对营业执照，确属特例的由平台运营人工核验"
    ),
    "date": _l("日期请写成 2024-01-31（也可写 2024/1/31、2024年1月31日、20240131）"),
    "date_number": _l("此处是数字，不是日期；请将单元格设为日期格式，或写成 2024-01-31"),
    "date_impossible": _l("没有这一天；请写成 2024-01-31 的形式并核对"),
    "date_range": _l("日期应在 %(earliest)s 与 %(latest)s 之间"),
    "date_future": _l("日期不能晚于今天（%(today)s）"),
    "number": _l("请只写数字，例如 1234.56"),
    "number_unit": _l("请只写数字，不写百分号、货币符号和单位，例如 1234.56"),
    "number_thousands": _l("千分位逗号应每三位一个；请写成 1,234,567 或 1234567"),
    "number_scientific": _l("请写出完整数字，不用科学计数法，例如 120000"),
    "number_decimals": _l("最多两位小数；请四舍五入后填写，例如 1234.56"),
    "number_overflow": _l("数字太大；请核对单位"),
    "number_minimum": _l("不能小于 %(minimum)s"),
    "integer_fraction": _l("请填写整数，例如 12"),
    "boolean": _l("请填写 是 或 否"),
    "choice": _l("“%(part)s”不在可选范围；请填写：%(options)s"),
    "customs_code": _l("海关注册编码为 10 位：前 5 位数字，后 5 位数字或字母"),
    "phone": _l("请填写一个号码：11 位手机号如 13800138000，或带区号的座机如 0898-88812345"),
    "email": _l("请填写一个邮箱地址，例如 name@example.com"),
    # a cell or row of a file
    "duplicate": _l("代码与第 %(first)s 行相同；一个文件内每个代码只能有一行"),
    "merged": _l("此单元格被合并；请取消合并，逐格填写"),
    "formula_no_value": _l("公式没有计算结果；请用电子表格打开并保存一次，或直接填写数值"),
    "error_value": _l("公式结果是错误值（如 #N/A）；请改为正确的数值"),
    "cell_count": _l("本行有 %(found)s 个单元格，表头有 %(expected)s 个；请检查逗号和引号"),
    "column_absent": _l("文件没有此列，而新增企业必须填写；请加上此列"),
    "organisation_code": _l("代码内的组织机构代码（第 9 至 17 位）校验不符，请留意核对"),
    "hidden_row": _l("此行在文件中是隐藏的，已照常读取"),
    "customs_letters": _l("海关注册编码含有字母，请留意核对"),
    # the file, with a warning
    "heading_unknown": _l("这些列不在模板中，未读取：%(headings)s"),
    "second_sheet": _l("只读取工作表“%(sheet)s”；另有含数据的工作表未读取：%(others)s"),
    # the file, refused
    "too_large": _l("文件超过 %(limit)s MB"),
    "empty": _l("文件是空的"),
    "unknown_type": _l("不支持 .%(extension)s 文件；请使用 .xlsx、.xls、.csv 或 .ods"),
    "content_mismatch": _l("文件内容与扩展名不符；请用电子表格打开后另存为 .xlsx"),
    "macros": _l("文件含有宏，不能导入；请另存为不含宏的 .xlsx"),
    "encrypted": _l("文件已加密；请取消密码后另存"),
    "damaged": _l("文件已损坏，无法读取；请用电子表格打开后另存为 .xlsx"),
    "doctype": _l("文件含有不允许的 DOCTYPE 声明，不能导入"),
    "xml_encoding": _l("文件内部编码不受支持；请用电子表格打开后另存为 .xlsx"),
    "unpacked": _l("文件解压后超过 %(limit)s MB"),
    "ratio": _l("文件压缩率异常，不能导入"),
    "too_many_parts": _l("文件内部件数超过 %(limit)s，不能导入"),
    "too_many_marks": _l("合并的单元格或没有数值的公式过多；请复制后只粘贴数值，另存为新的 .xlsx"),
    "too_many_rows": _l("数据超过 %(limit)s 行；请分成几个文件"),
    "too_many_columns": _l("数据超过 %(limit)s 列（见 %(cell)s）；请删除右侧多余的内容"),
    "scattered": _l("第 %(row)s 行还有零散内容，表格范围过大；请删除下方多余的内容"),
    "undecodable": _l("无法识别文字编码；请另存为 UTF-8 编码的 CSV 或 .xlsx"),
    "csv_quotes": _l("第 %(line)s 行附近引号不成对；请检查，或另存为 .xlsx"),
    "cell_too_long": _l(
        "第 %(line)s 行附近有单元格超过 %(limit)s 个字；请缩短内容，并检查引号是否成对"
    ),
    "no_heading_row": _l("前 %(rows)s 行内没有找到表头；请使用模板的表头"),
    "no_key_column": _l("表头缺少“%(heading)s”列"),
    "heading_twice": _l("表头中“%(heading)s”出现了两次；请只保留一列"),
    "memory": _l("文件内容过多，超出内存限制；请分成几个文件"),
    "too_slow": _l("文件读取超时；请分成几个文件"),
    "unreadable": _l("文件无法读取；请用电子表格打开后另存为 .xlsx"),
}


#: Parameters that name several things, put together by the child as a file writes them.
_SEVERAL: Final = MappingProxyType({"options": LINES, "headings": SEPARATOR, "others": SEPARATOR})


def message(error: CellError | ValueRefused | FileRefused) -> str:
    """The sentence for an error, in the language of the reader."""
    try:
        params = {
            name: _named(str(value).split(_SEVERAL[name])) if name in _SEVERAL else value
            for name, value in error.params.items()
        }
        return str(MESSAGES[error.code]) % params
    except KeyError:  # only a reading child that a hostile file has taken over speaks like that
        return str(MESSAGES["unreadable"])


def _named(parts: list[str]) -> str:
    """Words beside each other; within quotes where one could be taken for two."""
    if any(SEPARATOR in one for one in parts):
        parts = [one if one == "…" else quoted(one) for one in parts]
    return listed(parts)
