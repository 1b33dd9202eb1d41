/** The page: what the server tells goes to the parts of the page, what the person does goes to it. */

import { clockBar } from "./clock.js";
import { wireColours } from "./colours.js";
import { composer } from "./composer.js";
import { connect } from "./connection.js";
import { conversation } from "./conversation.js";
import { byId, dressAvatar, recall, remember } from "./dom.js";
import { startCommand } from "./entities.js";
import { enlarge, openMenu, say, toast, wireDialogs } from "./overlays.js";
import { peopleList } from "./people.js";
import { waitingPresses } from "./presses.js";

const TYPING_LASTS = 5_000; // milliseconds, as Telegram has it
const ACTIONS = {
  upload_photo: "sending a photo…",
  upload_document: "sending a file…",
  find_location: "choosing a location…",
};

const key = new URLSearchParams(location.search).get("key") ?? "";
const histories = new Map(); // person -> message_id -> message
const typing = new Map(); // person -> {words, timer}
const unconfirmed = new Map(); // person -> [{text, after}]
let bot = { name: "", username: "" };
let people = [];
let commands = {};
let last = {}; // person -> the newest message when the page connected
let openId = null;
let isConnected = false;
let addedName = null;
const loaded = new Set(); // whose history has come

const history = (id) => histories.get(id) ?? new Map();
const openPerson = () => people.find(({ id }) => id === openId);
const newest = (id) => [...history(id).values()].at(-1) ?? (histories.has(id) ? undefined : last[id] ?? undefined);

const clock = clockBar((to) => tell({ type: "jump", to }));
const list = peopleList({ open: choosePerson, add: addPerson });
const writing = composer({
  sendText,
  sendLocation: (latitude, longitude) => tell({ type: "location", person: openId, latitude, longitude }),
  sendDocument: (file) => tell({ type: "document", person: openId, ...file }),
  unblock: () => tell({ type: "block", person: openId, blocked: false }),
  botName: () => bot.name,
});
const presses = waitingPresses({
  ask: (number, person, id, data) => tell({ type: "press", person, message_id: id, data, press: number }),
  changed: (person, id) => person === openId && talk.refreshPresses(id),
});
const talk = conversation({
  get bot() {
    return bot.name;
  },
  now: clock.now,
  find: (id) => history(openId).get(id),
  fileAddress: (id) => `/file/${encodeURIComponent(id)}?key=${encodeURIComponent(key)}`,
  isPending: (message, data) => presses.isPending(openId, message.message_id, data),
  command: (text) => sendText(text, null),
  link: followOwnLink,
  press: (message, data) => presses.begin(openId, message.message_id, data),
  reply: (message) => writing.reply(message),
  photo: enlarge,
  go: (id) => talk.go(id),
  menu: messageMenu,
  copy,
  unknownButton: () => toast("This button works in Telegram only."),
});

const server = connect(key, { received, lost });

// ---------------------------------------------------------------- what the server says

function received(told) {
  switch (told.type) {
    case "hello":
      return greet(told);
    case "history":
      return takeHistory(told.person, told.messages);
    case "message":
      return takeMessage(told.person, told.message);
    case "edited":
      return takeEdit(told.person, told.message);
    case "deleted":
      return takeDeletion(told.person, told.message_id);
    case "typing":
      return showTyping(told.person, told.action);
    case "answered":
      return takeAnswer(told);
    case "people":
      return takePeople(told.people);
    case "commands":
      commands[told.person] = told.commands;
      return told.person === openId ? writing.setCommands(told.commands) : undefined;
    case "clock":
      return clock.set(told);
    case "problem":
      clock.giveUp();
      return toast(told.text);
    default:
      return undefined;
  }
}

function greet(hello) {
  isConnected = true;
  byId("banner").hidden = true;
  ({ bot, commands, last } = hello);
  document.title = bot.name;
  byId("bot-name").textContent = byId("greeting-name").textContent = bot.name;
  for (const id of ["bot-avatar", "greeting-avatar"]) dressAvatar(byId(id), bot.name, 2);
  clock.showJumps(hello.jumps);
  clock.set(hello);
  forgetOthers();
  takePeople(hello.people);
  const before = openId ?? Number(recall("sessionStorage", "person"));
  const again = people.find(({ id }) => id === before) ?? people[0];
  if (again) choosePerson(again.id);
}

