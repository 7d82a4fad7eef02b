"""Words for roles and refusals of sign-in and account administration."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.engines import notices
from app.features.accounts.rules import Role
from app.features.accounts.services.devices import UNKNOWN

ROLE_TITLES = {
    Role.enterprise_user: _l("企业用户"),
    Role.park_admin: _l("园区/基地管理员"),
    Role.park_clerk: _l("园区数据专员"),
    Role.reviewer: _l("审核员"),
    Role.expert: _l("评审专家"),
    Role.operator: _l("平台运营"),
    Role.sysadmin: _l("系统管理员"),
    Role.secadmin: _l("安全管理员"),
    Role.auditor: _l("审计管理员"),
}

STATE_WORDS = {
    "active": _l("正常"),
    "locked": _l("已锁定"),
    "disabled": _l("已停用"),
}
STATE_DOTS = {"active": "success", "locked": "warning", "disabled": "muted"}

HEADINGS = {
    "username": _l("登录账号"),
    "name": _l("姓名"),
    "roles": _l("角色"),
    "parks": _l("所属园区/基地"),
    "state": _l("状态"),
    "active": _l("状态"),
    "last_login": _l("最近登录"),
    "login_count": _l("登录次数"),
    "must_change_password": _l("下次登录须修改密码"),
    "has_password": _l("已设置密码"),
    "phone": _l("手机号"),
    "email": _l("邮箱"),
    "second_factor": _l("已开启两步验证"),
}
ROLE_HEADINGS = {
    "name": _l("角色"),
    "kind": _l("类型"),
    "users": _l("账号数"),
    "permissions": _l("权限"),
}

TOKEN_HEADINGS = {
    "name": _l("名称"),
    "scopes": _l("接口范围"),
    "park_id": _l("代表的园区/基地"),
    "days": _l("有效期"),
    "purpose": _l("用途"),
    "expires_at": _l("有效至"),
    "used_at": _l("最近使用"),
    "created_at": _l("新建时间"),
    "state": _l("状态"),
    "person": _l("所属人员"),
}
TOKEN_STATES = {"active": _l("有效"), "over": _l("已失效")}
TOKEN_DOTS = {"active": "success", "over": "muted"}
ZONE_WORD = _l("综试区")

REFUSALS = {
    "phone_wrong": _l("请输入 11 位手机号"),
    "code_wrong": _l("验证码不正确或已失效，请检查后重试，或重新获取"),
    "code_soon": _l("验证码刚刚发送过，请 %(seconds)s 秒后再获取"),
    "code_budget": _l("获取验证码次数过多，请稍后再试，或改用其他登录方式"),
    "puzzle_needed": _l("请先输入图形验证码，再点“获取”"),
    "puzzle_wrong": _l("图形验证码不正确，已换一张，请重新输入"),
    "agree_needed": _l("请阅读并勾选同意《平台法律声明》"),
    "consent_needed": _l("《平台法律声明》已更新，请阅读并勾选同意后重新获取验证码"),
    "account_off": _l("该账号已停用，请致电平台"),
    "identity_taken": _l("该账号已绑定其他用户；请用原来的方式登录，或先解除绑定"),
    "identity_second": _l(
        "该手机号的账号已绑定另一个同类账号；请先用手机号登录，在用户中心解除绑定"
    ),
    "phone_same": _l("新手机号与原手机号相同，请换一个"),
    "phone_taken": _l("该手机号已注册其他账号，请换一个，或先用它登录并注销那个账号"),
    "no_phone": _l("该账号没有绑定手机号，请先在用户中心绑定手机号"),
    "phone_there": _l("该账号已绑定手机号，可以更换"),
    "sign_in_again": _l("登录已有一段时间，为确认是您本人，请退出后重新登录再操作"),
    "name_kept": _l("工作人员的姓名由系统管理员维护"),
    "email_wrong": _l("请填写完整的邮箱地址，例如 name@example.com；不修改请保留原样"),
    "cancel_staff": _l("工作人员的账号由系统管理员停用，不能自行注销"),
    "proof_gone": _l("等待时间过长，请重新扫码或登录"),
    "identity_gone": _l("该登录方式已解除绑定"),
    "phone_stays": _l("手机号不能解除绑定，可以更换"),
    "last_way_in": _l("这是唯一的登录方式，不能解除绑定"),
    "half_gone": _l("等待时间过长，或账号已有变动，请重新登录"),
    "second_wrong": _l("验证码不正确或已用过，请输入新的验证码"),
    "second_locked": _l("验证码输错次数过多，请稍后再试，或致电平台"),
    "second_there": _l("已开启两步验证，不必重复开启"),
    "second_none": _l("还没有开启两步验证"),
    "second_needed": _l("您的角色须两步验证，不能关闭"),
    "own_second_factor": _l("不能重置自己的两步验证，请由另一名系统管理员操作"),
    "wrong": _l("登录账号或密码不正确"),
    "locked": _l("连续输错次数过多，请 15 分钟后再试"),
    "address_locked": _l("当前网络尝试次数过多，请 15 分钟后再试"),
    "required": _l("必填，不能为空"),
    "name_long": _l("不能超过 40 个字，且不能含换行等控制字符"),
    "username_taken": _l("该登录账号已被使用，请换一个"),
    "username_signs": _l("请用 3–32 位小写字母、数字、点、短横线或下划线，并以字母开头"),
    "username_reserved": _l("以 system 开头的名称留给系统进程，请换一个"),
    "own_account": _l("不能停用自己的账号，请由另一名系统管理员操作"),
    "own_password": _l("自己的密码请在“修改密码”中修改"),
    "last_sysadmin": _l(
        "这是最后一名可用的系统管理员，停用后无人能管理账号；请先指定另一名系统管理员"
    ),
    "last_secadmin": _l("这是最后一名可用的安全管理员，停用后无人能授权；请先指定另一名安全管理员"),
    "own_view": _l("不能以自己的身份查看"),
    "view_of_staff": _l("不能以系统、安全、审计管理员的身份查看"),
    "view_of_disabled": _l("账号已停用，不能以其身份查看"),
    "view_reason": _l("请写明查看原因"),
    "own_roles": _l("不能修改自己的角色，请由另一名安全管理员操作"),
    "not_separated": _l(
        "系统、安全、审计管理员三者分离：一个账号只能担任其中一个，且不能兼任其他角色"
    ),
    "zone_and_park": _l(
        "平台运营、审核员、评审专家能看到全部园区，不能同时担任园区角色或自定义角色，也不能属于某个园区/基地；请另建账号"
    ),
    "unknown_role": _l("所选角色已不存在，请重新选择"),
    "member_of_park": _l(
        "该账号属于园区/基地，不能担任系统、安全、审计管理员；请先由平台运营移出园区/基地"
    ),
    "role_taken": _l("已有同名的角色，请换一个名称"),
    "role_in_use": _l("还有 %(number)s 个账号使用该角色，请先在“用户授权”中取消"),
    "not_grantable": _l("所选权限只属于平台或系统管理角色，不能加入自定义角色"),
    "current_wrong": _l("当前密码不正确，请重新输入"),
    "password_repeat": _l("两次输入的新密码不一致，请重新输入"),
    "password_short": _l("密码至少 10 位，请加长，例如用几个词连在一起"),
    "password_long": _l("密码最多 128 位，请缩短"),
    "password_signs": _l("密码不能含换行等控制字符，请删除后重试"),
    "password_name": _l("密码不能包含登录账号，请换一个"),
    "password_common": _l("该密码太常见，容易被猜到，请换一个"),
    "password_same": _l("新密码与当前密码相同，请换一个"),
    "token_name": _l("请填写名称，最多 60 个字，不含换行"),
    "token_name_taken": _l("已有同名的令牌，请换一个名称"),
    "token_scopes": _l("请至少选择一项范围"),
    "token_scope_not_yours": _l("所选范围超出您现在的权限，请重新选择"),
    "token_park": _l("请选择您所属的园区/基地"),
    "token_days": _l("有效期为 1–365 天"),
    "token_purpose": _l("请写明用途（2–200 个字）；读取个人信息的令牌必填"),
    "token_wrong": _l("有内容需要修改，请看各项说明"),
    "token_too_many": _l("最多有 %(most)s 个有效的令牌，请先吊销不用的"),
}

ACTS = {
    "user.registered": _l("注册账号"),
    "identity.bound": _l("绑定登录方式"),
    "identity.unbound": _l("解除绑定"),
    "identity.withdrawn": _l("撤回授权"),
    "identity.erased": _l("清除微信昵称"),
    "identity.phone_changed": _l("更换手机号"),
    "user.own_changed": _l("修改本人信息"),
    "user.exported": _l("导出本人数据"),
    "user.cancelled": _l("注销账号"),
    "user.added": _l("新增账号"),
    "user.changed": _l("修改账号"),
    "user.password_reset": _l("重置密码"),
    "user.password_changed": _l("修改密码"),
    "user.sessions_ended": _l("强制下线"),
    "user.own_session_ended": _l("结束一处登录"),
    "user.own_sessions_ended": _l("结束其他登录"),
    "user.roles_changed": _l("调整角色"),
    "user.second_factor_reset": _l("重置两步验证"),
    "second_factor.enrolled": _l("开启两步验证"),
    "second_factor.codes_renewed": _l("换一组恢复码"),
    "second_factor.removed": _l("关闭两步验证"),
    "second_factor.failed": _l("第二步验证失败"),
    "second_factor.locked": _l("第二步验证锁定"),
    "sign_in.first_step": _l("第一步验证通过"),
    "sign_in.new_device": _l("在新设备登录"),
    "sign_in.done": _l("登录成功"),
    "sign_in.failed": _l("登录失败"),
    "sign_in.locked": _l("账号锁定"),
    "sign_in.ended": _l("退出登录"),
    "view_as.started": _l("开始以该账号身份查看"),
    "view_as.ended": _l("结束以该账号身份查看"),
    "token.made": _l("新建接口令牌"),
    "token.ended": _l("吊销接口令牌"),
    "role.added": _l("新增角色"),
    "role.changed": _l("修改角色"),
    "role.deleted": _l("删除角色"),
}

#: Why a view as somebody else ended.
VIEW_ENDS = {
    "asked": _l("由查看人结束"),
    "time": _l("到时自动结束"),
    "right": _l("查看人不再有该权限"),
    "account": _l("被查看的账号已停用"),
    "role": _l("被查看的账号成为系统、安全或审计管理员"),
    "sign_out": _l("查看人退出登录"),
}
notices.kinds(
    notices.NoticeKind(
        "account.new_device",
        _l("新设备登录"),
        _l(
            "您的账号在新设备登录：%(device)s，网络地址 %(address)s。如不是您本人，请立即修改密码。"
        ),
        words={"device": {UNKNOWN: _l("未知设备")}},
        fixed=True,
    ),
    notices.NoticeKind(
        "account.second_enrolled",
        _l("两步验证"),
        _l("您的账号已开启两步验证。"),
        fixed=True,
    ),
    notices.NoticeKind(
        "account.second_removed",
        _l("重置两步验证"),
        _l("您的两步验证已被系统管理员重置，下次登录时可重新开启。"),
        fixed=True,
    ),
    notices.NoticeKind(
        "account.phone_changed",
        _l("更换手机号"),
        _l("您的手机号已由 %(before)s 更换为 %(after)s。"),
        fixed=True,
    ),
    notices.NoticeKind(
        "account.token_made",
        _l("新建接口令牌"),
        _l("您新建了接口令牌“%(name)s”，有效至 %(until)s。如不是您本人，请立即吊销并修改密码。"),
        fixed=True,
    ),
    notices.NoticeKind(
        "account.token_ended",
        _l("接口令牌被吊销"),
        _l("系统管理员吊销了您的接口令牌“%(name)s”。"),
        fixed=True,
    ),
)

#: What a permission allows, on whatever page; unknown ones show their name.
PERMISSIONS = {
    "can_list": _l("查看列表"),
    "can_index": _l("查看"),
    "can_show": _l("查看详情"),
    "can_add": _l("新增"),
    "can_edit": _l("编辑"),
    "can_delete": _l("删除"),
    "can_export": _l("导出"),
    "can_personal": _l("查看完整个人信息"),
    "can_upload": _l("上传导入模板"),
    "can_template": _l("下载导入模板"),
    "can_apply": _l("确定导入"),
    "can_undo": _l("撤销导入"),
    "can_scan": _l("查找重复企业"),
    "can_pair": _l("处理疑似重复"),
    "can_merge": _l("合并企业"),
    "can_unmerge": _l("撤销合并"),
    "can_restore": _l("恢复"),
    "can_purge": _l("彻底删除"),
    "can_download": _l("下载"),
    "can_cancel": _l("取消"),
    "can_retry": _l("重试"),
    "can_revoke": _l("撤销"),
    "can_decide": _l("审核"),
    "can_handle": _l("处理入驻申请"),
    "can_write": _l("撰写图文"),
    "can_end": _l("结束登录"),
    "can_reset": _l("重置密码"),
    "can_reset_second": _l("重置两步验证"),
    "can_force_out": _l("强制下线"),
    "can_verify": _l("验证完整性"),
    "can_company": _l("维护企业信息"),
    "can_pass": _l("审核通过"),
    "can_refuse": _l("不予通过"),
    "can_publish": _l("发布"),
    "can_close": _l("办结"),
    "can_report": _l("提交整改报告"),
    "can_fill": _l("填报"),
    "can_judge": _l("审核填报"),
    "can_assign": _l("分配审核任务"),
    "can_mark": _l("评分"),
    "can_lead": _l("主持专家评审"),
    "can_run": _l("计分"),
    "can_print": _l("打印"),
    "can_file": _l("提出异议"),
    "can_change": _l("管理视图"),
    "can_share": _l("共享"),
}
#: Pages without a heading of their own.
VIEW_WORDS = {
    "SavedViewsView": _l("视图"),
    "FileView": _l("文件"),
    "ViewAsView": _l("以他人身份查看"),
    "EnterpriseImportView": _l("企业导入"),
    "OwnPhoneView": _l("更换手机号"),
    "OwnSecondStepView": _l("两步验证"),
    "OwnProofView": _l("确认身份"),
    "CancelView": _l("注销账号"),
    "OwnLicenceView": _l("营业执照认证"),
    "InvitationView": _l("加入园区/基地的邀请"),
    "OwnershipView": _l("转让所有权"),
    "OwnParksView": _l("我的园区/基地"),
    "WritingView": _l("撰写图文"),
    "RoundValuesView": _l("平台与主管部门数据"),
}


def role_title(name: str) -> str:
    """The words of a role; an added role is called by its name."""
    return str(ROLE_TITLES.get(name, name))  # type: ignore[call-overload]
