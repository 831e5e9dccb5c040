// Which questions of a page are shown and required, and what is worked out, question by question as the server reads
// them (portal_pages/forms/pages.py). A hidden question has no answer; a row sees its own answers before the others.
import { workedOut } from "./calculations.js";
import { holds } from "./conditions.js";

// A question: { name, key, kind, showWhen, requireWhen, rule, rows: [{ code, questions }] }; names are unique, keys are
// what conditions ask about. ``read`` gives the answer that stands in a question's own controls.
export function follow(questions, known, read) {
  const found = { shown: {}, required: {}, worked: {}, answers: { ...known } };
  for (const question of questions) {
    const answer = answerOf(question, found.answers, read, found);
    if (answer !== undefined) found.answers[question.key] = answer;
  }
  return found;
}

function answerOf(question, answers, read, found) {
  const isShown = !question.showWhen || holds(question.showWhen, answers);
  found.shown[question.name] = isShown;
  if (question.requireWhen) found.required[question.name] = holds(question.requireWhen, answers);
  if (question.rows) return rowsFrom(question, answers, read, found, isShown);
  if (!isShown) return undefined;
  if (!question.rule) return read(question);
  const value = workedOut(question.rule, answers);
  found.worked[question.name] = value;
  return value === null ? undefined : value;
}

function rowsFrom(question, around, read, found, isShown) {
  const rows = [];
  for (const row of question.rows) {
    const own = {};
    let isTyped = false;
    for (const column of row.questions) {
      const answer = answerOf(column, { ...around, ...own }, read, found);
      if (answer === undefined) continue;
      own[column.key] = answer;
      isTyped ||= !column.rule;
    }
    if (isTyped) rows.push(row.code ? { row: row.code, ...own } : own);
  }
  return isShown && rows.length ? rows : undefined;
}
