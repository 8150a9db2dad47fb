/** Numbers and partial dates as a reader of the page's language expects them; digits are 0–9 in both. */
import { page } from "./page";

const LOCALE = page.language === "ar" ? "ar-u-nu-latn-ca-gregory" : "en-GB-u-ca-gregory";
const whole = new Intl.NumberFormat(LOCALE);
const share = new Intl.NumberFormat(LOCALE, { style: "percent" });
const days = new Intl.DateTimeFormat(LOCALE, { dateStyle: "long", timeZone: "UTC" });
const months = new Intl.DateTimeFormat(LOCALE, { year: "numeric", month: "long", timeZone: "UTC" });
const times = new Intl.DateTimeFormat(LOCALE, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "UTC" });

export function formatNumber(value: number): string {
  return whole.format(value);
}

export function formatShare(value: number): string {
  return share.format(value);
}

/** A partial ISO date ("2021", "2021-12", "2021-12-30"), as precise as it is. What is no date is shown as it stands. */
export function formatDate(text: string): string {
  const found = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(text);
  if (!found) return text;
  const [, year, month, day] = found;
  if (!month) return year!;
  const moment = new Date(`${year}-${month}-${day ?? "01"}T00:00:00Z`);
  if (Number.isNaN(moment.getTime())) return text;
  return (day ? days : months).format(moment);
}

/** From one partial date to another; just the one where there is no other. */
export function formatPeriod(start: string, end: string): string {
  if (!end || end === start) return formatDate(start);
  const [one, other] = [start, end].map((text) => new Date(`${text}T00:00:00Z`)) as [Date, Date];
  if (start.length === 10 && end.length === 10 && one < other) return days.formatRange(one, other);
  return `${formatDate(start)} – ${formatDate(end)}`;
}

/** A moment (xsd:dateTime) as its time of day, in UTC where it says a zone. */
export function formatTime(text: string): string {
  const moment = new Date(/Z|[+-]\d\d:\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(moment.getTime())) return text;
  return `${times.format(moment)}${/Z|[+-]\d\d:\d\d$/.test(text) ? " UTC" : ""}`;
}
