/*
 * Asking the server again when it did not answer: after some seconds, then after longer and longer pauses, until it
 * answers or nobody waits any more.
 */
const FIRST = 3000;
const LONGEST = 60000;

/** What a fetch ended with when its answer is of no use; a refusal of the server is not asked for again. */
export function usable(answer) {
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { isFinal: answer.status < 500 });
  return answer;
}

export class Retrying {
  constructor(ask) {
    this.ask = ask;
    this.pause = FIRST;
  }

  after(error) {
    this.stop();
    if (error.isFinal) return;
    this.timer = setTimeout(this.ask, this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST);
  }

  answered() {
    this.stop();
    this.pause = FIRST;
  }

  stop() {
    clearTimeout(this.timer);
  }
}
