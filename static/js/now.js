/* The server's time, so that a wrong clock on this machine does no harm. Kept for pages shown again by "back". */
const readAt = Number(document.documentElement.dataset.readAt ?? 0) * 1000;
const again = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const keep = (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* private window */ } };
const kept = (key) => { try { return sessionStorage.getItem(key); } catch { return null; } };

const skew = again && kept("skew") !== null ? Number(kept("skew")) : readAt ? performance.timeOrigin - readAt : 0;
keep("skew", skew);

export const serverNow = () => (Date.now() - skew) / 1000;