// A server that was started anew may have other chats; the open one is asked for again anyway.
function forgetOthers() {
  for (const id of [...histories.keys()]) {
    if (id !== openId) histories.delete(id);
  }
}

function takePeople(told) {
  const known = new Set(people.map(({ id }) => id));
  people = told.map((person) => (person.id === openId ? { ...person, unread: 0 } : person));
  const added = people.find(({ id, name }) => !known.has(id) && name === addedName);
  if (added) {
    addedName = null;
    choosePerson(added.id);
  }
  showPeople();
}

function takeHistory(person, messages) {
  const before = JSON.stringify([...history(person).values()]);
  histories.set(person, new Map(messages.map((message) => [message.message_id, message])));
  // After a short loss nothing is new, and whoever reads further up stays there.
  if (person === openId && JSON.stringify(messages) !== before) {
    talk.show(history(person));
    showKeyboard();
  }
  if (person === openId && !loaded.has(person)) writing.open(person, (id) => history(person).get(id));
  loaded.add(person);
  putBackUnsent(person);
  showPeople();
}

function takeMessage(person, message) {
  if (!histories.has(person)) histories.set(person, new Map());
  if (history(person).has(message.message_id)) return takeEdit(person, message);
  history(person).set(message.message_id, message);
  if (message.from === "person") confirm(person, message);
  else stopTyping(person);
  if (person === openId) {
    talk.add(message);
    showKeyboard();
    showGreeting();
  } else if (message.from === "bot") {
    people = people.map((each) => (each.id === person ? { ...each, unread: (each.unread ?? 0) + 1 } : each));
  }
  return showPeople();
}

function takeEdit(person, message) {
  if (!history(person).has(message.message_id)) return;
  history(person).set(message.message_id, message);
  if (person === openId) talk.replace(message);
  showPeople();
}

function takeDeletion(person, id) {
  history(person).delete(id);
  if (person === openId) {
    talk.remove(id);
    writing.forget(id);
    showKeyboard();
    showGreeting();
  }
  showPeople();
}

function takeAnswer({ press: number, text, alert }) {
  presses.end(number);
  if (!text) return;
  if (alert) say(bot.name, text);
  else toast(text);
}

function showTyping(person, action) {
  clearTimeout(typing.get(person)?.timer);
  const timer = setTimeout(() => stopTyping(person), TYPING_LASTS);
  typing.set(person, { words: ACTIONS[action] ?? "typing…", timer });
  showPeople();
}

function stopTyping(person) {
  clearTimeout(typing.get(person)?.timer);
  if (typing.delete(person)) showPeople();
}

function lost({ seconds, refused }) {
  isConnected = false;
  byId("banner").hidden = false;
  byId("banner-retry").hidden = refused;
  byId("banner-text").textContent = refused
    ? "This address belongs to an earlier start. Open the one the playground printed."
    : `No connection. Trying again ${seconds < 1 ? "now" : `in ${seconds} s`}; nothing you type is lost.`;
  clock.giveUp();
  presses.endAll();
}

// ---------------------------------------------------------------- what the person does

function tell(words) {
  const isSent = isConnected && server.send(words);
  if (!isSent) toast("No connection just now; nothing was sent.");
  return isSent;
}

function choosePerson(id) {
  const isOther = id !== openId;
  openId = id;
  remember("sessionStorage", "person", String(id));
  people = people.map((person) => (person.id === id ? { ...person, unread: 0 } : person));
  if (isOther) {
    // What is known shows at once; the server's history puts it right.
    talk.show(history(id));
    writing.open(id, (message) => history(id).get(message));
    showKeyboard();
  }
  writing.setCommands(commands[id] ?? []);
  byId("foot").hidden = false;
  server.send({ type: "open", person: id });
  showPeople();
}

