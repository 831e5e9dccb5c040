// The browser's mirror of cases/conditions.py. An absent answer satisfies NOT_ANSWERED only.
const NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?$/;
const DAY = /^[0-9]{4}-[0-9]{2}(-[0-9]{2})?$/;
const TIME = /^[0-9]{2}:[0-9]{2}$/;

export function holds(condition, answers) {
  if (condition.all) return condition.all.every((part) => holds(part, answers));
  if (condition.any) return condition.any.some((part) => holds(part, answers));
  const answer = Object.hasOwn(answers, condition.answer) ? answers[condition.answer] : undefined;
  return compare(condition.comparison, asCode(answer), condition.value);
}

// One answer of several that was said in one's own words counts by its code.
export function asCode(answer) {
  const isOwn = answer && Object.getPrototypeOf(answer) === Object.prototype && Object.keys(answer).join() === "other";
  return isOwn ? "OTHER" : answer;
}

function compare(comparison, answer, value) {
  if (comparison === "NOT_ANSWERED") return answer === undefined;
  if (answer === undefined) return false;
  switch (comparison) {
    case "ANSWERED": return true;
    case "IS": return isSame(answer, value);
    case "IS_NOT": return !isSame(answer, value);
    case "ONE_OF": return value.some((one) => isSame(answer, one));
    case "CONTAINS": return contains(answer, value);
    case "AT_LEAST": return inOrder(value, answer);
    case "AT_MOST": return inOrder(answer, value);
    default: return false;
  }
}

function isSame(answer, value) {
  if (!Array.isArray(answer) || !Array.isArray(value)) return answer === value;
  return answer.length === value.length && answer.every((one, place) => isSame(one, value[place]));
}

function contains(answer, value) {
  if (typeof answer === "string") return typeof value === "string" && answer.includes(value);
  return Array.isArray(answer) && answer.some((one) => isSame(one, value));
}

function inOrder(smaller, larger) {
  if (isNumber(smaller) && isNumber(larger)) return Number(smaller) <= Number(larger);
  if (typeof smaller !== "string" || typeof larger !== "string") return false;
  return [DAY, TIME].some((kind) => kind.test(smaller) && kind.test(larger)) && smaller <= larger;
}

function isNumber(said) {
  return (typeof said === "number" || typeof said === "string") && NUMBER.test(said);
}
