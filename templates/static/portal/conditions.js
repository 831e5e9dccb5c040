// The browser's mirror of portal_pages/forms/conditions.py. An absent answer satisfies NOT_ANSWERED only.
export function holds(condition, answers) {
  if (condition.all) return condition.all.every((part) => holds(part, answers));
  if (condition.any) return condition.any.some((part) => holds(part, answers));
  return compare(condition.comparison, answers[condition.answer], condition.value);
}

function compare(comparison, answer, value) {
  if (comparison === "NOT_ANSWERED") return answer === undefined;
  if (answer === undefined) return false;
  switch (comparison) {
    case "ANSWERED": return true;
    case "IS": return answer === value;
    case "IS_NOT": return answer !== value;
    case "ONE_OF": return value.includes(answer);
    case "CONTAINS": return (Array.isArray(answer) || typeof answer === "string") && answer.includes(value);
    case "AT_LEAST": return inOrder(value, answer);
    case "AT_MOST": return inOrder(answer, value);
    default: return false;
  }
}

function inOrder(smaller, larger) {
  const numbers = [Number(smaller), Number(larger)];
  return numbers.some(Number.isNaN) ? String(smaller) <= String(larger) : numbers[0] <= numbers[1];
}
