// Reads a calendar from standard input with node-ical, as home servers and bots do, and prints its entries as JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const ical = createRequire(join(process.argv[2], "_"))("node-ical");

const text = value => (value && typeof value === "object" && "val" in value ? value.val : value) ?? "";
const moment = time => {
  if (time.dateOnly) {
    const two = number => String(number).padStart(2, "0");
    return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  }
  return Math.floor(time.getTime() / 1000);
};
const entries = Object.values(ical.sync.parseICS(readFileSync(0, "utf8")))
  .filter(each => each.type === "VEVENT")
  .map(each => ({
    uid: each.uid, summary: text(each.summary), description: text(each.description), location: text(each.location),
    start: moment(each.start), end: moment(each.end), sequence: Number(each.sequence),
  }));
process.stdout.write(JSON.stringify(entries));
