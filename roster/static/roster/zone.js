// Tells the server in which zone times are read here: by a cookie, for pages from the next one on.

const COOKIE = "roster_zone";
const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
const set = `${COOKIE}=${timeZone}`;

if (timeZone && !document.cookie.split("; ").includes(set)) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${set}; Path=/; SameSite=Lax${secure}`;
}
