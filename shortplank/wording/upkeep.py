"""What the doctor says of an installation: what was looked at, what was found, and its mend."""

from __future__ import annotations

STATES = {"ok": "对", "warn": "注意", "wrong": "错"}
COLUMNS = ("项目", "状态", "发现", "办法")
NAMES = {
    "python": "Python 和系统",
    "packages": "软件包",
    "fonts": "中文字体",
    "account": "运行账户",
    "workspace": "工作区",
    "form": "工作区格式",
    "workspace_disk": "磁盘（工作区）",
    "state_disk": "磁盘（状态）",
    "locks": "文件锁",
    "state": "状态文件夹",
    "clock": "时钟",
    "permissions": "权限",
    "ways": "入口",
    "verified": "最新版校验",
    "marts": "分析表",
    "boundaries": "边界",
    "backup": "备份",
    "inbox": "收件",
    "proxy": "前置代理",
    "proxy_tls": "代理：证书",
    "proxy_host": "代理：Host",
    "proxy_path": "代理：路径",
    "proxy_scheme": "代理：X-Forwarded-Proto",
    "proxy_forged": "代理：伪造的请求头",
    "proxy_cookie": "代理：Cookie",
    "proxy_socket": "代理：WebSocket",
    "proxy_packed": "代理：压缩",
}
# What is said of each finding, and its mend: "" where there is nothing to mend.
SAID: dict[str, tuple[str, str]] = {
    "not_checked": ("检查没有做成（{kind}）", "请把这一行告诉维护人员"),
    # the machine
    "python_ok": ("Python {version}，{system}", ""),
    "python_old": ("Python {version}，{system}", "请改用 Python {least} 或更高版本"),
    "python_elsewhere": (
        "Python {version}，{system}；只在 Linux 上全面试过",
        "请在 Linux 上正式使用",
    ),
    "packages_ok": ("{number} 个软件包都是测试过的版本", ""),
    "packages_enough": ("{number} 个软件包都够新（没有版本清单可比）", ""),
    "packages_missing": (
        "缺少或过旧：{names}",
        "请按 requirements/run.txt 重新安装，或重新运行安装包",
    ),
    "packages_other": ("与测试过的版本不同：{names}", "请按 requirements/run.txt 重新安装"),
    "fonts_ok": ("{names}", ""),
    "fonts_none": (
        "这台机器上没有中文字体；看板用浏览者自己电脑的字体，不受影响",
        "请安装一种，如 apt install fonts-noto-cjk（只在这台机器上打开浏览器时才用到）",
    ),
    "account_ok": ("不是 root，与工作区同一账户", ""),
    "account_root": ("正以 root 运行", "请用服务自己的账户运行服务和命令（sudo -u shortplank …）"),
    "account_other": (
        "工作区属于另一账户（uid {owner}），现在是 uid {own}",
        "请用服务自己的账户运行（sudo -u shortplank …）",
    ),
    # the workspace
    "workspace_ok": ("{name}，第 {edition} 版", ""),
    "workspace_empty": ("{name}，还没有数据", ""),
    "workspace_gone": (
        "工作区文件夹不存在：{path}",
        "请检查 -w 或 SHORTPLANK_WORKSPACE，或从备份恢复",
    ),
    "form_ok": ("schema_version {version}", ""),
    "form_old": ("schema_version {version}，本程序读 {known}", "请运行 shortplank upgrade"),
    "form_new": ("schema_version {version}，本程序只读到 {known}", "请安装较新的版本"),
    "form_none": ("workspace.toml 没有写明 schema_version", "请从备份恢复 workspace.toml"),
    "verified_ok": ("第 {edition} 版的 {files} 个文件与发布时一致", ""),
    "verified_empty": ("还没有版本", ""),
    "verified_faults": ("{number} 个文件有问题：{first}", "请用 shortplank restore 从备份恢复"),
    "marts_ok": ("最新版的分析表齐全", ""),
    "marts_missing": ("还缺 {number} 个月的分析表，第一个打开的人要等", "请运行 shortplank build"),
    "boundaries_ok": ("{number} 个单位有边界", ""),
    "boundaries_none": ("没有登记边界，不画地图", ""),
    "backup_ok": ("{at} 备份到 {file}，第 {edition} 版", ""),
    "backup_none": ("还没有备份过", "请运行 shortplank backup 文件名，并设为定时任务"),
    "backup_unread": ("备份记录已损坏", "请重新运行 shortplank backup 文件名"),
    "backup_old": ("上次备份是 {days} 天前", "请运行 shortplank backup 文件名，并检查定时任务"),
    "backup_behind": ("上次备份之后又发布了 {number} 版", "请运行 shortplank backup 文件名"),
    "backup_gone": ("备份文件 {file} 不在原处，或大小不对", "请确认它已妥善移走，或重新备份"),
    "inbox_ok": ("没有待收的文件", ""),
    "inbox_waiting": (
        "{number} 份文件待收",
        "请分析员在“收件”页处理，或用 shortplank tray list 查看",
    ),
    "clock_ok": ("{now}，不早于最近的发布、登录和记录", ""),
    "clock_back": (
        "时钟是 {now}，比{what}（{newest}）早",
        "请校准服务器时间并启用时间同步（timedatectl set-ntp true）；校准之前登录会失效",
    ),
    # disks
    "disk_ok": ("还有 {free}", ""),
    "disk_low": ("只剩 {free}", "请清理或扩容：shortplank editions vacuum 可删去无用的旧文件"),
    "disk_full": ("磁盘已满（剩 {free}），写不进去", "请立即腾出空间；已发布的版本没有变"),
    "disk_files": ("文件数已用尽", "请删去这块磁盘上的无用小文件；已发布的版本没有变"),
    "disk_refused": ("写不进去（{reason}）：{path}", "请检查文件夹的属主和权限，以及磁盘是否只读"),
    "locks_ok": ("独占新建、硬链接、改名、跨进程加锁都有效", ""),
    "locks_bad": ("这个文件系统上无效：{names}", "请把工作区移到本机磁盘（ext4、xfs）"),
    "locks_unknown": ("没有试成：{reason}", "请先解决工作区或磁盘的问题，再运行一次"),
    "state_ok": ("{path}，本机磁盘（{kind}）", ""),
    "state_none": ("{path} 还没有，服务第一次启动时建立", ""),
    "state_impossible": (
        "状态文件夹 {path} 建不起来",
        "请检查上级文件夹和权限，或用 SHORTPLANK_STATE 另指一个本机文件夹",
    ),
    "state_network": (
        "{path} 在网络磁盘上（{kind}），登录状态会损坏",
        "请用 SHORTPLANK_STATE 指到本机磁盘，并重新启动服务",
    ),
    "state_database": ("{path} 上不能用状态库（SQLite WAL）", "请用 SHORTPLANK_STATE 指到本机磁盘"),
    "permissions_ok": ("工作区和状态文件夹不对其他账户开放", ""),
    "permissions_open": ("其他账户能读：{names}", "请收回权限：{mend}"),
    # ways in
    "ways_here": ("只供本机使用，从启动地址进入", ""),
    "ways_ok": ("{ways}；有管理员", ""),
    "ways_no_admin": (
        "{ways}；没有管理员",
        "请用 shortplank user add 名字 --role admin 新建，或在 access.toml 的 grants 里授权",
    ),
    "ways_nobody": (
        "{ways}；没有一个账号，谁也进不来",
        "请用 shortplank user add 名字 --role admin 新建",
    ),
    "ways_no_public": (
        "{ways}；没有写明 public",
        "请在 access.toml 写明 public，如 https://主机名/board",
    ),
    # the proxy
    "proxy_none": ("没有登记对外的网址，只供本机使用", ""),
    "proxy_not_asked": ("没有从外面检查", "请加 --url {public} 再运行一次"),
    "proxy_address": ("{url} 不是网址", "请写成 https://主机名/board"),
    "proxy_other": (
        "{url} 与 access.toml 的 public（{public}）不同",
        "请改正 public 或 --url，使两者相同",
    ),
    "proxy_reached": ("{url} 到达本服务", ""),
    "proxy_no_state": (
        "没有状态文件夹 {path}，认不出服务",
        "请先启动服务，并使本命令与服务的 SHORTPLANK_STATE 相同",
    ),
    "proxy_away": ("{url} 连不上（{reason}）", "请检查代理是否在运行、网址和防火墙"),
    "proxy_astray": (
        "{url} 没有到达这个服务（HTTP {status}）",
        "请检查代理转向的端口、服务是否在运行，以及服务与本命令的 SHORTPLANK_STATE 是否相同",
    ),
    "proxy_signs_in": (
        "代理先要求登录（HTTP {status}），没有检查其余各项",
        "请在代理之内的机器上用 --url 再试",
    ),
    "tls_ok": ("证书有效", ""),
    "tls_unknown": ("本机不信任这张证书（{reason}）", "请装入签发单位的根证书；浏览的电脑也要装"),
    "tls_expired": ("证书已过期", "请更新代理上的证书"),
    "tls_none": ("没有用 https", "请给代理装上证书，只在 https 上开放"),
    "host_ok": ("主机名原样传到", ""),
    "host_bad": (
        "传到的主机名不是 public 里的，所有页面都会被拒绝",
        "请在代理写明 proxy_set_header Host $http_host;",
    ),
    "origin_bad": (
        "传到的主机名与网页来源不同，登录会被拒绝",
        "请在代理写明 proxy_set_header Host $http_host;（带端口）",
    ),
    "path_ok": ("路径 {base} 原样传到", ""),
    "path_base": (
        "网址的路径是 {asked}，服务的路径是 {base}",
        "请使 --url、public 和 server.baseUrlPath（serve --base）相同",
    ),
    "path_changed": (
        "请求 {asked}，服务收到 {seen}",
        "请让代理不改路径：proxy_pass 的地址后面不写 /",
    ),
    "scheme_ok": ("{scheme}，与网址相同", ""),
    "scheme_none": ("代理没有传", "请在代理写明 proxy_set_header X-Forwarded-Proto $scheme;"),
    "scheme_bad": (
        "网址是 {asked}，传到的是 {seen}",
        "请在代理写明 proxy_set_header X-Forwarded-Proto $scheme;",
    ),
    "forged_ok": ("来访者自己写的请求头没有传到", ""),
    "forged_address": (
        "来访者写的 X-Forwarded-For 原样传到",
        "请在代理写明 proxy_set_header X-Forwarded-For $remote_addr;",
    ),
    "forged_identity": (
        "来访者自己写的身份请求头（{names}）传到了，谁都可以冒充别人",
        "请立即让代理覆盖或清除这些请求头",
    ),
    "cookie_ok": ("Secure、HttpOnly，路径 {path}", ""),
    "cookie_plain": ("Cookie 没有 Secure", "请在 access.toml 把 public 写成 https:// 开头的网址"),
    "cookie_changed": (
        "Cookie 被代理改动：{names}",
        "请删去代理的 proxy_cookie_path、proxy_cookie_flags 等设置",
    ),
    "socket_ok": ("升级成功", ""),
    "socket_bad": (
        "没有升级（HTTP {status}），页面会一直停在加载中",
        "请在代理写明 proxy_http_version 1.1 和 Upgrade、Connection 两个请求头",
    ),
    "packed_ok": ("脚本已压缩，页面不压缩", ""),
    "packed_not": ("脚本没有压缩，首次打开要多传几兆", "请在代理的 static/ 路径打开 gzip"),
    "packed_pages": ("页面也被压缩，可能泄露内容", "请只在 static/ 路径打开 gzip"),
}
# What was newest, where the clock is behind it.
NEWEST = {"edition": "最新一版的发布时间", "session": "最近的登录", "journal": "最近的记录"}
WAYS = {"local": "本地账号", "oidc": "统一认证", "proxy": "前置代理", "metrics": "监控令牌"}
TRIED = {
    "exclusive": "独占新建",
    "link": "硬链接",
    "rename": "改名",
    "lock": "跨进程加锁",
}
SUMMARY = "共 {total} 项：对 {ok}，注意 {warn}，错 {wrong}。"
TOKEN = "令牌只显示这一次，请抄给监控。access.toml 里写："
