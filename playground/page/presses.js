/** The presses that wait for their answer: their buttons turn meanwhile. */

const PATIENCE = 30_000; // milliseconds until a button without an answer stops turning

/**
 * Keeps count. `ask(number, person, id, data)` tells the server and answers whether that went out,
 * `changed(person, id)` is called when buttons of a message begin or end to turn.
 */
export function waitingPresses({ ask, changed }) {
  const waiting = new Map(); // number -> {person, id, data, timer}
  let last = Math.floor(Math.random() * 2 ** 30); // other tabs count for themselves

  function isPending(person, id, data) {
    return [...waiting.values()].some(
      (each) => each.person === person && each.id === id && each.data === data,
    );
  }

  function begin(person, id, data) {
    if (isPending(person, id, data)) return;
    last += 1;
    const number = last;
    if (!ask(number, person, id, data)) return;
    waiting.set(number, { person, id, data, timer: setTimeout(() => end(number), PATIENCE) });
    changed(person, id);
  }

  function end(number) {
    const ended = waiting.get(number);
    if (!ended) return;
    clearTimeout(ended.timer);
    waiting.delete(number);
    changed(ended.person, ended.id);
  }

  return { isPending, begin, end, endAll: () => [...waiting.keys()].forEach(end) };
}
