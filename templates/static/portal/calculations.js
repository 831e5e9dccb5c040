// The browser's mirror of portal_pages/forms/calculations.py: exact fractions of whole numbers, rounded at the end.
// What it shows is a preview; the server works the value out again. No result is null, never 0.
import { asCode, holds } from "./conditions.js";

const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?$/;
const DAY = /^([0-9]{4})-([0-9]{2})-([0-9]{2})$/;
const LARGEST = 10n ** 15n;

class Absent extends Error {}

export function workedOut(rule, answers) {
  try {
    const value = valueOf(rule.calculation, answers, rule.tables || {});
    const size = value.n < 0n ? -value.n : value.n;
    return size >= LARGEST * value.d ? null : decimalText(value, rule.places);
  } catch (error) {
    if (error instanceof Absent) return null;
    throw error;
  }
}

export function decimalText({ n, d }, places) {
  const scaled = (n < 0n ? -n : n) * 10n ** BigInt(places);
  const whole = (2n * scaled + d) / (2n * d);
  const digits = whole.toString().padStart(places + 1, "0");
  const sign = n < 0n && whole ? "-" : "";
  return places ? `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}` : `${sign}${digits}`;
}

function fraction(n, d = 1n) {
  if (d < 0n) return fraction(-n, -d);
  let [a, b] = [n < 0n ? -n : n, d];
  while (b) [a, b] = [b, a % b];
  return a > 1n ? { n: n / a, d: d / a } : { n, d };
}

function numberOf(said) {
  if ((typeof said !== "number" && typeof said !== "string") || !NUMBER.test(said)) return null;
  const [whole, places = ""] = String(said).replace("+", "").split(".");
  return fraction(BigInt(whole + places), 10n ** BigInt(places.length));
}

const add = (a, b) => fraction(a.n * b.d + b.n * a.d, a.d * b.d);
const times = (a, b) => fraction(a.n * b.n, a.d * b.d);
const isLess = (a, b) => a.n * b.d < b.n * a.d;

function answerTo(answers, key) {
  return Object.hasOwn(answers, key) ? answers[key] : undefined;
}

function valueOf(part, answers, tables) {
  if ("answer" in part) return numberOf(answerTo(answers, part.answer)) || absent();
  if ("constant" in part) return numberOf(part.constant) || absent();
  const inner = (one) => valueOf(one, answers, tables);
  switch (part.op) {
    case "SUM": return part.of.map(inner).reduce(add, fraction(0n));
    case "PRODUCT": return part.of.map(inner).reduce(times, fraction(1n));
    case "DIFFERENCE": return difference(...part.of.map(inner));
    case "QUOTIENT": return quotient(...part.of.map(inner));
    case "SMALLEST": return part.of.map(inner).reduce((a, b) => (isLess(b, a) ? b : a));
    case "LARGEST": return part.of.map(inner).reduce((a, b) => (isLess(a, b) ? b : a));
    case "ROUNDED": return numberOf(decimalText(inner(part.of), part.places));
    case "DAYS": return days(answerTo(answers, part.from.answer), answerTo(answers, part.to.answer), part.inclusive);
    case "COUNT": return fraction(BigInt(rowsOf(part, answers).length));
    case "SUM_OF": return columnSum(part, answers);
    case "LOOKUP": return rate(tables[part.table], [part.by].flat(), answers, tables);
    case "EITHER": return inner(holds(part.when, answers) ? part.then : part.otherwise);
    default: return absent();
  }
}

function absent() {
  throw new Absent();
}

function difference(a, b) {
  return add(a, { n: -b.n, d: b.d });
}

function quotient(a, b) {
  return b.n ? fraction(a.n * b.d, a.d * b.n) : absent();
}

function days(from, to, isInclusive) {
  const [start, end] = [dayNumber(from), dayNumber(to)];
  return fraction(BigInt(end - start + (isInclusive ? 1 : 0)));
}

function dayNumber(said) {
  const [, year, month, day] = (typeof said === "string" && DAY.exec(said)) || absent();
  const moment = new Date(0);
  moment.setUTCFullYear(Number(year), month - 1, Number(day));
  if (Number(year) < 1 || moment.getUTCMonth() !== month - 1 || moment.getUTCDate() !== Number(day)) absent();
  return Math.round(moment.getTime() / 86400000);
}

function rowsOf(part, answers) {
  const rows = answerTo(answers, part.group);
  if (!Array.isArray(rows)) absent();
  return rows.filter((row) => !part.when || holds(part.when, { ...answers, ...row }));
}

function columnSum(part, answers) {
  const numbers = rowsOf(part, answers).map((row) => numberOf(answerTo(row, part.column))).filter((one) => one);
  return numbers.length ? numbers.reduce(add, fraction(0n)) : absent();
}

function rate(table, by, answers, tables) {
  if (!table) absent();
  if (table.bands) {
    const amount = valueOf(by[0], answers, tables);
    const band = table.bands.find((one) => !("up_to" in one) || !isLess(numberOf(one.up_to), amount));
    return band ? numberOf(band.rate) : absent();
  }
  const values = by.map((part) => lookedUp(part, answers, tables));
  const row = table.rows.find((one) => one.for.length === values.length && one.for.every((v, i) => v === values[i]));
  return row ? numberOf(row.rate) : absent();
}

function lookedUp(part, answers, tables) {
  if ("answer" in part) {
    const said = asCode(answerTo(answers, part.answer));
    if (said === undefined) absent();
    if (typeof said === "boolean") return said ? "yes" : "no";
    if (typeof said === "string") return said;
  }
  const value = valueOf(part, answers, tables);
  return value.d === 1n ? value.n.toString() : decimalText(value, 6).replace(/0+$/, "");
}
