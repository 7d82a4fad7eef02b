// Draws each table of the 工作台 as a chart. The table is the chart's only source: what is drawn is
// what the table says, and a bar opens the list that its number links to.
const home = document.querySelector("[data-charts]");
const drawn = new Map();
const NARROW = 480;
// The height of the legend: on a phone more than two names take a second line.
const legendOf = (heads, width) => (width < NARROW && heads.length > 2 ? 60 : 32);

const colour = (name) => getComputedStyle(home).getPropertyValue(name).trim();
const tone = (name) => colour(`--tone-${name || "blue"}`);
const counted = (cell) => {
  const digits = cell.textContent.replace(/[^\d.]/g, "");
  return digits ? Number(digits) : null; // nothing known: a gap
};

function read(table) {
  const heads = [...table.tHead.rows[0].cells].filter((cell) => cell.dataset.tone);
  const rows = [...table.tBodies[0].rows].map((row) => ({
    label: row.cells[0].textContent.trim(),
    tone: row.dataset.tone,
    share: row.querySelector("[data-rate]")?.textContent.trim() ?? "",
    links: [...row.querySelectorAll("[data-counts], [data-value]")],
  }));
  return { heads: heads.map((cell) => ({ label: cell.textContent.trim(), tone: cell.dataset.tone })), rows };
}

function looks() {
  const ink = colour("--ink");
  const plain = { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 12 };
  return { ink, muted: colour("--muted"), line: colour("--line"), panel: colour("--panel"), track: colour("--muted-tint"), plain };
}

function tip({ panel, line, ink, plain }, trigger) {
  const text = { ...plain, color: ink };
  return { trigger, confine: true, backgroundColor: panel, borderColor: line, textStyle: text };
}

// As wide as ``most`` Chinese signs; a Latin letter takes half of one.
function shortened(text, most) {
  let wide = 0;
  for (let place = 0; place < text.length; place += 1) {
    wide += text.charCodeAt(place) < 0x2e80 ? 0.5 : 1;
    if (wide > most) return `${text.slice(0, place - 1)}…`;
  }
  return text;
}

const said = (rows) => ({ dataIndex }) => {
  const { links, share } = rows[dataIndex];
  return [links[0].textContent.trim(), share].filter(Boolean).join("   ");
};

function bars({ heads, rows }, look, width, stacked) {
  const several = heads.length > 1;
  const most = width < NARROW ? 8 : 16;
  return {
    animation: false,
    textStyle: look.plain,
    grid: { left: 0, right: several ? 16 : rows.some((row) => row.share) ? 88 : 44, top: several ? legendOf(heads, width) : 4, bottom: 0, containLabel: true },
    legend: { show: several, top: 0, left: 0, itemWidth: 12, itemHeight: 12, textStyle: { color: look.ink } },
    tooltip: { ...tip(look, "axis"), axisPointer: { type: "shadow", shadowStyle: { opacity: 0.15 } } },
    xAxis: {
      show: several, // a single series has its numbers beside the bars
      type: "value",
      minInterval: 1,
      axisLabel: { color: look.muted, hideOverlap: true },
      splitLine: { lineStyle: { color: look.line } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: rows.map((row) => row.label),
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: { color: look.ink, interval: 0, formatter: (text) => shortened(text, most) },
    },
    series: heads.map((head, place) => ({
      type: "bar",
      name: head.label,
      stack: several && stacked ? "all" : undefined,
      barMaxWidth: 18,
      showBackground: !several,
      backgroundStyle: { color: look.track },
      itemStyle: { color: tone(head.tone), borderColor: look.panel, borderWidth: several ? 1 : 0 },
      label: { show: !several, position: "right", color: look.ink, formatter: said(rows) },
      data: rows.map((row) => ({
        value: counted(row.links[place]),
        ...(row.tone && !several ? { itemStyle: { color: tone(row.tone) } } : {}),
      })),
    })),
  };
}

function ring({ heads, rows }, look) {
  return {
    animation: false,
    textStyle: look.plain,
    tooltip: tip(look, "item"),
    series: [
      {
        type: "pie",
        name: heads[0].label,
        radius: ["52%", "92%"],
        label: { show: false },
        data: rows.map((row) => ({
          name: row.label,
          value: counted(row.links[0]),
          itemStyle: { color: tone(row.tone), borderColor: look.panel, borderWidth: 2 },
        })),
      },
    ],
  };
}

// Places over time: the first place is at the top, a round without a place is a gap.
function places({ heads, rows }, look) {
  return {
    animation: false,
    textStyle: look.plain,
    grid: { left: 0, right: 16, top: 24, bottom: 0, containLabel: true },
    tooltip: tip(look, "axis"),
    xAxis: {
      type: "category",
      data: rows.map((row) => row.label),
      axisLine: { onZero: false, lineStyle: { color: look.line } },
      axisTick: { show: false },
      axisLabel: { color: look.ink, formatter: (text) => shortened(text, 8) },
    },
    yAxis: {
      type: "value",
      inverse: true,
      min: 1,
      minInterval: 1,
      axisLabel: { color: look.muted },
      splitLine: { lineStyle: { color: look.line } },
    },
    series: heads.slice(0, 1).map((head) => ({
      type: "line",
      name: head.label,
      symbolSize: 8,
      lineStyle: { color: tone(head.tone), width: 2 },
      itemStyle: { color: tone(head.tone) },
      label: { show: true, color: look.ink },
      data: rows.map((row) => counted(row.links[0])),
    })),
  };
}

// How high it is: a bar needs its line, bars side by side one each.
function heightOf(shape, { heads, rows }, width) {
  const legend = heads.length > 1 ? legendOf(heads, width) + 32 : 8;
  if (shape === "bars") return rows.length * 32 + legend;
  return shape === "groups" ? rows.length * (heads.length * 14 + 14) + legend : 0;
}

const SHAPES = {
  bars: (data, look, width) => bars(data, look, width, true),
  groups: (data, look, width) => bars(data, look, width, false),
  ring,
  places,
};

function draw(init, box) {
  const data = read(document.getElementById(box.dataset.of));
  const shape = box.dataset.chart;
  const height = heightOf(shape, data, box.clientWidth);
  if (height) box.style.height = `${height}px`;
  // Only now: another width may ask for another height, and what is drawn for the old one is cut off.
  drawn.get(box)?.resize();
  const chart = drawn.get(box) ?? init(box, null, { renderer: "svg" });
  chart.setOption(SHAPES[shape](data, looks(), box.clientWidth), { notMerge: true });
  if (drawn.has(box)) return;
  drawn.set(box, chart);
  chart.on("click", ({ dataIndex, seriesIndex }) => {
    const { href } = data.rows[dataIndex].links[seriesIndex];
    if (href) location.assign(href);
  });
}

async function start() {
  const boxes = [...home.querySelectorAll("[data-chart]")];
  if (!boxes.length) return;
  const { init, use, ...parts } = await import(home.dataset.source);
  use(Object.values(parts));
  const all = () => boxes.forEach((box) => draw(init, box));
  all();
  // Another theme or contrast has other colours.
  new MutationObserver(all).observe(document.documentElement, { attributeFilter: ["data-bs-theme", "data-view"] });
  const resized = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (drawn.get(target).getWidth() !== target.clientWidth) draw(init, target);
    }
  });
  boxes.forEach((box) => resized.observe(box));
}

start();
