// Where a place stands on a square map of the world (Web Mercator, as all raster tiles are cut), and back.
// A pixel counts from the north-west corner; at zoom 0 the world is one tile wide, at each zoom twice as wide.
export const TILE = 256;
const STEEPEST = 85.0511;

export function toPixels({ latitude, longitude }, zoom) {
  const sine = Math.sin((Math.min(Math.max(latitude, -STEEPEST), STEEPEST) * Math.PI) / 180);
  const size = TILE * 2 ** zoom;
  return { x: ((longitude + 180) / 360) * size, y: (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size };
}

export function toDegrees({ x, y }, zoom) {
  const size = TILE * 2 ** zoom;
  const latitude = (Math.atan(Math.sinh(Math.PI * (1 - (2 * y) / size))) * 180) / Math.PI;
  return { latitude, longitude: (x / size) * 360 - 180 };
}

// The middle of some points, and the zoom at which all of them are in sight.
export function fitting(points, width, height) {
  const pixels = points.map((point) => toPixels(point, 0));
  const [west, east] = span(pixels.map(({ x }) => x));
  const [north, south] = span(pixels.map(({ y }) => y));
  const room = Math.min(width / Math.max(east - west, 1e-9), height / Math.max(south - north, 1e-9));
  return { middle: toDegrees({ x: (west + east) / 2, y: (north + south) / 2 }, 0), zoom: Math.log2(room * 0.9) };
}

function span(values) {
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

export function metresInPixel({ latitude }, zoom) {
  return (40075016.7 * Math.cos((latitude * Math.PI) / 180)) / (TILE * 2 ** zoom);
}
