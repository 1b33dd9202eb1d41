/** The dialog that shares a location: a few places, or coordinates of one's own. */

import { byId, element } from "./dom.js";

const PLACES = [
  ["Berlin", 52.52, 13.405],
  ["London", 51.5072, -0.1276],
  ["New York", 40.7128, -74.006],
  ["São Paulo", -23.5505, -46.6333],
  ["Nairobi", -1.2921, 36.8219],
  ["Kathmandu", 27.7172, 85.324],
  ["Tokyo", 35.6762, 139.6503],
  ["Sydney", -33.8688, 151.2093],
];

/** Wires the dialog; `send(latitude, longitude)` answers whether it went out. Returns what opens it. */
export function placesDialog(send) {
  const dialog = byId("location-dialog");
  const sendAndClose = (latitude, longitude) => send(latitude, longitude) && dialog.close();
  byId("places").append(
    ...PLACES.map(([name, latitude, longitude]) =>
      element(
        "button",
        { type: "button", onclick: () => sendAndClose(latitude, longitude) },
        element("b", {}, name),
        element("span", {}, `${latitude.toFixed(2)}, ${longitude.toFixed(2)}`.replaceAll("-", "−")),
      ),
    ),
  );
  byId("latitude").addEventListener("paste", pastePair);
  byId("location-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const latitude = read("latitude", 90);
    const longitude = read("longitude", 180);
    const isFine = latitude !== null && longitude !== null;
    byId("location-problem").textContent = isFine
      ? ""
      : "Latitude is a number from −90 to 90, longitude one from −180 to 180.";
    if (isFine) sendAndClose(latitude, longitude);
  });
  return () => {
    byId("location-form").reset();
    byId("location-problem").textContent = "";
    dialog.showModal();
  };
}

function read(id, most) {
  const words = byId(id).value.trim().replace("−", "-").replace(/^([+-]?\d+),(\d+)$/, "$1.$2");
  const number = Number(words);
  return words !== "" && Number.isFinite(number) && Math.abs(number) <= most ? number : null;
}

// "52.52, 13.405" as maps copy it fills both fields.
function pastePair(event) {
  const pair = event.clipboardData.getData("text").match(/^\s*([+-]?[\d.]+)[,;\s]+([+-]?[\d.]+)\s*$/);
  if (!pair) return;
  event.preventDefault();
  byId("latitude").value = pair[1];
  byId("longitude").value = pair[2];
}
