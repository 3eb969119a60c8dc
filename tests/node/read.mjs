// Reads a calendar from standard input with ical.js, as Thunderbird does, and prints its entries as JSON.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const folder = join(process.argv[2], "ical.js");
const { module: entry, main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const loaded = await import(pathToFileURL(join(folder, entry || main)));
const ICAL = loaded.default ?? loaded;

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
for (const zone of calendar.getAllSubcomponents("vtimezone")) {
  ICAL.TimezoneService.register(new ICAL.Timezone(zone), zone.getFirstPropertyValue("tzid"));
}
const moment = time => {
  if (time.isDate) return time.toString();
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error(`floats: ${time}`);
  return time.toUnixTime();
};
const entries = calendar.getAllSubcomponents("vevent").map(component => {
  const event = new ICAL.Event(component);
  return {
    uid: event.uid, summary: event.summary, description: event.description, location: event.location,
    start: moment(event.startDate), end: moment(event.endDate), sequence: event.sequence,
  };
});
process.stdout.write(JSON.stringify(entries));
