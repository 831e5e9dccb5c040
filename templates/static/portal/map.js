// A map beside the question for a place or a stretch: the town's area as an outline, and the tiles of the source that it
// has chosen. It only helps to fill in the fields, which stay; without this file the words and the fields are enough.
import { TILE, fitting, metresInPixel, toDegrees, toPixels } from "./mercator.js";

const SVG = "http://www.w3.org/2000/svg";
const POINT = /^\s*([+-]?\d{1,2}[.,]\d{1,8})\s*[,; ]\s*([+-]?\d{1,3}[.,]\d{1,8})(?:[\s,;:]+(.*))?$/;
const DEGREES = /^[+-]?\d{1,3}([.,]\d{1,8})?$/;
const NEAREST = 19;
const FARTHEST = 3;
const CLOSE_UP = 17;
const CLICK = 6;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const number = (text) => Number(text.trim().replace(",", "."));
const inWords = ({ latitude, longitude }) => `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;

// The two fields of a place hold one point.
class PointFields {
  constructor(field) {
    this.field = field;
  }

  read() {
    const texts = [this.field("latitude").value.trim(), this.field("longitude").value.trim()];
    if (!texts.every((text) => DEGREES.test(text))) return [];
    const [latitude, longitude] = texts.map(number);
    return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? [{ latitude, longitude }] : [];
  }

  put({ latitude, longitude }) {
    this.write(latitude.toFixed(6), longitude.toFixed(6), "MAP");
  }

  remove() {
    this.write("", "", "");
  }

  write(latitude, longitude, source) {
    this.field("latitude").value = latitude;
    this.field("longitude").value = longitude;
    this.field("source").value = source;
    this.field("latitude").dispatchEvent(new Event("change", { bubbles: true }));
  }
}

// The lines of a stretch hold its points; a line may have words, with coordinates or alone.
class LineFields {
  constructor(field) {
    this.field = field;
  }

  get box() {
    return this.field("points");
  }

  read() {
    const found = this.box.value.split("\n").map((line) => POINT.exec(line)).filter((line) => line);
    return found.map(([, latitude, longitude]) => ({ latitude: number(latitude), longitude: number(longitude) }));
  }

  put(point) {
    this.write(`${this.box.value.trimEnd()}\n${inWords(point)}`.trimStart());
  }

  // The words of the point stay: somebody wrote them.
  remove() {
    const lines = this.box.value.split("\n");
    const last = lines.findLastIndex((line) => POINT.test(line));
    if (last < 0) return;
    const words = POINT.exec(lines[last])[3];
    lines.splice(last, 1, ...(words ? [words] : []));
    this.write(lines.join("\n"));
  }

  write(text) {
    this.box.value = text;
    this.box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

class PlaceMap {
  constructor(element, { rings, tiles }) {
    const question = element.closest("[data-key]");
    const field = (suffix) => question.querySelector(`[name="${question.dataset.key}-${suffix}"]`);
    this.element = element;
    this.view = element.querySelector("[data-map-view]");
    this.drawing = element.querySelector("svg");
    this.tileLayer = element.querySelector("[data-map-tiles]");
    this.status = element.querySelector("[data-map-status]");
    this.rings = rings.map((ring) => ring.map(([longitude, latitude]) => ({ latitude, longitude })));
    this.tiles = tiles;
    this.shownTiles = new Map();
    this.isLine = question.dataset.kind === "LINE";
    this.fields = this.isLine ? new LineFields(field) : new PointFields(field);
    this.pointers = new Map();
    this.listen(question);
    element.hidden = false;
    new ResizeObserver(() => this.resize()).observe(this.view);
  }

  listen(question) {
    this.view.addEventListener("keydown", (event) => this.onKey(event));
    this.view.addEventListener("pointerdown", (event) => this.onDown(event));
    this.view.addEventListener("pointermove", (event) => this.onMove(event));
    for (const end of ["pointerup", "pointercancel"]) this.view.addEventListener(end, (event) => this.onEnd(event));
    this.view.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    for (const button of this.element.querySelectorAll("[data-map-do]")) {
      button.addEventListener("click", () => this.act(button.dataset.mapDo));
    }
    for (const kind of ["input", "change"]) question.addEventListener(kind, () => this.follow());
  }

  // A question that was hidden has no size until it is shown.
  resize() {
    const { clientWidth: width, clientHeight: height } = this.view;
    if (!width || !height) return;
    [this.width, this.height] = [width, height];
    if (this.middle) this.draw();
    else this.begin();
  }

  begin() {
    this.points = this.fields.read();
    if (this.points.length === 1) this.look(this.points[0], CLOSE_UP);
    else this.lookAtAll(this.points.length ? this.points : this.rings.flat());
  }

  lookAtAll(points) {
    const { middle, zoom } = fitting(points, this.width, this.height);
    this.look(middle, this.tiles ? Math.floor(zoom) : zoom);
  }

  look(middle, zoom) {
    this.middle = middle;
    this.zoom = Math.min(Math.max(zoom, FARTHEST), NEAREST);
    this.draw();
  }

  // What was typed, or taken from the device, is brought into sight.
  follow() {
    const before = JSON.stringify(this.points);
    this.points = this.fields.read();
    if (!this.middle || JSON.stringify(this.points) === before) return;
    const last = this.points.at(-1);
    if (last && !this.isInSight(last)) this.look(last, Math.max(this.zoom, CLOSE_UP - 2));
    else this.draw();
  }

  isInSight(point) {
    const { x, y } = this.onScreen(point);
    return x >= 0 && y >= 0 && x <= this.width && y <= this.height;
  }

  // -- where things are

  get corner() {
    const { x, y } = toPixels(this.middle, this.zoom);
    return { x: x - this.width / 2, y: y - this.height / 2 };
  }

  onScreen(point) {
    const { x, y } = toPixels(point, this.zoom);
    return { x: x - this.corner.x, y: y - this.corner.y };
  }

  at({ x, y }) {
    return toDegrees({ x: this.corner.x + x, y: this.corner.y + y }, this.zoom);
  }

  within(event) {
    const box = this.view.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  // -- moving about

  moveBy(x, y) {
    this.look(this.at({ x: this.width / 2 + x, y: this.height / 2 + y }), this.zoom);
  }

  zoomTo(zoom, around = { x: this.width / 2, y: this.height / 2 }) {
    const kept = this.at(around);
    this.zoom = Math.min(Math.max(zoom, FARTHEST), NEAREST);
    const { x, y } = toPixels(kept, this.zoom);
    this.look(toDegrees({ x: x - around.x + this.width / 2, y: y - around.y + this.height / 2 }, this.zoom), this.zoom);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = { "+": "in", "=": "in", "-": "out", Enter: "put", " ": "put", Delete: "remove", Backspace: "remove" };
    if (!(event.key in STEPS) && !(event.key in done)) return;
    event.preventDefault();
    this.act(done[event.key] ?? event.key);
  }

  act(what) {
    if (what in STEPS) this.moveBy(...STEPS[what].map((step, axis) => step * [this.width, this.height][axis] / 4));
    else if (what === "in") this.zoomTo(Math.floor(this.zoom + 1));
    else if (what === "out") this.zoomTo(Math.ceil(this.zoom - 1));
    else if (what === "put") this.put(this.middle);
    else if (what === "remove") this.remove();
    else if (what === "all") this.lookAtAll(this.rings.flat());
  }

  // The page scrolls past the map by the wheel; with the key held that zooms everywhere, the map does.
  onWheel(event) {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    this.zoomTo(this.zoom - Math.sign(event.deltaY) / 2, this.within(event));
  }

  // One finger or the mouse moves the map or, pressed and let go, puts the point; two fingers move and zoom it.
  onDown(event) {
    if (event.button) return;
    this.pointers.set(event.pointerId, this.within(event));
    this.isClick = this.pointers.size === 1;
    this.pressedAt = this.within(event);
    this.view.setPointerCapture(event.pointerId);
  }

  onMove(event) {
    if (!this.pointers.has(event.pointerId)) return;
    const now = this.within(event);
    if (this.isClick && Math.hypot(now.x - this.pressedAt.x, now.y - this.pressedAt.y) <= CLICK) return;
    this.isClick = false;
    const before = this.held();
    this.pointers.set(event.pointerId, now);
    const after = this.held();
    this.moveBy(before.x - after.x, before.y - after.y);
    if (before.apart && after.apart) this.zoomTo(this.zoom + Math.log2(after.apart / before.apart), after);
  }

  onEnd(event) {
    const isClick = this.isClick && event.type === "pointerup" && this.pointers.has(event.pointerId);
    this.pointers.delete(event.pointerId);
    this.isClick = false;
    if (isClick) this.put(this.at(this.within(event)));
  }

  held() {
    const [one, other = one] = this.pointers.values();
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, apart: Math.hypot(one.x - other.x, one.y - other.y) };
  }

  // -- the point

  put(point) {
    this.fields.put(point);
    const said = this.element.dataset.put.replace("{point}", inWords(point)).replace("{number}", this.points.length);
    this.status.textContent = said;
  }

  remove() {
    if (!this.points.length) return;
    this.fields.remove();
    this.status.textContent = this.element.dataset.removed;
  }

  // -- drawing

  draw() {
    this.view.dataset.middle = inWords(this.middle);
    this.view.dataset.zoom = this.zoom;
    this.drawing.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    const outline = this.rings.map((ring) => `M${ring.map((point) => this.written(point)).join("L")}Z`).join("");
    const outside = `M-9-9H${this.width + 9}V${this.height + 9}H-9Z${outline}`;
    const shapes = [shape("path", { d: outside, class: "map-outside" }), shape("path", { d: outline, class: "map-outline" })];
    this.drawing.replaceChildren(...shapes, ...(this.isLine ? this.lineShapes() : this.points.map((point) => this.pin(point))));
    this.drawTiles();
    this.drawScale();
    this.element.querySelector("[data-map-do='remove']").disabled = !this.points.length;
  }

  written(point) {
    const { x, y } = this.onScreen(point);
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  }

  pin(point) {
    const { x, y } = this.onScreen(point);
    const d = "M0 0C-4-9-11-14-11-23A11 11 0 0 1 11-23C11-14 4-9 0 0ZM0-27A4 4 0 0 0 0-19A4 4 0 0 0 0-27Z";
    return shape("path", { d, class: "map-pin", transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` });
  }

  lineShapes() {
    const line = shape("polyline", { points: this.points.map((point) => this.written(point)).join(" "), class: "map-line" });
    return [line, ...this.points.flatMap((point, place) => this.numbered(point, place + 1))];
  }

  numbered(point, place) {
    const { x, y } = this.onScreen(point);
    const words = shape("text", { x, y: y + 4.5, class: "map-number" });
    words.textContent = place;
    return [shape("circle", { cx: x, cy: y, r: 11, class: "map-corner" }), words];
  }

  drawTiles() {
    if (!this.tiles) {
      this.view.style.backgroundPosition = `${-this.corner.x}px ${-this.corner.y}px`;
      return;
    }
    const level = Math.round(this.zoom);
    const side = TILE * 2 ** (this.zoom - level);
    const wanted = new Set();
    const [left, top] = [Math.floor(this.corner.x / side), Math.floor(this.corner.y / side)];
    for (let x = left; x * side < this.corner.x + this.width; x += 1) {
      for (let y = top; y * side < this.corner.y + this.height; y += 1) {
        if (x < 0 || y < 0 || x >= 2 ** level || y >= 2 ** level) continue;
        const name = `${level}/${x}/${y}`;
        wanted.add(name);
        const tile = this.shownTiles.get(name) ?? this.newTile(name, level, x, y);
        tile.style.transform = `translate(${x * side - this.corner.x}px, ${y * side - this.corner.y}px)`;
        tile.style.width = tile.style.height = `${side}px`;
      }
    }
    for (const [name, tile] of this.shownTiles) {
      if (wanted.has(name)) continue;
      tile.remove();
      this.shownTiles.delete(name);
    }
  }

  // The tiles' host is told which town asks, as its terms want it, and not which page.
  newTile(name, level, x, y) {
    const tile = document.createElement("img");
    tile.alt = "";
    tile.draggable = false;
    tile.referrerPolicy = "origin";
    tile.addEventListener("error", () => { tile.hidden = true; });
    tile.src = this.tiles.replace("{z}", level).replace("{x}", x).replace("{y}", y);
    this.shownTiles.set(name, tile);
    this.tileLayer.append(tile);
    return tile;
  }

  drawScale() {
    const metres = 90 * metresInPixel(this.middle, this.zoom);
    const power = 10 ** Math.floor(Math.log10(metres));
    const round = power * [5, 2, 1].find((step) => step * power <= metres);
    const scale = this.element.querySelector("[data-map-scale]");
    scale.style.width = `${(round / metres) * 90}px`;
    scale.textContent = round >= 1000 ? `${round / 1000} km` : `${round} m`;
  }
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  return made;
}

const settings = document.getElementById("map-settings");
for (const element of settings ? document.querySelectorAll("[data-map]") : []) {
  new PlaceMap(element, JSON.parse(settings.textContent));
}
