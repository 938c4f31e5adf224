// The names of months and days for the fields in which days are picked: their library asks for them by this name, once,
// when the first field is drawn. So this is no module, and index.html loads it before everything else.

{
  const language = document.documentElement.lang || "en";
  const names = (options, part, days) =>
    days.map((day) => {
      const parts = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }).formatToParts(day);
      return parts.find(({ type }) => type === part).value;
    });
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(2026, month, 1));
  const days = Array.from({ length: 7 }, (_, day) => Date.UTC(2026, 1, 1 + day)); // the first of February was a Sunday
  const weekdaysShort = names({ weekday: "short" }, "weekday", days);
  window[`dayjs_locale_${language}`] = {
    name: language,
    months: names({ day: "numeric", month: "long" }, "month", months),
    monthsShort: names({ day: "numeric", month: "short" }, "month", months),
    weekdays: names({ weekday: "long" }, "weekday", days),
    weekdaysShort,
    weekdaysMin: weekdaysShort.map((name) => name.replace(".", "").slice(0, 2)),
    weekStart: 1,
    ordinal: (day) => day,
  };
}
