/** Keeps the page at hand: it opens, and a pause runs, with the server gone. Nothing of a person. */
export {};

/** What a worker has and a window has not; the two cannot be typed side by side. */
interface Lasting extends Event {
  waitUntil(done: Promise<void>): void;
}
interface Asked extends Event {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(name: "install" | "activate", hear: (event: Lasting) => void): void;
  addEventListener(name: "fetch", hear: (event: Asked) => void): void;
}
const worker = self as unknown as Worker;
/** Both are filled in when the page is built. */
declare const __FILES__: string[];
declare const __VERSION__: string;

const PREFIX = "softfront-";
const NAME = PREFIX + __VERSION__;
const PATIENCE_MS = 3000;

/** Keep all of this version, or nothing of it. */
async function keep(): Promise<void> {
  const cache = await caches.open(NAME);
  await cache.addAll(__FILES__);
  await worker.skipWaiting();
}

/** Let go of what is older than the version before: a page of that one may still be open. */
async function tidy(): Promise<void> {
  const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** The page as the server has it now; as it is kept here where the server is silent. */
async function fresh(request: Request): Promise<Response> {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    const cache = await caches.open(NAME);
    return (await cache.match("/")) ?? Response.error();
  }
}

/** What is named by its content never changes. */
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

worker.addEventListener("install", (event) => event.waitUntil(keep()));
worker.addEventListener("activate", (event) => event.waitUntil(tidy()));
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fresh(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(kept(request));
});
