// Answers, as an independent clock, at which instants a zone's clock shows a wall time: Temporal's polyfill and node's ICU.
// Standard input: JSON {zone: [[year, month, day, hour, minute, second], …]}. Standard output: {"release", "zones": {zone:
// [[compatible, later], …]}} in Unix seconds, by Temporal's two ways to settle a doubt; null for a zone ICU does not know.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { join } from "node:path";

const folder = join(process.argv[2], "@js-temporal", "polyfill");
const { module: entry } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const { Temporal } = await import(pathToFileURL(join(folder, entry)));

const answers = (zone, walls) => {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    return null;
  }
  return walls.map(wall => {
    const plain = new Temporal.PlainDateTime(...wall);
    return ["compatible", "later"].map(
      disambiguation => plain.toZonedDateTime(zone, { disambiguation }).epochMilliseconds / 1000
    );
  });
};
const asked = JSON.parse(readFileSync(0, "utf8"));
const zones = Object.fromEntries(Object.entries(asked).map(([zone, walls]) => [zone, answers(zone, walls)]));
process.stdout.write(JSON.stringify({ release: process.versions.tz, zones }));
