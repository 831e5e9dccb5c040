// The browser's mirror of how portal_pages/forms/kinds read what was typed, as far as conditions and calculations ask.
// ``values`` has the typed texts by the suffix of their control. What can't be read yet is no answer: undefined.

export function answerFrom(kind, values, places = 2) {
  const all = (suffix) => values[suffix] || [];
  const last = (suffix) => all(suffix).at(-1) || "";
  switch (kind) {
    case "YES_NO": return { yes: true, no: false }[last("")];
    case "CHOICE": return oneFrom(last(""), values.other);
    case "SEVERAL": return severalFrom(all(""), values.other);
    case "DECLARATION": return last("") === "yes" ? true : undefined;
    case "WHOLE_NUMBER": return wholeFrom(last(""));
    case "DECIMAL": return decimalFrom(last(""), places);
    case "MONEY": return decimalFrom(last(""), 2);
    case "DATE": return dayFrom(last("day").trim(), last("month").trim(), last("year").trim());
    case "TIME": return timeFrom(last("").trim());
    case "LONG_TEXT": return last("").trim() || undefined;
    case "SHORT_TEXT": case "EMAIL": case "PHONE": case "IBAN": return inOneLine(last(""));
    case "ADDRESS": return last("street").trim() && last("town").trim() ? {} : undefined;
    case "PERSON_ID": case "PARCEL": return last("number").trim() ? {} : undefined;
    case "PLACE": return placeFrom(["street", "postal_code", "town"].map((part) => last(part).trim()), last("words").trim());
    case "LINE": return last("words").trim() ? {} : undefined;
    default: return Object.values(values).flat().some((text) => text.trim()) ? {} : undefined;
  }
}

function inOneLine(text) {
  return text.split(/\s+/).filter((word) => word).join(" ") || undefined;
}

// ``other``: what was typed in one's own words; without such a control there is no such answer.
function oneFrom(chosen, other) {
  const own = inOneLine((other || []).at(-1) || "");
  if (!own) return !other || chosen !== "OTHER" ? chosen || undefined : undefined;
  return !chosen || chosen === "OTHER" ? { other: own } : undefined;
}

function severalFrom(chosen, other) {
  const own = inOneLine((other || []).at(-1) || "");
  if (other && !own && chosen.includes("OTHER")) return undefined;
  const codes = own && !chosen.includes("OTHER") ? [...chosen, "OTHER"] : [...chosen];
  if (own) codes.push({ other: own });
  return codes.length ? codes : undefined;
}

// An address stands for the words; half of one is no answer yet.
function placeFrom([street, postalCode, town], words) {
  const isWhole = Boolean(street && town);
  if (!isWhole && (street || postalCode || town)) return undefined;
  return isWhole || words ? {} : undefined;
}

function wholeFrom(text) {
  const digits = text.trim().replace(/[ \u00a0]/g, "");
  return /^[+-]?\d{1,12}$/.test(digits) ? Number(digits) : undefined;
}

// As many places as the question has; half goes to the even digit, as the server rounds what was typed.
function decimalFrom(text, places) {
  const digits = text.trim().replace(/[ \u00a0]/g, "").replaceAll(",", ".");
  const found = /^([+-]?)(\d{1,12})(?:\.(\d{1,6}))?$/.exec(digits);
  if (!found) return undefined;
  const [, sign, whole, fraction = ""] = found;
  const typed = BigInt(whole + fraction.padEnd(6, "0"));
  const unit = 10n ** BigInt(6 - places);
  let rounded = typed / unit;
  const rest = 2n * (typed % unit);
  if (rest > unit || (rest === unit && rounded % 2n)) rounded += 1n;
  const shown = rounded.toString().padStart(places + 1, "0");
  const minus = sign === "-" ? "-" : "";
  return places ? `${minus}${shown.slice(0, -places)}.${shown.slice(-places)}` : `${minus}${shown}`;
}

function dayFrom(day, month, year) {
  if (![day, month, year].every((text) => /^\d+$/.test(text)) || Number(year) < 1850 || Number(year) > 9999) return undefined;
  const moment = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isDay = moment.getUTCMonth() === Number(month) - 1 && moment.getUTCDate() === Number(day);
  return isDay ? moment.toISOString().slice(0, 10) : undefined;
}

function timeFrom(text) {
  const found = /^([01]?\d|2[0-3])(?:[:.]([0-5]\d))?$/.exec(text);
  return found ? `${found[1].padStart(2, "0")}:${found[2] || "00"}` : undefined;
}
