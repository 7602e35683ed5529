/** The HTTP door: JSON in and out, and what went wrong by its status. */
export class Refused extends Error {
  constructor(readonly status: number) {
    super(`refused with ${status}`);
  }
}
/** The server did not answer at all. */
export class Unreachable extends Error {}

const ROOT = "/api/v1";
const PATIENCE_MS = 10_000;

export interface Answered<T> {
  body: T;
  etag: string | null;
}

/** Ask once; throw `Refused` on a problem and `Unreachable` where nobody answers. */
export async function ask<T>(
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  patience = PATIENCE_MS,
): Promise<Answered<T>> {
  const json: Record<string, string> =
    method === "GET" ? {} : { "Content-Type": "application/json" };
  let reply: Response;
  try {
    reply = await fetch(ROOT + path, {
      method,
      headers: { ...json, ...headers },
      body: method === "GET" ? null : JSON.stringify(body ?? {}),
      signal: AbortSignal.timeout(patience),
    });
  } catch {
    throw new Unreachable();
  }
  if (!reply.ok) throw new Refused(reply.status);
  const told: unknown = reply.status === 204 ? null : await reply.json();
  return { body: told as T, etag: reply.headers.get("ETag") };
}

export async function read<T>(
  path: string,
  query: Record<string, string | number> = {},
): Promise<T> {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)]),
  );
  const tail = search.size ? `?${search}` : "";
  return (await ask<T>("GET", path + tail)).body;
}

export async function post<T>(
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  return (await ask<T>("POST", path, body, headers)).body;
}

/** What the stream tells of; each name is an event of its own. */
const TOLD = ["now", "strap", "prompt", "pause", "invitation", "begun", "export", "deleted"] as const;
export type Told = (typeof TOLD)[number];

/** Listen to the live stream for as long as the page is open; it comes back by itself. */
export function listen(
  on: (event: Told, data: unknown) => void,
  connected: (yes: boolean) => void,
): () => void {
  const RETRY_MS = 3000;
  let source: EventSource;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    source = new EventSource(`${ROOT}/live`);
    source.onopen = () => connected(true);
    source.onerror = () => {
      connected(false);
      // The browser retries by itself, except after an answer that was no stream.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, RETRY_MS);
    };
    for (const name of TOLD) {
      source.addEventListener(name, (event) => on(name, JSON.parse((event as MessageEvent).data)));
    }
  };
  open();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
