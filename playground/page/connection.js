/** The socket to the server: JSON both ways, and patience when it goes away. */

const WAITS = [0.5, 1, 2, 4, 8, 15]; // seconds

/**
 * Connects, and connects again whenever the connection is lost.
 * `received(object)` gets what the server says, `lost({seconds, refused})` is called at each failure
 * with the seconds until the next try and whether the server refuses our key.
 */
export function connect(key, { received, lost }) {
  const address = new URL(`/socket?key=${encodeURIComponent(key)}`, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  let socket = null;
  let failures = 0;
  let timer = 0;

  function open() {
    clearTimeout(timer);
    const opening = new WebSocket(address);
    socket = opening;
    opening.addEventListener("message", (event) => {
      failures = 0;
      received(JSON.parse(event.data));
    });
    opening.addEventListener("close", () => socket === opening && waitAndRetry());
  }

  async function waitAndRetry() {
    socket = null;
    const seconds = WAITS[Math.min(failures, WAITS.length - 1)];
    failures += 1;
    timer = setTimeout(open, seconds * 1000);
    lost({ seconds, refused: false });
    if (await isKeyRefused(key)) lost({ seconds, refused: true });
  }

  open();
  return {
    /** Sends, or answers false when there is no connection. */
    send(words) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(JSON.stringify(words));
      return true;
    },
    retryNow() {
      if (socket === null) open();
    },
  };
}

// A refused socket looks like a missing server; only the page's own address tells them apart.
async function isKeyRefused(key) {
  try {
    const answer = await fetch(`/?key=${encodeURIComponent(key)}`, { cache: "no-store" });
    return answer.status === 403;
  } catch {
    return false;
  }
}