function addPerson({ name, language }) {
  addedName = name;
  return tell({ type: "add_person", name, language });
}

function sendText(text, replyTo) {
  if (openId === null || !tell({ type: "send", person: openId, text, reply_to: replyTo })) return false;
  const waiting = unconfirmed.get(openId) ?? [];
  unconfirmed.set(openId, [...waiting, { text, after: newest(openId)?.message_id ?? 0 }]);
  talk.toEnd();
  return true;
}

function confirm(person, message) {
  const waiting = unconfirmed.get(person) ?? [];
  const at = waiting.findIndex(({ text, after }) => text === message.text && message.message_id > after);
  if (at >= 0) unconfirmed.set(person, waiting.toSpliced(at, 1));
}

// What went into a broken connection and is not in the history goes back into the field.
function putBackUnsent(person) {
  if (person !== openId) return;
  for (const message of history(person).values()) {
    if (message.from === "person") confirm(person, message);
  }
  const unsent = unconfirmed.get(person) ?? [];
  unconfirmed.delete(person);
  if (unsent.length === 0) return;
  writing.putBack(unsent.map(({ text }) => text).join("\n"));
  toast("The connection broke before this was sent; it is back in the field.");
}

function followOwnLink(url) {
  const start = startCommand(url, bot.username);
  if (start === null && !url.startsWith("tg:")) return false;
  if (start === null) toast("This link works in Telegram only.");
  else sendText(start, null);
  return true;
}

function messageMenu(message, point) {
  const words = message.text ?? message.caption;
  openMenu(point, [
    { label: "Reply", icon: "reply", run: () => writing.reply(message) },
    ...(words ? [{ label: "Copy text", icon: "copy", run: () => copy(words) }] : []),
  ]);
}

async function copy(text) {
  await navigator.clipboard.writeText(text);
  toast("Copied");
}

async function block() {
  const blocked = !openPerson()?.blocked;
  const question = `${bot.name} cannot write to ${openPerson()?.name} until you unblock it.`;
  if (blocked && !(await say("Block the bot?", question, "Block"))) return;
  tell({ type: "block", person: openId, blocked });
}

// ---------------------------------------------------------------- what is shown

function showPeople() {
  list.show(people, openId, { last: newest, typing: new Set(typing.keys()) });
  const person = openPerson();
  const words = typing.get(openId)?.words;
  const status = byId("chat-status");
  const next = words ?? (person ? `with ${person.name}` : "nobody is here yet");
  if (status.textContent !== next) status.textContent = next;
  status.classList.toggle("typing", words !== undefined);
  byId("chat-menu").hidden = !person;
  if (person) writing.setBlocked(Boolean(person.blocked));
  showGreeting();
}

function showGreeting() {
  const person = openPerson();
  byId("greeting").hidden = !isConnected || history(openId).size > 0;
  byId("start").hidden = !person || person.blocked;
  byId("greeting-words").textContent = person
    ? `This is how ${person.name} meets the bot: as on Telegram, but nothing leaves this computer.`
    : "Add a person, and the bot has somebody to talk to.";
}

// The keyboard is the one of the newest message that brought or removed one.
function showKeyboard() {
  const messages = [...history(openId).values()];
  const at = messages.findLastIndex((message) => message.reply_keyboard || message.remove_keyboard);
  const keyboard = at >= 0 ? messages[at].reply_keyboard : null;
  const isUsed = keyboard?.one_time && messages.slice(at).some(({ from }) => from === "person");
  writing.setKeyboard(keyboard ?? null, !isUsed);
}

byId("banner-retry").addEventListener("click", server.retryNow);
byId("start").addEventListener("click", () => sendText("/start", null));
byId("chat-menu").addEventListener("click", () =>
  openMenu(byId("chat-menu"), [
    openPerson()?.blocked
      ? { label: "Unblock the bot", icon: "block", run: block }
      : { label: "Block the bot", icon: "block", run: block, danger: true },
  ]),
);
wireColours();
wireDialogs();
