import https from "node:https";

/** Where an API server is, and how one knows that it is the right one. */
export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  server: string;
  /** The certificate that vouches for it, in PEM. */
  authority: string;
}

/** A call to it. */
export interface ApiCall {
  /** @default GET */
  method?: string;
  /** With the query, such as `/api/v1/namespaces/neumann/pods?limit=1`. */
  path: string;
  /** Whose call it is. */
  token: string;
  /** Sent as JSON. @default nothing */
  body?: unknown;
  /** @default application/json */
  contentType?: string;
}

/** What it answers. */
export interface ApiAnswer {
  status: number;
  /** Parsed where it is JSON. */
  body: unknown;
}

const agent = new https.Agent({ keepAlive: true });

/** Makes one call; an answer of any status is a result. */
export async function callApi({ server, authority }: ApiServer, call: ApiCall): Promise<ApiAnswer> {
  const body = call.body === undefined ? undefined : JSON.stringify(call.body);
  const { status, text } = await exchange(
    `${server}${call.path}`,
    {
      method: call.method ?? "GET",
      ca: authority,
      agent,
      timeout: 30_000,
      headers: {
        authorization: `Bearer ${call.token}`,
        accept: "application/json",
        ...(body === undefined ? {} : headersOf(body, call)),
      },
    },
    body,
  );
  return { status, body: parsed(text) };
}

/** With its length: Node tells none for DELETE, and the server would take the body for another request. */
function headersOf(body: string, { contentType = "application/json" }: ApiCall) {
  return { "content-type": contentType, "content-length": Buffer.byteLength(body) };
}

function exchange(
  url: string,
  options: https.RequestOptions,
  body: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const request = https.request(url, options, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.once("error", reject);
      response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.once("timeout", () => request.destroy(new Error(`${url}: no answer within 30 s`)));
    request.once("error", reject);
    request.end(body);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
