"use strict";
// Draws the page's charts with the page's own colours, again when light turns to dark, and lets maps be moved.
const charts = JSON.parse(document.getElementById("charts").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function look() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue("--" + name).trim();
  const several = (name, many) => Array.from({ length: many }, (_, n) => colour(`${name}-${n + 1}`));
  const font = "system-ui, 'Segoe UI', Roboto, sans-serif";
  const words = { labelFont: font, titleFont: font, labelColor: colour("soft"), titleColor: colour("soft") };
  return {
    background: "transparent",
    font,
    view: { stroke: null },
    range: { category: several("series", 8), ramp: several("ramp", 5) },
    axis: {
      ...words, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500,
      domainColor: colour("line"), tickColor: colour("line"), gridColor: colour("grid"),
    },
    axisY: { domain: false, ticks: false, labelPadding: 6 },
    legend: { ...words, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 500 },
    rule: { color: colour("ink") },
  };
}

const yOf = (latitude) => Math.log(Math.tan(Math.PI / 4 + (latitude * Math.PI) / 360));
const latitudeOf = (y) => ((2 * Math.atan(Math.exp(y)) - Math.PI / 2) * 180) / Math.PI;

function frame([west, south, east, north], width, height) {
  const across = ((east - west) * Math.PI) / 180;
  const up = yOf(north) - yOf(south);
  const scale = Math.min(width / (across || 1e-9), height / (up || 1e-9), 4e6) * 0.9;
  return { scale, lon: (west + east) / 2, y: (yOf(south) + yOf(north)) / 2 };
}

function yardstick(node, view, at) {
  const metresPerPixel = (6371008 * Math.cos((latitudeOf(at.y) * Math.PI) / 180)) / at.scale;
  const most = 130 * metresPerPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const metres = [5, 2, 1].map((step) => step * power).find((length) => length <= most);
  node.style.width = `${metres / metresPerPixel}px`;
  node.textContent = metres >= 1000 ? `${(metres / 1000).toLocaleString("en")} km` : `${metres} m`;
}

function movable(host, view, boxes) {
  let at = null;
  let box = Object.values(boxes)[0];
  const bar = document.createElement("div");
  bar.className = "yardstick";
  host.append(bar);
  const show = (next) => {
    at = { ...next, scale: Math.min(Math.max(next.scale, 80), 2e7) };
    yardstick(bar, view, at);
    view.signal("mapScale", at.scale).signal("mapCenter", [at.lon, latitudeOf(at.y)]).runAsync();
  };
  const fit = () => show(frame(box, view.width(), view.height()));
  const zoom = (by) => show({ ...at, scale: at.scale * by });
  view.addSignalListener("width", fit);
  fit();

  const tools = host.previousElementSibling?.className === "tools" ? host.previousElementSibling : document.createElement("div");
  tools.className = "tools";
  tools.replaceChildren();
  const select = document.createElement("select");
  select.setAttribute("aria-label", "Part of the map");
  for (const name of Object.keys(boxes)) select.add(new Option(name, name));
  select.addEventListener("change", () => { box = boxes[select.value]; fit(); });
  tools.append(select);
  for (const [sign, label, by] of [["+", "Closer", 1.6], ["\u2212", "Farther", 1 / 1.6]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = sign;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", () => zoom(by));
    tools.append(button);
  }
  host.before(tools);

  const canvas = host.querySelector("canvas");
  let from = null;
  let moved = false;
  canvas.addEventListener("pointerdown", (event) => { from = { x: event.clientX, y: event.clientY, at }; moved = false; });
  window.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [right, down] = [event.clientX - from.x, event.clientY - from.y];
    moved = moved || Math.hypot(right, down) > 4;
    if (moved) show({ ...from.at, lon: from.at.lon - (right / at.scale) * (180 / Math.PI), y: from.at.y + down / at.scale });
  });
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => { from = null; });
  // A drag that ends on a point is not a click on it.
  host.addEventListener("click", (event) => { if (moved) { event.stopPropagation(); event.preventDefault(); } }, true);
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2);
  }, { passive: false });
}

let drawn = [];

async function draw() {
  document.documentElement.dataset.charts = "drawing";
  for (const view of drawn) view.finalize();
  drawn = [];
  for (const [name, { spec, boxes }] of Object.entries(charts)) {
    const host = document.getElementById(name);
    const isMap = Object.keys(boxes).length > 0;
    const { view } = await vegaEmbed(host, structuredClone(spec), {
      mode: "vega-lite",
      renderer: isMap ? "canvas" : "svg",
      actions: false,
      ast: true,
      config: look(),
      tooltip: { theme: dark.matches ? "dark" : "light" },
      loader: { target: "_blank", rel: "noopener noreferrer" },
    });
    drawn.push(view);
    if (isMap) movable(host, view, boxes);
  }
  document.documentElement.dataset.charts = "drawn";
}

dark.addEventListener("change", draw);
draw();
