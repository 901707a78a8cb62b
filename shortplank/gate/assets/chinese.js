// Says in Chinese what Streamlit says in English around the pages: it knows no other language. Only
// whole texts of this list are replaced, and nothing that a page itself has written (.stHtml).
(() => {
  const SAID = {
    "Skip to main content": "跳到正文", "Sidebar": "侧栏", "Collapse sidebar": "收起侧栏",
    "Expand sidebar": "展开侧栏", "Main menu": "菜单", "App pages": "页面", "Notifications": "通知",
    "Open": "展开", "Close": "关闭", "Dismiss": "关闭", "Cancel": "取消", "Reset": "复位",
    "Choose an option": "请选择", "Choose options": "请选择", "Select...": "请选择",
    "Select all": "全选", "Clear all": "全部清除", "Clear value": "清除", "Clear entry": "清除",
    "Selected values": "已选", "No results": "没有符合的", "No options to select": "没有可选的",
    "Increment": "加", "Decrement": "减", "Search": "查找", "Close Search": "关闭查找",
    "Previous Result": "上一处", "Next Result": "下一处", "Fullscreen": "全屏",
    "Toggle fullscreen": "全屏", "Close fullscreen": "退出全屏", "Show/hide columns": "选列",
    "Download as CSV": "下载 CSV", "Clear selection": "取消选择", "Copy to clipboard": "复制",
    "Copy": "复制", "Copied": "已复制", "Copy column name": "复制列名", "Empty": "空", "No data": "没有数据",
    "Dataframe column menu": "列菜单", "Sort ascending": "升序", "Sort descending": "降序",
    "Format": "格式", "Automatic": "自动", "Localized": "按地区", "Plain": "原样", "Compact": "缩写",
    "Percent": "百分数", "Scientific": "科学记数", "Accounting": "会计", "Dollar": "美元",
    "Euro": "欧元", "Yen": "日元", "Duration": "时长", "Distance": "距离", "Time": "时间", "Calendar": "日历",
    "Autosize": "自动列宽", "Pin column": "固定此列", "Unpin column": "取消固定", "Hide column": "隐藏此列",
    "Statistics": "统计", "Count": "个数", "Distinct": "不同值", "Minimum": "最小", "Maximum": "最大",
    "Average": "平均", "Median": "中位数", "Sum": "合计", "Standard deviation": "标准差", "Unique": "不同值",
    "file upload": "上传文件", "upload": "上传", "Upload": "上传", "Browse files": "选择文件",
    "Add files": "添加文件", "Remove file": "移除文件", "Only one file is allowed.": "只能放一个文件。",
    "Too many files": "文件太多", "Drag and drop file here": "把文件拖到这里",
    "Drag and drop files here": "把文件拖到这里", "Network Error": "网络中断",
    "Previous page": "上一页", "Next page": "下一页", "Pagination": "翻页",
    "Previous month": "上个月", "Next month": "下个月", "Choose date": "选日期",
    "Choose date range": "选起止日期", "Clear date": "清除日期", "Clear dates": "清除日期",
    "Date range": "起止日期",
    "Use arrow keys to navigate dates. Enter to select. Escape to close.":
      "用方向键移动，Enter 选定，Esc 关闭。",
    "Scroll tabs left": "向左", "Scroll tabs right": "向右", "Link to heading": "本节链接",
    "Running...": "正在计算…", "Stop": "停止", "Stop script": "停止", "Rerun": "重新计算", "Print": "打印",
    "Settings": "设置", "Theme": "主题", "Light": "浅色", "Dark": "深色", "System": "跟随系统",
    "Connecting": "正在连接", "Please wait...": "请稍候…", "Connection error": "连接中断",
    "Connection timed out.": "连接超时。",
    "Streamlit server is not responding. Are you connected to the internet?":
      "服务器没有应答。请检查网络；接通后页面会自己恢复。",
    "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in your terminal:":
      "服务器没有应答，接通后页面会自己恢复。长时间不恢复，请告诉管理员。",
    "An error has occurred, please try again.": "出错了，请再试一次。", "Try again": "再试一次",
    "Download failed": "下载没有成功", "Unknown error": "未知错误", "Page not found": "没有这一页",
    "Help": "说明", "Show password text": "显示密码", "Hide password text": "隐藏密码",
    "Dialog": "对话框", "Loading...": "正在载入…", "Data View": "数据", "Show data": "看数据",
    "Show chart": "看图", "Press Enter to apply": "按 Enter 生效", "Sort column": "排序",
    "Press Enter to submit form": "按 Enter 提交", "Make fully visible": "完整显示",
    "Quick select a date range": "快选日期", "Delete row(s)": "删除行", "Add row": "添加行",
  };
  const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"];
  const month = (name) => MONTHS.findIndex((each) => each.startsWith(name.slice(0, 3))) + 1;
  const NAMES = MONTHS.join("|");
  const FORMS = [
    [/^(\d+) options? available\.$/, (_, n) => `有 ${n} 项可选。`],
    [/^(\d+) results? available\.$/, (_, n) => `有 ${n} 项可选。`],
    [/^option (.+), selected\.$/i, (_, what) => `已选 ${what}。`],
    [/^option (.+) focused, (\d+) of (\d+)\..*$/i, (_, what, at, all) => `${what}，第 ${at} 项，共 ${all} 项。`],
    [/^(?:Limit )?(\d+) ?MB per file(?: • .*)?$/, (_, n) => `每个文件不超过 ${n} MB`],
    [/^Press Enter to apply • (\d+\/\d+)$/, (_, n) => `按 Enter 生效 · ${n}`],
    [/^(year|month|day), (.+)$/, (_, part, what) => `${what}的${{ year: "年", month: "月", day: "日" }[part]}`],
    [new RegExp(`^\\d\\d – (${NAMES})$`), (_, name) => `${month(name)}月`],
    [new RegExp(`^(${NAMES})$`), (_, name) => `${month(name)}月`],
    [new RegExp(`^(${NAMES}) (\\d{4})$`), (_, name, year) => `${year}年${month(name)}月`],
    [new RegExp(`^Selected Date: (${NAMES}) (\\d\\d), (\\d{4})$`),
      (_, name, day, year) => `已选 ${year}年${month(name)}月${+day}日`],
    [new RegExp(`^(?:(Not available\\. )|(Selected\\. )|(?:Choose |It's available\\. ))?\\w+, (${NAMES}) (\\d+)(?:st|nd|rd|th)?,? (\\d{4})\\.?(?: It's available\\.| Not available\\.)?$`),
      (_, not, chosen, name, day, year) => `${not ? "不可选 " : chosen ? "已选 " : ""}${year}年${month(name)}月${day}日`],
  ];
  const ATTRIBUTES = ["aria-label", "title", "placeholder", "aria-roledescription", "aria-description",
    "aria-valuetext", "data-title", "alt"];
  const OURS = ".stHtml, svg, script, style, textarea";
  const ICON = "[data-testid=stIconMaterial]"; // its text is the picture's name in the font

  function chinese(text) {
    const bare = text.trim();
    if (bare.length > 160 || !/[A-Za-z]{2}/.test(bare)) return null;
    if (Object.hasOwn(SAID, bare)) return text.replace(bare, SAID[bare]);
    for (const [form, say] of FORMS) if (form.test(bare)) return bare.replace(form, say);
    return null;
  }

  function text(node) {
    const said = chinese(node.data);
    if (said !== null && !node.parentElement?.closest(`${OURS}, ${ICON}`)) node.data = said;
  }

  function attributes(element) {
    for (const name of ATTRIBUTES) {
      const value = element.getAttribute(name), said = value && chinese(value);
      if (said && !element.closest(".stHtml")) element.setAttribute(name, said);
    }
    if (element.matches(ICON)) element.setAttribute("aria-hidden", "true");
  }

  function whole(root) {
    if (root.nodeType === Node.TEXT_NODE) return text(root);
    if (root.nodeType !== Node.ELEMENT_NODE || root.matches(OURS)) return;
    attributes(root);
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node.nodeType === Node.ELEMENT_NODE && node.matches(OURS)
        ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    for (let node = walk.nextNode(); node; node = walk.nextNode())
      node.nodeType === Node.TEXT_NODE ? text(node) : attributes(node);
  }

  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "characterData") text(target);
      else if (type === "attributes") { if (!(target instanceof SVGElement)) attributes(target); }
      else if (!(target instanceof SVGElement)) addedNodes.forEach(whole);
    }
  }).observe(document.documentElement, {
    subtree: true, childList: true, characterData: true, attributeFilter: ATTRIBUTES,
  });
  whole(document.documentElement);
})();
