/** Moments in words, in the browser's zone and the bot's manner: "Sat 28 Nov, 14:00". */

export const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

const parts = new Intl.DateTimeFormat("en", {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const longDay = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

function read(moment) {
  return Object.fromEntries(parts.formatToParts(moment).map(({ type, value }) => [type, value]));
}

/** "14:00" */
export function timeOfDay(moment) {
  const { hour, minute } = read(moment);
  return `${hour}:${minute}`;
}

/** "Sat 28 Nov, 14:00", with the year where it is not the one of `now`. */
export function shortMoment(moment, now) {
  const { weekday, day, month, year, hour, minute } = read(moment);
  const withYear = year === read(now).year ? "" : ` ${year}`;
  return `${weekday} ${day} ${month}${withYear}, ${hour}:${minute}`;
}

/** "Mon 23 Nov 2026, 08:00:05" */
export function fullMoment(moment) {
  const { weekday, day, month, year, hour, minute, second } = read(moment);
  return `${weekday} ${day} ${month} ${year}, ${hour}:${minute}:${second}`;
}

/** What two messages of the same local day share. */
export function dayKey(moment) {
  const { day, month, year } = read(moment);
  return `${year} ${month} ${day}`;
}

/** "Saturday 28 November", with the year where it is not the one of `now`. */
export function dayInWords(moment, now) {
  const { year } = read(moment);
  const words = longDay.format(moment).replace(",", "");
  return year === read(now).year ? words : `${words} ${year}`;
}
