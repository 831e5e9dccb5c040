// Shows and hides questions while the person answers, and fills in the device's position.
// The server decides again when the page is sent; without this file everything works, with one page more.
import { holds } from "./conditions.js";

const form = document.getElementById("filing");

function answerOf(question) {
  if (question.disabled) return undefined;
  const checked = [...question.querySelectorAll("input:checked")].map((input) => input.value);
  switch (question.dataset.kind) {
    case "YES_NO": return checked.length ? checked[0] === "yes" : undefined;
    case "CHOICE": return checked[0];
    case "SEVERAL": return checked.length ? checked : undefined;
    case "DECLARATION": return checked.length ? true : undefined;
    case "WHOLE_NUMBER": {
      const text = question.querySelector("input.line").value.replace(/\s/g, "");
      return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
    }
    default: {
      const line = question.querySelector(".line");
      return line && line.value.trim() ? line.value.trim() : undefined;
    }
  }
}

function showWhatIsAsked() {
  const answers = JSON.parse(form.dataset.known || "{}");
  for (const question of form.querySelectorAll("[data-key]")) {
    if (question.dataset.showWhen) {
      const shown = holds(JSON.parse(question.dataset.showWhen), answers);
      question.hidden = !shown;
      question.disabled = !shown;
    }
    const answer = answerOf(question);
    if (answer !== undefined) answers[question.dataset.key] = answer;
  }
}

function offerPosition() {
  for (const button of form.querySelectorAll("[data-use-position]")) {
    const question = button.closest("[data-key]");
    const field = (suffix) => question.querySelector(`[name="${question.dataset.key}-${suffix}"]`);
    const words = question.querySelector("[data-position-words]");
    button.hidden = false;
    button.addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          field("latitude").value = coords.latitude.toFixed(6);
          field("longitude").value = coords.longitude.toFixed(6);
          field("source").value = "DEVICE";
          words.textContent = button.dataset.taken.replace("{metres}", Math.round(coords.accuracy));
        },
        () => { words.textContent = button.dataset.notTaken; },
        { enableHighAccuracy: true, timeout: 15000 },
      );
    });
  }
}

if (form) {
  form.addEventListener("change", showWhatIsAsked);
  showWhatIsAsked();
  if ("geolocation" in navigator) offerPosition();
  form.querySelector(".errors")?.focus();
}
